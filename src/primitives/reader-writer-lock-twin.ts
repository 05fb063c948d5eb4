import type { ReaderWriterLock } from './reader-writer-lock.js'
import { call, type CallLoop } from '../engine/call.js'
import type { Steps, WorldView } from '../engine/operation.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import type { Atomic } from './atomic.js'
import { hold } from './hold.js'
import { type TimeLimit, withinLimit } from './timed.js'
import { HELD, type TwinMemory, type TwinOf } from './twin.js'
import { upTo, type WaitOptions } from './wait-options.js'

const WRITING = -1

/**
 * The algorithm of a reader-writer lock without preference: one number, that of the readers, or −1 while somebody writes. Who holds it
 * is not known, so that misuse is not noticed. Its contract is `ReaderWriterLock`.
 */
export class ReaderWriterLockTwin implements TwinOf<ReaderWriterLock> {
  readonly kind = 'reader-writer lock'
  readonly preference = 'none'
  readonly name: string
  readonly #time: TimeMode
  readonly #users: Atomic<number>

  constructor(name: string, memory: TwinMemory) {
    this.name = name
    this.#time = memory.time
    this.#users = memory.atomic('users')
  }

  acquireRead(): Steps<void>
  acquireRead(options: WaitOptions): Steps<boolean>
  acquireRead(options: WaitOptions = {}): Steps<boolean | void> {
    return this.#acquire((users) => (users === WRITING ? null : users + 1), options)
  }

  acquireWrite(): Steps<void>
  acquireWrite(options: WaitOptions): Steps<boolean>
  acquireWrite(options: WaitOptions = {}): Steps<boolean | void> {
    return this.#acquire((users) => (users === 0 ? WRITING : null), options)
  }

  releaseRead(): Steps<void> {
    const users = this.#users
    return call(function* () {
      if ((yield* users.add(-1)) === 1) yield* users.wake()
    })
  }

  releaseWrite(): Steps<void> {
    const users = this.#users
    return call(function* () {
      yield* users.write(0)
      yield* users.wake()
    })
  }

  holdRead<R>(body: () => Steps<R>): Steps<R> {
    return hold(
      () => this.acquireRead(),
      () => this.releaseRead(),
      body,
    )
  }

  holdWrite<R>(body: () => Steps<R>): Steps<R> {
    return hold(
      () => this.acquireWrite(),
      () => this.releaseWrite(),
      body,
    )
  }

  show(world: WorldView): string | undefined {
    return this.#users.show(world) === 0 ? undefined : HELD
  }

  *#acquire(entering: (users: number) => number | null, { timeout }: WaitOptions): Steps<boolean | void> {
    if (timeout === undefined) yield* call((loop) => this.#enter(loop, entering))
    else return yield* call((loop) => withinLimit(this.#time, timeout, (limit) => this.#enter(loop, entering, limit)))
  }

  /** Changes the number of users as soon as `entering` says how; false if the time is over before. */
  *#enter(loop: CallLoop, entering: (users: number) => number | null, limit?: TimeLimit): Steps<boolean> {
    for (;;) {
      yield* loop('enter')
      const seen = yield* this.#users.read()
      const next = entering(seen)
      if (next === null) {
        if ((yield* this.#users.wait(seen, upTo(limit))) === 'timed-out') return false
      } else if ((yield* this.#users.compareExchange(seen, next)) === seen) return true
    }
  }
}
