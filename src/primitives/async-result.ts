import { formatData, perform, type SharedObject, type Steps, type WorldView } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'
import { TimeoutError } from './future-errors.js'
import type { ErrorData, FutureOutcome } from './future-state.js'
import { type CarriedContents, keyOfError } from './future.js'
import type { Received, ResultReceiver } from './pool-operations.js'
import { ValueError } from './sequence-errors.js'
import { withTimeout } from './timed.js'
import { type Transition, TransitionOperation } from './transition.js'
import type { WaitOptions } from './wait-options.js'

/** What is called back with what jobs have come to, in the pool's result handler. */
export interface Callbacks<R> {
  /** Receives the result. */
  readonly callback?: (result: R) => Steps<unknown>
  /** Receives the error. */
  readonly errorCallback?: (error: unknown) => Steps<unknown>
}

/** How far a result has come. */
export interface AsyncResultState {
  /** How many jobs have not come back. */
  readonly left: number
  /** Of a map: the results so far, null where there is none. */
  readonly value: unknown
  /** The first that has come. */
  readonly error: ErrorData | null
  readonly isReady: boolean
}

/** What jobs will come to: one, or those of a map, each with so many items. */
export interface Parts {
  readonly jobs: number
  /** How many items there are, and how many make a job; null if the result is that of one job. */
  readonly items: { readonly count: number; readonly chunksize: number } | null
}

/**
 * What becomes of jobs that were handed to a pool, with the semantics of Python's `multiprocessing.pool.AsyncResult`. It is ready once all
 * its jobs have come back, also if one of them has failed, and after its callback has run. If its jobs never come back, because the
 * pool was terminated or the worker has died, it never gets ready, and whoever waits for it waits for ever.
 *
 * Returned by `applyAsync`, `mapAsync`, `starmapAsync`. Every operation is one step. Errors are kept as those of futures are.
 */
export class AsyncResult<R = unknown> implements SharedObject, ResultReceiver {
  readonly kind = 'async result'
  readonly name: string
  readonly word: number
  /** In properties it shows `pending`, its result (`{ result }`), or its error (`{ error }`). */
  declare readonly contentType?: 'pending' | { readonly result: unknown } | { readonly error: string }
  readonly #callbacks: Callbacks<unknown>
  readonly #parts: Parts
  readonly #carried: CarriedContents

  constructor(name: string, word: number, parts: Parts, callbacks: Callbacks<R>, carried: CarriedContents) {
    this.name = name
    this.word = word
    this.#callbacks = callbacks as Callbacks<unknown>
    this.#parts = parts
    this.#carried = carried
  }

  /** The state before any job has come back. */
  static initialState({ jobs, items }: Parts): AsyncResultState {
    const value = items === null ? null : new Array<null>(items.count).fill(null)
    return { left: jobs, value, error: null, isReady: jobs === 0 }
  }

  show(world: WorldView): unknown {
    const { isReady, value, error } = world.value(this.word) as AsyncResultState
    if (!isReady) return 'pending'
    return error === null ? { result: value } : { error: `${error.kind}: ${error.message}` }
  }

  /**
   * Waits for the result.
   *
   * @throws the error of the first job that came back with one; `TimeoutError` if it is not ready after `timeout` seconds.
   */
  *get(options: WaitOptions = {}): Steps<R> {
    const found = yield* this.#await(GET, options)
    if (found === null) throw new TimeoutError(`${this.name} was not ready within ${String(options.timeout)} s`)
    if ('error' in found) throw this.#errorOf(found.error)
    return found.value as R
  }

  /** Waits until it is ready, no longer than `timeout` seconds; throws nothing. */
  *wait(options: WaitOptions = {}): Steps<void> {
    yield* this.#await(WAIT, options)
  }

  /** Whether all its jobs have come back. */
  ready(): Steps<boolean> {
    return perform(this.#operation(READY))
  }

  /**
   * Whether no job has failed.
   *
   * @throws ValueError if it is not ready.
   */
  *successful(): Steps<boolean> {
    const successful = yield* perform(this.#operation(SUCCESSFUL))
    if (successful === null) throw new ValueError(`${this.name} is not ready`)
    return successful
  }

  received(before: unknown, index: number, outcome: FutureOutcome): Received {
    const state = before as AsyncResultState
    const after = { ...this.#with(state, index, outcome), left: state.left - 1 }
    if (after.left > 0) return { state: after, came: 'a part' }
    const { callback, errorCallback } = this.#callbacks
    const isCalled = (after.error === null ? callback : errorCallback) !== undefined
    return isCalled ? { state: after, came: 'to be called back' } : { state: this.completed(after), came: 'all' }
  }

  completed(state: unknown): AsyncResultState {
    return { ...(state as AsyncResultState), isReady: true }
  }

  *callBack(state: unknown): Steps<void> {
    const { value, error } = state as AsyncResultState
    if (error === null) yield* this.#callbacks.callback!(value)
    else yield* this.#callbacks.errorCallback!(this.#errorOf(error))
  }

  #with(state: AsyncResultState, index: number, outcome: FutureOutcome): AsyncResultState {
    if (state.error !== null) return state
    if ('error' in outcome) return { ...state, error: outcome.error }
    const { items } = this.#parts
    if (items === null) return { ...state, value: outcome.value }
    const value = [...(state.value as readonly unknown[])]
    value.splice(index * items.chunksize, items.chunksize, ...(outcome.value as readonly unknown[]))
    return { ...state, value }
  }

  *#await<T>(waiting: Transition<AsyncResultState, T>, { timeout }: WaitOptions): Steps<T | null> {
    if (timeout === undefined) return yield* perform(this.#operation(waiting))
    const waited = yield* withTimeout(this.#operation(waiting), timeout)
    return waited.timedOut ? null : waited.result
  }

  #errorOf(data: ErrorData): unknown {
    return this.#carried(keyOfError(data))
  }

  #operation<T>(transition: Transition<AsyncResultState, T>): TransitionOperation<AsyncResultState, T> {
    return new TransitionOperation(this, this.word, transition, recordedPlace())
  }
}

const ways = ({ isReady }: AsyncResultState): number => (isReady ? 1 : 0)

const GET: Transition<AsyncResultState, FutureOutcome> = {
  name: 'get',
  ways,
  step: (state) => ({ state, result: state.error === null ? { value: state.value } : { error: state.error } }),
  label: (found) => labelOf('get', found as FutureOutcome | undefined),
}

const WAIT: Transition<AsyncResultState, void> = {
  name: 'wait',
  ways,
  step: (state) => ({ state, result: undefined }),
}

const READY: Transition<AsyncResultState, boolean> = {
  name: 'ready',
  step: (state) => ({ state, result: state.isReady }),
}

const SUCCESSFUL: Transition<AsyncResultState, boolean | null> = {
  name: 'successful',
  step: (state) => ({ state, result: state.isReady ? state.error === null : null }),
  label: (successful) => {
    if (successful === undefined) return 'successful'
    return successful === null ? 'successful: ValueError' : `successful → ${formatData(successful)}`
  },
}

/** How asking for a result reads in a trace. */
export function labelOf(name: string, outcome: FutureOutcome | undefined): string {
  if (outcome === undefined) return name
  return 'error' in outcome ? `${name}: ${outcome.error.kind}` : `${name} → ${formatData(outcome.value)}`
}
