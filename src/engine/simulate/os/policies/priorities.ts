import type { MakePolicy, SchedulingView } from '../policy.js'
import { definePolicy } from '../policy-kind.js'
import { QueuedPolicy } from '../queued-policy.js'
import type { QueuePlacement } from '../run-queues.js'
import { Reason } from '../thread-state.js'

/** What scheduling by priority can be told. */
export interface PrioritiesOptions {
  /** How long a thread runs before others of the same priority have their turn, in picoseconds. @default Infinity: SCHED_FIFO of POSIX; SCHED_RR of Linux: 100 ms */
  readonly quantum: number
  /** How long a thread waits before it becomes more urgent by 1, in picoseconds; 0: it never does. @default 0: POSIX knows no aging */
  readonly aging: number
  /** One queue for all cores, or one for each. @default 'global': the n most urgent threads run, as Linux sees to by pushing and pulling */
  readonly queues: QueuePlacement
}

/**
 * Fixed priorities: whoever is more urgent (`ThreadOptions.priority`, larger is more urgent) takes the core at once; who loses it so
 * stays the first of its priority and keeps the rest of its quantum.
 *
 * With aging every thread that waits becomes more urgent by 1 at each multiple of `aging`, and what it has gained is lost when it
 * leaves the core: nobody starves.
 *
 * With a queue for each core a thread takes a core only from the one that runs where it waits, though others may be less urgent.
 */
export const PRIORITIES = definePolicy<PrioritiesOptions>({
  name: 'priorities',
  summary: 'the most urgent first, at every moment',
  parameters: {
    quantum: {
      kind: 'time',
      minimum: 1,
      default: Infinity,
      meaning: 'how long a thread runs before others of the same priority have their turn',
      source: 'POSIX, SCHED_FIFO; 100 ms make it SCHED_RR of Linux',
    },
    aging: {
      kind: 'time',
      default: 0,
      meaning: 'how long a thread waits before it becomes more urgent by 1; 0: it never does',
      source: 'POSIX knows no aging',
    },
    queues: {
      kind: 'queues',
      default: 'global',
      meaning: 'one queue for all cores, or one for each',
      source: 'Linux, kernel/sched/rt.c: the most urgent are pushed and pulled to where they can run',
    },
  },
  create: (options) => (view) => new Priorities(view, options),
})

/** @see PRIORITIES */
export function priorities(options: Partial<PrioritiesOptions> = {}): MakePolicy {
  return PRIORITIES.make(options)
}

class Priorities extends QueuedPolicy {
  readonly name = 'priorities'
  readonly period?: number
  readonly #quantum: number
  /** What is left of the quantum of each thread, and whether it has used up one since it got its core. */
  readonly #left: number[] = []
  readonly #isSpent: boolean[] = []
  /** What a thread has gained by waiting, as of when it got its core, and the priority that this is counted from. */
  readonly #gained: number[] = []
  readonly #base: number[] = []

  constructor(view: SchedulingView, { quantum, aging, queues }: PrioritiesOptions) {
    super(view, queues)
    this.#quantum = quantum
    if (aging > 0) this.period = aging
  }

  override created(thread: number): void {
    super.created(thread)
    this.#left.push(this.#quantum)
    this.#isSpent.push(false)
    this.#gained.push(0)
    this.#base.push(this.view.priority(thread))
  }

  override enqueue(thread: number, core: number, reason: Reason): void {
    const keepsPlace = (reason === Reason.Preempted && !this.#isSpent[thread]!) || reason === Reason.Migrated
    if (reason !== Reason.Migrated) this.#gained[thread] = 0
    if (!keepsPlace) this.#refill(thread)
    const key = -this.#urgency(thread)
    if (keepsPlace) this.queues.putBack(thread, core, key)
    else this.queues.push(thread, core, key)
  }

  override pick(core: number): number {
    return this.#taken(super.pick(core))
  }

  override steal(core: number, from: number): number {
    return this.#taken(super.steal(core, from))
  }

  override slice(thread: number): number {
    return this.#left[thread]!
  }

  override ran(thread: number, _core: number, duration: number): void {
    this.#left[thread]! -= duration
    if (this.#left[thread]! > 0) return
    this.#left[thread] = this.#quantum
    this.#isSpent[thread] = true
  }

  override expires(thread: number, core: number): boolean {
    const first = this.queues.first(core)
    if (first !== -1 && -this.queues.keyOf(first) >= this.#urgency(thread)) return true
    this.#refill(thread)
    return false
  }

  override preempts(waking: number, running: number): boolean {
    return this.#urgency(waking) > this.#urgency(running)
  }

  isOutranked(running: number, core: number): boolean {
    const first = this.queues.first(core)
    return first !== -1 && -this.queues.keyOf(first) > this.#urgency(running)
  }

  override leaves(thread: number): void {
    this.#gained[thread] = 0
    this.#refill(thread)
  }

  tick(): void {
    this.queues.shiftAll(-1)
  }

  changed(thread: number): void {
    const difference = this.view.priority(thread) - this.#base[thread]!
    this.#base[thread]! += difference
    if (this.queues.isWaiting(thread)) this.queues.rekey(thread, this.queues.keyOf(thread) - difference)
  }

  #urgency(thread: number): number {
    return this.queues.isWaiting(thread) ? -this.queues.keyOf(thread) : this.#base[thread]! + this.#gained[thread]!
  }

  #taken(thread: number): number {
    if (thread !== -1) this.#gained[thread] = -this.queues.keyOf(thread) - this.#base[thread]!
    return thread
  }

  #refill(thread: number): void {
    this.#left[thread] = this.#quantum
    this.#isSpent[thread] = false
  }
}
