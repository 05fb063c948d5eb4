/** What the operations of a program cost on a core. Durations are in picoseconds. */
export interface CostModel {
  /** What it takes to come to an operation and to leave it again: the instructions around it. */
  readonly operation: number
  /** One unit of `compute`: a thousand dependent integer operations. */
  readonly work: number
  /** A call into the operating system and back: what sleeping, waking others and asking a device cost the thread. */
  readonly systemCall: number
  /** Reading or writing one word; `kind` is an `AccessKind`. */
  access(core: number, address: number, kind: number, now: number): number
}

/** How memory is accessed. */
export const AccessKind = { Load: 0, Store: 1, Atomic: 2 } as const
export type AccessKind = (typeof AccessKind)[keyof typeof AccessKind]
