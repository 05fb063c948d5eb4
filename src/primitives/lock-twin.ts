import type { Lock } from './lock.js'
import { call, type CallLoop } from '../engine/call.js'
import type { Steps, WorldView } from '../engine/operation.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import type { Atomic } from './atomic.js'
import { hold } from './hold.js'
import { misuse } from './misuse.js'
import { type TimeLimit, withinLimit } from './timed.js'
import { HELD, type TwinMemory, type TwinOf } from './twin.js'
import { upTo, type WaitOptions } from './wait-options.js'

const FREE = 0
const TAKEN = 1
/** Taken, and somebody may sleep. */
const CONTENDED = 2
// How often to look again before going to sleep: enough to show the path.
const SPINS = 1

/**
 * The algorithm of a lock: spin a little, then sleep on its word. After Drepper, "Futexes Are Tricky" (2011), mutex 2. Its contract is
 * `Lock`.
 */
export class LockTwin implements TwinOf<Lock, 'monitor'> {
  readonly kind = 'lock'
  readonly name: string
  readonly #time: TimeMode
  readonly #state: Atomic<number>

  constructor(name: string, memory: TwinMemory) {
    this.name = name
    this.#time = memory.time
    this.#state = memory.atomic('state', FREE)
  }

  acquire(): Steps<void>
  acquire(options: WaitOptions): Steps<boolean>
  *acquire(options?: WaitOptions): Steps<boolean | void> {
    const isTaken = yield* call((loop) => this.#take(loop, options?.timeout))
    if (options?.timeout !== undefined) return isTaken
  }

  *tryAcquire(): Steps<boolean> {
    return (yield* this.#state.compareExchange(FREE, TAKEN)) === FREE
  }

  release(): Steps<void> {
    const state = this.#state
    return call(
      function* (this: LockTwin) {
        const before = yield* state.exchange(FREE)
        if (before === FREE) yield* misuse(this, 'release', `lock “${this.name}” is released, but nobody holds it`)
        if (before === CONTENDED) yield* state.wake(1)
      }.bind(this),
    )
  }

  *locked(): Steps<boolean> {
    return (yield* this.#state.read()) !== FREE
  }

  hold<R>(body: () => Steps<R>): Steps<R> {
    return hold(
      () => this.acquire(),
      () => this.release(),
      body,
    )
  }

  /** Whether anybody holds it, as CPython asks a lock that does not know its owner. */
  isOwned(): Steps<boolean> {
    return this.locked()
  }

  /** Frees it; returns how often it was taken. */
  *releaseAll(): Steps<number> {
    yield* this.release()
    return 1
  }

  acquireAgain(_levels: number): Steps<void> {
    return this.acquire()
  }

  show(world: WorldView): string | undefined {
    return this.#state.show(world) === FREE ? undefined : HELD
  }

  *#take(loop: CallLoop, timeout: number | undefined): Steps<boolean> {
    for (let spins = 0; spins <= SPINS; spins++)
      if ((yield* this.#state.compareExchange(FREE, TAKEN)) === FREE) return true
    if (timeout === undefined) return yield* this.#takeContended(loop)
    return yield* withinLimit(this.#time, timeout, (limit) => this.#takeContended(loop, limit))
  }

  /** Takes it as contended: who sleeps beside this thread is not known. */
  *#takeContended(loop: CallLoop, limit?: TimeLimit): Steps<boolean> {
    while ((yield* this.#state.exchange(CONTENDED)) !== FREE) {
      const woken = yield* this.#state.wait(CONTENDED, upTo(limit))
      if (woken === 'timed-out') return false
      yield* loop('woken')
    }
    return true
  }
}
