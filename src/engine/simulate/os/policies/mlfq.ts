import { UsageError } from '../../../errors.js'
import { MILLISECOND } from '../../kernel/time.js'
import type { MakePolicy, SchedulingView } from '../policy.js'
import { definePolicy } from '../policy-kind.js'
import { QueuedPolicy } from '../queued-policy.js'
import type { QueuePlacement } from '../run-queues.js'
import { Reason } from '../thread-state.js'

/** What the multi-level feedback queue can be told. Lists have one entry for each level, the highest first. */
export interface MlfqOptions {
  /** How long a thread runs at each level before others of that level have their turn, in picoseconds. @default three levels of 10 ms: mlfq.py, 3 queues of 10 */
  readonly quanta: readonly number[]
  /** How many quanta a thread may use at each level before it goes down; a single number stands for all levels. @default 1: mlfq.py */
  readonly allotments: readonly number[]
  /** How often all threads are put back to the highest level, in picoseconds; 0: never. @default 0: mlfq.py */
  readonly boost: number
  /** Whether blocking gives back what a thread has used of its quantum and allotment: the old rule 4, which can be gamed. @default false: mlfq.py, -S */
  readonly stay: boolean
  /** Whether a thread that wakes goes before all of its level, also before the one that runs. @default false: mlfq.py, -I */
  readonly bump: boolean
  /** One set of queues for all cores, or one for each. @default 'global': the book knows one core */
  readonly queues: QueuePlacement
}

/**
 * The multi-level feedback queue of “Operating Systems: Three Easy Pieces”:
 *
 * 1. The higher level runs.
 * 2. Those of the same level take turns.
 * 3. A new thread starts at the highest.
 * 4. Who has used up its allotment at a level goes down, however often it gave up the core.
 * 5. After each period of `boost` all threads are at the highest.
 *
 * A boost begins quantum and allotment anew, as rule 5 is meant; mlfq.py takes the length of the allotment for the quantum there.
 */
export const MLFQ = definePolicy<MlfqOptions>({
  name: 'mlfq',
  summary: 'several levels: who uses much goes down, the higher runs first',
  parameters: {
    quanta: {
      kind: 'times',
      minimum: 1,
      default: [10 * MILLISECOND, 10 * MILLISECOND, 10 * MILLISECOND],
      meaning: 'how long a thread runs at each level before others of that level have their turn, the highest first',
      source: 'ostep-homework cpu-sched-mlfq/mlfq.py: 3 queues, quantum 10',
    },
    allotments: {
      kind: 'numbers',
      minimum: 1,
      default: [1],
      meaning: 'how many quanta a thread may use at each level before it goes down; a single one stands for all',
      source: 'mlfq.py: 1',
    },
    boost: {
      kind: 'time',
      default: 0,
      meaning: 'how often all are put back to the highest level; 0: never',
      source: 'mlfq.py: 0',
    },
    stay: {
      kind: 'flag',
      default: false,
      meaning: 'whether blocking gives back what was used of quantum and allotment',
      source: 'mlfq.py, -S',
    },
    bump: {
      kind: 'flag',
      default: false,
      meaning: 'whether a thread that wakes goes before all of its level',
      source: 'mlfq.py, -I',
    },
    queues: {
      kind: 'queues',
      default: 'global',
      meaning: 'one set of queues for all cores, or one for each',
      source: 'the book knows one core',
    },
  },
  create: (options) => {
    const { quanta, allotments } = options
    const all = allotments.length === 1 ? quanta.map(() => allotments[0]!) : allotments
    if (all.length !== quanta.length)
      throw new UsageError(
        'usage/wrong-parameter-type',
        'policy mlfq takes as many allotments as quanta, or one for all',
      )
    return (view) => new Mlfq(view, { ...options, allotments: all })
  },
})

/** @see MLFQ */
export function mlfq(options: Partial<MlfqOptions> = {}): MakePolicy {
  return MLFQ.make(options)
}

class Mlfq extends QueuedPolicy {
  readonly name = 'mlfq'
  readonly period?: number
  readonly #options: MlfqOptions
  // By thread.
  readonly #level: number[] = []
  readonly #quantumLeft: number[] = []
  readonly #quantaLeft: number[] = []
  /** Whether it has used up a quantum since it got its core. */
  readonly #isSpent: boolean[] = []
  readonly #isBumped: boolean[] = []

  constructor(view: SchedulingView, options: MlfqOptions) {
    super(view, options.queues)
    this.#options = options
    if (options.boost > 0) this.period = options.boost
  }

  override created(thread: number): void {
    super.created(thread)
    this.#isSpent.push(false)
    this.#isBumped.push(false)
    this.#quantumLeft.push(0)
    this.#quantaLeft.push(0)
    this.#level.push(0)
    this.#putAt(thread, 0)
  }

  override enqueue(thread: number, core: number, reason: Reason): void {
    const level = this.#level[thread]!
    if (reason === Reason.Woken && this.#options.bump) {
      this.#isBumped[thread] = true
      this.queues.pushFirst(thread, core, level)
    } else if ((reason === Reason.Preempted && !this.#isSpent[thread]!) || reason === Reason.Migrated)
      this.queues.putBack(thread, core, level)
    else this.queues.push(thread, core, level)
    this.#isSpent[thread] = false
  }

  override pick(core: number): number {
    return this.#taken(super.pick(core))
  }

  override steal(core: number, from: number): number {
    return this.#taken(super.steal(core, from))
  }

  override slice(thread: number): number {
    return this.#quantumLeft[thread]!
  }

  override ran(thread: number, _core: number, duration: number): void {
    this.#quantumLeft[thread]! -= duration
    if (this.#quantumLeft[thread]! > 0) return
    this.#isSpent[thread] = true
    const level = this.#level[thread]!
    if (--this.#quantaLeft[thread]! > 0) this.#quantumLeft[thread] = this.#options.quanta[level]!
    else this.#putAt(thread, Math.min(level + 1, this.#options.quanta.length - 1))
  }

  override expires(thread: number, core: number): boolean {
    const first = this.queues.first(core)
    if (first !== -1 && this.#level[first]! <= this.#level[thread]!) return true
    this.#isSpent[thread] = false
    return false
  }

  override preempts(waking: number, running: number): boolean {
    const above = this.#level[running]! - this.#level[waking]!
    return above > 0 || (above === 0 && this.#isBumped[waking]!)
  }

  override leaves(thread: number): void {
    this.#isSpent[thread] = false
    if (this.#options.stay) this.#putAt(thread, this.#level[thread]!)
  }

  tick(): void {
    for (let thread = 0; thread < this.#level.length; thread++) this.#putAt(thread, 0)
    for (const thread of this.queues.drain()) this.queues.push(thread, this.queues.queueOf(thread), 0)
  }

  /** At a level, with nothing of its quantum and allotment used. */
  #putAt(thread: number, level: number): void {
    this.#level[thread] = level
    this.#quantumLeft[thread] = this.#options.quanta[level]!
    this.#quantaLeft[thread] = this.#options.allotments[level]!
  }

  #taken(thread: number): number {
    if (thread !== -1) this.#isBumped[thread] = false
    return thread
  }
}
