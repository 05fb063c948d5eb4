import { MILLISECOND } from '../../kernel/time.js'
import type { MakePolicy, SchedulingView } from '../policy.js'
import { definePolicy } from '../policy-kind.js'
import { QueuedPolicy } from '../queued-policy.js'
import { Reason } from '../thread-state.js'
import { NICE_0_WEIGHT, scalingFactor, TICK, untilTick, weightOfNice } from './linux-scheduling.js'

/** What EEVDF can be told. All defaults are those of Linux 6.6, kernel/sched/fair.c. */
export interface EevdfOptions {
  /** What a thread asks for at a time, in picoseconds, before scaling. @default 0.75 ms; since Linux 6.13: 0.7 ms */
  readonly baseSlice: number
  /** Whether it is multiplied by 1 + log₂ of the cores, 8 at most. @default true */
  readonly scaling: boolean
  /** Whether who runs keeps its core, as long as it is eligible, until it has had what it asked for: RUN_TO_PARITY. @default true */
  readonly runToParity: boolean
  /** Whether who comes back has the lag with which it left, and not none: PLACE_LAG. @default true */
  readonly placeLag: boolean
  /** Whether a new thread asks for half a slice first: PLACE_DEADLINE_INITIAL. @default true */
  readonly placeDeadlineInitial: boolean
  /** The period of the clock at whose ticks slices end, in picoseconds; 0: they end when they are over, as with HRTICK. @default 0; HZ=250: 4 ms, HZ=1000: 1 ms */
  readonly tick: number
}

/** The tick that bounds how much lag is kept, without a clock: HZ=250. */
const DEFAULT_TICK = 4 * MILLISECOND

/**
 * Earliest eligible virtual deadline first: Linux since 6.6, after Stoica and Abdel-Wahab 1995. The virtual time of a thread is
 * its time × 1024 / weight, that of a core the average of its threads by weight. Who has not had more than the average (lag of 0 or more) is
 * eligible; of these the one with the earliest deadline runs, which is its virtual time + slice / weight. There is a queue for each core.
 *
 * Left out: groups, bandwidth, slices of single threads (sched_setattr), and delayed dequeueing (since 6.12).
 */
export const EEVDF = definePolicy<EevdfOptions>({
  name: 'eevdf',
  summary: 'Linux since 6.6: of those who have not had more than their share, the earliest deadline',
  parameters: {
    baseSlice: {
      kind: 'time',
      minimum: 1,
      default: 0.75 * MILLISECOND,
      meaning: 'what a thread asks for at a time, before scaling',
      source: 'Linux 6.6, kernel/sched/fair.c: sched_base_slice; since 6.13: 0.7 ms',
    },
    scaling: {
      kind: 'flag',
      default: true,
      meaning: 'whether it is multiplied by 1 + log₂ of the cores, 8 at most',
      source: 'Linux, kernel/sched/fair.c: SCHED_TUNABLESCALING_LOG',
    },
    runToParity: {
      kind: 'flag',
      default: true,
      meaning: 'whether who runs keeps its core, as long as it is eligible, until it has had what it asked for',
      source: 'Linux, kernel/sched/features.h: RUN_TO_PARITY',
    },
    placeLag: {
      kind: 'flag',
      default: true,
      meaning: 'whether who comes back has the lag with which it left, and not none',
      source: 'Linux, kernel/sched/features.h: PLACE_LAG',
    },
    placeDeadlineInitial: {
      kind: 'flag',
      default: true,
      meaning: 'whether a new thread asks for half a slice first',
      source: 'Linux, kernel/sched/features.h: PLACE_DEADLINE_INITIAL',
    },
    tick: TICK,
  },
  create: (options) => (view) => new Eevdf(view, options),
})

/** @see EEVDF */
export function eevdf(options: Partial<EevdfOptions> = {}): MakePolicy {
  return EEVDF.make(options)
}

