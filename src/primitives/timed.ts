import type { Footprint } from '../engine/footprint.js'
import {
  type CostClass,
  formatCall,
  formatData,
  type Operation,
  perform,
  type SharedObject,
  type Steps,
  type WorldAccess,
  type WorldView,
} from '../engine/operation.js'
import { type Place, recordedPlace } from '../engine/place.js'
import {
  deadlinesOf,
  isDue,
  limited,
  restOfLimit,
  setDeadlines,
  setOwnDeadline,
  unlimited,
} from '../engine/time/deadlines.js'
import { nanosecondsOf } from '../engine/time/duration.js'
import type { TimeMode } from '../engine/time/time-mode.js'

/** What came of waiting with a timeout. */
export type Timed<R> = { readonly timedOut: false; readonly result: R } | { readonly timedOut: true }

/** What came of the first try: the operation has happened, or the timeout has fired at once, or the thread waits now. */
type Tried<R> = Timed<R> | { readonly timedOut: null }

/**
 * Waits for an operation, but no longer than `timeout` seconds, or than a limit lasts; 0 and less: only tries.
 *
 * In time mode `free` a timeout may fire at any moment while the operation has to wait, so that it never blocks: whether it
 * fires depends on when its thread steps, which is explored. In mode `virtual` a thread that has to wait gets a deadline,
 * and is blocked until either the operation can happen or the clock has come to the deadline; if both are so when the
 * thread steps, the operation happens, as with the semaphores and condition variables that CPython waits on.
 *
 * @param giveUp what a timeout changes, if anything: a waiter takes itself off a list, say. One step, never blocked.
 * @throws RangeError inside the thread if `seconds` is no number, infinite, or more than 104 days.
 */
export function* withTimeout<R>(
  operation: Operation<R>,
  timeout: number | TimeLimit,
  giveUp?: Operation,
): Steps<Timed<R>> {
  if (typeof timeout !== 'number' && timeout.isRunning)
    return yield* perform(new WaitWithinLimit(operation, timeout.seconds, giveUp))
  const seconds = typeof timeout === 'number' ? timeout : timeout.seconds
  const nanoseconds = nanosecondsOf(seconds, 'a timeout', 'leave it out to wait for ever')
  const tried = yield* perform(new Attempt(operation, seconds, nanoseconds, giveUp))
  return tried.timedOut === null ? yield* perform(new LimitedWait(operation, seconds, giveUp)) : tried
}

/** The time that several waits may take together. In time mode `free` it may be over whenever one of them has to wait. */
export class TimeLimit {
  readonly seconds: number
  /** Whether a clock says when it is over. */
  readonly isRunning: boolean

  constructor(seconds: number, isRunning: boolean) {
    this.seconds = seconds
    this.isRunning = isRunning
  }

  /** Whether it is over. In time mode `virtual` a step; in mode `free` none, and never: who waits then sees. */
  *isOver(): Steps<boolean> {
    return this.isRunning && (yield* perform(new AskLimit(this.seconds)))
  }

  toString(): string {
    return String(this.seconds)
  }
}

/**
 * Runs `body`, whose waits with that limit (`withTimeout`) together take no longer than `seconds` from now on: what CPython does that computes
 * an end time and waits for what is left. In time mode `virtual` it begins and ends with a step, in mode `free` nothing is added.
 *
 * @throws RangeError inside the thread if `seconds` is no number, infinite, or more than 104 days.
 */
export function* withinLimit<R>(time: TimeMode, seconds: number, body: (limit: TimeLimit) => Steps<R>): Steps<R> {
  const nanoseconds = nanosecondsOf(seconds, 'a timeout', 'leave it out to wait for ever')
  if (time === 'free') return yield* body(new TimeLimit(seconds, false))
  yield* perform(new BeginLimit(seconds, nanoseconds))
  try {
    return yield* body(new TimeLimit(seconds, true))
  } finally {
    yield* perform(new EndLimit(seconds))
  }
}

/**
 * Waits for an operation with a limit, and is told that this is over even if the operation could happen: for those who compute what is left
 * before they look.
 */
