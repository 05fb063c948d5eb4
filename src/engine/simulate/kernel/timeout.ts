import type { Environment } from './environment.js'
import type { EventId } from './event-slots.js'
import { Occurrence } from './occurrence.js'
import { Priority } from './priority.js'

/**
 * Fires when some time has gone by: a delay that can stand in `anyOf` and `allOf`. For a delay alone a process yields the
 * number, which costs less. Made by `Environment.timeout`.
 */
export class Timeout<T = void> extends Occurrence<T> {
  readonly #event: EventId

  constructor(env: Environment, delay: number, value: T) {
    super(env)
    const { kernel } = env
    this.#event = kernel.schedule(kernel.now + delay, Priority.Timer, () => this.settleWith(value))
  }

  /** It will never happen; false if it has. One that is not wanted any more would keep the run going until it is over. */
  cancel(): boolean {
    return this.env.kernel.cancel(this.#event)
  }
}
