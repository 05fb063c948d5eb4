import { independent } from '../../footprint.js'
import type { Random } from '../../random.js'
import type { Session } from '../../session.js'
import { pendingFootprint } from '../pending-footprint.js'
import type { Sampler } from './sampler.js'

/**
 * Strategy `pos`: partial order sampling (Yuan, Yang, Gu, CAV 2018). Every thread's next operation has a random
 * priority, and the highest that can proceed does. Then the operations that conflict with it by their footprints draw
 * new priorities, so that each conflict is decided afresh, while operations that touch nothing in common keep theirs.
 *
 * What a `p.always` reads does not make operations conflict here.
 */
export class Pos implements Sampler {
  readonly #session: Session
  readonly #random: Random
  // Of next operations that could proceed when they drew; a thread that is not in it draws when it can step.
  readonly #priorities = new Map<number, number>()

  constructor(session: Session, random: Random) {
    this.#session = session
    this.#random = random
  }

  begin(): void {
    this.#priorities.clear()
  }

  choose(able: readonly number[]): number {
    const priorities = this.#priorities
    for (const thread of able) if (!priorities.has(thread)) priorities.set(thread, this.#random.unit())
    const chosen = able.reduce((best, thread) => (priorities.get(thread)! > priorities.get(best)! ? thread : best))
    priorities.delete(chosen)
    const touched = pendingFootprint(this.#session, chosen)
    for (const thread of priorities.keys())
      if (!independent(touched, pendingFootprint(this.#session, thread))) priorities.delete(thread)
    return chosen
  }

  ended(): void {}
}