export function* unlessOver<R>(operation: Operation<R>, limit: TimeLimit): Steps<Timed<R>> {
  if (!limit.isRunning) return yield* perform(new UnlessOver(operation, limit.seconds, undefined))
  return (yield* limit.isOver()) ? { timedOut: true } : yield* withTimeout(operation, limit)
}

/** An operation of a thread on its own limits. It never blocks. */
abstract class LimitOperation<R> implements Operation<R> {
  abstract readonly name: string
  readonly object = null
  readonly args: readonly unknown[]
  readonly cost = 'none'
  readonly place = recordedPlace()
  readonly isTimed = true
  readonly words: readonly number[] = []

  constructor(seconds: number) {
    this.args = [seconds]
  }

  abstract apply(world: WorldAccess, way: number, thread: number): R

  ways(): number {
    return 1
  }

  footprint(world: WorldView, thread: number): Footprint {
    const own = [world.deadlineWord(thread)]
    return { reads: own, writes: own }
  }

  label(result: unknown): string {
    return formatCall(this.name, this.args, result)
  }

  holder(): null {
    return null
  }
}

class BeginLimit extends LimitOperation<void> {
  readonly name = 'begin limit'
  readonly #nanoseconds: number

  constructor(seconds: number, nanoseconds: number) {
    super(seconds)
    this.#nanoseconds = nanoseconds
  }

  apply(world: WorldAccess, _way: number, thread: number): void {
    setDeadlines(world, thread, limited(deadlinesOf(world, thread), this.#nanoseconds))
  }
}

class EndLimit extends LimitOperation<void> {
  readonly name = 'end limit'

  apply(world: WorldAccess, _way: number, thread: number): void {
    setDeadlines(world, thread, unlimited(deadlinesOf(world, thread)))
  }
}

class AskLimit extends LimitOperation<boolean> {
  readonly name = 'is over'

  apply(world: WorldAccess, _way: number, thread: number): boolean {
    return restOfLimit(deadlinesOf(world, thread)) === 0
  }

  override footprint(world: WorldView, thread: number): Footprint {
    return { reads: [world.deadlineWord(thread)], writes: [] }
  }
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
    setOwnDeadline(world, thread, this.#nanoseconds)
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
    setOwnDeadline(world, thread, null)
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

/** Waits for the operation or for the end of the innermost limit. */
class WaitWithinLimit<R> extends TimedOperation<R, Timed<R>> {
  ways(world: WorldView, thread: number): number {
    const ways = this.waited.ways(world, thread)
    return ways === 0 && this.#isOver(world, thread) ? 1 : ways
  }

  apply(world: WorldAccess, way: number, thread: number): Timed<R> {
    if (this.waited.ways(world, thread) > 0) return { timedOut: false, result: this.waited.apply(world, way, thread) }
    this.giveUp?.apply(world, 0, thread)
    return { timedOut: true }
  }

  footprint(world: WorldView, thread: number): Footprint {
    const gives = this.#isOver(world, thread) && this.waited.ways(world, thread) === 0
    const { reads, writes } = gives ? this.givingUp(world, thread) : this.waited.footprint(world, thread)
    return { reads: [...reads, world.deadlineWord(thread)], writes }
  }

  #isOver(world: WorldView, thread: number): boolean {
    return restOfLimit(deadlinesOf(world, thread)) === 0
  }
}

/** Without a clock, a limit may be over before anybody looks whether the operation can happen. */
class UnlessOver<R> extends TimedOperation<R, Timed<R>> {
  ways(world: WorldView, thread: number): number {
    return this.waited.ways(world, thread) + 1
  }

  apply(world: WorldAccess, way: number, thread: number): Timed<R> {
    if (way === this.waited.ways(world, thread)) return { timedOut: true }
    return { timedOut: false, result: this.waited.apply(world, way, thread) }
  }

  footprint(world: WorldView, thread: number): Footprint {
    return this.waited.ways(world, thread) > 0 ? this.waited.footprint(world, thread) : this.givingUp(world, thread)
  }
}

/** Besides the deadline, which is no memory of any process. */
function wordsOfBoth(waited: Operation, giveUp: Operation | undefined): readonly number[] | undefined {
  if (giveUp === undefined || waited.words === undefined) return waited.words
  return giveUp.words === undefined ? undefined : [...waited.words, ...giveUp.words]
}
