/** Where the threads of a program live: what they ask of whoever maps them onto cores. Threads are numbered as in their session. */
export interface ThreadHost {
  /** A thread begins; its creation has been paid for. */
  start(thread: number): void
  /** What the thread waits for has come. */
  wake(thread: number): void
  /** Ends the thread's burst now; returns how much of it was left, in picoseconds. */
  cut(thread: number): number
}

/** How a thread waits: inside the program (for a lock, asleep), which a scheduler in user space knows of, or in a call that blocks (a device). */
export const Wait = { User: 0, Kernel: 1 } as const
export type Wait = (typeof Wait)[keyof typeof Wait]
