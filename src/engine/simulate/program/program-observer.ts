import type { Operation } from '../../operation.js'

/** Why a thread may go on. */
export const WakeCause = {
  /** It was started. */
  Start: 0,
  /** What it waited for has been written by somebody's step. */
  Step: 1,
  /** Its time has come. */
  Time: 2,
  /** A device has answered. */
  Device: 3,
  /** The interpreter's lock may be free. */
  Gil: 4,
} as const
export type WakeCause = (typeof WakeCause)[keyof typeof WakeCause]

/** Is told of every step of a program; without one nothing is recorded and nothing is paid. Times are in picoseconds. */
export interface ProgramObserver {
  /** A thread has performed an operation on a core, which took from `from` to `to`; `result` is what it gets. */
  step(thread: number, core: number, operation: Operation, way: number, result: unknown, from: number, to: number): void
  /** A thread begins to wait. */
  waits(thread: number, operation: Operation, now: number): void
  /** A thread may go on; `by` is the thread that has seen to it, −1 for none. */
  wakes?(thread: number, by: number, cause: WakeCause, now: number): void
  /** A thread has asked a device for something; `bytes` is undefined if it has not said how much. */
  asks?(thread: number, device: string, bytes: number | undefined, now: number): void
  /** The device has answered. */
  answered?(thread: number, device: string, now: number): void
}
