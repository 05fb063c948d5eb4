import type { SpawnedThread } from '../detect/spawned-threads.js'
import type {
  BoundCounts,
  Coverage,
  ExploreProgress,
  ExploreReport,
  Outcome,
  RaceSummary,
  Violation,
} from './explore-report.js'

/** What a strategy found out; the parts of the report that differ from strategy to strategy. */
export interface StrategyResult {
  /** Nothing has been left out. */
  readonly complete: boolean
  readonly stopped: ExploreReport['stopped']
  readonly violations: readonly Violation[]
  readonly outcomes: readonly Outcome[]
  readonly counts: Partial<ExploreReport['counts']>
  readonly races?: RaceSummary | undefined
  /** Threads spawned to be joined, if more is known of them than the investigation's session has met. */
  readonly spawned?: readonly SpawnedThread[] | undefined
  readonly bounds?: readonly BoundCounts[]
  readonly dropped?: ExploreReport['dropped']
  readonly divergence?: number | null
  readonly missedStateProbability?: number | null
  readonly seed?: string | null
  readonly depth?: number | null
  /** All executions were dropped by `assume`: nothing has been shown. */
  readonly isVacuous?: boolean
  /** Only as much of the graph has been visited as it takes to see everything that can go wrong. */
  readonly reduction?: boolean
  readonly coverage?: Coverage
}

/** Whoever runs work in stretches may do something else now; if it is a promise, there is nothing to do before it is kept. */
export type Pause = Promise<void> | void

/** One run of a strategy, as a sequence of short stretches of work. */
export interface StrategyRun {
  readonly progress: ExploreProgress
  /** Does the work; pauses after every millisecond or so, or to wait for others. */
  run(): Generator<Pause, StrategyResult>
  /** Ends the work at the next pause; the result then says what is known. */
  abort(): void
}
