import type { Operation } from '../../operation.js'

/** What stands between the threads of a program and their operations: an interpreter, with or without a lock. */
export interface Interpreter {
  /** How many times as long as by itself interpreted code computes; not what is built in, and not native code. */
  readonly slowdown: number
  /**
   * A thread wants to begin its next operation, or to go on with a computation that was cut off.
   *
   * @returns picoseconds that it takes to get there, 0 or more; or `BLOCKS`: it is woken later, and asks again; or
   * `askingAgainAfter(…)`: it spends that time on its core, and asks again.
   */
  enter(thread: number, operation: Operation): number
  /** How long a thread that is in may go on with interpreted code before it tells `performed`, in picoseconds; Infinity: until it is cut off. */
  atMost(thread: number): number
  /** The thread has performed an operation, or has been cut off in the middle of it: here it may look whether others want to go on. */
  performed(thread: number, operation: Operation): void
  /** The thread is about to wait, or to work outside of the interpreter, as in a call to the system. Its next operation enters again. */
  leave(thread: number): void
  /** The thread has ended, or was ended wherever it was. */
  ended(thread: number): void
}

// Below what `begin` of an operating system's work may return.
const ASKING = -4

/** As an answer of `enter`: the thread spends so many picoseconds on its core, and then asks again. */
export function askingAgainAfter(picoseconds: number): number {
  return ASKING - picoseconds
}

/** The picoseconds of such an answer; below 0 if it is another one. */
export function timeToAsking(answer: number): number {
  return ASKING - answer
}
