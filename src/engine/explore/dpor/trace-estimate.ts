import { HistoryLimit } from '../../errors.js'
import { Random } from '../../random.js'
import type { Session } from '../../session.js'
import type { ExecutionEstimate } from '../explore-report.js'
import { lengthOf, stepOf, type TraceBranch } from './trace-branch.js'
import { TraceExploration } from './trace-exploration.js'

/** A branch that stands for all that are alike, and how many those are. */
interface Stratum {
  branch: TraceBranch
  weight: number
}

// Standard errors, on a logarithmic scale, from the estimate to the ends of the interval: most draws are too small, and few
// much too large, so that few draws are too small together.
const WIDTH_BELOW = 4
const WIDTH_ABOVE = 6
// Executions of more steps are not drawn.
const MAX_LENGTH = 10_000

/**
 * Estimates the number of executions by drawing from the tree of executions, in which an execution's children are those
 * of the branches made while it ran, on a session of its own. Of the branches of one generation that begin at the same
 * position and put off the same thread, one is drawn to stand for all (Chen, "Heuristic sampling", SIAM J. Comput. 1992):
 * the mean over all draws is the true number, and the draws are much closer together than single paths.
 */
export class TraceEstimate {
  /** Draws so far. */
  draws = 0
  /** Executions run for them. */
  executed = 0
  readonly #session: Session
  readonly #exploration: TraceExploration
  readonly #random: Random
  #steps = 0
  #sum = 0
  #squares = 0
  #isImpossible = false

  /** @param session one that nobody else uses. */
  constructor(session: Session, seed: string | number) {
    this.#session = session
    this.#exploration = new TraceExploration(session, {
      onRestart: () => {
        this.#steps += this.#exploration.search.steps
      },
    })
    this.#random = new Random(seed)
  }

  /** Steps taken, in all draws. */
  get steps(): number {
    return this.#steps + this.#exploration.search.steps
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.#session.bytes + this.#exploration.bytes
  }

  /** Draws again and again; pauses after every execution. Ends if nothing can be said about this program. */
  *run(): Generator<void> {
    try {
      while (!this.#isImpossible) yield* this.draw()
    } catch (error) {
      if (!(error instanceof HistoryLimit)) throw error
      this.#isImpossible = true
    }
  }

  /** Draws once; pauses after every execution. */
  *draw(): Generator<void> {
    if (this.#isImpossible) return
    let drawn = 0
    let generation: Map<string, Stratum> | null = null
    do {
      const next = new Map<string, Stratum>()
      for (const { branch, weight } of generation?.values() ?? [{ branch: null, weight: 1 }]) {
        const following = this.#exploration.search.runOne(branch, MAX_LENGTH)
        this.executed++
        if (this.#exploration.restart()) return this.#forget()
        yield
        if (following === null && branch === null) this.#isImpossible = true
        if (following === null) continue
        drawn += weight
        for (const child of following) this.#represent(next, child, weight)
      }
      generation = next
    } while (generation.size > 0)
    if (this.#isImpossible) return
    this.draws++
    this.#sum += drawn
    this.#squares += drawn * drawn
  }

  #represent(strata: Map<string, Stratum>, branch: TraceBranch, weight: number): void {
    const length = lengthOf(branch)
    const key = `${branch.position} ${length} ${stepOf(branch, length - 1)}`
    const known = strata.get(key)
    if (known === undefined) {
      strata.set(key, { branch, weight })
      return
    }
    known.weight += weight
    if (this.#random.unit() * known.weight < weight) known.branch = branch
  }

  #forget(): void {
    this.draws = 0
    this.#sum = 0
    this.#squares = 0
  }

  /** What the draws say, given that `known` executions have been run already; null if nothing can be said. */
  estimate(known: number): ExecutionEstimate | null {
    if (this.#isImpossible || this.draws === 0) return null
    const mean = this.#sum / this.draws
    const variance = Math.max(0, this.#squares / this.draws - mean * mean)
    const error = this.draws === 1 ? 1 : Math.sqrt(variance / (this.draws - 1)) / mean
    const high = Math.max(known, mean * Math.exp(WIDTH_ABOVE * (error + 1 / (3 + this.draws))))
    return {
      // A search that has gone beyond the mean is somewhere in the upper part of the interval.
      executions: mean > known ? mean : Math.sqrt(known * high),
      low: Math.max(known, mean * Math.exp(-WIDTH_BELOW * error)),
      high,
    }
  }
}
