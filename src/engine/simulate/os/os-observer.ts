import type { Reason, ThreadState } from './thread-state.js'

/** What a core does. */
export const CoreState = { Idle: 0, Busy: 1, Switching: 2 } as const
export type CoreState = (typeof CoreState)[keyof typeof CoreState]

/** Is told what happens; without one nothing is recorded and nothing is paid. */
export interface OsObserver {
  /** A thread has gone from one state to another; `core` is the one it left or got, −1 for none. */
  transition(thread: number, from: ThreadState, to: ThreadState, reason: Reason, core: number, now: number): void
  /** A core does something else from now on. */
  core(core: number, state: CoreState, thread: number, now: number): void
}
