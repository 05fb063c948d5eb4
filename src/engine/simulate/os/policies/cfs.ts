import { MILLISECOND } from '../../kernel/time.js'
import type { MakePolicy, SchedulingView } from '../policy.js'
import { definePolicy } from '../policy-kind.js'
import { QueuedPolicy } from '../queued-policy.js'
import { Reason } from '../thread-state.js'
import { NICE_0_WEIGHT, scalingFactor, TICK, untilTick, weightOfNice } from './linux-scheduling.js'

/** What CFS can be told. All defaults are those of Linux 2.6.23 to 6.5, kernel/sched/fair.c. */
export interface CfsOptions {
  /** The period in which everybody runs once, if there are few, in picoseconds, before scaling. @default 6 ms */
  readonly latency: number
  /** The least that a thread runs when there are many, in picoseconds, before scaling. @default 0.75 ms */
  readonly minimumGranularity: number
  /** By how much virtual time who wakes must be behind who runs to take its core, in picoseconds, before scaling. @default 1 ms */
  readonly wakeupGranularity: number
  /** Whether the three are multiplied by 1 + log₂ of the cores, 8 at most. @default true */
  readonly scaling: boolean
  /** Whether who wakes gets half a latency at most for its sleep, and not all of it: GENTLE_FAIR_SLEEPERS. @default true */
  readonly gentleSleepers: boolean
  /** Whether a new thread starts a slice behind: START_DEBIT. @default true */
  readonly startDebit: boolean
  /** The period of the clock at whose ticks slices end, in picoseconds; 0: they end when they are over, as with HRTICK. @default 0; HZ=250: 4 ms, HZ=1000: 1 ms */
  readonly tick: number
}

/**
 * The Completely Fair Scheduler of Linux 2.6.23 to 6.5. Virtual time of a thread is its time × 1024 / weight; the smallest runs,
 * for a slice of period × weight / total weight, where the period is the latency or, with many threads, a minimum granularity for
 * each. There is a queue for each core.
 *
 * Left out: groups, bandwidth, the `last` and `next` buddies, and weights in the balancing of loads, which counts threads.
 */
export const CFS = definePolicy<CfsOptions>({
  name: 'cfs',
  summary: 'Linux until 6.5: who has had least of its fair share runs',
  parameters: {
    latency: {
      kind: 'time',
      minimum: 1,
      default: 6 * MILLISECOND,
      meaning: 'the period in which everybody runs once, if there are few, before scaling',
      source: 'Linux, kernel/sched/fair.c: sched_latency',
    },
    minimumGranularity: {
      kind: 'time',
      minimum: 1,
      default: 0.75 * MILLISECOND,
      meaning: 'the least that a thread runs when there are many, before scaling',
      source: 'Linux, kernel/sched/fair.c: sched_min_granularity',
    },
    wakeupGranularity: {
      kind: 'time',
      default: 1 * MILLISECOND,
      meaning: 'by how much virtual time who wakes must be behind who runs to take its core, before scaling',
      source: 'Linux, kernel/sched/fair.c: sched_wakeup_granularity',
    },
    scaling: {
      kind: 'flag',
      default: true,
      meaning: 'whether the times are multiplied by 1 + log₂ of the cores, 8 at most',
      source: 'Linux, kernel/sched/fair.c: SCHED_TUNABLESCALING_LOG',
    },
    gentleSleepers: {
      kind: 'flag',
      default: true,
      meaning: 'whether who wakes gets half a latency at most for its sleep, and not all of it',
      source: 'Linux, kernel/sched/features.h: GENTLE_FAIR_SLEEPERS',
    },
    startDebit: {
      kind: 'flag',
      default: true,
      meaning: 'whether a new thread starts a slice behind',
      source: 'Linux, kernel/sched/features.h: START_DEBIT',
    },
    tick: TICK,
  },
  create: (options) => (view) => new Cfs(view, options),
})

/** @see CFS */
export function cfs(options: Partial<CfsOptions> = {}): MakePolicy {
  return CFS.make(options)
}

class Cfs extends QueuedPolicy {
  readonly name = 'cfs'
  readonly isReslicedByArrivals = true
  readonly #options: CfsOptions
  readonly #latency: number
  readonly #minimum: number
  readonly #wakeup: number
  /** How many threads fit into the latency. */
  readonly #fitting: number
  // By core.
  readonly #minVruntime: Float64Array
  /** The weights of those who wait. */
  readonly #waitingWeight: Float64Array
  /** Who has yielded, and lets another go first. */
  readonly #skipped: Int32Array
  // By thread.
  readonly #weight: number[] = []
  readonly #vruntime: number[] = []
  /** How long it has run in this slice. */
  readonly #executed: number[] = []
  /** The core whose virtual time its own is counted in. */
  readonly #home: number[] = []

  constructor(view: SchedulingView, options: CfsOptions) {
    super(view, 'per-core')
    this.#options = options
    const factor = options.scaling ? scalingFactor(view.cores) : 1
    this.#latency = options.latency * factor
    this.#minimum = options.minimumGranularity * factor
    this.#wakeup = options.wakeupGranularity * factor
    this.#fitting = Math.ceil(options.latency / options.minimumGranularity)
    this.#minVruntime = new Float64Array(view.cores)
    this.#waitingWeight = new Float64Array(view.cores)
    this.#skipped = new Int32Array(view.cores).fill(-1)
  }

