import type { Footprint } from '../engine/footprint.js'
import {
  type Operation,
  perform,
  type SharedObject,
  type Steps,
  type WorldAccess,
  type WorldView,
} from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import { TimeoutError } from './future-errors.js'
import type { Future } from './future.js'
import { type FutureState, hasFailed, isNotified } from './future-state.js'
import type { WaitOptions } from './semaphore.js'
import { type TimeLimit, unlessOver, withinLimit, withTimeout } from './timed.js'
import { StatefulObject, type Transition } from './transition.js'

/** When `wait` returns: as soon as one future is done, as soon as one has failed, or when all are done. */
export type ReturnWhen = 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED'

/** What a waiter has been told since it looked last, in order. */
export interface WaiterState {
  readonly done: readonly { readonly index: number; readonly failed: boolean }[]
}

/** A waiter that has been told nothing, or has taken note of all it was told. */
export const NOTHING_TOLD: WaiterState = { done: [] }

/** How `wait` is to wait. */
export interface FutureWaitOptions extends WaitOptions {
  /** @default 'ALL_COMPLETED' */
  readonly returnWhen?: ReturnWhen
}

/** What `wait` has found, each list in the order in which the futures were given. */
export interface WaitedFutures<R> {
  readonly done: readonly Future<R>[]
  readonly notDone: readonly Future<R>[]
}

/**
 * Waits for several futures at once: its one word is what it waits for, and who completes a future writes there in the same step.
 * Made anew for each call of `p.wait` and `p.asCompleted`.
 */
export class FutureWaiter<R> extends StatefulObject<WaiterState> {
  readonly kind = 'waiter'
  readonly #futures: readonly Future<R>[]
  readonly #time: TimeMode

  constructor(name: string, word: number, futures: readonly Future<R>[], time: TimeMode) {
    super(name, word)
    this.#time = time
    this.#futures = [...new Map(futures.map((future) => [future.word, future])).values()]
  }

  /** Python's `concurrent.futures.wait`. */
  *wait({ timeout, returnWhen = 'ALL_COMPLETED' }: FutureWaitOptions): Steps<WaitedFutures<R>> {
    const futures = this.#futures
    const { done, isEnough } = yield* perform(new Watch(this, this.word, futures, returnWhen))
    if (isEnough) return this.#divided(done)
    const left = futures.length - done.length
    const waiting = this.operation(waitingFor(left, returnWhen))
    const told = timeout === undefined ? yield* perform(waiting) : yield* this.#toldInTime(waiting, timeout)
    // Those that are done need not be told so.
    const more = told.length === left ? [] : yield* perform(new Unwatch(this, this.word, futures))
    return this.#divided([...done, ...told, ...more])
  }

  /** Python's `concurrent.futures.as_completed`. */
  asCompleted(each: Each<R>, choose: (ways: number) => Steps<number>, { timeout }: WaitOptions): Steps<void> {
    const run = (limit?: TimeLimit) => this.#asCompleted(each, choose, limit)
    return timeout === undefined ? run() : withinLimit(this.#time, timeout, run)
  }

  *#asCompleted(each: Each<R>, choose: (ways: number) => Steps<number>, limit: TimeLimit | undefined): Steps<void> {
    const futures = this.#futures
    const { done } = yield* perform(new Watch(this, this.word, futures, null))
    const first = [...done]
    // Python keeps those that are done already in a set: in which order they come is not determined.
    while (first.length > 0) {
      const next = first.length === 1 ? 0 : yield* choose(first.length)
      yield* each(futures[first.splice(next, 1)[0]!]!)
    }
    for (let seen = 0; seen < futures.length - done.length;) {
      const news = this.operation(NEWS)
      const waited = limit === undefined ? yield* perform(news) : yield* this.#inTime(news, limit)
      for (const index of waited) yield* each(futures[index]!)
      seen += waited.length
    }
  }

  *#toldInTime(waiting: Operation<readonly number[]>, timeout: number): Steps<readonly number[]> {
    const waited = yield* withTimeout(waiting, timeout)
    return waited.timedOut ? [] : waited.result
  }

  *#inTime(news: Operation<readonly number[]>, limit: TimeLimit): Steps<readonly number[]> {
    const waited = yield* unlessOver(news, limit)
    if (!waited.timedOut) return waited.result
    yield* perform(new Unwatch(this, this.word, this.#futures))
    throw new TimeoutError(`not all futures were done within ${limit.seconds} s`)
  }

  #divided(done: readonly number[]): WaitedFutures<R> {
    return {
      done: this.#futures.filter((_, i) => done.includes(i)),
      notDone: this.#futures.filter((_, i) => !done.includes(i)),
    }
  }
}

/** What is done with a future that is done. */
type Each<R> = (future: Future<R>) => Steps<unknown>

