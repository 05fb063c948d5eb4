import type { PlainData } from '../../engine/interner.js'
import type { Steps, ThreadBody } from '../../engine/operation.js'
import type { LoopCaller } from './loop-caller.js'
import { runAsCallback } from './loop-handle.js'
import { addingCallback, asking, askingForError, awaiting, cancelling, completing, looking } from './loop-procedures.js'
import { errorOf, thrownBy } from './thrown.js'

/** What a task of an event loop can await: Python's awaitables, apart from coroutines. */
export abstract class Awaitable<R> {
  /** How traces call it. */
  readonly name: string
  /** What names it in the loop's state. */
  readonly id: string
  protected readonly caller: LoopCaller
  readonly #decode: (value: PlainData) => R

  constructor(caller: LoopCaller, id: string, name: string, decode: (value: PlainData) => R) {
    this.caller = caller
    this.id = id
    this.name = name
    this.#decode = decode
  }

  /**
   * Python's `await`: `const result = yield* task`. Waits until it is done and returns its result or throws its error. One step if it is
   * done already; otherwise one that passes the turn, and one that resumes.
   *
   * @throws CancelledError if it, or the task that waits, is cancelled.
   */
  *[Symbol.iterator](): Steps<R> {
    return this.decode(yield* this.caller.call(awaiting(this.id, this.name)))
  }

  /** Whether it has a result or an error, or was cancelled. One step, from any thread. */
  done(): Steps<boolean> {
    return this.caller.call(looking('done', this.name, (loop) => loop.isDone(this.id)))
  }

  /** Whether it was cancelled. One step, from any thread. */
  cancelled(): Steps<boolean> {
    return this.caller.call(looking('cancelled', this.name, (loop) => loop.isCancelled(this.id)))
  }

  /**
   * Its result; throws its error. One step, from any thread.
   *
   * @throws InvalidStateError if it is not done.
   * @throws CancelledError if it was cancelled.
   */
  *result(): Steps<R> {
    return this.decode(yield* this.caller.call(asking(this.id, this.name)))
  }

  /**
   * Its error, or null if it has a result. One step, from any thread.
   *
   * @throws InvalidStateError if it is not done.
   * @throws CancelledError if it was cancelled.
   */
  *exception(): Steps<unknown> {
    const error = yield* this.caller.call(askingForError(this.id, this.name))
    return error === null ? null : errorOf(error)
  }

  /**
   * Cancels a future at once. A task is only told: `CancelledError` is thrown where it waits, at its next turn. Returns
   * whether it was still pending. One step of whoever has the loop's turn.
   */
  cancel(message?: string): Steps<boolean> {
    return this.caller.call(cancelling(this.id, this.name, message ?? null))
  }

  /**
   * Has `body` called by the loop, by `callSoon`, when it is done. It runs in an engine thread of its own and cannot wait. Two
   * steps: starting the thread, and this.
   */
  *addDoneCallback(body: ThreadBody<void>): Steps<void> {
    const { handle, name } = yield* runAsCallback(this.caller, body)
    yield* this.caller.call(addingCallback(this.id, handle.index, name))
  }

  /** The result as the program sees it. */
  decode(value: PlainData): R {
    return this.#decode(value)
  }
}

/** A future with the semantics of Python's `asyncio.Future`. Made by `yield* loop.future()`. */
export class LoopFuture<R = unknown> extends Awaitable<R> {
  /**
   * Completes it. One step of whoever has the loop's turn; from other threads, by `loop.callSoonThreadsafe`.
   *
   * @param result plain data.
   * @throws InvalidStateError if it is done.
   */
  *setResult(result: R): Steps<void> {
    yield* this.caller.call(completing(this.id, this.name, { kind: 'result', value: result as PlainData }))
  }

  /**
   * Completes it with an error. One step.
   *
   * @throws InvalidStateError if it is done.
   */
  *setException(error: unknown): Steps<void> {
    yield* this.caller.call(completing(this.id, this.name, { kind: 'error', error: thrownBy(error) }))
  }
}
