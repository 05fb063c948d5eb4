import type { Operation } from '../../operation.js'

/** Is told of every step of a program; without one nothing is recorded and nothing is paid. */
export interface ProgramObserver {
  /** A thread has performed an operation on a core, which took from `from` to `to`, in picoseconds. */
  step(thread: number, core: number, operation: Operation, way: number, result: unknown, from: number, to: number): void
  /** A thread begins to wait, in picoseconds. */
  waits(thread: number, operation: Operation, now: number): void
}
