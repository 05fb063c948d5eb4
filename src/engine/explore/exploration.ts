import { HistoryLimit, UsageError } from '../errors.js'
import { formatData } from '../operation.js'
import type { Program } from '../program.js'
import { Session } from '../session.js'
import { confirm, runBeside } from './confirmation.js'
import type { ExplorationOptions } from './explore-options.js'
import type { ExploreProgress, ExploreReport, Outcome, Violation } from './explore-report.js'
import { analyseGraph, type GraphFindings, sum } from './graph-findings.js'
import { GraphSearch } from './graph-search.js'
import type { GraphStep } from './least-schedule.js'
import type { StateGraph } from './state-graph.js'
import { StateTable } from './state-table.js'
import type { OutcomeFacts } from '../outcome.js'
import type { PathNumber } from './path-numbers.js'
import { EXECUTION_LIMIT, outcomeViolations, RandomSearch } from './random-search.js'

/** Executions run before the graph, so that an easy failure is shown at once. */
const FIRST_SAMPLES = 64
/** Steps that they may take together: a thread that never ends must not hold up the search and its bounds. */
const FIRST_STEPS = 20_000
/** Schedules that are replayed on fresh sessions to find programs that are not functions of their results. */
const MAX_SAMPLED_THREADS = 2_000
const REPLAYED_SAMPLES = 8
const REPLAYED_STEPS = 2_000
/** Histories that are run again for the same reason, and the operations they may cost together. */
const RERUN_HISTORIES = 64
const RERUN_OPERATIONS = 300_000
const DEFAULT_SAMPLES = 10_000
const DEFAULT_MEMORY = 1 << 30

/** A report without the time it took: the engine knows no clock. */
export type UntimedReport = Omit<ExploreReport, 'elapsedMs'>

/**
 * One exploration as a sequence of short stretches of work: whoever runs the generator decides when it pauses, and may
 * end it early by `abort`.
 */
export class Exploration {
  readonly #program: Program
  readonly #options: ExplorationOptions
  readonly #session: Session
  readonly #sampling: RandomSearch
  readonly #sampledPaths: (readonly GraphStep[])[] = []
  #graph: GraphSearch | null = null
  #phase: ExploreProgress['phase'] = 'sampling'
  #aborted = false

  /**
   * @throws UsageError for options and parameters that make no sense.
   * @throws ProgramFault for what the program does wrong in its setup.
   */
  constructor(program: Program, options: ExplorationOptions) {
    requirePositive('maxStates', options.maxStates)
    requirePositive('maxMemory', options.maxMemory)
    requirePositive('samples', options.samples)
    if (options.strategy !== undefined && options.strategy !== 'graph' && options.strategy !== 'random')
      throw new UsageError('usage/unknown-strategy', `there is no strategy “${String(options.strategy)}”`, {
        hint: 'the strategies are graph and random',
      })
    if (options.until !== undefined && options.until !== 'first' && options.until !== 'complete')
      throw new UsageError('usage/unknown-until', `until cannot be “${String(options.until)}”`, {
        hint: 'it is first or complete',
      })
    this.#program = program
    this.#options = options
    this.#session = new Session(program, options.params, { monitor: options.monitor, maxValues: this.#heapLimit })
    this.#sampling = new RandomSearch(this.#session, options.seed ?? 1)
  }

  /** Ends the work at the next pause; the report then says what is known. */
  abort(): void {
    this.#aborted = true
  }

  get progress(): ExploreProgress {
    return {
      phase: this.#phase,
      states: this.#graph?.graph.stateCount ?? 0,
      transitions: this.#graph?.graph.edgeCount ?? 0,
      executions: this.#sampling.executions,
      depth: this.#graph?.depth ?? 0,
    }
  }

