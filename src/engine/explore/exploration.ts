import { UsageError } from '../errors.js'
import type { Program } from '../program.js'
import { BoundedRun, scheduleBound, type ScheduleBound } from './bounded/bounded-run.js'
import { DporRun } from './dpor/dpor-run.js'
import type { ExplorationOptions } from './explore-options.js'
import type { ExploreProgress, ExploreReport, Strategy } from './explore-report.js'
import { GraphRun } from './graph-run.js'
import { Investigation } from './investigation.js'
import { asksForReadsFrom } from './reads-from/equivalence.js'
import { ReadsFromRun } from './reads-from/reads-from-run.js'
import { SamplingRun } from './sampling-run.js'
import type { StrategyResult, StrategyRun } from './strategy-run.js'

/** How each strategy is run: where to add one. */
const STRATEGIES: Readonly<Record<Strategy, (investigation: Investigation) => StrategyRun>> = {
  graph: (investigation) => new GraphRun(investigation),
  dpor: (investigation) => new DporRun(investigation),
  random: (investigation) => new SamplingRun(investigation),
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
  constructor(program: Program, options: ExplorationOptions) {
    requirePositive('maxStates', options.maxStates)
    requirePositive('maxMemory', options.maxMemory)
    requirePositive('samples', options.samples)
    requireCount('depth', options.depth)
    const bound = scheduleBound(options)
    this.#isReadsFrom = asksForReadsFrom(options)
    const isTraced = bound !== null || options.equivalence !== undefined
    this.#strategy = options.strategy ?? (isTraced ? 'dpor' : 'graph')
    if (!Object.hasOwn(STRATEGIES, this.#strategy))
      throw new UsageError('usage/unknown-strategy', `there is no strategy “${String(options.strategy)}”`, {
        hint: `the strategies are ${listed(Object.keys(STRATEGIES))}`,
      })
    if (options.until !== undefined && options.until !== 'first' && options.until !== 'complete')
      throw new UsageError('usage/unknown-until', `until cannot be “${String(options.until)}”`, {
        hint: 'it is first or complete',
      })
    this.#investigation = new Investigation(program, options)
    this.#run = this.#makeRun(bound)
  }

  #makeRun(bound: ScheduleBound | null): StrategyRun {
    if (bound !== null) return new BoundedRun(this.#investigation, bound)
    if (this.#isReadsFrom) return new ReadsFromRun(this.#investigation)
    return STRATEGIES[this.#strategy](this.#investigation)
  }

  /** Ends the work at the next pause; the report then says what is known. */
  abort(): void {
    this.#run.abort()
  }

  get progress(): ExploreProgress {
    return this.#run.progress
  }

  /** Does the work; yields after every millisecond or so. */
  *run(): Generator<void, UntimedReport> {
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
      ...(this.#isReadsFrom ? { equivalence: 'reads-from' as const } : {}),
      verdict: violations.length > 0 ? 'violated' : complete && result.isVacuous !== true ? 'holds' : 'unknown',
      complete,
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
      stopped: this.#withLongest(result.stopped),
      missedStateProbability: result.missedStateProbability ?? null,
      seed: result.seed ?? null,
      depth: result.depth ?? null,
    }
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
