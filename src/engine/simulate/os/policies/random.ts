import type { MakePolicy } from '../policy.js'
import { definePolicy } from '../policy-kind.js'
import { QueuedPolicy } from '../queued-policy.js'

/**
 * After every burst a thread drawn uniformly from those that are runnable, from the seed. One that then turns out to have to wait
 * does, and the next is drawn from the rest. So on one core, with bursts that are the steps of a program, the schedules have the very distribution that
 * `explore` computes with for its random scheduler: uniform among the threads that can step.
 */
export const RANDOM = definePolicy<Record<string, never>>({
  name: 'random',
  summary: 'after every burst anybody who is runnable, each equally likely',
  parameters: {},
  create: () => (view) => new RandomPolicy(view, 'global'),
})

/** @see RANDOM */
export function random(): MakePolicy {
  return RANDOM.make()
}

class RandomPolicy extends QueuedPolicy {
  readonly name = 'random'
  readonly isAskedAfterEveryBurst = true

  override pick(core: number): number {
    const length = this.queues.length(core)
    let allowed = 0
    for (let i = 0; i < length; i++) if (this.view.mayRunOn(this.queues.at(core, i), core)) allowed++
    if (allowed === 0) return -1
    let drawn = this.view.random.below(allowed)
    for (let i = 0; ; i++) {
      const thread = this.queues.at(core, i)
      if (!this.view.mayRunOn(thread, core) || drawn-- > 0) continue
      this.queues.remove(thread)
      return thread
    }
  }
}
