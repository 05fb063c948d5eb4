import { type Warning, warningsOf } from '../detect/leftovers.js'
import { spawnedThreads } from '../detect/spawned-threads.js'
import { UsageError } from '../errors.js'
import { inModes } from '../modes.js'
import type { Program } from '../program.js'
import { bitstateRun } from './bitstate/bitstate-run.js'
import { BoundedRun, type ScheduleBound, scheduleBound } from './bounded/bounded-run.js'
import type { CheckpointKeeper } from './checkpoint.js'
import { reducedRun } from './compact/reduced-run.js'
import { DporRun, type OpenTraces } from './dpor/dpor-run.js'
import type { ExplorationOptions } from './explore-options.js'
import type { ExploreProgress, ExploreReport, Strategy } from './explore-report.js'
import { GraphRun } from './graph-run.js'
import { Investigation } from './investigation.js'
import { requireFit } from './option-fit.js'
import { asksForReadsFrom } from './reads-from/equivalence.js'
import { ReadsFromRun } from './reads-from/reads-from-run.js'
import { SamplingRun } from './sampling-run.js'
import type { Pause, StrategyResult, StrategyRun } from './strategy-run.js'

/** What the engine cannot do by itself. */
export interface ExplorationParts {
  /** Runs the executions of strategy `dpor` elsewhere. */
  readonly openTraces?: OpenTraces
  /** Where what is known is kept (`graph`, `dpor`). */
  readonly checkpoints?: CheckpointKeeper
}

/** How each strategy is run: where to add one. */
const STRATEGIES: Readonly<Record<Strategy, (investigation: Investigation, parts: ExplorationParts) => StrategyRun>> = {
  graph: (investigation) => {
    const { bitstate, reduction } = investigation.options
    if (bitstate !== undefined) return bitstateRun(investigation)
    return reduction === true ? reducedRun(investigation) : new GraphRun(investigation)
  },
  dpor: (investigation, { openTraces }) => new DporRun(investigation, openTraces),
  random: (investigation) => new SamplingRun(investigation, 'random'),
  pct: (investigation) => new SamplingRun(investigation, 'pct'),
  pos: (investigation) => new SamplingRun(investigation, 'pos'),
  surw: (investigation) => new SamplingRun(investigation, 'surw'),
}

/** A report without the time it took: the engine knows no clock. */
export type UntimedReport = Omit<ExploreReport, 'elapsedMs'>

/**
 * One exploration as a sequence of short stretches of work: whoever runs the generator decides when it pauses, and may
 * end it early by `abort`.
 */
export class Exploration {
  readonly #investigation: Investigation
  readonly #strategy: Strategy
  readonly #isReadsFrom: boolean
  readonly #run: StrategyRun

  /**
   * @throws UsageError for options and parameters that make no sense.
   * @throws ProgramFault for what the program does wrong in its setup.
   */
  constructor(program: Program, options: ExplorationOptions, parts: ExplorationParts = {}) {
    requirePositive('maxStates', options.maxStates)
    requirePositive('maxMemory', options.maxMemory)
    requirePositive('samples', options.samples)
    requireCount('depth', options.depth)
    requireCount('workers', options.workers)
    const bound = scheduleBound(options)
    this.#isReadsFrom = asksForReadsFrom(options)
    const isTraced = bound !== null || options.equivalence !== undefined || (options.workers ?? 1) > 1
    this.#strategy = options.strategy ?? (isTraced ? 'dpor' : 'graph')
    if (!Object.hasOwn(STRATEGIES, this.#strategy))
      throw new UsageError('usage/unknown-strategy', `there is no strategy “${String(options.strategy)}”`, {
        hint: `the strategies are ${listed(Object.keys(STRATEGIES))}`,
      })
    if (options.until !== undefined && options.until !== 'first' && options.until !== 'complete')
      throw new UsageError('usage/unknown-until', `until cannot be “${String(options.until)}”`, {
        hint: 'it is first or complete',
      })
    const isPlain = bound === null && !this.#isReadsFrom
    const timedProgram = inModes(program, options)
    requireFit(
      {
        strategy: this.#strategy,
        time: timedProgram.time,
        isPlain,
        isReadsFrom: this.#isReadsFrom,
        keepsCheckpoints: parts.checkpoints !== undefined,
      },
      options,
    )
    this.#investigation = new Investigation(timedProgram, options, parts.checkpoints)
    this.#run = this.#makeRun(bound, parts)
  }

  #makeRun(bound: ScheduleBound | null, parts: ExplorationParts): StrategyRun {
    if (bound !== null) return new BoundedRun(this.#investigation, bound)
    if (this.#isReadsFrom) return new ReadsFromRun(this.#investigation)
    return STRATEGIES[this.#strategy](this.#investigation, parts)
  }

  /** Ends the work at the next pause; the report then says what is known. */
  abort(): void {
    this.#run.abort()
  }

  get progress(): ExploreProgress {
    return this.#run.progress
  }

  /** Does the work; pauses after every millisecond or so, or to wait for others. */
  *run(): Generator<Pause, UntimedReport> {
    return this.#report(yield* this.#run.run())
  }

  #report(result: StrategyResult): UntimedReport {
    const { program, session } = this.#investigation
    const { violations, complete } = result
    return {
      schema: 1,
      program: program.name,
      params: session.params,
      strategy: this.#strategy,
      time: program.time,
      ...(program.twins ? { twins: true as const } : {}),
      ...(session.image.isTimed ? { timed: true as const } : {}),
      ...(this.#isReadsFrom ? { equivalence: 'reads-from' as const } : {}),
      verdict: violations.length > 0 ? 'violated' : complete && result.isVacuous !== true ? 'holds' : 'unknown',
      complete,
      ...(result.reduction === true ? { reduction: true } : {}),
      ...(result.coverage === undefined ? {} : { coverage: result.coverage }),
      counts: {
        executions: null,
        deadlocked: null,
        assumeFailed: null,
        blocked: null,
        steps: null,
        cut: null,
        states: null,
        transitions: null,
        interleavings: null,
        ...result.counts,
      },
      dropped: result.dropped ?? null,
      divergence: result.divergence ?? null,
      ...(result.bounds === undefined ? {} : { bounds: result.bounds }),
      outcomes: result.outcomes,
      violations,
      ...this.#warnings(result),
      ...(result.races === undefined ? {} : { races: result.races }),
      stopped: this.#withLongest(result.stopped),
      missedStateProbability: result.missedStateProbability ?? null,
      seed: result.seed ?? null,
      depth: result.depth ?? null,
    }
  }

  #warnings({ outcomes, complete, spawned }: StrategyResult): { readonly warnings?: readonly Warning[] } {
    const met = spawned ?? spawnedThreads(this.#investigation.session)
    const warnings = warningsOf(outcomes, complete ? met : [])
    return warnings.length === 0 ? {} : { warnings }
  }

  /** Where a thread that never ends may be what was too much, the report names the longest. */
  #withLongest(stopped: ExploreReport['stopped']): ExploreReport['stopped'] {
    const isBound = stopped !== null && ['states', 'memory', 'history'].includes(stopped.reason)
    return isBound ? { ...stopped, longest: this.#investigation.longest() } : stopped
  }
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function requirePositive(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return
  throw new UsageError('usage/not-positive', `${name} must be a positive number, not ${value}`)
}

function requireCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return
  throw new UsageError('usage/not-a-count', `${name} must be a whole number of at least 1, not ${value}`)
}
