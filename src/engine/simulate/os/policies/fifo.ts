import type { MakePolicy } from '../policy.js'
import { definePolicy } from '../policy-kind.js'
import { QueuedPolicy } from '../queued-policy.js'
import type { QueuePlacement } from '../run-queues.js'

/** What FIFO can be told. */
export interface FifoOptions {
  /** One queue for all cores, or one for each. @default 'global': first come, first served, wherever */
  readonly queues: QueuePlacement
}

/** Whoever came first, until it blocks, yields or ends. */
export const FIFO = definePolicy<FifoOptions>({
  name: 'fifo',
  summary: 'whoever came first, until it blocks, yields or ends',
  parameters: {
    queues: {
      kind: 'queues',
      default: 'global',
      meaning: 'one queue for all cores, or one for each',
      source: 'the textbook’s',
    },
  },
  create: (options) => (view) => new Fifo(view, options.queues),
})

/** @see FIFO */
export function fifo(options: Partial<FifoOptions> = {}): MakePolicy {
  return FIFO.make(options)
}

class Fifo extends QueuedPolicy {
  readonly name = 'fifo'
}
