import { HistoryLimit } from '../errors.js'
import type { ExploreProgress, SamplingStrategy } from './explore-report.js'
import type { Investigation } from './investigation.js'
import type { GraphStep } from './least-schedule.js'
import { reportOutcomes } from './outcome-report.js'
import { EXECUTION_LIMIT, RandomSearch } from './random-search.js'
import { DEFAULT_DEPTH } from './sampling/pct.js'
import { stopMessage } from './stop-message.js'
import type { StrategyResult, StrategyRun } from './strategy-run.js'

/** Executions run before an exhaustive search, so that an easy failure is shown at once. */
const FIRST_SAMPLES = 64
/** Steps that they may take together: a thread that never ends must not hold up the search and its bounds. */
const FIRST_STEPS = 20_000
const MAX_SAMPLED_THREADS = 2_000
/** Schedules that are replayed on fresh sessions to find programs that are not functions of their results. */
const REPLAYED_SAMPLES = 8
const REPLAYED_STEPS = 2_000
const DEFAULT_SAMPLES = 10_000

/** Runs executions drawn from a seed: a strategy of its own, and what comes first in every exhaustive one. */
export class SamplingRun implements StrategyRun {
  readonly search: RandomSearch
  /** Schedules that the check of the program runs again. */
  readonly keptPaths: (readonly GraphStep[])[] = []
  readonly #investigation: Investigation
  readonly #strategy: SamplingStrategy
  readonly #depth: number
  #aborted = false

  constructor(investigation: Investigation, strategy: SamplingStrategy = 'random') {
    const { session, options } = investigation
    this.#investigation = investigation
    this.#strategy = strategy
    this.#depth = options.depth ?? DEFAULT_DEPTH
    this.search = new RandomSearch(session, options.seed ?? 1, { strategy, depth: this.#depth })
  }

  get progress(): ExploreProgress {
    return { phase: 'sampling', states: 0, transitions: 0, executions: this.search.executions, depth: 0 }
  }

  abort(): void {
    this.#aborted = true
  }

  *run(): Generator<void, StrategyResult> {
    const { options } = this.#investigation
    const seen = yield* this.#sample(options.samples ?? DEFAULT_SAMPLES, Infinity)
    const violations = yield* this.#investigation.explainAll(this.search.findings, () => this.#aborted)
    yield* this.#investigation.verify(this.keptPaths)
    const { executions, deadlocked, assumeFailed, steps, outcomes, counts } = this.search
    const stopped = this.#aborted ? 'aborted' : seen && options.until === 'first' ? 'first' : null
    return {
      complete: false,
      stopped: stopped === null ? null : { reason: stopped, message: stopMessage(stopped, '') },
      violations,
      outcomes: yield* reportOutcomes(outcomes, (index) => ({ executions: counts[index] ?? 0 })),
      counts: { executions, deadlocked, assumeFailed, steps },
      seed: String(options.seed ?? 1),
      depth: this.#strategy === 'pct' ? this.#depth : null,
    }
  }

  /** The executions before an exhaustive search; returns whether any failed. */
  *first(): Generator<void, boolean> {
    return yield* this.#sample(FIRST_SAMPLES, FIRST_STEPS)
  }

  *#sample(samples: number, maxSteps: number): Generator<void, boolean> {
    const { options } = this.#investigation
    let shown = false
    let replayed = 0
    for (let i = 0; i < samples && !this.#aborted && this.search.steps < maxSteps; i++) {
      if (!(yield* this.#sampleOne(maxSteps - this.search.steps))) break
      const path = this.search.latestPath
      replayed += path.length
      if (i < REPLAYED_SAMPLES && replayed <= REPLAYED_STEPS) this.keptPaths.push(path)
      if (!shown && this.search.findings.length > 0) {
        shown = true
        const [first] = this.search.findings
        if (options.onViolation !== undefined) options.onViolation(yield* this.#investigation.confirmOne(first!))
        if (options.until === 'first') return true
      }
      yield
    }
    return shown
  }

  /** Runs one execution; returns false if it was given up on request or because a thread goes on for too long. */
  *#sampleOne(limit: number): Generator<void, boolean> {
    try {
      for (const _pause of this.search.runOne(Math.min(limit, EXECUTION_LIMIT))) {
        yield
        if (this.#aborted || this.#isSampledOut()) return false
      }
      return true
    } catch (error) {
      if (error instanceof HistoryLimit) return false
      throw error
    }
  }

  /** Whether sampling has met so much that the bounds of the search had better decide. */
  #isSampledOut(): boolean {
    const { session, maxHeap } = this.#investigation
    return session.heapBytes > maxHeap || session.threads.all.length > MAX_SAMPLED_THREADS
  }
}
