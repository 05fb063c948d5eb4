import type { Operation } from '../../operation.js'

/** What stands between the threads of a program and their operations: an interpreter, with or without a lock. */
export interface Interpreter {
  /**
   * A thread wants to begin its next operation, or to go on with one that was cut off.
   *
   * @returns picoseconds that it takes to get there, 0 or more; or `BLOCKS`: it is woken later, and asks again.
   */
  enter(thread: number): number
  /** The thread has performed an operation, or has been cut off in the middle of it: here it may look whether others want to go on. */
  performed(thread: number, operation: Operation): void
  /** The thread is about to wait, or to work outside of the interpreter, as in a call to the system. */
  leave(thread: number): void
  /** The thread has ended. */
  ended(thread: number): void
}
