import { ask, type Condition, type Predicate } from './condition.js'
import { call } from '../engine/call.js'
import type { Steps, WorldView } from '../engine/operation.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import type { Atomic } from './atomic.js'
import type { Cell } from './cell.js'
import type { LockTwin } from './lock-twin.js'
import { misuse } from './misuse.js'
import type { RLockTwin } from './rlock-twin.js'
import { type TimeLimit, withinLimit } from './timed.js'
import { beyondTwin, type TwinMemory, type TwinOf } from './twin.js'
import type { LimitedWaitOptions, WaitOptions } from './wait-options.js'

// What a waiter's slot holds.
const FREE = 0
const WAITING = 1
const NOTIFIED = 2
/** Its waiter has given up; whoever comes to notify passes over it. */
const GONE = 3

// Waiters between the first that has not been notified and the last to come.
const SLOTS = 64

/**
 * The algorithm of a condition: whoever waits draws a number under the lock, frees the lock and sleeps in the slot of its number; whoever
 * notifies goes on through the slots, in the order of the numbers. The contract leaves open who is woken: here it is who
 * has waited longest, as in CPython. Its contract is `Condition`.
 */
export class ConditionTwin implements TwinOf<Condition> {
  readonly kind = 'condition'
  readonly name: string
  readonly #time: TimeMode
  readonly #lock: LockTwin | RLockTwin
  // Numbers drawn so far, and the first that has not been notified: only touched under the lock.
  readonly #drawn: Cell<number>
  readonly #next: Cell<number>
  readonly #slots: (number: number) => Atomic<number>

  constructor(name: string, memory: TwinMemory, lock: LockTwin | RLockTwin) {
    this.name = name
    this.#time = memory.time
    this.#lock = lock
    this.#drawn = memory.cell('drawn', 0)
    this.#next = memory.cell('next', 0)
    this.#slots = memory.atomics('slot', SLOTS)
  }

  acquire(): Steps<void>
  acquire(options: WaitOptions): Steps<boolean>
  acquire(options?: WaitOptions): Steps<boolean | void> {
    return options === undefined ? this.#lock.acquire() : this.#lock.acquire(options)
  }

  tryAcquire(): Steps<boolean> {
    return this.#lock.tryAcquire()
  }

  release(): Steps<void> {
    return this.#lock.release()
  }

  hold<R>(body: () => Steps<R>): Steps<R> {
    return this.#lock.hold(body)
  }

  wait({ timeout }: LimitedWaitOptions = {}): Steps<boolean> {
    return call(() => this.#wait(timeout))
  }

  *waitFor(predicate: Predicate, { timeout }: WaitOptions = {}): Steps<boolean> {
    if (yield* ask(predicate)) return true
    if (timeout === undefined) return yield* this.#waitUntil(predicate, {})
    return yield* withinLimit(this.#time, timeout, (limit) => this.#waitUntil(predicate, { timeout: limit }))
  }

  notify(n = 1): Steps<void> {
    if (!Number.isInteger(n)) throw new RangeError(`notify cannot wake ${n} threads: give it an integer`)
    return call(() => this.#notify(n))
  }

  notifyAll(): Steps<void> {
    return call(() => this.#notify(Infinity))
  }

  show(_world: WorldView): undefined {
    return undefined
  }

  *#waitUntil(predicate: Predicate, options: { readonly timeout?: TimeLimit }): Steps<boolean> {
    for (;;) {
      const isTimedOut = !(yield* this.wait(options))
      const holds = yield* ask(predicate)
      if (holds || isTimedOut) return holds
      if (options.timeout !== undefined && (yield* options.timeout.isOver())) return false
    }
  }

  *#wait(timeout: number | TimeLimit | undefined): Steps<boolean> {
    yield* this.#requireOwned('wait', 'waits for')
    const number = yield* this.#drawn.read()
    const slot = this.#slots(number % SLOTS)
    if ((yield* slot.read()) !== FREE) throw beyondTwin(`condition “${this.name}”`, `${SLOTS} threads that wait`)
    yield* slot.write(WAITING)
    yield* this.#drawn.write(number + 1)
    const levels = yield* this.#lock.releaseAll()
    // Only a notify changes the slot, once: there is nothing to look at again.
    const woken = yield* slot.wait(WAITING, timeout === undefined ? {} : { timeout })
    yield* this.#lock.acquireAgain(levels)
    // Whose time was up may have been notified until it got the lock.
    const isNotified = woken !== 'timed-out' || (yield* slot.read()) === NOTIFIED
    yield* slot.write(isNotified ? FREE : GONE)
    return woken !== 'timed-out'
  }

  *#notify(n: number): Steps<void> {
    yield* this.#requireOwned('notify', 'notifies')
    const drawn = yield* this.#drawn.read()
    let next = yield* this.#next.read()
    for (let left = n; left > 0 && next < drawn; next++) {
      const slot = this.#slots(next % SLOTS)
      if ((yield* slot.read()) === GONE) {
        yield* slot.write(FREE)
        continue
      }
      yield* slot.write(NOTIFIED)
      yield* slot.wake()
      left--
    }
    yield* this.#next.write(next)
  }

  *#requireOwned(name: string, does: string): Steps<void> {
    if (yield* this.#lock.isOwned()) return
    yield* misuse(this, name, `a thread ${does} condition “${this.name}” without holding its lock`)
  }
}
