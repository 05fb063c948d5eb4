import { HistoryLimit } from '../errors.js'
import type { ExploreProgress, SamplingStrategy } from './explore-report.js'
import type { Investigation } from './investigation.js'
import type { GraphStep } from './least-schedule.js'
import { reportOutcomes } from './outcome-report.js'
import type { AccessSites } from '../detect/access-sites.js'
import type { Session } from '../session.js'
import type { Census, CensusLimits } from './races/race-census.js'
import { RaceWatch } from './races/race-watch.js'
import { EXECUTION_LIMIT, RandomSearch } from './random-search.js'
import { DEFAULT_DEPTH } from './sampling/pct.js'
import { type Stopped, stoppedByHistory, stopMessage } from './stop-message.js'
import type { StrategyResult, StrategyRun } from './strategy-run.js'

/** Executions run before an exhaustive search, so that an easy failure is shown at once. */
const FIRST_SAMPLES = 64
/** Steps that they may take together: a thread that never ends must not hold up the search and its bounds. */
const FIRST_STEPS = 20_000
const MAX_SAMPLED_THREADS = 2_000
const TOO_MANY_THREADS: Stopped = {
  reason: 'history',
  message: `the program has more than ${MAX_SAMPLED_THREADS} threads, and sampling follows no more`,
  limit: 'threads',
}
/** Schedules that are replayed on fresh sessions to find programs that are not functions of their results. */
const REPLAYED_SAMPLES = 8
const REPLAYED_STEPS = 2_000
const DEFAULT_SAMPLES = 10_000
/** Steps of executions that are run again for their races. */
const MAX_WATCHED_STEPS = 1_000_000

/** Runs executions drawn from a seed: a strategy of its own, and what comes first in every exhaustive one. */
export class SamplingRun implements StrategyRun {
  readonly search: RandomSearch
  /** Schedules that the check of the program runs again. */
  readonly keptPaths: (readonly GraphStep[])[] = []
  readonly #investigation: Investigation
  readonly #strategy: SamplingStrategy
  readonly #depth: number
  #aborted = false
  #sampled = 0
  /** Why sampling was given up, if it was. */
  #excess: Stopped | null = null

  /** @param strategy how to draw, if it is a strategy of its own. */
  constructor(investigation: Investigation, strategy?: SamplingStrategy) {
    const { session, options } = investigation
    this.#investigation = investigation
    this.#strategy = strategy ?? 'random'
    this.#depth = options.depth ?? DEFAULT_DEPTH
    // What comes first in an exhaustive search need not look for races: that will do.
    this.search = this.#begin(session, strategy === undefined ? undefined : new RaceWatch(session))
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
    const investigation = this.#investigation
    const { violations, races } = yield* investigation.explainWithRaces(
      this.search.findings,
      (some) => investigation.explainAll(some, () => this.#aborted),
      (session, sites, limits) => this.#takeCensus(session, sites, limits),
      () => this.#aborted || (seen && options.until === 'first'),
    )
    yield* this.#investigation.verify(this.keptPaths)
    const { executions, deadlocked, assumeFailed, cut, steps, outcomes, counts } = this.search
    return {
      complete: false,
      stopped: this.#stopped(seen),
      violations,
      races,
      outcomes: yield* reportOutcomes(outcomes, (index) => ({ executions: counts[index] ?? 0 })),
      counts: { executions, deadlocked, assumeFailed, steps, cut },
      seed: String(options.seed ?? 1),
      depth: this.#strategy === 'pct' ? this.#depth : null,
    }
  }

  #begin(session: Session, races: RaceWatch | undefined): RandomSearch {
    const { seed = 1 } = this.#investigation.options
    return new RandomSearch(session, seed, { strategy: this.#strategy, depth: this.#depth, races })
  }

  /** The races of the same executions, on a session that knows places. */
  *#takeCensus(session: Session, sites: AccessSites, limits: CensusLimits): Generator<void, Census> {
    const watch = new RaceWatch(session, sites)
    const search = this.#begin(session, watch)
    const isWithin = () =>
      search.steps <= MAX_WATCHED_STEPS &&
      session.nodes.count <= limits.maxNodes &&
      session.bytes + search.bytes <= limits.maxMemory &&
      !limits.isStopped()
    let isComplete = true
    try {
      for (let i = 0; i < this.#sampled && isComplete; i++) {
        yield* search.runOne()
        isComplete = isWithin()
        yield
      }
    } catch (error) {
      if (!(error instanceof HistoryLimit)) throw error
      isComplete = false
    }
    return { races: watch.races.all, isComplete }
  }

  /** The executions before an exhaustive search; returns whether any failed. */
  *first(): Generator<void, boolean> {
    return yield* this.#sample(FIRST_SAMPLES, FIRST_STEPS)
  }

  #stopped(seen: boolean): Stopped | null {
    const reason = this.#aborted ? 'aborted' : seen && this.#investigation.options.until === 'first' ? 'first' : null
    return reason === null ? this.#excess : { reason, message: stopMessage(reason, '') }
  }

  *#sample(samples: number, maxSteps: number): Generator<void, boolean> {
    const { options } = this.#investigation
    let shown = false
    let replayed = 0
    for (let i = 0; i < samples && !this.#aborted && this.search.steps < maxSteps; i++) {
      if (i > 0 && this.#isTooMuch()) break
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

  /** Runs one execution; returns false if it was given up on request or because it is too much. */
  *#sampleOne(limit: number): Generator<void, boolean> {
    try {
      this.#sampled++
      for (const _pause of this.search.runOne(Math.min(limit, EXECUTION_LIMIT))) {
        yield
        if (this.#aborted || this.#isTooMuch()) return false
      }
      return true
    } catch (error) {
      if (!(error instanceof HistoryLimit)) throw error
      this.#excess = stoppedByHistory(error)
      return false
    }
  }

  /** Whether sampling has met so much that it had better end: an exhaustive search then follows its own bounds. */
  #isTooMuch(): boolean {
    const { session, maxHeap, maxMemory } = this.#investigation
    const { bytes } = this.search
    if (session.heapBytes + bytes > maxHeap || session.bytes + bytes > maxMemory)
      this.#excess = { reason: 'memory', message: stopMessage('memory', '', this.#investigation.longestThread()) }
    else if (session.threads.all.length > MAX_SAMPLED_THREADS) this.#excess = TOO_MANY_THREADS
    return this.#excess !== null
  }
}
