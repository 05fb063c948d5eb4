import { call, type CallLoop } from '../../engine/call.js'
import type { PlainData } from '../../engine/interner.js'
import { perform, type SharedObject, type Steps, type ThreadBody } from '../../engine/operation.js'
import type { ThreadHandle } from '../../engine/marks.js'
import { recordedPlace } from '../../engine/place.js'
import { Spawn } from '../../engine/thread-operations.js'
import { Begin, type LoopWords, Resume, START } from './loop-operation.js'
import { type Procedure, returns, throws } from './loop-procedure.js'
import { errorOf } from './thrown.js'

/** Runs procedures on one event loop, for it and for all that belongs to it. */
export class LoopCaller {
  readonly #loop: SharedObject
  readonly #word: number

  constructor(loop: SharedObject, word: number) {
    this.#loop = loop
    this.#word = word
  }

  /** A procedure on the loop alone. */
  call<R>(procedure: Procedure<R>): Steps<R> {
    return this.callOn(this.#loop, [], procedure)
  }

  /** A procedure on the loop and on objects besides it, whose words these are. */
  callOn<R, Own extends readonly unknown[]>(
    object: SharedObject,
    own: readonly number[],
    procedure: Procedure<R, Own>,
  ): Steps<R> {
    // What the thread that runs the loop does meanwhile in its place is of no matter to it afterwards.
    return call((loop) => this.#perform(object, { loop: this.#word, own }, procedure, loop))
  }

  *#perform<R, Own extends readonly unknown[]>(
    object: SharedObject,
    words: LoopWords,
    procedure: Procedure<R, Own>,
    loop: CallLoop,
  ): Steps<R> {
    let result = yield* perform(new Begin<R, Own>(object, words, procedure))
    for (let phase: PlainData; result.kind === 'waits' || result.kind === 'acts';) {
      if (result.kind === 'waits') phase = result.phase
      yield* loop('waits', phase)
      result = yield* perform(new Resume<R, Own>(object, words, procedure, phase))
    }
    if (result.kind === 'throws') throw errorOf(result.error)
    return result.value
  }

  /** The first step of a thread that the loop calls: it waits to be called. */
  *begin(): Steps<void> {
    const words = { loop: this.#word, own: [] }
    const result = yield* perform(new Resume(this.#loop, words, START_THREAD, START))
    if (result.kind === 'throws') throw errorOf(result.error)
  }

  /** Starts an engine thread. */
  *spawn<R>(name: string | undefined, body: ThreadBody<R>): Steps<ThreadHandle<R>> {
    return (yield new Spawn(name, body, false, recordedPlace())) as ThreadHandle<R>
  }
}

const START_THREAD: Procedure<null> = {
  name: 'start',
  caller: 'anyone',
  begin: () => returns(null),
  resume: (_scene, _phase, error) => (error === null ? returns(null) : throws(error)),
}
