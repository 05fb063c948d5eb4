import { HistoryLimit } from '../../errors.js'
import type { ExploreProgress, ExploreReport, Violation } from '../explore-report.js'
import type { Investigation } from '../investigation.js'
import { reportOutcomes } from '../outcome-report.js'
import { EXECUTION_LIMIT } from '../random-search.js'
import { SamplingRun } from '../sampling-run.js'
import { type Stopped, stoppedByHistory, stopMessage } from '../stop-message.js'
import type { StrategyResult, StrategyRun } from '../strategy-run.js'
import { Session } from '../../session.js'
import { DporFindings } from './dpor-findings.js'
import { TraceEstimate } from './trace-estimate.js'
import { TraceExploration } from './trace-exploration.js'

// Steps of the search before its size is estimated, for those who watch; of the estimate at once; and its share later on.
const ESTIMATED_FROM = 100_000
const ESTIMATE_STEPS = 300_000
const ESTIMATE_SHARE = 0.05

type StopReason = NonNullable<ExploreReport['stopped']>['reason']

/** Strategy `dpor`: one execution for each trace. */
export class DporRun implements StrategyRun {
  readonly #investigation: Investigation
  readonly #sampling: SamplingRun
  readonly #findings: DporFindings
  #exploration: TraceExploration | null = null
  #estimate: TraceEstimate | null = null
  #estimating: Generator<void> | null = null
  #phase: ExploreProgress['phase'] = 'sampling'
  #stopped: StopReason | null = null
  #stopDetail = ''
  #exceeded: HistoryLimit | null = null
  #isAborted = false

  constructor(investigation: Investigation) {
    this.#investigation = investigation
    this.#sampling = new SamplingRun(investigation)
    this.#findings = new DporFindings(investigation.session)
  }

  get progress(): ExploreProgress {
    const search = this.#exploration?.search
    return {
      phase: this.#phase,
      states: 0,
      transitions: search?.steps ?? 0,
      executions: search?.executions ?? this.#sampling.search.executions,
      depth: search?.depth ?? 0,
      estimate: this.#estimate?.estimate(search?.executions ?? 0) ?? null,
    }
  }

  abort(): void {
    this.#isAborted = true
    this.#sampling.abort()
  }

  *run(): Generator<void, StrategyResult> {
    const { options } = this.#investigation
    const seen = yield* this.#sampling.first()
    if (seen && options.until === 'first') this.#stopped = 'first'
    else yield* this.#explore(seen)
    this.#phase = 'explaining'
    const violations = yield* this.#explain()
    if (!seen && violations[0] !== undefined) options.onViolation?.(violations[0])
    this.#phase = 'verifying'
    yield* this.#investigation.verify(this.#sampling.keptPaths)
    return yield* this.#result(violations)
  }

  *#explore(isShown: boolean): Generator<void> {
    const { session, options } = this.#investigation
    this.#phase = 'searching'
    try {
      const exploration: TraceExploration = new TraceExploration(session, {
        onEnd: (_end, outcome) => this.#findings.atEnd(exploration.search, outcome),
        onMisuse: () => this.#findings.atMisuse(exploration.search),
        onDataRace: (earlier, later) => this.#findings.atDataRace(exploration.search, earlier, later),
        onFailure: (property, search) => this.#findings.atFailure(search, property),
        onRestart: () => this.#findings.forgetOutcomes(),
      })
      this.#exploration = exploration
      for (const _pause of exploration.run()) {
        yield
        if (options.onProgress !== undefined) yield* this.#estimateSize(exploration.search.steps)
        if (!isShown && !this.#findings.isEmpty && options.until === 'first') this.#stopped = 'first'
        this.#stopped ??= this.#bound(exploration)
        if (this.#stopped !== null) return
      }
    } catch (error) {
      if (!(error instanceof HistoryLimit)) throw error
      this.#stopped = 'history'
      this.#exceeded = error
    }
  }

  /** Goes on estimating as long as that takes little of the time; the search itself takes no notice of it. */
  *#estimateSize(steps: number): Generator<void> {
    if (steps < ESTIMATED_FROM) return
    if (this.#estimate === null) {
      const { program, options, maxHeap } = this.#investigation
      const session = new Session(program, options.params, { monitor: options.monitor, maxValues: maxHeap })
      this.#estimate = new TraceEstimate(session, options.seed ?? 1)
      this.#estimating = this.#estimate.run()
    }
    const budget = ESTIMATE_STEPS + steps * ESTIMATE_SHARE
    for (let i = 1; this.#estimate.steps < budget && this.#estimating?.next().done !== true; i++)
      if (i % 16 === 0) yield
  }

  /** Which bound has been reached, if any. */
  #bound(exploration: TraceExploration): StopReason | null {
    const { session, maxMemory, maxHeap } = this.#investigation
    if (this.#isAborted) return 'aborted'
    if (session.bytes + exploration.bytes + (this.#estimate?.bytes ?? 0) > maxMemory) return 'memory'
    if (session.heapBytes + exploration.heapBytes > maxHeap) return 'memory'
    if (exploration.search.execution.length <= EXECUTION_LIMIT) return null
    this.#stopDetail = `an execution takes more than ${EXECUTION_LIMIT} steps, and dpor runs each to its end`
    return 'history'
  }

  *#explain(): Generator<void, Violation[]> {
    const findings = this.#findings.all
    // What a search that stopped early has not met may have been seen while sampling.
    const known = new Set(findings.map(({ kind, subject }) => `${kind} ${subject}`))
    const sampled = this.#stopped === null ? [] : this.#sampling.search.findings
    const all = [...findings, ...sampled.filter(({ kind, subject }) => !known.has(`${kind} ${subject}`))]
    const shown = this.#stopped === 'first' ? all.slice(0, 1) : all
    return yield* this.#investigation.explainAll(shown, () => this.#isAborted)
  }

  #howStopped(): Stopped | null {
    if (this.#stopped === null) return null
    if (this.#exceeded !== null) return stoppedByHistory(this.#exceeded)
    const message = stopMessage(this.#stopped, this.#stopDetail, this.#investigation.longestThread(), 'operations')
    return { reason: this.#stopped, message }
  }

  *#result(violations: readonly Violation[]): Generator<void, StrategyResult> {
    const search = this.#exploration?.search
    const stopped = this.#stopped
    const outcomes = search?.outcomes ?? this.#sampling.search.outcomes
    return {
      complete: stopped === null,
      stopped: this.#howStopped(),
      violations,
      outcomes: yield* reportOutcomes(outcomes, (index) => ({ executions: search?.executionsOf[index] ?? null })),
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
