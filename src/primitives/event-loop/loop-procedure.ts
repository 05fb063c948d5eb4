import type { PlainData } from '../../engine/interner.js'
import type { LoopMachine } from './loop-machine.js'
import type { Thrown } from './thrown.js'

/** What a step of a task came to, as plain data: it goes on with a value or an error, or it has to wait. */
export type Step<R> =
  | { readonly kind: 'returns'; readonly value: R }
  | { readonly kind: 'throws'; readonly error: Thrown }
  /** What it has to know when it resumes. */
  | { readonly kind: 'waits'; readonly phase: PlainData }

/** Where a step happens: the loop, the objects besides it, and the thread that steps (its identity). */
export interface Scene<Own> {
  readonly loop: LoopMachine
  /** The states of the objects besides the loop; replaced by a step that changes one. */
  own: Own
  readonly self: string
  /** Which of several ways it takes. */
  readonly way: number
  /** The name that thread was given. */
  readonly selfName: string
  /** What tells another thread from all others, by its index. */
  readonly identityOf: (thread: number) => string
}

/** Who may call: a task, which alone can wait; whoever has the loop's turn, also a callback; any thread. */
export type Caller = 'task' | 'turn' | 'anyone'

/**
 * What a coroutine of asyncio's library does, cut at its awaits: pure functions of plain data. A step that waits has told the
 * loop what for; it goes on in `resume` when the loop calls its task again, with the error that is thrown at the await, if any.
 */
export interface Procedure<R, Own = readonly []> {
  readonly name: string
  readonly args?: readonly unknown[]
  readonly caller: Caller
  /** Whether its result is shown in a trace. @default true */
  readonly isShown?: boolean
  /** Whether it sets a timer. @default false */
  readonly isTimed?: boolean
  /** In how many ways it can begin, or resume with that error, if that is not one. */
  ways?(scene: Scene<Own>, phase?: PlainData): number
  begin(scene: Scene<Own>): Step<R>
  resume?(scene: Scene<Own>, phase: PlainData, error: Thrown | null): Step<R>
  /** The thread that keeps the task waiting, if it is one. */
  holder?(scene: Scene<Own>, phase: PlainData): string | null
}

export function returns<R>(value: R): Step<R> {
  return { kind: 'returns', value }
}

export function throws(error: Thrown): Step<never> {
  return { kind: 'throws', error }
}

/** The task awaits a future that is pending. */
export function waits(scene: Scene<unknown>, future: string, phase: PlainData = future): Step<never> {
  scene.loop.awaitFuture(scene.self, future)
  return { kind: 'waits', phase }
}
