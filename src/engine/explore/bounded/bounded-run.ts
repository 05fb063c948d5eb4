import type { AccessSites } from '../../detect/access-sites.js'
import { UsageError } from '../../errors.js'
import type { Session } from '../../session.js'
import type { ExplorationOptions } from '../explore-options.js'
import type { BoundKind, ExploreProgress, ExploreReport } from '../explore-report.js'
import type { Finding } from '../finding.js'
import type { SearchBounds } from '../graph-search.js'
import type { Explained, Investigation } from '../investigation.js'
import { reportOutcomes } from '../outcome-report.js'
import type { Census, CensusLimits } from '../races/race-census.js'
import { RaceWatch } from '../races/race-watch.js'
import { StateTable } from '../state-table.js'
import { stoppedByHistory, stopMessage } from '../stop-message.js'
import type { StrategyResult, StrategyRun } from '../strategy-run.js'
import { BoundedSearch } from './bounded-search.js'

/** A bound on schedules: what it counts, and how many at most. */
export interface ScheduleBound {
  readonly kind: BoundKind
  readonly most: number
}

/**
 * The bound that the options ask for, if they do.
 *
 * @throws UsageError for bounds that make no sense.
 */
export function scheduleBound(options: ExplorationOptions): ScheduleBound | null {
  const { preemptions, delays, strategy } = options
  requireWhole('preemptions', preemptions)
  requireWhole('delays', delays)
  if (preemptions === undefined && delays === undefined) return null
  if (preemptions !== undefined && delays !== undefined)
    throw new UsageError('usage/two-bounds', 'a search is bounded by preemptions or by delays, not by both')
  const kind = delays === undefined ? 'preemptions' : 'delays'
  if (strategy !== undefined && strategy !== 'dpor')
    throw new UsageError('usage/bound-needs-dpor', `strategy ${strategy} does not go with a bound on ${kind}`, {
      hint: 'leave the strategy out, or ask for dpor',
    })
  return { kind, most: preemptions ?? delays! }
}

function requireWhole(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 0)) return
  throw new UsageError('usage/not-whole', `${name} must be a whole number of at least 0, not ${value}`)
}

/** Strategy `dpor` within a bound on preemptions or delays: one execution a trace, the cheapest schedules first. */
export class BoundedRun implements StrategyRun {
  readonly #investigation: Investigation
  readonly #bound: ScheduleBound
  readonly #bounds: SearchBounds
  readonly #search: BoundedSearch
  #phase: ExploreProgress['phase'] = 'searching'
  #isAborted = false

  constructor(investigation: Investigation, bound: ScheduleBound) {
    const { session, options, maxMemory, maxHeap } = investigation
    const maxStates = options.maxStates ?? Number.MAX_SAFE_INTEGER
    this.#investigation = investigation
    this.#bound = bound
    this.#bounds = { maxStates, maxMemory, maxHeap }
    this.#search = new BoundedSearch(session, bound.kind, this.#bounds, new RaceWatch(session))
  }

  get progress(): ExploreProgress {
    const { traces, steps, executions, bound } = this.#search
    return { phase: this.#phase, states: traces, transitions: steps, executions, depth: bound }
  }

  abort(): void {
    this.#isAborted = true
    this.#search.abort('aborted')
  }

  *run(): Generator<void, StrategyResult> {
    const { options } = this.#investigation
    const search = this.#search
    let isShown = false
    for (const _pause of search.run(this.#bound.most)) {
      yield
      if (isShown || search.findings.length === 0) continue
      isShown = true
      if (options.until === 'first') search.abort('first')
      else yield* this.#show()
    }
    this.#phase = 'explaining'
    const found = search.stopped === 'first' ? search.findings.slice(0, 1) : search.findings
    const explained = yield* this.#explain(found)
    const [first] = explained.violations
    if (!isShown && first !== undefined) options.onViolation?.(first)
    this.#phase = 'verifying'
    yield* this.#investigation.verify(search.paths)
    return yield* this.#result(explained)
  }

  *#explain(found: readonly Finding[]): Generator<void, Explained> {
    const investigation = this.#investigation
    return yield* investigation.explainWithRaces(
      found,
      (some) => investigation.explainAll(some, () => this.#isAborted),
      (session, sites, limits) => this.#takeCensus(session, sites, limits),
      () => this.#isAborted || this.#search.stopped === 'first',
    )
  }

  /** The races of all that is within the bound: the same search on a session that knows places. */
  *#takeCensus(session: Session, sites: AccessSites, limits: CensusLimits): Generator<void, Census> {
    const watch = new RaceWatch(session, sites)
    const search = new BoundedSearch(session, this.#bound.kind, this.#bounds, watch)
    for (const _pause of search.run(this.#bound.most)) {
      yield
      if (search.steps > limits.maxStates || session.nodes.count > limits.maxNodes) search.abort('states')
      if (search.bytes > limits.maxMemory) search.abort('memory')
      if (limits.isStopped()) search.abort('aborted')
    }
    return { races: watch.races.all, isComplete: search.stopped === null }
  }

  /** Tells of the first failure, which no schedule of lower cost shows, while the search goes on. */
  *#show(): Generator<void> {
    const { options } = this.#investigation
    if (options.onViolation === undefined) return
    const [violation] = yield* this.#investigation.confirmAll(this.#search.findings.slice(0, 1))
    if (violation !== undefined) options.onViolation(violation)
    this.#search.restore()
  }

  *#result({ violations, races }: Explained): Generator<void, StrategyResult> {
    const { isComplete, executions, deadlocked, assumeFailed, steps, levels, traces, outcomes, outcomeCounts } =
      this.#search
    return {
      complete: isComplete,
      stopped: this.#stopped(),
      violations,
      races,
      outcomes: yield* reportOutcomes(outcomes, (index) => ({ executions: outcomeCounts[index] ?? 0 })),
      counts: { executions, deadlocked, assumeFailed, blocked: 0, steps },
      bounds: levels,
      missedStateProbability: Math.min(1, (traces * (traces - 1)) / 2 / 2 ** StateTable.COMPARED_BITS),
      isVacuous: executions === 0,
    }
  }

  #stopped(): ExploreReport['stopped'] {
    const { stopped, exceeded, isComplete } = this.#search
    if (isComplete) return null
    if (exceeded !== null && stopped === 'history') return stoppedByHistory(exceeded)
    if (stopped !== null)
      return { reason: stopped, message: stopMessage(stopped, '', this.#investigation.longestThread()) }
    const { kind, most } = this.#bound
    return { reason: kind, message: stopMessage(kind, String(most)), bound: most }
  }
}