class Eevdf extends QueuedPolicy {
  readonly name = 'eevdf'
  readonly isReslicedByArrivals = true
  readonly #options: EevdfOptions
  readonly #slice: number
  // By core. Virtual times are whole numbers, so that sums of them are exact.
  /** What sums are counted from, so that they stay small. */
  readonly #origin: Float64Array
  /** Of those who wait: weights, and weight × (virtual time − origin). */
  readonly #waitingWeight: Float64Array
  readonly #waitingSum: Float64Array
  /** The deadline with which the running thread got its core. */
  readonly #pickedDeadline: Float64Array
  // By thread.
  readonly #weight: number[] = []
  readonly #vruntime: number[] = []
  readonly #deadline: number[] = []
  /** How far behind the average it was when it left. */
  readonly #lag: number[] = []
  // The average that `#isEligible` compares with.
  #weightOfAll = 0
  #sumOfAll = 0
  #originOfAll = 0
  readonly #isEligible = (thread: number): boolean =>
    this.#sumOfAll >= (this.#vruntime[thread]! - this.#originOfAll) * this.#weightOfAll

  constructor(view: SchedulingView, options: EevdfOptions) {
    super(view, 'per-core')
    this.#options = options
    this.#slice = options.baseSlice * (options.scaling ? scalingFactor(view.cores) : 1)
    this.#origin = new Float64Array(view.cores)
    this.#waitingWeight = new Float64Array(view.cores)
    this.#waitingSum = new Float64Array(view.cores)
    this.#pickedDeadline = new Float64Array(view.cores)
  }

  override created(thread: number): void {
    super.created(thread)
    this.#weight.push(weightOfNice(this.view.nice(thread)))
    this.#vruntime.push(0)
    this.#deadline.push(0)
    this.#lag.push(0)
  }

