import type { MakePolicy } from '../policy.js'
import { definePolicy } from '../policy-kind.js'
import { QueuedPolicy } from '../queued-policy.js'
import type { QueuePlacement } from '../run-queues.js'

/** What the policies that know how long threads take can be told. */
export interface ShortestJobOptions {
  /** One queue for all cores, or one for each. @default 'global': the textbook's */
  readonly queues: QueuePlacement
}

const parameters = {
  queues: {
    kind: 'queues',
    default: 'global',
    meaning: 'one queue for all cores, or one for each',
    source: 'the textbook’s',
  },
} as const

/**
 * Shortest job first: whoever is known to take least in all (`ThreadOptions.expected`), until it blocks, yields or ends. Threads
 * of which nothing is known come last.
 */
export const SJF = definePolicy<ShortestJobOptions>({
  name: 'sjf',
  summary: 'the shortest job first, until it blocks, yields or ends',
  parameters,
  create: (options) => (view) => new ShortestJob(view, options.queues),
})

/** Shortest time to completion first: whoever has least left to do, and a newcomer with less takes the core. */
export const STCF = definePolicy<ShortestJobOptions>({
  name: 'stcf',
  summary: 'whoever has least left to do, at every moment',
  parameters,
  create: (options) => (view) => new ShortestTimeToCompletion(view, options.queues),
})

/** @see SJF */
export function shortestJobFirst(options: Partial<ShortestJobOptions> = {}): MakePolicy {
  return SJF.make(options)
}

/** @see STCF */
export function shortestTimeToCompletionFirst(options: Partial<ShortestJobOptions> = {}): MakePolicy {
  return STCF.make(options)
}

class ShortestJob extends QueuedPolicy {
  readonly name: string = 'sjf'

  override enqueue(thread: number, core: number): void {
    this.queues.push(thread, core, this.view.expected(thread))
  }
}

class ShortestTimeToCompletion extends QueuedPolicy {
  readonly name = 'stcf'
  readonly #left: number[] = []

  override created(thread: number): void {
    super.created(thread)
    this.#left.push(this.view.expected(thread))
  }

  override enqueue(thread: number, core: number): void {
    this.queues.push(thread, core, this.#left[thread]!)
  }

  override ran(thread: number, _core: number, duration: number): void {
    this.#left[thread]! -= duration
  }

  override preempts(waking: number, running: number): boolean {
    return this.#left[waking]! < this.#left[running]!
  }
}
