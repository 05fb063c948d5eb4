import { HistoryLimit } from '../../errors.js'
import type { ExploreProgress } from '../explore-report.js'
import { withUnmet } from '../finding.js'
import type { Explained, Investigation } from '../investigation.js'
import { traceCensus } from '../races/trace-census.js'
import { reportOutcomes } from '../outcome-report.js'
import { EXECUTION_LIMIT } from '../random-search.js'
import { SamplingRun } from '../sampling-run.js'
import { type Stopped, stoppedByHistory, stoppedByLength, stopMessage } from '../stop-message.js'
import type { StrategyResult, StrategyRun } from '../strategy-run.js'
import { ReadsFromExploration } from './reads-from-exploration.js'
import { ReadsFromFindings } from './reads-from-findings.js'
import { requireNoAlways } from './reads-from-rules.js'

/** Strategy `dpor` with equivalence `reads-from`: one execution for each class of executions that read the same. */
export class ReadsFromRun implements StrategyRun {
  readonly #investigation: Investigation
  readonly #sampling: SamplingRun
  readonly #findings: ReadsFromFindings
  #exploration: ReadsFromExploration | null = null
  #phase: ExploreProgress['phase'] = 'sampling'
  #stopped: Stopped | null = null
  #isAborted = false

  /** @throws UsageError `usage/reads-from-always`, `usage/reads-from-daemon` for programs that have no such classes. */
  constructor(investigation: Investigation) {
    requireNoAlways(investigation.session)
    this.#investigation = investigation
    this.#sampling = new SamplingRun(investigation)
    this.#findings = new ReadsFromFindings(investigation.session)
  }

  get progress(): ExploreProgress {
    const search = this.#exploration?.search
    return {
      phase: this.#phase,
      states: 0,
      transitions: search?.steps ?? 0,
      executions: search?.executions ?? this.#sampling.search.executions,
      depth: search?.depth ?? 0,
    }
  }

  abort(): void {
    this.#isAborted = true
    this.#sampling.abort()
  }

  *run(): Generator<void, StrategyResult> {
    const { options } = this.#investigation
    const seen = yield* this.#sampling.first()
    if (seen && options.until === 'first') this.#stop('first')
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
    const { session, options } = this.#investigation
    this.#phase = 'searching'
    try {
      const exploration: ReadsFromExploration = new ReadsFromExploration(session, {
        onEnd: (_end, wrongs, witness) => this.#findings.atEnd(exploration.search, wrongs, witness),
        onMisuse: (event) => this.#findings.atMisuse(exploration.search, event),
        onDataRace: (earlier, later) => this.#findings.atDataRace(exploration.search, earlier, later),
      })
      this.#exploration = exploration
      for (const _pause of exploration.run()) {
        yield
        if (!isShown && !this.#findings.isEmpty && options.until === 'first') this.#stop('first')
        this.#checkBounds(exploration)
        if (this.#stopped !== null) return
      }
    } catch (error) {
      if (!(error instanceof HistoryLimit)) throw error
      this.#stopped = stoppedByHistory(error)
    }
  }

  #checkBounds(exploration: ReadsFromExploration): void {
    const { session, maxMemory, maxHeap } = this.#investigation
    const { bytes, heapBytes, depth } = exploration.search
    if (this.#isAborted) this.#stop('aborted')
    else if (session.bytes + bytes > maxMemory || session.heapBytes + heapBytes > maxHeap) this.#stop('memory')
    else if (depth > EXECUTION_LIMIT) this.#stopped ??= stoppedByLength()
  }

  #stop(reason: Stopped['reason']): void {
    const message = stopMessage(reason, '', this.#investigation.longestThread())
    this.#stopped ??= { reason, message }
  }

  *#explain(): Generator<void, Explained> {
    const findings = this.#findings.all
    // What a search that stopped early has not met may have been seen while sampling.
    const sampled = this.#stopped === null ? [] : this.#sampling.search.findings
    const all = withUnmet(findings, sampled)
    const shown = this.#stopped?.reason === 'first' ? all.slice(0, 1) : all
    const investigation = this.#investigation
    return yield* investigation.explainWithRaces(
      shown,
      (some) => investigation.explainAll(some, () => this.#isAborted),
      traceCensus,
      () => this.#isAborted || this.#stopped?.reason === 'first',
    )
  }

  *#result({ violations, races }: Explained): Generator<void, StrategyResult> {
    const search = this.#exploration?.search
    return {
      complete: this.#stopped === null,
      stopped: this.#stopped,
      violations,
      races,
      outcomes: yield* search === undefined
        ? reportOutcomes(this.#sampling.search.outcomes, () => ({ executions: null }))
        : search.outcomes.report(),
      counts:
        search === undefined
          ? {}
          : {
              executions: search.executions,
              deadlocked: search.deadlocked,
              assumeFailed: search.assumeFailed,
              blocked: 0,
              steps: search.steps,
            },
      isVacuous: search?.executions === 0,
    }
  }
}
