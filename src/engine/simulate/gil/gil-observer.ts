/** Why a thread has given its interpreter's lock back. */
export const Drop = {
  /** It is about to wait, or to work outside. */
  Voluntary: 0,
  /** A waiter has asked for it. */
  Requested: 1,
  /** So many ticks are over. */
  Ticks: 2,
  /** It has ended. */
  Ended: 3,
} as const
export type Drop = (typeof Drop)[keyof typeof Drop]

/** Is told what happens to the lock of an interpreter; without one nothing is recorded and nothing is paid. Times are in picoseconds. */
export interface GilObserver {
  /** A thread begins to wait for the lock. */
  waits(thread: number, now: number): void
  /** A thread has the lock. */
  takes(thread: number, now: number): void
  /** Another thread has it than the one that had it last. */
  switches(thread: number, now: number): void
  drops(thread: number, why: Drop, now: number): void
  /** A thread that has waited for an interval asks the holder to give the lock back. */
  requests(thread: number, now: number): void
  /** A thread was woken since the lock was free, and finds that it is not. */
  wakesInVain(thread: number, now: number): void
}
