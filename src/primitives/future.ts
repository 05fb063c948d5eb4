import { perform, type SharedObject, type Steps, type WorldView } from '../engine/operation.js'
import { PrintMark } from '../engine/marks.js'
import { recordedPlace } from '../engine/place.js'
import { describeThrown, requireCatchable } from '../engine/thread-runner.js'
import { CancelledError, InvalidStateError, TimeoutError } from './future-errors.js'
import { AddCallback, CompletingOperation } from './future-operations.js'
import {
  asking,
  awaiting,
  CANCEL,
  type Completed,
  completing,
  type ErrorData,
  type Found,
  type FutureOutcome,
  type FutureState,
  inWords,
  RUN_OR_NOTIFY,
} from './future-state.js'
import { type TimeLimit, withTimeout } from './timed.js'
import type { LimitedWaitOptions, WaitOptions } from './wait-options.js'
import { type Transition, TransitionOperation } from './transition.js'

/** What is run when a future is done; it receives the future. */
export type DoneCallback<R> = (future: Future<R>) => Steps<unknown>

/** Finds what an operation carried, by its key. */
export type CarriedContents = (key: string) => unknown

/**
 * A result that is yet to come, with the semantics of Python's `concurrent.futures.Future`. What `submit` returns; or declared by
 * `p.future(name)`, to be completed by hand. It is completed once. Every operation is one step, apart from what callbacks do.
 *
 * Results must be plain data. An error is kept as it was thrown; of errors of one kind with one message, the first that was met.
 */
export class Future<R = unknown> implements SharedObject {
  readonly kind = 'future'
  readonly name: string
  /** The word of its state: for whoever waits for several futures at once. */
  readonly word: number
  /** In properties a future shows `pending`, `running`, `cancelled`, or its result (`{ result }`) or error (`{ error }`). */
  declare readonly contentType?: string | { readonly result: unknown } | { readonly error: string }
  readonly #carried: CarriedContents

  constructor(name: string, word: number, carried: CarriedContents) {
    this.name = name
    this.word = word
    this.#carried = carried
  }

  show(world: WorldView): unknown {
    const { status, outcome } = world.value(this.word) as FutureState
    if (outcome === null) return inWords(status)
    return 'value' in outcome ? { result: outcome.value } : { error: `${outcome.error.kind}: ${outcome.error.message}` }
  }

  /**
   * Waits for the result.
   *
   * @throws the error that the future was completed with; `CancelledError`; `TimeoutError` if it takes longer than `timeout` seconds.
   */
  *result(options: LimitedWaitOptions = {}): Steps<R> {
    const found = yield* this.#find('result', options)
    if ('error' in found) throw this.#errorOf(found.error)
    return found.value as R
  }

  /**
   * Waits until the future is done, and returns the error that it was completed with, null if it has a result.
   *
   * @throws CancelledError, TimeoutError as `result` does.
   */
  *exception(options: WaitOptions = {}): Steps<unknown> {
    const found = yield* this.#find('exception', options)
    return 'error' in found ? this.#errorOf(found.error) : null
  }

  /** Cancels it if it has not begun; returns whether it is cancelled. Callbacks run in the thread that cancels. */
  *cancel(): Steps<boolean> {
    const { cancelled, callbacks } = yield* this.#perform(CANCEL)
    yield* this.runCallbacks(callbacks)
    return cancelled
  }

  /** Whether it was cancelled. */
  cancelled(): Steps<boolean> {
    return this.#perform(asking('cancelled'))
  }

  /** Whether it has a result or an error, or was cancelled. */
  done(): Steps<boolean> {
    return this.#perform(asking('done'))
  }

  /** Whether its job is being run. */
  running(): Steps<boolean> {
    return this.#perform(asking('running'))
  }

  /**
   * Lets `callback` be run when the future is done: in the thread that completes or cancels it, in the order in which callbacks
   * were added; at once, by this thread, if it is done already. What a callback throws is printed and otherwise ignored, as in Python.
   */
  *addDoneCallback(callback: DoneCallback<R>): Steps<void> {
    const isDone = yield* perform(new AddCallback(this, this.word, callback))
    if (isDone) yield* this.#run(callback)
  }

  /**
   * Completes the future with a result.
   *
   * @throws InvalidStateError if it is done.
   */
  *setResult(value: R): Steps<void> {
    yield* this.#complete({ value })
  }

  /**
   * Completes the future with an error.
   *
   * @throws InvalidStateError if it is done.
   */
  *setException(error: unknown): Steps<void> {
    const data = dataOf(error)
    yield* this.#complete({ error: data }, error)
  }

  /**
   * For whoever runs jobs: from now on the future is running, and cannot be cancelled; returns false if it was cancelled before.
   *
   * @throws MisuseError inside the thread if that has been said before.
   */
  setRunningOrNotifyCancel(): Steps<boolean> {
    return perform(new CompletingOperation(this, this.word, RUN_OR_NOTIFY))
  }

  *#complete(outcome: FutureOutcome, error?: unknown): Steps<void> {
    const carried = 'error' in outcome ? { key: keyOfError(outcome.error), content: error } : undefined
    const completed: Completed = yield* perform(new CompletingOperation(this, this.word, completing(outcome), carried))
    if ('invalid' in completed)
      throw new InvalidStateError(`future “${this.name}” is completed, but it is ${inWords(completed.invalid)}`)
    yield* this.runCallbacks(completed.callbacks)
  }

  *#find(name: 'result' | 'exception', { timeout }: LimitedWaitOptions): Steps<FutureOutcome> {
    const found = yield* this.#await(awaiting(name), timeout)
    if (found === null) throw new TimeoutError(`future “${this.name}” was not done within ${String(timeout)} s`)
    if ('cancelled' in found) throw new CancelledError(`future “${this.name}” was cancelled`)
    return found
  }

  *#await(waiting: Transition<FutureState, Found>, timeout: number | TimeLimit | undefined): Steps<Found | null> {
    if (timeout === undefined) return yield* this.#perform(waiting)
    const waited = yield* withTimeout(this.#operation(waiting), timeout)
    return waited.timedOut ? null : waited.result
  }

  /** For whoever completes it otherwise than by its methods: runs the callbacks with these keys. */
  *runCallbacks(callbacks: readonly string[]): Steps<void> {
    for (const key of callbacks) yield* this.#run(this.#carried(key) as DoneCallback<R>)
  }

  *#run(callback: DoneCallback<R>): Steps<void> {
    try {
      yield* callback(this)
    } catch (error) {
      const thrown = describeThrown(requireCatchable(error))
      yield new PrintMark([`a callback of future “${this.name}” has failed: ${thrown}`])
    }
  }

  #errorOf(data: ErrorData): unknown {
    return this.#carried(keyOfError(data))
  }

  #perform<T>(transition: Transition<FutureState, T>): Steps<T> {
    return perform(this.#operation(transition))
  }

  #operation<T>(transition: Transition<FutureState, T>): TransitionOperation<FutureState, T> {
    return new TransitionOperation(this, this.word, transition, recordedPlace())
  }
}

/** An error as plain data: its kind and what it says. */
export function dataOf(error: unknown): ErrorData {
  return error instanceof Error
    ? { kind: error.name, message: error.message }
    : { kind: 'thrown', message: describeThrown(error) }
}

/** What the error that a future is completed with is carried by. */
export function keyOfError({ kind, message }: ErrorData): string {
  return `error ${kind}: ${message}`
}
