import type { Footprint } from '../footprint.js'
import type { Layout } from '../layout.js'
import { AtMark } from '../marks.js'
import { type Operation, type Steps, type WorldAccess, type WorldView } from '../operation.js'
import type { ThreadRegistry } from '../thread-registry.js'
import { type Deadlines, deadlinesAfter, untilNextDeadline } from './deadlines.js'
import { formatDuration } from './duration.js'
import type { Timers } from './timed-object.js'

/** What the clock needs to know of the session it belongs to. */
export interface ClockContext {
  readonly layout: Layout
  readonly threads: ThreadRegistry
  readonly world: () => WorldView
  /** Those that objects have in a state. */
  readonly timers: (world: WorldView) => Iterable<Timers>
  /** In how many ways a thread can step now. */
  readonly ways: (thread: number) => number
  /** Whether every thread that the program waits for has ended. */
  readonly hasEnded: () => boolean
}

/**
 * Virtual time: an agent, that is a pseudo-thread which steps by the same contract as threads. Its one operation is to let
 * time pass, and it can only when nobody else can step and somebody waits for a deadline. Time is relative: deadlines
 * are the nanoseconds that are left, so that a program that does the same again and again comes back to the same state.
 */
export class VirtualClock {
  readonly #context: ClockContext

  constructor(context: ClockContext) {
    this.#context = context
  }

  /** What the agent does, for ever. */
  *body(): Steps<never> {
    for (;;) {
      yield new AtMark('time', [], undefined)
      yield new Tick(this, this.#context.layout)
    }
  }

  /** Whether time passes next. */
  canTick(): boolean {
    return this.isIdle() && this.untilNext(this.#context.world()) !== null
  }

  /** Whether no thread can step although some have not ended. */
  isIdle(): boolean {
    const { threads, ways, hasEnded } = this.#context
    if (hasEnded()) return false
    for (const { index, agent } of threads.all) if (!agent && ways(index) > 0) return false
    return true
  }

  /** Nanoseconds until the earliest deadline, null if there is none. */
  untilNext(world: WorldView): number | null {
    let least = Infinity
    for (const word of this.#context.threads.deadlines) {
      const left = world.value(word) as Deadlines
      if (left !== null) least = Math.min(least, untilNextDeadline(left) ?? Infinity)
    }
    for (const timers of this.#context.timers(world)) least = Math.min(least, timers.untilNext(world) ?? Infinity)
    return least === Infinity ? null : least
  }

  /** Lets so many nanoseconds pass for everybody. */
  advance(world: WorldAccess, nanoseconds: number): void {
    for (const word of this.#context.threads.deadlines) {
      const left = world.value(word) as Deadlines
      if (left !== null) world.setValue(word, deadlinesAfter(left, nanoseconds))
    }
    for (const timers of this.#context.timers(world)) timers.advance(world, nanoseconds)
  }
}

/**
 * Time passes up to the earliest deadline. Depends on every step of every thread, also on those that touch no word: it may
 * only happen where nobody else can step.
 */
class Tick implements Operation<number> {
  readonly name = 'tick'
  readonly object = null
  readonly args: readonly unknown[] = []
  readonly place = undefined
  readonly cost = 'none'
  readonly #clock: VirtualClock
  readonly #layout: Layout

  constructor(clock: VirtualClock, layout: Layout) {
    this.#clock = clock
    this.#layout = layout
  }

  ways(): number {
    return this.#clock.canTick() ? 1 : 0
  }

  apply(world: WorldAccess): number {
    const nanoseconds = this.#clock.untilNext(world)!
    this.#clock.advance(world, nanoseconds)
    return nanoseconds
  }

  footprint(): Footprint {
    const words = Array.from({ length: this.#layout.count }, (_, word) => word)
    return { reads: words, writes: words }
  }

  label(result: unknown): string {
    return result === undefined ? this.name : `+${formatDuration(result as number)}`
  }

  holder(): null {
    return null
  }
}
