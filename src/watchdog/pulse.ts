/** Ints that the worker writes and the watchdog reads while the program's own code runs. */
export const PulseCell = {
  /** Number of what is running now, 0 if it is the engine. */
  Running: 0,
  /** Changes whenever the program's code is entered or left. */
  Beats: 1,
  Length: 2,
} as const
