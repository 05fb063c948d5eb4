/** Exit codes of the command line: a contract, other programs act on them. */
export const ExitCode = {
  Holds: 0,
  Violated: 1,
  BadInput: 2,
  Unknown: 3,
  Internal: 70,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]
