import { perform, type SharedObject, type Steps, type WorldView } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'
import { labelOf } from './async-result.js'
import { TimeoutError } from './future-errors.js'
import type { FutureOutcome } from './future-state.js'
import { type CarriedContents, keyOfError } from './future.js'
import type { Received, ResultReceiver } from './pool-operations.js'
import { withTimeout } from './timed.js'
import { type Transition, TransitionOperation } from './transition.js'
import type { WaitOptions } from './wait-options.js'

/** What has come of a map whose results are taken one by one. */
export interface ResultIteratorState {
  /** What can be taken. */
  readonly arrived: readonly FutureOutcome[]
  /** What is left of a chunk of which something was taken. */
  readonly chunk: readonly unknown[]
  /** How many have arrived. */
  readonly count: number
  /** Those that have come before their turn, by their places. */
  readonly early: readonly { readonly index: number; readonly outcome: FutureOutcome }[]
  /** A chunk has failed: nothing more is given out. */
  readonly isOver: boolean
}

/** What `next` finds: an item's result, or the end. */
export type NextResult<R> = { readonly done: false; readonly value: R } | { readonly done: true }

/** What an iterator gives out, and how. */
export interface IteratedJobs {
  readonly jobs: number
  readonly isOrdered: boolean
  /** Whether a job has several items. */
  readonly isChunked: boolean
}

/**
 * The results of `imap` and `imapUnordered`, as they come: in the order of the items, or in any. An item that has failed throws where its
 * result would come; the next ones can be asked for, unless items are mapped in chunks, when nothing more comes, as in CPython.
 * Made for one thread: with several, CPython may lose a wake-up, which does not happen here.
 */
export class ResultIterator<R = unknown> implements SharedObject, ResultReceiver {
  readonly kind = 'result iterator'
  readonly name: string
  readonly word: number
  /** In properties it shows how many results can be taken and how many have not come. */
  declare readonly contentType?: { readonly arrived: number; readonly missing: number }
  readonly #of: IteratedJobs
  readonly #carried: CarriedContents

  constructor(name: string, word: number, of: IteratedJobs, carried: CarriedContents) {
    this.name = name
    this.word = word
    this.#of = of
    this.#carried = carried
  }

  /** The state before anything has come. */
  static readonly initialState: ResultIteratorState = { arrived: [], chunk: [], count: 0, early: [], isOver: false }

  show(world: WorldView): unknown {
    const { arrived, count } = world.value(this.word) as ResultIteratorState
    return { arrived: arrived.length, missing: this.#of.jobs - count }
  }

  /**
   * Waits for the next result. One step.
   *
   * @throws the error of its item; `TimeoutError` if there is none after `timeout` seconds.
   */
  *next({ timeout }: WaitOptions = {}): Steps<NextResult<R>> {
    const operation = new TransitionOperation(this, this.word, this.#next, recordedPlace())
    const waited = timeout === undefined ? null : yield* withTimeout(operation, timeout)
    if (waited?.timedOut === true) throw new TimeoutError(`${this.name} had no result within ${String(timeout)} s`)
    const found = waited === null ? yield* perform(operation) : waited.result
    if (found === null) return { done: true }
    if ('error' in found) throw this.#carried(keyOfError(found.error))
    return { done: false, value: found.value as R }
  }

  /** Calls `each` with every result: Python's `for result in pool.imap(…)`. */
  *forEach(each: (result: R) => Steps<unknown>): Steps<void> {
    for (;;) {
      const next = yield* this.next()
      if (next.done) return
      yield* each(next.value)
    }
  }

  /** All that is left: Python's `list(pool.imap(…))`. */
  *toArray(): Steps<R[]> {
    const results: R[] = []
    for (;;) {
      const next = yield* this.next()
      if (next.done) return results
      results.push(next.value)
    }
  }

  received(before: unknown, index: number, outcome: FutureOutcome): Received {
    const state = this.#with(before as ResultIteratorState, index, outcome)
    return { state, came: state.count === this.#of.jobs ? 'all' : 'a part' }
  }

  completed(state: unknown): unknown {
    return state
  }

  *callBack(): Steps<void> {}

  #with(state: ResultIteratorState, index: number, outcome: FutureOutcome): ResultIteratorState {
    const isNext = !this.#of.isOrdered || index === state.count
    if (!isNext)
      return { ...state, early: [...state.early, { index, outcome }].sort((one, other) => one.index - other.index) }
    const arrived = [...state.arrived, outcome]
    const early = [...state.early]
    let count = state.count + 1
    for (; early[0]?.index === count; count++) arrived.push(early.shift()!.outcome)
    return { ...state, arrived, count, early }
  }

  readonly #next: Transition<ResultIteratorState, FutureOutcome | null> = {
    name: 'next',
    ways: ({ arrived, chunk, count, isOver }) =>
      arrived.length > 0 || chunk.length > 0 || isOver || count === this.#of.jobs ? 1 : 0,
    step: (state) => {
      const { chunk, arrived } = state
      if (chunk.length > 0) return { state: { ...state, chunk: chunk.slice(1) }, result: { value: chunk[0] } }
      const [first, ...rest] = arrived
      if (first === undefined || state.isOver) return { state, result: null }
      if (!this.#of.isChunked) return { state: { ...state, arrived: rest }, result: first }
      if ('error' in first) return { state: { ...state, arrived: rest, isOver: true }, result: first }
      const [value, ...others] = first.value as readonly unknown[]
      return { state: { ...state, arrived: rest, chunk: others }, result: { value } }
    },
    label: (found) => (found === null ? 'next: end' : labelOf('next', found as FutureOutcome | undefined)),
  }
}
