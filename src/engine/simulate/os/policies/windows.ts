import { MILLISECOND, SECOND } from '../../kernel/time.js'
import type { MakePolicy, SchedulingView } from '../policy.js'
import { definePolicy } from '../policy-kind.js'
import { QueuedPolicy } from '../queued-policy.js'
import { Reason } from '../thread-state.js'
import { untilTick } from './linux-scheduling.js'

/** What the scheduler of Windows can be told. */
export interface WindowsOptions {
  /** The period of the clock, at whose ticks quanta end, in picoseconds. @default 15.625 ms: KB 259025 */
  readonly clockInterval: number
  /** The quantum in clock intervals. @default 2: client; server: 12 (KB 259025) */
  readonly quantum: number
  /** By how much the quantum of threads in the foreground is multiplied. @default 3: separation 2 of a client; server: 1 */
  readonly foregroundFactor: number
  /** By how much the priority of a thread rises when it wakes. @default 1: disk, events and semaphores; network 2, keyboard and mouse 6, sound 8 (Windows Internals) */
  readonly waitBoost: number
  /** What threads in the foreground get on top of it. @default 2: PsPrioritySeparation of a client */
  readonly foregroundBoost: number
  /** How long a thread waits for a core before it is lifted to 15 for a quantum, in picoseconds; 0: it never is. @default 4 s: Windows Internals, the balance set manager */
  readonly starvationWait: number
}

/** How often the balance set manager looks for the starving. */
const STARVATION_PERIOD = SECOND
/** The priority of a thread that was given none: that of normal threads of normal processes. */
const NORMAL = 8
const LEAST = 1
const HIGHEST_DYNAMIC = 15
const HIGHEST = 31

/**
 * Windows: 32 priorities, of which 16 to 31 are real-time and never change, and the highest runs; equals take turns. Priorities are
 * `ThreadOptions.priority` from 1 to 31, where 0 stands for normal, 8.
 *
 * A thread that wakes is boosted above its base priority, up to 15, and sinks by one level at the end of each quantum until it is back.
 * A quantum is so much time on a core, and ends at the next tick of the clock. Who is preempted stays the first of its priority and
 * keeps the rest of its quantum; who waits has a whole one afterwards.
 *
 * Left out: boosts by device (all that wake get `waitBoost`), groups of processors, ideal processors.
 */
export const WINDOWS = definePolicy<WindowsOptions>({
  name: 'windows',
  summary: 'Windows: 32 priorities, boosts for who wakes, long quanta in the foreground',
  parameters: {
    clockInterval: {
      kind: 'time',
      minimum: 1,
      default: 15.625 * MILLISECOND,
      meaning: 'the period of the clock, at whose ticks quanta end',
      source: 'Microsoft, KB 259025',
    },
    quantum: {
      kind: 'number',
      minimum: 1,
      default: 2,
      meaning: 'the quantum in clock intervals',
      source: 'Microsoft, KB 259025: client 2, server 12',
    },
    foregroundFactor: {
      kind: 'number',
      minimum: 1,
      default: 3,
      meaning: 'by how much the quantum of threads in the foreground is multiplied',
      source: 'Microsoft, KB 259025: separation 2 of a client; server: 1',
    },
    waitBoost: {
      kind: 'number',
      default: 1,
      meaning: 'by how much the priority of a thread rises when it wakes',
      source: 'Windows Internals: disk, events, semaphores 1; network 2; keyboard, mouse 6; sound 8',
    },
    foregroundBoost: {
      kind: 'number',
      default: 2,
      meaning: 'what threads in the foreground get on top of it',
      source: 'Windows Internals: PsPrioritySeparation of a client',
    },
    starvationWait: {
      kind: 'time',
      default: 4 * SECOND,
      meaning: 'how long a thread waits for a core before it is lifted to 15 for a quantum; 0: it never is',
      source: 'Windows Internals: the balance set manager, which looks every second',
    },
  },
  create: (options) => (view) => new Windows(view, options),
})

/** @see WINDOWS */
export function windows(options: Partial<WindowsOptions> = {}): MakePolicy {
  return WINDOWS.make(options)
}

