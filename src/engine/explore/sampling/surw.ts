import type { Random } from '../../random.js'
import type { Session } from '../../session.js'
import type { Sampler } from './sampler.js'
import { parentOf, StepProfile } from './step-profile.js'

/** A thread of the present execution, from when it can first step on. */
interface Living {
  readonly key: string
  /** Steps that it is expected to take still. */
  left: number
  /** Steps expected of threads that it has still to spawn, and of theirs. */
  unborn: number
  taken: number
}

/**
 * Strategy `surw`: selectively uniform random walk (Zhao, Wolff, Mathur, Roychoudhury, ASPLOS 2025) with every step
 * selected, which is their uniform random walk. A thread is drawn with a probability proportional to the steps it
 * has left, to which those of the threads it will spawn belong until they are there.
 *
 * If every execution has the same steps in every thread and nothing blocks, all interleavings are equally likely, from
 * the second execution on. Otherwise the numbers of steps are the means of the executions so far: a mean, and not
 * a maximum, because a loop that waits for another thread would raise its own maximum for ever. A thread that goes
 * beyond its mean counts as having one step left, and so do all in the first execution, which is a random walk.
 */
export class Surw implements Sampler {
  readonly #session: Session
  readonly #random: Random
  readonly #profile = new StepProfile()
  readonly #living = new Map<number, Living>()
  readonly #byKey = new Map<string, Living>()

  constructor(session: Session, random: Random) {
    this.#session = session
    this.#random = random
  }

  begin(): void {
    this.#living.clear()
    this.#byKey.clear()
  }

  choose(able: readonly number[]): number {
    for (const thread of able) if (!this.#living.has(thread)) this.#bear(thread)
    let total = 0
    for (const thread of able) total += weight(this.#living.get(thread)!)
    let rest = this.#random.unit() * total
    // Rounding may leave a rest: it is the last thread's.
    let chosen = able.at(-1)!
    for (const thread of able) {
      rest -= weight(this.#living.get(thread)!)
      if (rest >= 0) continue
      chosen = thread
      break
    }
    const living = this.#living.get(chosen)!
    living.taken++
    living.left--
    return chosen
  }

  ended(): void {
    this.#profile.add([...this.#living.values()].map(({ key, taken }) => ({ key, steps: taken })))
  }

  #bear(thread: number): void {
    const { path } = this.#session.threads.all[thread]!
    const key = path.join('.')
    const profile = this.#profile
    const living = { key, left: profile.steps(key), unborn: profile.descendants(key), taken: 0 }
    this.#living.set(thread, living)
    this.#byKey.set(key, living)
    const parent = this.#byKey.get(parentOf(key))
    if (parent !== undefined) parent.unborn = Math.max(0, parent.unborn - profile.share(key, parent.key))
  }
}

function weight({ left, unborn }: Living): number {
  return Math.max(1, left) + unborn
}
