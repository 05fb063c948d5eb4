import { HistoryLimit } from '../../errors.js'
import { ownerOf, partsFor } from '../checkpoint.js'
import type { ExploreProgress, ExploreReport } from '../explore-report.js'
import { withUnmet } from '../finding.js'
import type { Explained, Investigation } from '../investigation.js'
import { traceCensus } from '../races/trace-census.js'
import { reportOutcomes } from '../outcome-report.js'
import { SamplingRun } from '../sampling-run.js'
import { type Stopped, stoppedByHistory, stoppedByLength, stopMessage } from '../stop-message.js'
import type { Pause, StrategyResult, StrategyRun } from '../strategy-run.js'
import { Session } from '../../session.js'
import { proofOf, requireProof } from './branch-proof.js'
import { LocalTraces, type TraceStart } from './local-traces.js'
import { TraceEstimate } from './trace-estimate.js'
import type { TraceSnapshot } from './trace-snapshot.js'
import type { TraceSource } from './trace-source.js'

// Steps of the search before its size is estimated, for those who watch; of the estimate at once; and its share later on.
const ESTIMATED_FROM = 100_000
const ESTIMATE_STEPS = 300_000
const ESTIMATE_SHARE = 0.05

/** Who runs the executions, perhaps beginning where others have ended. */
export type OpenTraces = (investigation: Investigation, start?: TraceStart) => TraceSource

/** What a checkpoint of traces consists of. */
type KeptTraces = TraceSnapshot & { readonly proof: number }

type StopReason = NonNullable<ExploreReport['stopped']>['reason']

/** Strategy `dpor`: one execution for each trace. */
export class DporRun implements StrategyRun {
  readonly #investigation: Investigation
  readonly #sampling: SamplingRun
  readonly #openSource: OpenTraces
  #source: TraceSource | null = null
  #estimate: TraceEstimate | null = null
  #estimating: Generator<void> | null = null
  #phase: ExploreProgress['phase'] = 'sampling'
  #stopped: StopReason | null = null
  #exceeded: HistoryLimit | null = null
  #isAborted = false

  /** @param openSource who runs the executions. @default this thread */
  constructor(
    investigation: Investigation,
    openSource: OpenTraces = ({ session }, start) => new LocalTraces(session, start),
  ) {
    this.#investigation = investigation
    this.#sampling = new SamplingRun(investigation)
    this.#openSource = openSource
  }

  get progress(): ExploreProgress {
    const counts = this.#source?.counts
    const executions = counts === undefined ? this.#sampling.search.executions : counts.complete + counts.deadlocked
    return {
      phase: this.#phase,
      states: 0,
      transitions: counts?.steps ?? 0,
      executions,
      depth: counts?.depth ?? 0,
      estimate: this.#estimate?.estimate(counts === undefined ? 0 : executions) ?? null,
    }
  }

  abort(): void {
    this.#isAborted = true
    this.#sampling.abort()
  }

  *run(): Generator<Pause, StrategyResult> {
    const { options } = this.#investigation
    const seen = yield* this.#sampling.first()
    if (seen && options.until === 'first') this.#stopped = 'first'
    else yield* this.#explore(seen)
    this.#phase = 'explaining'
    const explained = yield* this.#explain()
    const [first] = explained.violations
    if (!seen && first !== undefined) options.onViolation?.(first)
    this.#phase = 'verifying'
    yield* this.#investigation.verify(this.#sampling.keptPaths)
    return yield* this.#result(explained)
  }

  *#explore(isShown: boolean): Generator<Pause> {
    const { options } = this.#investigation
    try {
      const start = yield* this.#keptStart()
      this.#phase = 'searching'
      const source = this.#openSource(this.#investigation, start)
      this.#source = source
      for (const pause of source.run()) {
        yield pause
        if (options.onProgress !== undefined) yield* this.#estimateSize(source.counts.steps)
        if (!isShown && source.hasFindings && options.until === 'first') this.#stopped = 'first'
        this.#stopped ??= this.#bound(source)
        if (this.#stopped !== null || this.#investigation.checkpoints?.isDue() === true) yield* this.#keep(source)
        if (this.#stopped !== null) break
      }
      yield* source.finish()
    } catch (error) {
      if (!(error instanceof HistoryLimit)) throw error
      this.#stopped = 'history'
      this.#exceeded = error
    }
  }

  *#keep(source: TraceSource): Generator<Pause> {
    const { session, checkpoints } = this.#investigation
    if (checkpoints === undefined) return
    const snapshot = yield* source.snapshot()
    const parts: KeptTraces = { ...snapshot, proof: proofOf(session, snapshot.branches) }
    yield* checkpoints.keep({ owner: ownerOf(session, 'dpor'), parts: { ...parts } })
  }

  /** What an exploration before this one has left to do. */
  *#keptStart(): Generator<Pause, TraceStart | undefined> {
    const { session, checkpoints } = this.#investigation
    const kept = partsFor(session, 'dpor', checkpoints) as KeptTraces | null
    if (kept === null) return undefined
    requireProof(session, kept.branches, kept.proof)
    const { rules, branches, counts, outcomes, sightings, spawned } = kept
    return { rules, branches, results: { counts, outcomes, sightings, spawned } }
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
  #bound(source: TraceSource): StopReason | null {
    const { session, maxMemory, maxHeap } = this.#investigation
    if (this.#isAborted) return 'aborted'
    if (session.bytes + source.bytes + (this.#estimate?.bytes ?? 0) > maxMemory) return 'memory'
    if (session.heapBytes + source.heapBytes > maxHeap) return 'memory'
    return source.isTooLong ? 'history' : null
  }

  *#explain(): Generator<void, Explained> {
    const findings = this.#source?.findings ?? []
    // What a search that stopped early has not met may have been seen while sampling.
    const sampled = this.#stopped === null ? [] : this.#sampling.search.findings
    const all = withUnmet(findings, sampled)
    const shown = this.#stopped === 'first' ? all.slice(0, 1) : all
    const investigation = this.#investigation
    return yield* investigation.explainWithRaces(
      shown,
      (some) => investigation.explainAll(some, () => this.#isAborted),
      traceCensus,
      () => this.#isAborted || this.#stopped === 'first',
    )
  }

  #howStopped(): Stopped | null {
    if (this.#stopped === null) return null
    if (this.#exceeded !== null) return stoppedByHistory(this.#exceeded)
    if (this.#stopped === 'history') return stoppedByLength()
    const message = stopMessage(this.#stopped, '', this.#investigation.longestThread())
    return { reason: this.#stopped, message }
  }

  *#result({ violations, races }: Explained): Generator<Pause, StrategyResult> {
    const source = this.#source
    const counts = source?.counts
    const executions = counts === undefined ? null : counts.complete + counts.deadlocked
    const stopped = this.#stopped
    return {
      complete: stopped === null,
      stopped: this.#howStopped(),
      violations,
      races,
      spawned: source?.spawned,
      outcomes: yield* (
        source?.outcomes() ?? reportOutcomes(this.#sampling.search.outcomes, () => ({ executions: null }))
      ),
      counts:
        counts === undefined
          ? {}
          : {
              executions,
              deadlocked: counts.deadlocked,
              assumeFailed: counts.assumeFailed,
              blocked: 0,
              steps: counts.steps,
            },
      isVacuous: executions === 0,
    }
  }
}
