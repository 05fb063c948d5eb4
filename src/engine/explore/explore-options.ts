import { namesNear } from '../edit-distance.js'
import { UsageError } from '../errors.js'
import type { CodeMonitor } from '../thread-runner.js'
import type { TimeMode } from '../time/time-mode.js'
import type { Equivalence } from './reads-from/equivalence.js'
import type { ExploreProgress, Strategy, Violation } from './explore-report.js'

/** How to explore a program. */
export interface ExplorationOptions {
  /** Values for the program's parameters. @default its defaults */
  readonly params?: Readonly<Record<string, unknown>>
  /**
   * What sleeps and timeouts mean. `free`: they may end at any moment. `virtual`: steps take no time, and a clock moves on to
   * the earliest deadline whenever nobody can step, so that sleeps and timeouts are ordered.
   *
   * @default what the program declares: 'free' if nothing
   */
  readonly time?: TimeMode
  /**
   * Explores the algorithms of primitives (locks, conditions, queues, …) over atomic words, step by step, instead of what
   * they promise.
   *
   * @default false
   */
  readonly twins?: boolean
  /**
   * `graph`: all states, with exact numbers. `dpor`: one execution of every trace. The others run executions that are
   * drawn from a seed: `random` draws every step uniformly among the threads that can step; `pct` gives threads random
   * priorities that change at a few random steps; `pos` gives operations random priorities, drawn afresh where they
   * conflict; `surw` draws threads by the steps they have left, so that interleavings are equally likely.
   *
   * @default 'graph'; 'dpor' with a bound on preemptions or delays, and with several workers
   */
  readonly strategy?: Strategy
  /**
   * Which executions are taken for one. `mazurkiewicz`: those that differ only in the order of independent steps.
   * `reads-from`: those in which every thread does the same and every read reads from the same write, whatever the order
   * of writes that nobody tells apart; what `p.finally` reads is read once more at the end. Goes with `dpor` alone, and not
   * with a bound.
   *
   * @default 'mazurkiewicz'
   */
  readonly equivalence?: Equivalence
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
  /**
   * Visits only as many states as it takes to see everything that can go wrong, where many orders of steps come to the
   * same (`graph`): every outcome and every violation but endless runs and livelocks, none of them counted.
   *
   * @default false
   */
  readonly reduction?: boolean
  /**
   * Remembers states by a few bits each, in a filter of so many bytes (`true`: a quarter of the bound on memory, 256 MiB at
   * most), so that far more can be visited than could be kept (`graph`). Some may be taken for known and missed: nothing is
   * proven, and the report says how much is known to have been covered. Goes with `reduction`.
   *
   * @default no filter
   */
  readonly bitstate?: number | true
  /** `first`: stop at the first failure. `complete`: go on to exact numbers. @default 'complete' */
  readonly until?: 'first' | 'complete'
  /** States at most (`graph`). @default no bound but memory */
  readonly maxStates?: number
  /** Bytes at most for everything the search holds. @default half of the free memory */
  readonly maxMemory?: number
  /** Bytes at most for what lives in the JavaScript heap: values, outcomes. @default a quarter of the heap's limit */
  readonly maxHeap?: number
  /** Executions to run (`random`, `pct`, `pos`, `surw`). @default 10,000 */
  readonly samples?: number
  /** Bug depth (`pct`): how many orders of two steps together make a bug happen. @default 3 */
  readonly depth?: number
  /** Seed of everything that is drawn. @default 1 */
  readonly seed?: number | string
  /**
   * Threads that share the work, by strategy `dpor`; counts and verdict are the same for any number. The program must name its module
   * for that (`program(…, { module: import.meta.url })`): one works otherwise, and the report says so.
   *
   * @default 1
   */
  readonly workers?: number
  /** Called a few times a second at most. */
  readonly onProgress?: (progress: ExploreProgress) => void
  /** Called when a failure is first seen, before the search has gone on to the one with the fewest preemptions. */
  readonly onViolation?: (violation: Violation) => void
  /** Told about every stretch of the program's own code, for a watchdog. */
  readonly monitor?: CodeMonitor
}

// A record, so that no option can be forgotten here.
const KNOWN: Readonly<Record<keyof ExplorationOptions, true>> = {
  params: true,
  time: true,
  twins: true,
  strategy: true,
  equivalence: true,
  preemptions: true,
  delays: true,
  reduction: true,
  bitstate: true,
  until: true,
  maxStates: true,
  maxMemory: true,
  maxHeap: true,
  samples: true,
  depth: true,
  seed: true,
  workers: true,
  onProgress: true,
  onViolation: true,
  monitor: true,
}

/**
 * Refuses what is no options, and options that there are not: a misspelt bound would not bound anything.
 *
 * @param more names of options that the caller takes besides.
 * @throws UsageError
 */
export function requireOptions(options: unknown, more: readonly string[] = []): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new UsageError(
      'usage/not-options',
      `options must be an object, not ${Array.isArray(options) ? 'a list' : String(options)}`,
    )
  const names = [...Object.keys(KNOWN), ...more]
  for (const key of Object.keys(options)) {
    if (names.includes(key)) continue
    const [near] = namesNear(key, names)
    throw new UsageError('usage/unknown-option', `there is no option “${key}”`, {
      hint: near === undefined ? `the options are ${names.join(', ')}` : `did you mean ${near}?`,
    })
  }
}