function waitingFor(left: number, returnWhen: ReturnWhen): Transition<WaiterState, readonly number[]> {
  const name = `wait for ${inWords(returnWhen)}`
  return {
    name,
    ways: ({ done }) => (isToldEnough(done, left, returnWhen) ? 1 : 0),
    step: ({ done }) => ({ state: NOTHING_TOLD, result: done.map(({ index }) => index) }),
    label: () => name,
  }
}

const NEWS: Transition<WaiterState, readonly number[]> = {
  name: 'next completed',
  ways: ({ done }) => (done.length > 0 ? 1 : 0),
  step: ({ done }) => ({ state: NOTHING_TOLD, result: done.map(({ index }) => index) }),
  label: () => 'next completed',
}

function isToldEnough(told: WaiterState['done'], left: number, returnWhen: ReturnWhen): boolean {
  switch (returnWhen) {
    case 'FIRST_COMPLETED':
      return told.length > 0
    case 'FIRST_EXCEPTION':
      return told.length === left || told.some(({ failed }) => failed)
    case 'ALL_COMPLETED':
      return told.length === left
  }
}

function inWords(returnWhen: ReturnWhen): string {
  return returnWhen === 'ALL_COMPLETED' ? 'all' : returnWhen === 'FIRST_COMPLETED' ? 'the first' : 'the first error'
}

/** Which futures are done, by their places, and whether that is enough. */
interface Watched {
  readonly done: readonly number[]
  readonly isEnough: boolean
}

/** What looking at several futures has in common; it never blocks. */
abstract class Look<T> implements Operation<T> {
  abstract readonly name: string
  readonly args: readonly unknown[]
  readonly cost = 'synchronisation'
  readonly place = recordedPlace()
  readonly object: SharedObject
  protected readonly waiter: number
  protected readonly futures: readonly number[]

  constructor(object: SharedObject, waiter: number, futures: readonly Future<never>[] | readonly Future[]) {
    this.object = object
    this.waiter = waiter
    this.futures = futures.map(({ word }) => word)
    this.args = futures.map(({ name }) => name)
  }

  ways(): number {
    return 1
  }

  abstract apply(world: WorldAccess): T
  abstract footprint(world: WorldView): Footprint

  label(): string {
    return `${this.name} ${this.args.length}`
  }

  holder(): null {
    return null
  }

  protected states(world: WorldView): FutureState[] {
    return this.futures.map((word) => world.value(word) as FutureState)
  }
}

/** Sees which futures are done; unless that is enough, the others will tell the waiter. */
class Watch extends Look<Watched> {
  readonly name = 'watch'
  readonly #returnWhen: ReturnWhen | null

  constructor(
    object: SharedObject,
    waiter: number,
    futures: readonly Future<never>[] | readonly Future[],
    returnWhen: ReturnWhen | null,
  ) {
    super(object, waiter, futures)
    this.#returnWhen = returnWhen
  }

  apply(world: WorldAccess): Watched {
    const watched = this.#watched(world)
    if (!watched.isEnough)
      this.states(world).forEach((state, index) => {
        if (isNotified(state)) return
        const waiters = [...state.waiters, { word: world.wordIdentity(this.waiter), index }]
        world.setValue(this.futures[index]!, { ...state, waiters })
      })
    return watched
  }

  footprint(world: WorldView): Footprint {
    const states = this.states(world)
    const isEnough = this.#watched(world).isEnough
    return { reads: this.futures, writes: isEnough ? [] : this.futures.filter((_, i) => !isNotified(states[i]!)) }
  }

  #watched(world: WorldView): Watched {
    const states = this.states(world)
    const done = states.flatMap((state, i) => (isNotified(state) ? [i] : []))
    const isEnough =
      done.length === states.length ||
      (this.#returnWhen === 'FIRST_COMPLETED' && done.length > 0) ||
      (this.#returnWhen === 'FIRST_EXCEPTION' && states.some(hasFailed))
    return { done, isEnough }
  }
}

/** Nobody needs to tell the waiter any more; its result is what it has been told. */
class Unwatch extends Look<readonly number[]> {
  readonly name = 'unwatch'

  apply(world: WorldAccess): readonly number[] {
    this.states(world).forEach((state, i) => {
      if (this.#watches(world, state))
        world.setValue(this.futures[i]!, { ...state, waiters: this.#others(world, state) })
    })
    const { done } = world.value(this.waiter) as WaiterState
    world.setValue(this.waiter, NOTHING_TOLD)
    return done.map(({ index }) => index)
  }

  footprint(world: WorldView): Footprint {
    const states = this.states(world)
    return {
      reads: [...this.futures, this.waiter],
      writes: [this.waiter, ...this.futures.filter((_, i) => this.#watches(world, states[i]!))],
    }
  }

  #watches(world: WorldView, state: FutureState): boolean {
    return this.#others(world, state).length < state.waiters.length
  }

  #others(world: WorldView, { waiters }: FutureState): FutureState['waiters'] {
    const own = world.wordIdentity(this.waiter)
    return waiters.filter(({ word }) => word !== own)
  }
}