  /** Does the work; yields after every millisecond or so. */
  *run(): Generator<void, UntimedReport> {
    return (this.#options.strategy ?? 'graph') === 'graph' ? yield* this.#runGraph() : yield* this.#runRandom()
  }

  *#runRandom(): Generator<void, UntimedReport> {
    const samples = this.#options.samples ?? DEFAULT_SAMPLES
    const seen = yield* this.#sample(samples, Infinity)
    const violations = yield* this.#confirmAll(this.#sampling.findings)
    yield* this.#verify()
    const stopped = this.#aborted ? 'aborted' : seen && this.#options.until === 'first' ? 'first' : null
    return yield* this.#report(violations, {
      complete: false,
      stopped: stopped === null ? null : { reason: stopped, message: stopMessage(stopped, '') },
      findings: null,
    })
  }

  *#runGraph(): Generator<void, UntimedReport> {
    const seen = yield* this.#sample(FIRST_SAMPLES, FIRST_STEPS)
    if (seen && this.#options.until === 'first') return yield* this.#stopAtFirst()
    this.#phase = 'searching'
    const maxMemory = this.#options.maxMemory ?? DEFAULT_MEMORY
    this.#session.rewind()
    const search = new GraphSearch(this.#session, {
      maxStates: this.#options.maxStates ?? Number.MAX_SAFE_INTEGER,
      maxMemory,
      maxHeap: Math.min(maxMemory, this.#options.maxHeap ?? DEFAULT_MEMORY),
    })
    this.#graph = search
    let shown = seen
    let inspected = 0
    for (const _pause of search.run()) {
      yield
      if (this.#aborted) search.abort('aborted')
      if (search.stopped === 'aborted') break
      while (!shown && inspected < search.outcomes.all.length) {
        if (outcomeViolations(search.outcomes, inspected++).length === 0) continue
        shown = true
        if (this.#options.until === 'first') search.abort('first')
      }
      if (search.stopped === 'first') break
    }
    const findings = yield* this.#analyse(search, maxMemory)
    this.#phase = 'explaining'
    // What a search that stopped early has not met may have been seen while sampling.
    const known = new Set(findings.findings.map(({ kind, subject }) => `${kind} ${subject}`))
    const sampled = search.stopped === null ? [] : this.#sampling.findings
    const unmet = sampled.filter(({ kind, subject }) => !known.has(`${kind} ${subject}`))
    const violations = yield* this.#confirmAll([...findings.findings, ...unmet])
    if (!seen && violations[0] !== undefined) this.#options.onViolation?.(violations[0])
    yield* this.#verify()
    const message = stopMessage(search.stopped ?? 'first', search.stopMessage, this.#longestThread())
    return yield* this.#report(violations, {
      complete: search.stopped === null,
      stopped: search.stopped === null ? null : { reason: search.stopped, message },
      findings,
    })
  }

  *#analyse(search: GraphSearch, maxMemory: number): Generator<void, GraphFindings> {
    const work = analyseGraph(search, maxMemory)
    for (;;) {
      const step = work.next()
      if (step.done === true) return step.value
      this.#phase = step.value
      yield
    }
  }

  *#stopAtFirst(): Generator<void, UntimedReport> {
    const violations = yield* this.#confirmAll(this.#sampling.findings.slice(0, 1))
    yield* this.#verify()
    return yield* this.#report(violations, {
      complete: false,
      stopped: { reason: 'first', message: stopMessage('first', '') },
      findings: null,
    })
  }

  /** Runs executions under the random scheduler; returns whether any failed. */
  *#sample(samples: number, maxSteps: number): Generator<void, boolean> {
    this.#phase = 'sampling'
    let shown = false
    let replayed = 0
    for (let i = 0; i < samples && !this.#aborted && this.#sampling.steps < maxSteps; i++) {
      if (!(yield* this.#sampleOne(maxSteps - this.#sampling.steps))) break
      const path = this.#sampling.latestPath
      replayed += path.length
      if (i < REPLAYED_SAMPLES && replayed <= REPLAYED_STEPS) this.#sampledPaths.push(path)
      if (!shown && this.#sampling.findings.length > 0) {
        shown = true
        const [first] = this.#sampling.findings
        if (this.#options.onViolation !== undefined) this.#options.onViolation(yield* this.#confirmOne(first!))
        if (this.#options.until === 'first') return true
      }
      yield
    }
    return shown
  }

  /** Runs one execution; returns false if it was given up on request or because a thread goes on for too long. */
  *#sampleOne(limit: number): Generator<void, boolean> {
    try {
      for (const _pause of this.#sampling.runOne(Math.min(limit, EXECUTION_LIMIT))) {
        yield
        if (this.#aborted || this.#isSampledOut()) return false
      }
      return true
    } catch (error) {
      if (error instanceof HistoryLimit) return false
      throw error
    }
  }

  get #heapLimit(): number {
    return Math.min(this.#options.maxMemory ?? DEFAULT_MEMORY, this.#options.maxHeap ?? DEFAULT_MEMORY)
  }

  /** Whether sampling has met so much that the bounds of the search had better decide. */
  #isSampledOut(): boolean {
    return this.#session.heapBytes > this.#heapLimit || this.#session.threads.all.length > MAX_SAMPLED_THREADS
  }

  *#confirmAll(findings: GraphFindings['findings']): Generator<void, Violation[]> {
    const violations: Violation[] = []
    for (const finding of findings) {
      try {
        violations.push(yield* this.#confirmOne(finding))
      } catch (error) {
        // A run that does not fit cannot be shown; the search has been stopped by the same bound.
        if (!(error instanceof HistoryLimit)) throw error
      }
    }
    return violations.sort((a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind))
  }

  *#confirmOne(finding: GraphFindings['findings'][number]): Generator<void, Violation> {
    return yield* confirm(this.#session, finding, { monitor: this.#options.monitor, maxValues: this.#heapLimit })
  }

  /** Looks for programs that are not functions of their results: threads alone, and all together on fresh sessions. */
  *#verify(): Generator<void> {
    this.#phase = 'verifying'
    for (const path of this.#sampledPaths) {
      try {
        yield* runBeside(this.#session, path, { maxValues: this.#heapLimit })
      } catch (error) {
        if (!(error instanceof HistoryLimit)) throw error
      }
      yield
    }
    const { nodes } = this.#session
    const stride = Math.max(1, Math.floor(nodes.count / RERUN_HISTORIES))
    let operations = 0
    for (let node = nodes.count - 1; node > 0 && operations < RERUN_OPERATIONS; node -= stride) {
      operations += nodes.lengths[node]! + 1
      if (!(yield* this.#verifyNode(node))) return
      yield
    }
  }

  /** Returns false if the histories do not fit in the bounds. */
  *#verifyNode(node: number): Generator<void, boolean> {
    try {
      yield* this.#session.image.verify(node)
      return true
    } catch (error) {
      if (error instanceof HistoryLimit) return false
      throw error
    }
  }

  /** Every execution was dropped by `assume`: nothing has been shown. */
  #isVacuous(): boolean {
    return this.#graph !== null && this.#graph.graph.hasDropped && this.#graph.outcomes.all.length === 0
  }

  #longestThread(): string {
    const { nodes, threads } = this.#session
    let longest = 0
    for (let node = 1; node < nodes.count; node++)
      if (nodes.lengths[node]! > nodes.lengths[longest]! && nodes.lengths[node]! < 2 ** 30) longest = node
    return `thread “${threads.all[nodes.owners[longest]!]?.name ?? ''}” has performed up to ${nodes.lengths[longest]} operations`
  }

  *#report(
    violations: readonly Violation[],
    end: {
      readonly complete: boolean
      readonly stopped: ExploreReport['stopped']
      readonly findings: GraphFindings | null
    },
  ): Generator<void, UntimedReport> {
    const graph = this.#graph
    const isGraph = (this.#options.strategy ?? 'graph') === 'graph'
    const numbers = end.findings?.numbers ?? null
    const total = numbers === null ? null : sum(numbers.outcomes)
    const sampling = this.#sampling
    const states = graph?.graph.stateCount ?? null
    return {
      schema: 1,
      program: this.#program.name,
      params: this.#session.params,
      strategy: isGraph ? 'graph' : 'random',
      verdict: violations.length > 0 ? 'violated' : end.complete && !this.#isVacuous() ? 'holds' : 'unknown',
      complete: end.complete,
      counts: {
        executions: isGraph ? null : sampling.executions,
        deadlocked: isGraph ? null : sampling.deadlocked,
        assumeFailed: isGraph ? null : sampling.assumeFailed,
        blocked: null,
        steps: isGraph ? null : sampling.steps,
        states,
        transitions: graph?.graph.edgeCount ?? null,
        interleavings: total === null ? null : formatCount(total),
      },
      dropped:
        graph?.graph.hasDropped === true && numbers !== null
          ? { interleavings: formatCount(numbers.dropped), probability: numbers.dropped.probability }
          : null,
      divergence: numbers?.divergence ?? null,
      outcomes: yield* this.#outcomes(end.findings),
      violations,
      stopped: end.stopped,
      missedStateProbability: graph === null ? null : collisionProbability(graph.graph),
      seed: isGraph ? null : String(this.#options.seed ?? 1),
    }
  }

  *#outcomes(findings: GraphFindings | null): Generator<void, Outcome[]> {
    const isGraph = (this.#options.strategy ?? 'graph') === 'graph'
    const registry = isGraph && this.#graph !== null ? this.#graph.outcomes : this.#sampling.outcomes
    const keyed: { readonly key: string; readonly outcome: Outcome }[] = []
    for (let index = 0; index < registry.all.length; index++) {
      const facts = registry.all[index]!
      const number = findings?.numbers?.outcomes[index]
      const holds = outcomeViolations(registry, index).length === 0 && Object.keys(facts.misuses).length === 0
      const outcome = makeOutcome(facts, holds, number, isGraph ? null : (this.#sampling.counts[index] ?? 0))
      // Made once for each: a state of a thousand words takes longer to write out than to explore.
      keyed.push({ key: `${Number(holds)}${formatData(outcome)}`, outcome })
      yield
    }
    return keyed.sort((a, b) => compareTexts(a.key, b.key)).map(({ outcome }) => outcome)
  }
}

const KIND_ORDER = ['property', 'deadlock', 'error', 'misuse', 'livelock', 'endless', 'starvation', 'race']

function makeOutcome(
  facts: OutcomeFacts,
  holds: boolean,
  number: PathNumber | undefined,
  executions: number | null,
): Outcome {
  const some = (record: Readonly<Record<string, unknown>>) => Object.keys(record).length > 0
  return {
    final: facts.final,
    ...(some(facts.results) ? { results: facts.results } : {}),
    ...(some(facts.errors) ? { errors: facts.errors } : {}),
    ...(facts.waiting === null ? {} : { waiting: facts.waiting }),
    holds,
    interleavings: number === undefined ? null : formatCount(number),
    probability: number?.probability ?? null,
    executions,
  }
}

function formatCount(number: PathNumber): string {
  return number.interleavings === null ? 'unbounded' : String(number.interleavings)
}

/** A bound by the number of pairs of states that are compared: in a graph of layers, those of one layer. */
function collisionProbability(graph: StateGraph): number {
  const sizes = graph.isLayered
    ? graph.layerStarts.map((start, layer) => (graph.layerStarts[layer + 1] ?? graph.stateCount) - start)
    : [graph.stateCount]
  const pairs = sizes.reduce((total, size) => total + (size * (size - 1)) / 2, 0)
  return Math.min(1, pairs / 2 ** StateTable.COMPARED_BITS)
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function stopMessage(reason: NonNullable<ExploreReport['stopped']>['reason'], detail: string, longest = ''): string {
  switch (reason) {
    case 'states':
      return `the bound on states was reached; ${longest}`
    case 'memory':
      return `the bound on memory was reached; ${longest}; if a thread loops for ever, let it say p.at(label, …locals) at the head of the loop`
    case 'history':
      return `${detail}; if it loops for ever, let it say p.at(label, …locals) at the head of the loop`
    case 'aborted':
      return 'stopped on request'
    case 'first':
      return 'stopped at the first failure, as asked'
  }
}

function requirePositive(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return
  throw new UsageError('usage/not-positive', `${name} must be a positive number, not ${value}`)
}
