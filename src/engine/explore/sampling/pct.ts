import type { Random } from '../../random.js'
import { RandomWalk } from './random-walk.js'
import type { Sampler } from './sampler.js'

/** The depth of the bugs that are looked for if nobody says. */
export const DEFAULT_DEPTH = 3
/** Executions may become this many times as long as the longest one before until they go on as a random walk. */
const PATIENCE = 2

/**
 * Strategy `pct`: probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010). Every
 * thread gets a random priority when it can first step, and the highest that can step does. At d − 1 steps, drawn
 * uniformly from the first k, the thread about to step falls below all others first; which of them falls lowest is part
 * of the draw. Equal priorities, one pair in 2³², go by canonical order.
 *
 * A bug of depth d (d orders between two steps that together make it happen) in a program of n threads and at most k
 * steps is hit by an execution with a probability of at least 1 / (n · k^(d−1)).
 *
 * k is the length of the longest execution so far. The first one has k = 0 and is a random walk, and so is what comes
 * after 2k steps, because the highest priority can spin for ever on what a lower one should do. Of such an execution
 * only the random walk counts for k, or spinning would make k ever larger. The bound holds as soon as k is as
 * large as it says: from the second execution on if all executions are equally long.
 */
export class Pct implements Sampler {
  readonly #depth: number
  readonly #random: Random
  readonly #walk: RandomWalk
  readonly #priorities = new Map<number, number>()
  // By step: the priorities, all below 0, that the thread about to take it falls to.
  readonly #changes = new Map<number, number[]>()
  #longest = 0
  #step = 0

  constructor(random: Random, depth: number) {
    this.#depth = depth
    this.#random = random
    this.#walk = new RandomWalk(random)
  }

  begin(): void {
    this.#step = 0
    this.#priorities.clear()
    this.#changes.clear()
    // No bug is deeper than there are steps, however large the depth asked for.
    const changes = Math.min(this.#depth - 1, this.#longest)
    for (let priority = -changes; priority < 0; priority++) {
      const step = 1 + this.#random.below(this.#longest)
      this.#changes.set(step, [...(this.#changes.get(step) ?? []), priority])
    }
  }

  choose(able: readonly number[]): number {
    this.#step++
    if (this.#step > PATIENCE * this.#longest) return this.#walk.choose(able)
    for (const thread of able) if (!this.#priorities.has(thread)) this.#priorities.set(thread, this.#random.unit())
    for (const priority of this.#changes.get(this.#step) ?? []) this.#priorities.set(this.#highest(able), priority)
    return this.#highest(able)
  }

  ended(): void {
    const walked = this.#step - PATIENCE * this.#longest
    this.#longest = Math.max(this.#longest, walked > 0 ? walked : this.#step)
  }

  #highest(able: readonly number[]): number {
    return able.reduce((best, thread) => (this.#priorities.get(thread)! > this.#priorities.get(best)! ? thread : best))
  }
}
