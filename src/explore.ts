import { workerData } from 'node:worker_threads'
import { UsageError } from './engine/errors.js'
import { FileKeeper } from './checkpoint/file-keeper.js'
import { Exploration, type UntimedReport } from './engine/explore/exploration.js'
import { type ExplorationOptions, requireOptions } from './engine/explore/explore-options.js'
import type { ExploreReport } from './engine/explore/explore-report.js'
import type { OpenTraces } from './engine/explore/dpor/dpor-run.js'
import type { Program } from './engine/program.js'
import { TRACE_WORKER } from './parallel/trace-protocol.js'
import { ParallelTraces } from './parallel/parallel-traces.js'
import { availableMemory, heapLimit } from './available-memory.js'

/** Options of `explore`. */
export interface ExploreOptions extends ExplorationOptions {
  /** Ends the exploration early; the report then says what is known, with `stopped.reason` = `aborted`. */
  readonly signal?: AbortSignal
  /** Seconds that the program's own code may take between two operations, in workers. @default no bound */
  readonly patience?: number
  /**
   * A file in which what is known and what is left to do is kept now and then (`graph`, `dpor`). If it is there already,
   * the exploration goes on from it; it is removed once the exploration is complete.
   */
  readonly checkpoint?: string
  /** Seconds between two checkpoints, at least. @default 10 */
  readonly checkpointEvery?: number
}

// The caller's event loop gets its turn after this much work, well below the 50 ms that are promised.
const SLICE_MS = 10
const PROGRESS_MS = 200

/**
 * Explores what a program can do.
 *
 * With strategy `graph`, all of it: every outcome with the exact number of interleavings and its exact probability
 * under the random scheduler, and for everything that goes wrong the schedule with the fewest preemptions; with
 * `reduction`, the same from fewer states, but nothing is counted; with `bitstate`, as much as can be visited where states do
 * not fit in memory, which proves nothing. With
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
  requireOptions(options, ['signal', 'patience', 'checkpoint', 'checkpointEvery'])
  if (workerRole() === TRACE_WORKER)
    throw new UsageError('usage/explores-while-loaded', 'the module of the program explores while it is loaded', {
      hint: 'export the program from a module of its own, or explore only if isMainThread (node:worker_threads)',
    })
  const started = performance.now()
  const keeper =
    options.checkpoint === undefined ? null : await FileKeeper.open(options.checkpoint, options.checkpointEvery)
  const work = prepare(program, options, keeper)
  try {
    const report = await inSlices(work, options, started)
    if (report.complete) await keeper?.clear()
    const elapsedMs = Math.round(performance.now() - started)
    return { ...report, ...work.extent, ...checkpointOf(options.checkpoint, keeper), elapsedMs }
  } finally {
    work.close()
  }
}

/** What kind of worker this is, if it is one of ours. */
function workerRole(): unknown {
  return (workerData as { readonly role?: unknown } | null)?.role
}

function checkpointOf(file: string | undefined, keeper: FileKeeper | null): Pick<ExploreReport, 'checkpoint'> {
  if (file === undefined || keeper === null) return {}
  return { checkpoint: { file, resumed: keeper.kept !== null, kept: keeper.isKept, failure: keeper.failure } }
}

interface Work {
  readonly exploration: Exploration
  /** What the report says of who did the work. */
  readonly extent: Pick<ExploreReport, 'workers'>
  readonly close: () => void
}

function prepare(program: Program, options: ExploreOptions, keeper: FileKeeper | null): Work {
  const engineOptions = {
    ...options,
    maxMemory: options.maxMemory ?? availableMemory() / 2,
    // A quarter: confirming a finding holds the values of a second session.
    maxHeap: options.maxHeap ?? heapLimit() / 4,
  }
  const parts = keeper === null ? {} : { checkpoints: keeper }
  const { workers = 1, patience } = options
  const { module } = program
  if (workers === 1) return { exploration: new Exploration(program, engineOptions, parts), extent: {}, close: () => {} }
  if (module === undefined) {
    const extent = { workers: { wanted: workers, used: 1 } }
    return { exploration: new Exploration(program, engineOptions, parts), extent, close: () => {} }
  }
  let traces: ParallelTraces | null = null
  const openTraces: OpenTraces = (investigation, start) =>
    (traces = new ParallelTraces(investigation, { workers, module, patience }, start))
  return {
    exploration: new Exploration(program, engineOptions, { ...parts, openTraces }),
    extent: { workers: { wanted: workers, used: workers } },
    close: () => traces?.close(),
  }
}

async function inSlices({ exploration }: Work, options: ExploreOptions, started: number): Promise<UntimedReport> {
  const work = exploration.run()
  let reported = started
  for (;;) {
    const slice = performance.now()
    if (options.signal?.aborted === true) exploration.abort()
    let step = work.next()
    while (step.done !== true && step.value === undefined && performance.now() - slice < SLICE_MS) step = work.next()
    if (step.done === true) return step.value
    if (options.onProgress !== undefined && performance.now() - reported >= PROGRESS_MS) {
      reported = performance.now()
      options.onProgress(exploration.progress)
    }
    await (step.value ?? nextTurn())
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
