import { MILLISECOND } from '../../kernel/time.js'
import type { MakePolicy, SchedulingView } from '../policy.js'
import { definePolicy } from '../policy-kind.js'
import { QueuedPolicy } from '../queued-policy.js'
import type { QueuePlacement } from '../run-queues.js'
import { Reason } from '../thread-state.js'

/** What stride scheduling can be told. */
export interface StrideOptions {
  /** How long a thread runs before it is asked whose turn it is, in picoseconds. @default 10 ms: 100 turns a second, as for the lottery; the paper's prototype: 100 ms */
  readonly quantum: number
  /** One queue for all cores, or one for each. @default 'global': the paper knows one core */
  readonly queues: QueuePlacement
}

/**
 * The lottery without chance: each thread has a pass that grows by what it ran, divided by its tickets (`ThreadOptions.tickets`); the
 * smallest pass runs. Who comes back has the same distance to the others as when it left (Waldspurger and Weihl 1995, with their global
 * pass). A part of a quantum counts as a part of a stride.
 */
export const STRIDE = definePolicy<StrideOptions>({
  name: 'stride',
  summary: 'in proportion to tickets, as even as can be',
  parameters: {
    quantum: {
      kind: 'time',
      minimum: 1,
      default: 10 * MILLISECOND,
      meaning: 'how long a thread runs before it is asked whose turn it is',
      source: 'as for the lottery; the prototype of Waldspurger and Weihl 1995: 100 ms',
    },
    queues: {
      kind: 'queues',
      default: 'global',
      meaning: 'one queue for all cores, or one for each',
      source: 'the paper knows one core',
    },
  },
  create: (options) => (view) => new Stride(view, options),
})

/** @see STRIDE */
export function stride(options: Partial<StrideOptions> = {}): MakePolicy {
  return STRIDE.make(options)
}

class Stride extends QueuedPolicy {
  readonly name = 'stride'
  readonly #quantum: number
  readonly #left: number[] = []
  /** How far each thread is, in picoseconds a ticket; while it does not take part, its distance to all. */
  readonly #pass: number[] = []
  /** How far all together are, and the tickets of those who take part. */
  #globalPass = 0
  #tickets = 0

  constructor(view: SchedulingView, { quantum, queues }: StrideOptions) {
    super(view, queues)
    this.#quantum = quantum
  }

  override created(thread: number): void {
    super.created(thread)
    this.#left.push(this.#quantum)
    this.#pass.push(this.#quantum / this.view.tickets(thread))
  }

  override enqueue(thread: number, core: number, reason: Reason): void {
    if (reason === Reason.Started || reason === Reason.Woken) {
      this.#tickets += this.view.tickets(thread)
      this.#pass[thread]! += this.#globalPass
    }
    this.#left[thread] = this.#quantum
    this.queues.push(thread, core, this.#pass[thread]!)
  }

  override slice(thread: number): number {
    return this.#left[thread]!
  }

  override ran(thread: number, _core: number, duration: number): void {
    this.#left[thread]! -= duration
    this.#pass[thread]! += duration / this.view.tickets(thread)
    this.#globalPass += duration / this.#tickets
  }

  override expires(thread: number, core: number): boolean {
    this.#left[thread] = this.#quantum
    const first = this.queues.first(core)
    return first !== -1 && this.#pass[first]! <= this.#pass[thread]!
  }

  override leaves(thread: number): void {
    this.#left[thread] = this.#quantum
    this.#tickets -= this.view.tickets(thread)
    this.#pass[thread]! -= this.#globalPass
  }
}