  override created(thread: number): void {
    super.created(thread)
    this.#weight.push(weightOfNice(this.view.nice(thread)))
    this.#vruntime.push(0)
    this.#executed.push(0)
    this.#home.push(-1)
  }

  override enqueue(thread: number, core: number, reason: Reason): void {
    if (reason === Reason.Started) this.#placeNew(thread, core)
    else if (reason === Reason.Woken) this.#placeSleeper(thread, core)
    else if (reason === Reason.Yielded) this.#skipped[core] = thread
    this.#waitingWeight[core]! += this.#weight[thread]!
    this.queues.push(thread, core, this.#vruntime[thread]!)
  }

  override pick(core: number): number {
    let thread = this.queues.take(core)
    if (thread === -1) return thread
    if (thread === this.#skipped[core]!) {
      const second = this.queues.first(core)
      if (second !== -1 && this.#vruntime[second]! - this.#vruntime[thread]! <= this.#wakeupOf(thread)) {
        this.queues.remove(second)
        this.queues.putBack(thread, core, this.#vruntime[thread]!)
        thread = second
      }
    }
    this.#skipped[core] = -1
    return this.#taken(thread, core)
  }

  override steal(core: number, from: number): number {
    const thread = super.steal(core, from)
    if (thread === -1) return thread
    this.#taken(thread, from)
    this.#moveTo(thread, core)
    return thread
  }

  override slice(thread: number, core: number): number {
    if (this.queues.length(core) === 0) return Infinity
    return untilTick(this.view.now, Math.max(0, this.#rest(thread, core)), this.#options.tick)
  }

  override ran(thread: number, core: number, duration: number): void {
    this.#executed[thread]! += duration
    this.#vruntime[thread]! += this.#virtual(duration, thread)
    const first = this.queues.first(core)
    this.#advance(
      core,
      first === -1 ? this.#vruntime[thread]! : Math.min(this.#vruntime[thread]!, this.#vruntime[first]!),
    )
  }

  override expires(thread: number, core: number): boolean {
    const first = this.queues.first(core)
    if (first === -1 || this.#rest(thread, core) > 0) return false
    this.#executed[thread] = 0
    return this.#vruntime[first]! <= this.#vruntime[thread]!
  }

  override preempts(waking: number, running: number): boolean {
    return this.#vruntime[running]! - this.#vruntime[waking]! > this.#wakeupOf(waking)
  }

  override leaves(_thread: number, core: number): void {
    const first = this.queues.first(core)
    if (first !== -1) this.#advance(core, this.#vruntime[first]!)
  }

  /** How much of its slice a thread on a core has left: until it has had it, or is a whole slice ahead of the next. */
  #rest(thread: number, core: number): number {
    const ideal = this.#sliceOf(
      thread,
      this.queues.length(core) + 1,
      this.#waitingWeight[core]! + this.#weight[thread]!,
    )
    const executed = this.#executed[thread]!
    const ahead = this.#vruntime[thread]! - this.#vruntime[this.queues.first(core)]!
    const untilAhead = ((ideal - ahead) * this.#weight[thread]!) / NICE_0_WEIGHT
    return Math.min(ideal - executed, Math.max(this.#minimum - executed, untilAhead))
  }

  #sliceOf(thread: number, threads: number, weight: number): number {
    const period = threads > this.#fitting ? threads * this.#minimum : this.#latency
    return Math.max(this.#minimum, (period * this.#weight[thread]!) / weight)
  }

  #virtual(duration: number, thread: number): number {
    return (duration * NICE_0_WEIGHT) / this.#weight[thread]!
  }

  #wakeupOf(thread: number): number {
    return this.#virtual(this.#wakeup, thread)
  }

  #placeNew(thread: number, core: number): void {
    const running = this.view.running(core)
    const others = this.queues.length(core) + (running === -1 ? 0 : 1)
    const weight = this.#waitingWeight[core]! + (running === -1 ? 0 : this.#weight[running]!)
    const debit = this.#options.startDebit
      ? this.#virtual(this.#sliceOf(thread, others + 1, weight + this.#weight[thread]!), thread)
      : 0
    const parent = running === -1 ? 0 : this.#vruntime[running]!
    this.#home[thread] = core
    this.#vruntime[thread] = Math.max(parent, this.#minVruntime[core]! + debit)
  }

  #placeSleeper(thread: number, core: number): void {
    this.#moveTo(thread, core)
    const credit = this.#options.gentleSleepers ? this.#latency / 2 : this.#latency
    this.#vruntime[thread] = Math.max(this.#vruntime[thread]!, this.#minVruntime[core]! - credit)
  }

  #moveTo(thread: number, core: number): void {
    this.#vruntime[thread]! += this.#minVruntime[core]! - this.#minVruntime[this.#home[thread]!]!
    this.#home[thread] = core
  }

  #taken(thread: number, core: number): number {
    this.#waitingWeight[core]! -= this.#weight[thread]!
    this.#executed[thread] = 0
    return thread
  }

  #advance(core: number, vruntime: number): void {
    if (vruntime > this.#minVruntime[core]!) this.#minVruntime[core] = vruntime
  }
}
