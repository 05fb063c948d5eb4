import type { ExploreProgress, Violation } from '../explore-report.js'
import type { Investigation } from '../investigation.js'
import { reportOutcomes } from '../outcome-report.js'
import { SamplingRun } from '../sampling-run.js'
import { StateTable } from '../state-table.js'
import { type Stopped, stoppedByHistory, stopMessage } from '../stop-message.js'
import type { StrategyResult, StrategyRun } from '../strategy-run.js'
import { CompactSearch } from './compact-search.js'

/** Strategy `graph` with reduction: a part of the graph that shows everything that can go wrong, and nothing counted. */
export class ReducedRun implements StrategyRun {
  readonly search: CompactSearch
  readonly #investigation: Investigation
  readonly #sampling: SamplingRun
  #phase: ExploreProgress['phase'] = 'sampling'
  #isAborted = false

  constructor(investigation: Investigation) {
    const { session, options, maxMemory, maxHeap } = investigation
    const maxStates = options.maxStates ?? Number.MAX_SAFE_INTEGER
    this.#investigation = investigation
    this.search = new CompactSearch(session, { maxStates, maxMemory, maxHeap })
    this.#sampling = new SamplingRun(investigation)
  }

  get progress(): ExploreProgress {
    return {
      phase: this.#phase,
      states: this.search.stateCount,
      transitions: this.search.transitionCount,
      executions: this.#sampling.search.executions,
      depth: this.search.depth,
    }
  }

  abort(): void {
    this.#isAborted = true
    this.#sampling.abort()
    this.search.abort('aborted')
  }

  *run(): Generator<void, StrategyResult> {
    const { options } = this.#investigation
    const seen = yield* this.#sampling.first()
    if (seen && options.until === 'first') this.search.abort('first')
    else yield* this.#explore(seen)
    this.#phase = 'explaining'
    const violations = yield* this.#explain()
    if (!seen && violations[0] !== undefined) options.onViolation?.(violations[0])
    this.#phase = 'verifying'
    yield* this.#investigation.verify(this.#sampling.keptPaths)
    return yield* this.#result(violations)
  }

  *#explore(isShown: boolean): Generator<void> {
    const { options } = this.#investigation
    this.#phase = 'searching'
    for (const _pause of this.search.run()) {
      yield
      if (!isShown && options.until === 'first' && this.search.findings.length > 0) this.search.abort('first')
    }
  }

  *#explain(): Generator<void, Violation[]> {
    const { findings, stopped } = this.search
    // What a search that stopped early has not met may have been seen while sampling.
    const known = new Set(findings.map(({ kind, subject }) => `${kind} ${subject}`))
    const sampled = stopped === null ? [] : this.#sampling.search.findings
    const all = [...findings, ...sampled.filter(({ kind, subject }) => !known.has(`${kind} ${subject}`))]
    return yield* this.#investigation.explainAll(stopped === 'first' ? all.slice(0, 1) : all, () => this.#isAborted)
  }

  *#result(violations: readonly Violation[]): Generator<void, StrategyResult> {
    const { search } = this
    const stopped = this.#stopped()
    const hasSearched = search.stateCount > 0
    const { outcomes } = hasSearched ? search.sights : this.#sampling.search
    return {
      complete: stopped === null,
      stopped,
      violations,
      outcomes: yield* reportOutcomes(outcomes, () => ({ executions: null })),
      counts: hasSearched ? { states: search.stateCount, transitions: search.transitionCount } : {},
      missedStateProbability: hasSearched ? Math.min(1, search.comparedPairs / 2 ** StateTable.COMPARED_BITS) : null,
      isVacuous: search.hasDropped && outcomes.count === 0,
      reduction: true,
    }
  }

  #stopped(): Stopped | null {
    const { stopped, exceeded, isCyclic } = this.search
    if (stopped === null) return isCyclic ? { reason: 'cycles', message: stopMessage('cycles', '') } : null
    if (exceeded !== null && stopped === 'history') return stoppedByHistory(exceeded)
    return { reason: stopped, message: stopMessage(stopped, '', this.#investigation.longestThread()) }
  }
}
