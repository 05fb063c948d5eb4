import type { Random } from '../../random.js'
import type { Sampler } from './sampler.js'

/**
 * Strategy `random`: every step is drawn uniformly among the threads that can step. This is the scheduler whose exact
 * probabilities strategy `graph` computes.
 */
export class RandomWalk implements Sampler {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  begin(): void {}

  choose(able: readonly number[]): number {
    return able[able.length === 1 ? 0 : this.#random.below(able.length)]!
  }

  ended(): void {}
}
