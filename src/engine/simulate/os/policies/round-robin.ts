import { MILLISECOND } from '../../kernel/time.js'
import type { MakePolicy, SchedulingView } from '../policy.js'
import { definePolicy } from '../policy-kind.js'
import { QueuedPolicy } from '../queued-policy.js'
import type { QueuePlacement } from '../run-queues.js'

/** What round-robin can be told. */
export interface RoundRobinOptions {
  /** How long a thread runs before its turn is over, in picoseconds. @default 100 ms: Linux, RR_TIMESLICE */
  readonly quantum: number
  /** One queue for each core, or one for all. @default 'per-core': Linux */
  readonly queues: QueuePlacement
}

/**
 * Everybody in turn, for a quantum each. A turn that ends when nobody waits begins anew. Whoever blocks or yields has a whole
 * quantum the next time.
 */
export const ROUND_ROBIN = definePolicy<RoundRobinOptions>({
  name: 'round-robin',
  summary: 'everybody in turn, for a quantum each',
  parameters: {
    quantum: {
      kind: 'time',
      minimum: 1,
      default: 100 * MILLISECOND,
      meaning: 'how long a thread runs before its turn is over',
      source: 'Linux, include/linux/sched/rt.h, RR_TIMESLICE',
    },
    queues: {
      kind: 'queues',
      default: 'per-core',
      meaning: 'one queue for each core, or one for all',
      source: 'Linux: one for each core',
    },
  },
  create: (options) => (view) => new RoundRobin(view, options),
})

/** @see ROUND_ROBIN */
export function roundRobin(options: Partial<RoundRobinOptions> = {}): MakePolicy {
  return ROUND_ROBIN.make(options)
}

class RoundRobin extends QueuedPolicy {
  readonly name = 'round-robin'
  readonly #quantum: number

  constructor(view: SchedulingView, { quantum, queues }: RoundRobinOptions) {
    super(view, queues)
    this.#quantum = quantum
  }

  override slice(): number {
    return this.#quantum
  }
}
