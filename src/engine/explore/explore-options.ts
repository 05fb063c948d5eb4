import type { CodeMonitor } from '../thread-runner.js'
import type { ExploreProgress, Strategy, Violation } from './explore-report.js'

/** How to explore a program. */
export interface ExplorationOptions {
  /** Values for the program's parameters. @default its defaults */
  readonly params?: Readonly<Record<string, unknown>>
  /** `graph`: all states, with exact numbers. `random`: executions under the random scheduler. @default 'graph' */
  readonly strategy?: Strategy
  /** `first`: stop at the first failure. `complete`: go on to exact numbers. @default 'complete' */
  readonly until?: 'first' | 'complete'
  /** States at most (`graph`). @default no bound but memory */
  readonly maxStates?: number
  /** Bytes at most for everything the search holds. @default half of the free memory */
  readonly maxMemory?: number
  /** Bytes at most for what lives in the JavaScript heap: values, outcomes. @default a quarter of the heap's limit */
  readonly maxHeap?: number
  /** Executions to run (`random`). @default 10,000 */
  readonly samples?: number
  /** Seed of the random scheduler. @default 1 */
  readonly seed?: number | string
  /** Called a few times a second at most. */
  readonly onProgress?: (progress: ExploreProgress) => void
  /** Called when a failure is first seen, before the search has gone on to the one with the fewest preemptions. */
  readonly onViolation?: (violation: Violation) => void
  /** Told about every stretch of the program's own code, for a watchdog. */
  readonly monitor?: CodeMonitor
}
