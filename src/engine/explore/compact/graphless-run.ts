import type { HistoryLimit } from '../../errors.js'
import type { ExploreProgress } from '../explore-report.js'
import type { Finding } from '../finding.js'
import type { StopReason } from '../graph-search.js'
import { withUnmet } from '../finding.js'
import type { Explained, Investigation } from '../investigation.js'
import { stateRaces } from '../races/state-census.js'
import { reportOutcomes } from '../outcome-report.js'
import { SamplingRun } from '../sampling-run.js'
import { type Stopped, stoppedByHistory, stopMessage } from '../stop-message.js'
import type { StrategyResult, StrategyRun } from '../strategy-run.js'
import type { StateSights } from './state-sights.js'

/** A search for everything that can go wrong that keeps no graph. */
export interface GraphlessSearch {
  /** 0 until it runs. */
  readonly stateCount: number
  readonly transitionCount: number
  readonly depth: number
  readonly findings: readonly Finding[]
  readonly sights: StateSights
  readonly stopped: StopReason | null
  readonly exceeded: HistoryLimit | null
  readonly hasDropped: boolean
  run(): Generator<void>
  /** Ends it, between two slices. */
  abort(reason: StopReason): void
}

/** What one kind of search has to say for itself once it has ended. */
export type Conclusion = Partial<StrategyResult> & Pick<StrategyResult, 'stopped'>

/** Strategy `graph` where the graph is not kept: nothing is counted, and violations are shrunk. */
export class GraphlessRun<S extends GraphlessSearch> implements StrategyRun {
  readonly #investigation: Investigation
  readonly #sampling: SamplingRun
  readonly #search: S
  readonly #conclude: (search: S) => Generator<void, Conclusion>
  #phase: ExploreProgress['phase'] = 'sampling'
  #isAborted = false

  /** @param conclude says what follows for the report; that the search was stopped goes before what it says. */
  constructor(investigation: Investigation, search: S, conclude: (search: S) => Generator<void, Conclusion>) {
    this.#investigation = investigation
    this.#search = search
    this.#sampling = new SamplingRun(investigation)
    this.#conclude = conclude
  }

  get progress(): ExploreProgress {
    return {
      phase: this.#phase,
      states: this.#search.stateCount,
      transitions: this.#search.transitionCount,
      executions: this.#sampling.search.executions,
      depth: this.#search.depth,
    }
  }

  abort(): void {
    this.#isAborted = true
    this.#sampling.abort()
    this.#search.abort('aborted')
  }

  *run(): Generator<void, StrategyResult> {
    const { options } = this.#investigation
    const seen = yield* this.#sampling.first()
    if (seen && options.until === 'first') this.#search.abort('first')
    else yield* this.#explore(seen)
    this.#phase = 'explaining'
    const explained = yield* this.#explain()
    const [first] = explained.violations
    if (!seen && first !== undefined) options.onViolation?.(first)
    this.#phase = 'verifying'
    yield* this.#investigation.verify(this.#sampling.keptPaths)
    return yield* this.#result(explained)
  }

  *#explore(isShown: boolean): Generator<void> {
    const { options } = this.#investigation
    this.#phase = 'searching'
    for (const _pause of this.#search.run()) {
      yield
      if (!isShown && options.until === 'first' && this.#search.findings.length > 0) this.#search.abort('first')
    }
  }

  *#explain(): Generator<void, Explained> {
    const { findings } = this.#search
    // What the search has not met may have been seen while sampling.
    const all = withUnmet(findings, this.#sampling.search.findings)
    const shown = this.#search.stopped === 'first' ? all.slice(0, 1) : all
    const investigation = this.#investigation
    return yield* investigation.explainWithRaces(
      shown,
      (some) => investigation.explainAll(some, () => this.#isAborted),
      stateRaces,
      () => this.#isAborted || this.#search.stopped === 'first',
    )
  }

  *#result({ violations, races }: Explained): Generator<void, StrategyResult> {
    const search = this.#search
    const hasSearched = search.stateCount > 0
    const { outcomes } = hasSearched ? search.sights : this.#sampling.search
    const conclusion = yield* this.#conclude(search)
    const stopped = search.stopped === null ? conclusion.stopped : this.#howStopped(search.stopped)
    return {
      complete: stopped === null,
      violations,
      races,
      outcomes: yield* reportOutcomes(outcomes, () => ({ executions: null })),
      counts: hasSearched ? { states: search.stateCount, transitions: search.transitionCount } : {},
      isVacuous: search.hasDropped && outcomes.count === 0,
      ...(this.#investigation.options.reduction === true ? { reduction: true } : {}),
      ...conclusion,
      stopped,
    }
  }

  #howStopped(reason: StopReason): Stopped {
    const { exceeded } = this.#search
    if (exceeded !== null && reason === 'history') return stoppedByHistory(exceeded)
    return { reason, message: stopMessage(reason, '', this.#investigation.longestThread()) }
  }
}