class Windows extends QueuedPolicy {
  readonly name = 'windows'
  readonly period?: number
  readonly #options: WindowsOptions
  // By thread.
  readonly #current: number[] = []
  readonly #quantumLeft: number[] = []
  /** Whether it has used up a quantum since it got its core. */
  readonly #isSpent: boolean[] = []
  readonly #isLifted: boolean[] = []
  /** Since when it has waited for a core. */
  readonly #since: number[] = []

  constructor(view: SchedulingView, options: WindowsOptions) {
    super(view, 'global')
    this.#options = options
    if (options.starvationWait > 0) this.period = STARVATION_PERIOD
  }

  override created(thread: number): void {
    super.created(thread)
    this.#current.push(this.#base(thread))
    this.#quantumLeft.push(this.#quantumOf(thread))
    this.#isSpent.push(false)
    this.#isLifted.push(false)
    this.#since.push(0)
  }

  override enqueue(thread: number, core: number, reason: Reason): void {
    if (reason === Reason.Woken) this.#boost(thread)
    this.#since[thread] = this.view.now
    if (reason === Reason.Preempted && !this.#isSpent[thread]!)
      this.queues.putBack(thread, core, -this.#current[thread]!)
    else this.queues.push(thread, core, -this.#current[thread]!)
    this.#isSpent[thread] = false
  }

  override slice(thread: number): number {
    return untilTick(this.view.now, this.#quantumLeft[thread]!, this.#options.clockInterval)
  }

  override ran(thread: number, _core: number, duration: number): void {
    this.#quantumLeft[thread]! -= duration
  }

  override expires(thread: number, core: number): boolean {
    this.#sink(thread)
    const first = this.queues.first(core)
    this.#isSpent[thread] = first !== -1 && this.#current[first]! >= this.#current[thread]!
    return this.#isSpent[thread]!
  }

  override preempts(waking: number, running: number): boolean {
    return this.#current[waking]! > this.#current[running]!
  }

  isOutranked(running: number, core: number): boolean {
    const first = this.queues.first(core)
    return first !== -1 && this.#current[first]! > this.#current[running]!
  }

  override leaves(thread: number): void {
    this.#quantumLeft[thread] = this.#quantumOf(thread)
    this.#isSpent[thread] = false
  }

  tick(): void {
    for (let thread = 0; thread < this.#current.length; thread++) {
      if (!this.queues.isWaiting(thread) || this.#current[thread]! >= HIGHEST_DYNAMIC) continue
      if (this.view.now - this.#since[thread]! < this.#options.starvationWait) continue
      this.#isLifted[thread] = true
      this.#setCurrent(thread, HIGHEST_DYNAMIC)
      this.#quantumLeft[thread] = this.#quantumOf(thread)
    }
  }

  changed(thread: number): void {
    this.#setCurrent(thread, this.#base(thread))
  }

  /** What a thread was given, as a priority of Windows. */
  #base(thread: number): number {
    const given = this.view.priority(thread)
    return given === 0 ? NORMAL : Math.max(LEAST, Math.min(HIGHEST, Math.trunc(given)))
  }

  #quantumOf(thread: number): number {
    const { clockInterval, quantum, foregroundFactor } = this.#options
    return clockInterval * quantum * (this.view.isForeground(thread) ? foregroundFactor : 1)
  }

  #boost(thread: number): void {
    const base = this.#base(thread)
    if (base > HIGHEST_DYNAMIC) return
    const boost = this.#options.waitBoost + (this.view.isForeground(thread) ? this.#options.foregroundBoost : 0)
    this.#current[thread] = Math.max(this.#current[thread]!, Math.min(base + boost, HIGHEST_DYNAMIC))
  }

  /** The end of a quantum. */
  #sink(thread: number): void {
    const base = this.#base(thread)
    this.#current[thread] = this.#isLifted[thread]! ? base : Math.max(base, this.#current[thread]! - 1)
    this.#isLifted[thread] = false
    this.#quantumLeft[thread] = this.#quantumOf(thread)
  }

  #setCurrent(thread: number, priority: number): void {
    this.#current[thread] = priority
    if (this.queues.isWaiting(thread)) this.queues.rekey(thread, -priority)
  }
}
