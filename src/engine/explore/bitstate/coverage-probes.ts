import { Random } from '../../random.js'
import type { Session } from '../../session.js'
import type { CoverageProbes } from '../explore-report.js'
import { EXECUTION_LIMIT } from '../random-search.js'
import type { VisitedSample } from './visited-sample.js'

/** States that are drawn, and what drawing them may cost. */
const PROBES = 1_000
const MOST_STEPS = 300_000
// Of a normal distribution, 95 % lies within so many standard deviations.
const Z = 1.96

/**
 * Draws states and asks whether a search has visited them: from each random execution one of the states on it that the
 * sample concerns. So each says independently of the others whether the search missed what such an execution goes through.
 */
export class Probing {
  probes = 0
  missed = 0
  readonly #session: Session
  readonly #sample: VisitedSample
  readonly #random: Random
  #steps = 0

  constructor(session: Session, sample: VisitedSample, seed: number | string) {
    this.#session = session
    this.#sample = sample
    this.#random = new Random(`probes ${seed}`)
  }

  /**
   * Draws states until there are enough; yields now and then.
   *
   * @param isStopped asked now and then; once it says so, those that have been drawn have to do.
   */
  *run(isStopped: () => boolean = () => false): Generator<void> {
    while (this.probes < PROBES && this.#steps < MOST_STEPS) {
      for (const _pause of this.#probe()) {
        yield
        if (isStopped()) return
      }
      yield
      if (isStopped()) return
    }
  }

  /** What came of it; null if no state was drawn. */
  get result(): CoverageProbes | null {
    const { probes, missed } = this
    if (probes === 0) return null
    return { states: probes, missed, ...interval(missed, probes) }
  }

  *#probe(): Generator<void> {
    const session = this.#session
    session.rewind()
    let concerned = 0
    let isVisited = true
    for (let steps = 0; steps < EXECUTION_LIMIT && this.#steps < MOST_STEPS; steps++) {
      const { hash1, hash2 } = session.world
      // Of all states so far, each is as likely to be the one that is kept.
      if (this.#sample.concerns(hash1, hash2) && this.#random.below(++concerned) === 0)
        isVisited = this.#sample.has(hash1, hash2)
      if (!this.#step()) break
      if (steps % 32 === 31) yield
    }
    if (concerned === 0) return
    this.probes++
    if (!isVisited) this.missed++
  }

  #step(): boolean {
    const session = this.#session
    this.#steps++
    if (session.hasEnded) return false
    const able = session.threads.canonical.filter(
      (thread) => !session.assumesFalsehood(thread) && session.ways(thread) > 0,
    )
    if (able.length === 0) return false
    const thread = able[this.#random.below(able.length)]!
    session.step(thread, this.#random.below(session.ways(thread)))
    return true
  }
}

/** Wilson's interval: the share is within it in 95 of 100 cases, also where it is close to 0 or 1. */
export function interval(hits: number, draws: number): { readonly low: number; readonly high: number } {
  const share = hits / draws
  const middle = share + (Z * Z) / (2 * draws)
  const reach = Z * Math.sqrt((share * (1 - share)) / draws + (Z * Z) / (4 * draws * draws))
  const scale = 1 + (Z * Z) / draws
  return { low: Math.max(0, (middle - reach) / scale), high: Math.min(1, (middle + reach) / scale) }
}
