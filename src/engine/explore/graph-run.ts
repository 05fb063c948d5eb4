import { learnAgain, type SessionSnapshot, snapshotOfSession } from '../session-snapshot.js'
import { ownerOf, partsFor } from './checkpoint.js'
import type { ExploreProgress } from './explore-report.js'
import { withUnmet } from './finding.js'
import { analyseGraph, type GraphFindings, sum } from './graph-findings.js'
import { GraphSearch, type SavedSearch } from './graph-search.js'
import type { Explained, Investigation } from './investigation.js'
import { formatCount, reportOutcomes } from './outcome-report.js'
import { outcomeViolations } from './outcome-violations.js'
import { stateRaces } from './races/state-census.js'
import { SamplingRun } from './sampling-run.js'
import type { StateGraph } from './state-graph.js'
import { StateTable } from './state-table.js'
import { type Stopped, stoppedByHistory, stopMessage } from './stop-message.js'
import type { Pause, StrategyResult, StrategyRun } from './strategy-run.js'

/** What a checkpoint of a graph consists of. */
type KeptGraph = SessionSnapshot & SavedSearch

/** Strategy `graph`: the graph of all states, with exact numbers. */
export class GraphRun implements StrategyRun {
  readonly #investigation: Investigation
  readonly #sampling: SamplingRun
  #search: GraphSearch | null = null
  #phase: ExploreProgress['phase'] = 'sampling'
  #aborted = false

  constructor(investigation: Investigation) {
    this.#investigation = investigation
    this.#sampling = new SamplingRun(investigation)
  }

  abort(): void {
    this.#aborted = true
    this.#sampling.abort()
  }

  get progress(): ExploreProgress {
    return {
      phase: this.#phase,
      states: this.#search?.graph.stateCount ?? 0,
      transitions: this.#search?.graph.edgeCount ?? 0,
      executions: this.#sampling.search.executions,
      depth: this.#search?.depth ?? 0,
    }
  }

  *run(): Generator<Pause, StrategyResult> {
    const { session, options, maxMemory, maxHeap } = this.#investigation
    const kept = partsFor(session, 'graph', this.#investigation.checkpoints) as KeptGraph | null
    if (kept !== null) yield* learnAgain(session, kept)
    const seen = yield* this.#sampling.first()
    if (seen && options.until === 'first') return yield* this.#stopAtFirst()
    this.#phase = 'searching'
    session.rewind()
    const maxStates = options.maxStates ?? Number.MAX_SAFE_INTEGER
    const search = new GraphSearch(session, { maxStates, maxMemory, maxHeap })
    if (kept !== null) search.restore(kept)
    this.#search = search
    yield* this.#explore(search, seen)
    const findings = yield* this.#analyse(search)
    const explained = yield* this.#explain(search, findings)
    const [first] = explained.violations
    if (!seen && first !== undefined) options.onViolation?.(first)
    yield* this.#verify()
    return yield* this.#result(search, findings, explained)
  }

  *#explore(search: GraphSearch, seen: boolean): Generator<Pause> {
    const { options } = this.#investigation
    let shown = seen
    let inspected = 0
    for (const _pause of search.run()) {
      yield
      if (this.#aborted || this.#investigation.checkpoints?.isDue() === true) yield* this.#keep(search)
      if (this.#aborted) search.abort('aborted')
      if (search.stopped === 'aborted') break
      while (!shown && inspected < search.outcomes.count) {
        if (outcomeViolations(search.outcomes.facts(inspected++)).length === 0) continue
        shown = true
        if (options.until === 'first') search.abort('first')
      }
      if (search.stopped === 'first') break
    }
    if (search.stopped !== null && search.stopped !== 'aborted') yield* this.#keep(search)
  }

  *#keep(search: GraphSearch): Generator<Pause> {
    const { session, checkpoints } = this.#investigation
    if (checkpoints === undefined) return
    const parts: KeptGraph = { ...snapshotOfSession(session), ...search.saved }
    yield* checkpoints.keep({ owner: ownerOf(session, 'graph'), parts: { ...parts } })
  }

  *#analyse(search: GraphSearch): Generator<void, GraphFindings> {
    const work = analyseGraph(search, this.#investigation.maxMemory)
    for (;;) {
      const step = work.next()
      if (step.done === true) return step.value
      this.#phase = step.value
      yield
    }
  }

  *#explain(search: GraphSearch, { findings }: GraphFindings): Generator<void, Explained> {
    this.#phase = 'explaining'
    // What a search that stopped early has not met may have been seen while sampling.
    const sampled = search.stopped === null ? [] : this.#sampling.search.findings
    const investigation = this.#investigation
    return yield* investigation.explainWithRaces(
      withUnmet(findings, sampled),
      (some) => investigation.confirmAll(some),
      stateRaces,
      () => this.#aborted || search.stopped === 'first',
    )
  }

  *#verify(): Generator<void> {
    this.#phase = 'verifying'
    yield* this.#investigation.verify(this.#sampling.keptPaths)
  }

  *#stopAtFirst(): Generator<void, StrategyResult> {
    const violations = yield* this.#investigation.confirmAll(this.#sampling.search.findings.slice(0, 1))
    yield* this.#verify()
    return {
      complete: false,
      stopped: { reason: 'first', message: stopMessage('first', '') },
      violations,
      outcomes: yield* reportOutcomes(this.#sampling.search.outcomes, () => ({ executions: null })),
      counts: {},
    }
  }

  *#result(
    search: GraphSearch,
    findings: GraphFindings,
    { violations, races }: Explained,
  ): Generator<void, StrategyResult> {
    const { graph, outcomes } = search
    const { numbers } = findings
    const stopped = this.#stopped(search)
    return {
      complete: stopped === null,
      stopped,
      violations,
      races,
      outcomes: yield* reportOutcomes(outcomes, (index) => ({ number: numbers?.outcomes[index], executions: null })),
      counts: {
        states: graph.stateCount,
        transitions: graph.edgeCount,
        interleavings: numbers === null ? null : formatCount(sum(numbers.outcomes)),
      },
      dropped:
        graph.hasDropped && numbers !== null
          ? { interleavings: formatCount(numbers.dropped), probability: numbers.dropped.probability }
          : null,
      divergence: numbers?.divergence ?? null,
      missedStateProbability: collisionProbability(graph),
      isVacuous: graph.hasDropped && outcomes.count === 0,
    }
  }

  #stopped({ stopped, exceeded }: GraphSearch): Stopped | null {
    if (stopped === null) return null
    if (exceeded !== null && stopped === 'history') return stoppedByHistory(exceeded)
    return { reason: stopped, message: stopMessage(stopped, '', this.#investigation.longestThread()) }
  }
}

/** A bound by the number of pairs of states that are compared: in a graph of layers, those of one layer. */
function collisionProbability(graph: StateGraph): number {
  const sizes = graph.isLayered
    ? graph.layerStarts.map((start, layer) => (graph.layerStarts[layer + 1] ?? graph.stateCount) - start)
    : [graph.stateCount]
  const pairs = sizes.reduce((total, size) => total + (size * (size - 1)) / 2, 0)
  return Math.min(1, pairs / 2 ** StateTable.COMPARED_BITS)
}
