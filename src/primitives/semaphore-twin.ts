import type { Semaphore } from './semaphore.js'
import { call, type CallLoop } from '../engine/call.js'
import type { Steps, WorldView } from '../engine/operation.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import type { Atomic } from './atomic.js'
import { hold } from './hold.js'
import { type TimeLimit, withinLimit } from './timed.js'
import { type TwinMemory, type TwinOf } from './twin.js'
import { upTo, type WaitOptions } from './wait-options.js'

/** The algorithm of a semaphore: a number of permits that is slept on while it is 0. Its contract is `Semaphore`. */
export class SemaphoreTwin implements TwinOf<Semaphore> {
  readonly kind = 'semaphore'
  readonly name: string
  readonly #time: TimeMode
  readonly #permits: Atomic<number>

  constructor(name: string, memory: TwinMemory, permits: number) {
    this.name = name
    this.#time = memory.time
    this.#permits = memory.atomic('permits', permits)
  }

  acquire(): Steps<void>
  acquire(options: WaitOptions): Steps<boolean>
  *acquire(options?: WaitOptions): Steps<boolean | void> {
    const timeout = options?.timeout
    if (timeout === undefined) yield* call((loop) => this.#take(loop))
    else return yield* call((loop) => withinLimit(this.#time, timeout, (limit) => this.#take(loop, limit)))
  }

  tryAcquire(): Steps<boolean> {
    return call((loop) => this.#tryTaking(loop))
  }

  release(permits = 1): Steps<void> {
    if (!Number.isInteger(permits) || permits < 1)
      throw new RangeError(`a semaphore cannot release ${permits} permits: give it an integer from 1 on`)
    return call(() => this.#give(permits))
  }

  hold<R>(body: () => Steps<R>): Steps<R> {
    return hold(
      () => this.acquire(),
      () => this.release(),
      body,
    )
  }

  show(world: WorldView): number {
    return this.#permits.show(world) as number
  }

  *#take(loop: CallLoop, limit?: TimeLimit): Steps<boolean> {
    for (;;) {
      yield* loop('take')
      if (yield* this.#tryTaking(loop)) return true
      const woken = yield* this.#permits.wait(0, upTo(limit))
      if (woken === 'timed-out') return false
    }
  }

  /** Takes one permit; false if there was none. */
  *#tryTaking(loop: CallLoop): Steps<boolean> {
    for (;;) {
      yield* loop('look')
      const seen = yield* this.#permits.read()
      if (seen === 0) return false
      if ((yield* this.#permits.compareExchange(seen, seen - 1)) === seen) return true
    }
  }

  *#give(permits: number): Steps<void> {
    yield* this.#permits.add(permits)
    yield* this.#permits.wake(permits)
  }
}
