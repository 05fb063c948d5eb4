import type { Event } from './event.js'
import { call, type CallLoop } from '../engine/call.js'
import type { Steps, WorldView } from '../engine/operation.js'
import type { Atomic } from './atomic.js'
import { type TwinMemory, type TwinOf } from './twin.js'
import type { WaitOptions } from './wait-options.js'

/**
 * The algorithm of an event: a number that grows with every change, odd while the event is set. Whoever has slept on an even
 * one, and finds another, knows that it was set in between, also if it has been cleared since. Its contract is `Event`.
 */
export class EventTwin implements TwinOf<Event> {
  readonly kind = 'event'
  readonly name: string
  readonly #changes: Atomic<number>

  constructor(name: string, memory: TwinMemory) {
    this.name = name
    this.#changes = memory.atomic('changes')
  }

  wait({ timeout }: WaitOptions = {}): Steps<boolean> {
    return call(() => this.#wait(timeout))
  }

  set(): Steps<void> {
    return call((loop) => this.#set(loop))
  }

  clear(): Steps<void> {
    return call(() => this.#clear())
  }

  *isSet(): Steps<boolean> {
    return isOdd(yield* this.#changes.read())
  }

  show(world: WorldView): boolean {
    return isOdd(this.#changes.show(world) as number)
  }

  *#wait(timeout: number | undefined): Steps<boolean> {
    const seen = yield* this.#changes.read()
    if (isOdd(seen)) return true
    return (yield* this.#changes.wait(seen, timeout === undefined ? {} : { timeout })) !== 'timed-out'
  }

  *#set(loop: CallLoop): Steps<void> {
    for (;;) {
      yield* loop('set')
      const seen = yield* this.#changes.read()
      if (isOdd(seen)) return
      if ((yield* this.#changes.compareExchange(seen, seen + 1)) !== seen) continue
      yield* this.#changes.wake()
      return
    }
  }

  /** If somebody else changes it first, it has been cleared, or set after this one cleared it: both are as good. */
  *#clear(): Steps<void> {
    const seen = yield* this.#changes.read()
    if (isOdd(seen)) yield* this.#changes.compareExchange(seen, seen + 1)
  }
}

const isOdd = (changes: number): boolean => changes % 2 === 1