  override enqueue(thread: number, core: number, reason: Reason): void {
    if (reason === Reason.Started) this.#place(thread, core, this.#options.placeDeadlineInitial ? 2 : 1)
    else if (reason === Reason.Woken) this.#place(thread, core, 1)
    else if (reason === Reason.Yielded) this.#deadline[thread]! += this.#virtual(this.#slice, thread)
    this.#waitingWeight[core]! += this.#weight[thread]!
    this.#waitingSum[core]! += this.#weight[thread]! * (this.#vruntime[thread]! - this.#origin[core]!)
    this.queues.push(thread, core, this.#deadline[thread]!)
  }

  override pick(core: number): number {
    if (this.queues.length(core) === 0) return -1
    this.#average(core, -1)
    let thread = this.queues.firstWhere(core, this.#isEligible)
    // The one furthest behind is eligible, unless sums are too large to be exact.
    if (thread === -1) thread = this.#furthestBehind(core)
    this.#take(thread, core)
    this.#pickedDeadline[core] = this.#deadline[thread]!
    this.#setOrigin(core, this.#vruntime[thread]!)
    return thread
  }

  override steal(core: number, from: number): number {
    const thread = this.queues.takeFrom(from, core)
    if (thread === -1) return thread
    this.#average(from, this.view.running(from))
    this.#keepLag(thread)
    this.#unsum(thread, from)
    this.#place(thread, core, 1)
    this.#pickedDeadline[core] = this.#deadline[thread]!
    return thread
  }

  override slice(thread: number, core: number): number {
    if (this.queues.length(core) === 0) return Infinity
    const rest = ((this.#deadline[thread]! - this.#vruntime[thread]!) * this.#weight[thread]!) / NICE_0_WEIGHT
    return untilTick(this.view.now, rest, this.#options.tick)
  }

  override ran(thread: number, core: number, duration: number): void {
    this.#vruntime[thread]! += this.#virtual(duration, thread)
    if (this.#waitingWeight[core] === 0) this.#origin[core] = this.#vruntime[thread]!
    if (this.#vruntime[thread]! >= this.#deadline[thread]!) this.#renewDeadline(thread)
  }

  override expires(thread: number, core: number): boolean {
    return this.#betterThan(thread, core) !== -1
  }

  override preempts(waking: number, running: number, core: number): boolean {
    if (this.#options.runToParity && this.#deadline[running] === this.#pickedDeadline[core]!) {
      this.#average(core, running)
      if (this.#isEligible(running)) return false
    }
    return this.#betterThan(running, core) === waking
  }

  override leaves(thread: number, core: number): void {
    this.#average(core, thread)
    this.#keepLag(thread)
  }

  /** A thread has had what it asked for, and asks for as much again, also if nobody saw to it at the time since it was alone. */
  #renewDeadline(thread: number): void {
    const request = this.#virtual(this.#slice, thread)
    const over = this.#vruntime[thread]! - this.#deadline[thread]!
    if (this.#options.tick > 0) this.#deadline[thread] = this.#vruntime[thread]! + request
    else this.#deadline[thread]! += request * (Math.floor(over / request) + 1)
  }

  /** Who waits and should run instead of the thread that does; −1 if nobody should. */
  #betterThan(running: number, core: number): number {
    this.#average(core, running)
    const first = this.queues.firstWhere(core, this.#isEligible)
    if (first === -1 || (this.#isEligible(running) && this.#deadline[running]! < this.#deadline[first]!)) return -1
    return first
  }

  /** Sums up those who wait and another, if there is one. */
  #average(core: number, running: number): void {
    this.#originOfAll = this.#origin[core]!
    this.#weightOfAll = this.#waitingWeight[core]!
    this.#sumOfAll = this.#waitingSum[core]!
    if (running === -1) return
    this.#weightOfAll += this.#weight[running]!
    this.#sumOfAll += this.#weight[running]! * (this.#vruntime[running]! - this.#originOfAll)
  }

  get #averageVruntime(): number {
    return this.#originOfAll + Math.floor(this.#sumOfAll / this.#weightOfAll)
  }

  /** Lets a thread have the lag it left with: the others' average moves when it comes, which is made up for. */
  #place(thread: number, core: number, partOfSlice: number): void {
    this.#average(core, this.view.running(core))
    const others = this.#weightOfAll
    const lag =
      this.#options.placeLag && others > 0
        ? Math.round((this.#lag[thread]! * (others + this.#weight[thread]!)) / others)
        : 0
    this.#vruntime[thread] = (others > 0 ? this.#averageVruntime : this.#origin[core]!) - lag
    this.#deadline[thread] = this.#vruntime[thread]! + this.#virtual(this.#slice / partOfSlice, thread)
  }

  #keepLag(thread: number): void {
    const limit = this.#virtual(Math.max(2 * this.#slice, this.#options.tick || DEFAULT_TICK), thread)
    const lag = this.#averageVruntime - this.#vruntime[thread]!
    this.#lag[thread] = Math.max(-limit, Math.min(limit, lag))
  }

  /** Rounded up, so that who has had its slice has reached its deadline. */
  #virtual(duration: number, thread: number): number {
    return Math.ceil((duration * NICE_0_WEIGHT) / this.#weight[thread]!)
  }

  #take(thread: number, core: number): void {
    this.queues.remove(thread)
    this.#unsum(thread, core)
  }

  #unsum(thread: number, core: number): void {
    this.#waitingWeight[core]! -= this.#weight[thread]!
    this.#waitingSum[core]! -= this.#weight[thread]! * (this.#vruntime[thread]! - this.#origin[core]!)
  }

  #setOrigin(core: number, origin: number): void {
    this.#waitingSum[core]! -= this.#waitingWeight[core]! * (origin - this.#origin[core]!)
    this.#origin[core] = origin
  }

  #furthestBehind(core: number): number {
    let furthest = this.queues.at(core, 0)
    for (let i = 1; i < this.queues.length(core); i++) {
      const thread = this.queues.at(core, i)
      if (this.#vruntime[thread]! < this.#vruntime[furthest]!) furthest = thread
    }
    return furthest
  }
}
