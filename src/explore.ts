import { Exploration } from './engine/explore/exploration.js'
import { type ExplorationOptions, requireOptions } from './engine/explore/explore-options.js'
import type { ExploreReport } from './engine/explore/explore-report.js'
import type { Program } from './engine/program.js'
import { availableMemory, heapLimit } from './available-memory.js'

/** Options of `explore`. */
export interface ExploreOptions extends ExplorationOptions {
  /** Ends the exploration early; the report then says what is known, with `stopped.reason` = `aborted`. */
  readonly signal?: AbortSignal
}

// The caller's event loop gets its turn after this much work, well below the 50 ms that are promised.
const SLICE_MS = 10
const PROGRESS_MS = 200

/**
 * Explores what a program can do.
 *
 * With strategy `graph`, all of it: every outcome with the exact number of interleavings and its exact probability
 * under the random scheduler, and for everything that goes wrong the schedule with the fewest preemptions. With
 * `dpor`, one execution of every trace (schedules that differ only in the order of independent steps), within a bound on
 * `preemptions` or `delays` if there is one, or one of every class of executions that read the same (`equivalence`). With `random`, `pct`, `pos` and `surw`, as many executions as asked for, whose
 * threads are drawn uniformly, by random priorities of threads or of operations, or by the steps they have left. Works in
 * stretches of some 10 ms, so that the caller's event loop goes on, in the caller's own thread.
 *
 * @throws UsageError for options and parameters that make no sense.
 * @throws ProgramFault if the program breaks a rule of the engine: that is never reported as a finding.
 *
 * Limits: states are recognised by 64-bit hashes (`missedStateProbability`); 65,536 threads; integers of 32 bits.
 *
 * @example
 * ```ts
 * import { explore } from 'entrelacs'
 * import bankAccount from 'entrelacs/scenarios/bank-account'
 * const report = await explore(bankAccount)
 * console.log(report.verdict) // violated
 * ```
 */
export async function explore(program: Program, options: ExploreOptions = {}): Promise<ExploreReport> {
  requireOptions(options, ['signal'])
  const started = performance.now()
  const exploration = new Exploration(program, {
    ...options,
    maxMemory: options.maxMemory ?? availableMemory() / 2,
    // A quarter: confirming a finding holds the values of a second session.
    maxHeap: options.maxHeap ?? heapLimit() / 4,
  })
  const work = exploration.run()
  let reported = started
  for (;;) {
    const slice = performance.now()
    if (options.signal?.aborted === true) exploration.abort()
    let step = work.next()
    while (step.done !== true && performance.now() - slice < SLICE_MS) step = work.next()
    if (step.done === true) return { ...step.value, elapsedMs: Math.round(performance.now() - started) }
    if (options.onProgress !== undefined && performance.now() - reported >= PROGRESS_MS) {
      reported = performance.now()
      options.onProgress(exploration.progress)
    }
    await nextTurn()
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
