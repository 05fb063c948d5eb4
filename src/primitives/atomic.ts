import type { Footprint } from '../engine/footprint.js'
import * as Code from '../engine/code.js'
import { InstructionOperation } from '../engine/instruction-operation.js'
import {
  formatData,
  type Operation,
  perform,
  type SharedObject,
  type Steps,
  type WorldAccess,
  type WorldView,
} from '../engine/operation.js'
import { type Place, recordedPlace } from '../engine/place.js'
import { withTimeout } from './timed.js'
import { type Transition, TransitionOperation } from './transition.js'
import type { LimitedWaitOptions } from './wait-options.js'

/**
 * A sequentially consistent atomic variable, with the operations and the results of JavaScript's `Atomics`: those that
 * change the value return the one before.
 *
 * Declared by `p.atomic(name, initial)`. Every operation is one step.
 */
export class Atomic<T> implements SharedObject {
  readonly kind = 'atomic'
  readonly name: string
  readonly #word: number
  readonly #waiters: () => number
  /** Carries the type of the content; never present. */
  declare readonly contentType?: T

  /** @param waiters the word of those who wait for a wake-up: the identities of threads, the first to come first. */
  constructor(name: string, word: number, waiters: () => number) {
    this.name = name
    this.#word = word
    this.#waiters = waiters
  }

  /** The present value. */
  read(): Steps<T> {
    return perform(this.#operation('read', [], Code.Load) as Operation<T>)
  }

  /** Replaces the value. */
  write(value: T): Steps<void> {
    return perform(this.#operation('write', [value], Code.Store) as Operation<void>)
  }

  /** Adds to an integer; returns the value before. A sum that leaves 32 bits is the program's fault. */
  add(this: Atomic<number>, delta: number): Steps<number> {
    return perform(this.#operation('add', [delta], Code.Add) as Operation<number>)
  }

  /** Replaces the value; returns the one before. */
  exchange(value: T): Steps<T> {
    return perform(this.#operation('exchange', [value], Code.Exchange) as Operation<T>)
  }

  /** Replaces the value if it equals `expected`; returns the value before, so that it succeeded if that equals `expected`. */
  compareExchange(expected: T, replacement: T): Steps<T> {
    return perform(this.#operation('compareExchange', [expected, replacement], Code.CompareExchange) as Operation<T>)
  }

  /** Replaces the value by `change(value)` in one step; returns the value before. `change` must be a pure function. */
  update(change: (value: T) => T): Steps<T> {
    return perform(new Update(this, this.#word, change, recordedPlace()))
  }

  /**
   * Sleeps until somebody calls `wake`, unless the value is another one than expected by now: JavaScript's `Atomics.wait`, Linux's futex.
   * One step to look and lie down, which nothing can come between, and one to get up.
   *
   * @returns `not-equal` at once if the value is another one; `ok` if woken; `timed-out` after `timeout` seconds, or at the end of a limit.
   */
  *wait(expected: T, { timeout }: LimitedWaitOptions = {}): Steps<'ok' | 'not-equal' | 'timed-out'> {
    const waiters = this.#waiters()
    if (!(yield* perform(new FutexSleep(this, this.#word, waiters, expected, recordedPlace())))) return 'not-equal'
    const waking = new TransitionOperation(this, waiters, WAKING, recordedPlace())
    if (timeout === undefined) yield* perform(waking)
    else if (
      (yield* withTimeout(waking, timeout, new TransitionOperation(this, waiters, GETTING_UP, undefined))).timedOut
    )
      return 'timed-out'
    return 'ok'
  }

  /** Wakes those who wait, at most `count` of them, the first to come first; returns how many. One step. */
  wake(count = Infinity): Steps<number> {
    const transition: Transition<readonly string[], number> = {
      name: 'wake',
      args: count === Infinity ? [] : [count],
      step: (waiters) => {
        const woken = Math.min(count, waiters.length)
        return { state: woken === 0 ? waiters : waiters.slice(woken), result: woken }
      },
    }
    return perform(new TransitionOperation(this, this.#waiters(), transition, recordedPlace()))
  }

  show(world: WorldView): unknown {
    return world.value(this.#word)
  }

  #operation(name: string, args: readonly unknown[], code: Code.Any): InstructionOperation {
    return new InstructionOperation(
      { name, object: this, args, cost: 'atomic', place: recordedPlace() },
      { code, word: this.#word, a: args[0], b: args[1] },
    )
  }
}

const WAKING: Transition<readonly string[], void> = {
  name: 'woken',
  ways: (waiters, self) => (waiters.includes(self) ? 0 : 1),
  step: (waiters) => ({ state: waiters, result: undefined }),
}

const GETTING_UP: Transition<readonly string[], void> = {
  name: 'get up',
  step: (waiters, _way, self) => ({ state: waiters.filter((waiter) => waiter !== self), result: undefined }),
}

/** Lies down to wait if the value is the expected one; returns whether it is. */
class FutexSleep<T> implements Operation<boolean> {
  readonly name = 'wait'
  readonly args: readonly unknown[]
  readonly cost = 'wait'
  readonly object: Atomic<T>
  readonly place: Place | undefined
  readonly #word: number
  readonly #waiters: number
  readonly #expected: T

  constructor(object: Atomic<T>, word: number, waiters: number, expected: T, place: Place | undefined) {
    this.object = object
    this.args = [expected]
    this.place = place
    this.#word = word
    this.#waiters = waiters
    this.#expected = expected
  }

  ways(): number {
    return 1
  }

  apply(world: WorldAccess, _way: number, thread: number): boolean {
    if (!world.equals(this.#word, this.#expected)) return false
    const waiters = world.value(this.#waiters) as readonly string[]
    world.setValue(this.#waiters, [...waiters, world.identityOf(thread)])
    return true
  }

  footprint(world: WorldView): Footprint {
    if (!world.equals(this.#word, this.#expected)) return { reads: [this.#word], writes: [] }
    return { reads: [this.#word, this.#waiters], writes: [this.#waiters] }
  }

  label(result: unknown): string {
    return `wait ${formatData(this.#expected)}${result === false ? ' → not equal' : ''}`
  }

  holder(): null {
    return null
  }
}

class Update<T> implements Operation<T> {
  readonly name = 'update'
  readonly args: readonly unknown[] = []
  readonly cost = 'atomic'
  readonly object: Atomic<T>
  readonly place: Place | undefined
  readonly words: readonly number[]
  readonly #word: number
  readonly #change: (value: T) => T

  constructor(object: Atomic<T>, word: number, change: (value: T) => T, place: Place | undefined) {
    this.object = object
    this.place = place
    this.words = [word]
    this.#word = word
    this.#change = change
  }

  ways(): number {
    return 1
  }

  apply(world: WorldAccess): T {
    const before = world.value(this.#word) as T
    world.setValue(this.#word, this.#change(before))
    return before
  }

  footprint(): Footprint {
    return { reads: [this.#word], writes: [this.#word] }
  }

  label(result: unknown): string {
    return `update → ${formatData(result)}`
  }

  holder(): null {
    return null
  }
}
