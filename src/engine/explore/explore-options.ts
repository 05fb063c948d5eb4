import type { CodeMonitor } from '../thread-runner.js'
import type { ExploreProgress, Strategy, Violation } from './explore-report.js'

/** How to explore a program. */
export interface ExplorationOptions {
  /** Values for the program's parameters. @default its defaults */
  readonly params?: Readonly<Record<string, unknown>>
  /**
   * `graph`: all states, with exact numbers. The others run executions that are drawn from a seed: `random` draws every
   * step uniformly among the threads that can step; `pct` gives threads random priorities that change at a few random
   * steps; `pos` gives operations random priorities, drawn afresh where they conflict; `surw` draws threads by the
   * steps they have left, so that interleavings are equally likely.
   *
   * @default 'graph'
   */
  readonly strategy?: Strategy
  /**
   * Explores only the traces that have a schedule with at most so many preemptions (switches away from a thread that
   * could go on), those with fewer first, and counts them for every bound up to this one. Goes with `dpor` alone.
   */
  readonly preemptions?: number
  /**
   * The same with delays: the scheduler goes on with the thread that stepped last, or else with the first in canonical
   * order, and every able thread that is passed over is one delay. Not together with `preemptions`.
   */
  readonly delays?: number
  /** `first`: stop at the first failure. `complete`: go on to exact numbers. @default 'complete' */
  readonly until?: 'first' | 'complete'
  /** States at most (`graph`). @default no bound but memory */
  readonly maxStates?: number
  /** Bytes at most for everything the search holds. @default half of the free memory */
  readonly maxMemory?: number
  /** Bytes at most for what lives in the JavaScript heap: values, outcomes. @default a quarter of the heap's limit */
  readonly maxHeap?: number
  /** Executions to run (all but `graph`). @default 10,000 */
  readonly samples?: number
  /** Bug depth (`pct`): how many orders of two steps together make a bug happen. @default 3 */
  readonly depth?: number
  /** Seed of everything that is drawn. @default 1 */
  readonly seed?: number | string
  /** Called a few times a second at most. */
  readonly onProgress?: (progress: ExploreProgress) => void
  /** Called when a failure is first seen, before the search has gone on to the one with the fewest preemptions. */
  readonly onViolation?: (violation: Violation) => void
  /** Told about every stretch of the program's own code, for a watchdog. */
  readonly monitor?: CodeMonitor
}
