import type { Footprint } from '../engine/footprint.js'
import {
  type CostClass,
  formatData,
  type Operation,
  perform,
  type SharedObject,
  type Steps,
  type WorldAccess,
  type WorldView,
} from '../engine/operation.js'
import type { Place } from '../engine/place.js'
import { nanosecondsOf } from '../engine/time/duration.js'

/** What came of waiting with a timeout. */
export type Timed<R> = { readonly timedOut: false; readonly result: R } | { readonly timedOut: true }

/** What came of the first try: the operation has happened, or the timeout has fired at once, or the thread waits now. */
type Tried<R> = Timed<R> | { readonly timedOut: null }

/**
 * Waits for an operation, but no longer than `seconds`; 0 and less: only tries.
 *
 * In time mode `free` a timeout may fire at any moment while the operation has to wait, so that it never blocks: whether it
 * fires depends on when its thread steps, which is explored. In mode `virtual` a thread that has to wait gets a deadline,
 * and is blocked until either the operation can happen or the clock has come to the deadline; if both are so when the
 * thread steps, the operation happens, as with the semaphores and condition variables that CPython waits on.
 *
 * @param giveUp what a timeout changes, if anything: a waiter takes itself off a list, say. One step, never blocked.
 * @throws RangeError inside the thread if `seconds` is no number, infinite, or more than 104 days.
 */
export function* withTimeout<R>(operation: Operation<R>, seconds: number, giveUp?: Operation): Steps<Timed<R>> {
  const nanoseconds = nanosecondsOf(seconds, 'a timeout', 'leave it out to wait for ever')
  const tried = yield* perform(new Attempt(operation, seconds, nanoseconds, giveUp))
  return tried.timedOut === null ? yield* perform(new LimitedWait(operation, seconds, giveUp)) : tried
}

/** An operation that need not wait for ever. */
abstract class TimedOperation<R, T extends Tried<R>> implements Operation<T> {
  readonly object: SharedObject | null
  readonly name: string
  readonly args: readonly unknown[]
  readonly cost: CostClass
  readonly place: Place | undefined
  readonly isTimed = true
  readonly words: readonly number[] | undefined
  protected readonly waited: Operation<R>
  protected readonly giveUp: Operation | undefined
  readonly #seconds: number

  constructor(waited: Operation<R>, seconds: number, giveUp: Operation | undefined) {
    this.object = waited.object
    this.name = waited.name
    this.args = [...waited.args, { timeout: seconds }]
    this.cost = waited.cost
    this.place = waited.place
    this.words = wordsOfBoth(waited, giveUp)
    this.waited = waited
    this.giveUp = giveUp
    this.#seconds = seconds
  }

  abstract ways(world: WorldView, thread: number): number
  abstract apply(world: WorldAccess, way: number, thread: number): T
  abstract footprint(world: WorldView, thread: number): Footprint

  label(outcome: unknown): string {
    const ended = outcome as Tried<R> | undefined
    const result = ended?.timedOut === false ? ended.result : undefined
    const call = `${this.waited.label(result)} (timeout ${formatData(this.#seconds)})`
    if (ended?.timedOut === null) return `${call}: waits`
    return ended?.timedOut === true ? `${call}: timed out` : call
  }

  get joins(): number | undefined {
    return this.waited.joins
  }

  holder(world: WorldView): number | null {
    return this.waited.holder(world)
  }

  /** What a timeout changes, having looked at what the operation waits for. */
  protected givingUp(world: WorldView, thread: number): Footprint {
    const waited = this.waited.footprint(world, thread)
    const { reads = [], writes = [] } = this.giveUp?.footprint(world, thread) ?? {}
    return { reads: [...new Set([...waited.reads, ...waited.writes, ...reads])], writes }
  }
}

/** Tries the operation. What a timeout does at once, it does here; else the thread gets its deadline. */
class Attempt<R> extends TimedOperation<R, Tried<R>> {
  readonly #nanoseconds: number

  constructor(waited: Operation<R>, seconds: number, nanoseconds: number, giveUp: Operation | undefined) {
    super(waited, seconds, giveUp)
    this.#nanoseconds = nanoseconds
  }

  ways(world: WorldView, thread: number): number {
    return Math.max(1, this.waited.ways(world, thread))
  }

  apply(world: WorldAccess, way: number, thread: number): Tried<R> {
    if (this.waited.ways(world, thread) > 0) return { timedOut: false, result: this.waited.apply(world, way, thread) }
    if (this.#givesUp(world)) {
      this.giveUp?.apply(world, 0, thread)
      return { timedOut: true }
    }
    world.setValue(world.deadlineWord(thread), this.#nanoseconds)
    return { timedOut: null }
  }

  footprint(world: WorldView, thread: number): Footprint {
    const waited = this.waited.footprint(world, thread)
    if (this.waited.ways(world, thread) > 0) return waited
    if (this.#givesUp(world)) return this.givingUp(world, thread)
    return { reads: [...new Set([...waited.reads, ...waited.writes])], writes: [world.deadlineWord(thread)] }
  }

  #givesUp(world: WorldView): boolean {
    return world.time === 'free' || this.#nanoseconds <= 0
  }
}

/** Waits for the operation or for the deadline. */
class LimitedWait<R> extends TimedOperation<R, Timed<R>> {
  ways(world: WorldView, thread: number): number {
    const ways = this.waited.ways(world, thread)
    return ways === 0 && isDue(world, thread) ? 1 : ways
  }

  apply(world: WorldAccess, way: number, thread: number): Timed<R> {
    // First, so that no deadline is left behind by an operation that misuses its object.
    world.setValue(world.deadlineWord(thread), null)
    return this.#end(world, way, thread)
  }

  footprint(world: WorldView, thread: number): Footprint {
    const deadline = world.deadlineWord(thread)
    const isOver = isDue(world, thread) && this.waited.ways(world, thread) === 0
    const { reads, writes } = isOver ? this.givingUp(world, thread) : this.waited.footprint(world, thread)
    return { reads: [...reads, deadline], writes: [...writes, deadline] }
  }

  #end(world: WorldAccess, way: number, thread: number): Timed<R> {
    if (this.waited.ways(world, thread) > 0) return { timedOut: false, result: this.waited.apply(world, way, thread) }
    this.giveUp?.apply(world, 0, thread)
    return { timedOut: true }
  }
}

function isDue(world: WorldView, thread: number): boolean {
  return world.value(world.deadlineWord(thread)) === 0
}

/** Besides the deadline, which is no memory of any process. */
function wordsOfBoth(waited: Operation, giveUp: Operation | undefined): readonly number[] | undefined {
  if (giveUp === undefined || waited.words === undefined) return waited.words
  return giveUp.words === undefined ? undefined : [...waited.words, ...giveUp.words]
}
