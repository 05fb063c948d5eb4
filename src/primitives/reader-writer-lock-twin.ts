import type { ReaderWriterLock } from './reader-writer-lock.js'
import { call, type CallLoop } from '../engine/call.js'
import type { Steps, WorldView } from '../engine/operation.js'
import type { Atomic } from './atomic.js'
import { hold } from './hold.js'
import { HELD, type TwinMemory, type TwinOf } from './twin.js'

const WRITING = -1

/**
 * The algorithm of a reader-writer lock without preference: one number, that of the readers, or −1 while somebody writes. Who holds it
 * is not known, so that misuse is not noticed. Its contract is `ReaderWriterLock`.
 */
export class ReaderWriterLockTwin implements TwinOf<ReaderWriterLock> {
  readonly kind = 'reader-writer lock'
  readonly preference = 'none'
  readonly name: string
  readonly #users: Atomic<number>

  constructor(name: string, memory: TwinMemory) {
    this.name = name
    this.#users = memory.atomic('users')
  }

  acquireRead(): Steps<void> {
    return call((loop) => this.#enter(loop, (users) => (users === WRITING ? null : users + 1)))
  }

  acquireWrite(): Steps<void> {
    return call((loop) => this.#enter(loop, (users) => (users === 0 ? WRITING : null)))
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

  /** Changes the number of users as soon as `entering` says how. */
  *#enter(loop: CallLoop, entering: (users: number) => number | null): Steps<void> {
    for (;;) {
      yield* loop('enter')
      const seen = yield* this.#users.read()
      const next = entering(seen)
      if (next === null) yield* this.#users.wait(seen)
      else if ((yield* this.#users.compareExchange(seen, next)) === seen) return
    }
  }
}
