import { parentPort, workerData } from 'node:worker_threads'
import type { Program } from '../engine/program.js'
import { replay, type Replay } from '../engine/replay.js'
import { explore } from '../explore.js'
import { availableMemory } from '../available-memory.js'
import type { ExploreProgress, ExploreReport, Violation } from '../engine/explore/explore-report.js'
import type { SimulateReport } from '../engine/simulate/simulate-report.js'
import { compareRepair } from '../engine/explore/repair-comparison.js'
import { portableError } from '../parallel/portable-error.js'
import { loadProgram } from './load-program.js'
import { LOADING, PulseMonitor } from '../watchdog/pulse-monitor.js'
import { parametersOfBoth } from './repair-parameters.js'
import type {
  CompareTask,
  ExploreTask,
  WorkerInput,
  WorkerMessage,
  WorkerOrder,
  WorkerTask,
} from './worker-protocol.js'

const input = workerData as WorkerInput
const abort = new AbortController()
parentPort!.on('message', (order: WorkerOrder) => {
  if (order.kind === 'abort') abort.abort()
})
// The port must not keep the worker alive once the work is done.
parentPort!.unref()

const tell = (message: WorkerMessage): void => parentPort!.postMessage(message)

/** One for each program: their threads may bear the same names. */
function makeMonitor(): PulseMonitor {
  return new PulseMonitor(input.pulse, (number, name, place) => tell({ kind: 'subject', number, name, place }))
}

async function perform(task: WorkerTask): Promise<void> {
  const stays = (task.kind === 'explore' || task.kind === 'compare') && (task.options.workers ?? 1) > 1
  const program = await load(task.source, stays)
  switch (task.kind) {
    case 'replay':
      return tell({
        kind: 'replayed',
        replay: replay(program, task.token, { adapt: task.adapt, states: task.states, monitor: makeMonitor() }),
      })
    case 'simulate': {
      const { simulate, simulateWithTrace } = await import('../simulate.js')
      const options = { ...task.options, monitor: makeMonitor(), signal: abort.signal }
      if (task.trace === null) return tell({ kind: 'simulated', report: await simulate(program, options), events: 0 })
      const { report, trace } = await simulateWithTrace(program, options)
      const { formatTrace } = await import('./format-trace.js')
      for (const piece of formatTrace(trace, task.trace)) await handOver(piece)
      return tell({ kind: 'simulated', report, events: trace.length })
    }
    case 'sweep': {
      const { simulate } = await import('../simulate.js')
      const reports: SimulateReport[] = []
      for (const options of task.variations)
        reports.push(await simulate(program, { ...options, monitor: makeMonitor(), signal: abort.signal }))
      return tell({ kind: 'swept', reports })
    }
    case 'explore':
      return tell({ kind: 'explored', ...(await exploreWithTraces(program, task)) })
    case 'compare':
      return performComparison(program, task)
  }
}

/** Waits until the piece was taken: a large trace is never in memory as a whole. */
async function handOver(text: string): Promise<void> {
  // Meanwhile the port is all that keeps the worker alive.
  parentPort!.ref()
  const isTaken = new Promise<void>((resolve) => {
    const look = (order: WorkerOrder): void => {
      if (order.kind !== 'next piece') return
      parentPort!.off('message', look)
      resolve()
    }
    parentPort!.on('message', look)
  })
  tell({ kind: 'piece', text })
  await isTaken
  parentPort!.unref()
}

async function load(source: string, stays: boolean): Promise<Program> {
  const monitor = makeMonitor()
  monitor.enter(LOADING, undefined)
  const program = await loadProgram(source, input.folder, stays)
  monitor.leave()
  return program
}

/** What is wrong with the second program's name, file or parameters is said before the first is explored. */
async function performComparison(broken: Program, task: CompareTask): Promise<void> {
  const repaired = await load(task.repair, (task.options.workers ?? 1) > 1)
  const params = parametersOfBoth(broken, repaired, task.options.params ?? {})
  // Settled for both: what the first exploration leaves behind is not collected at once.
  const options = { ...task.options, maxMemory: task.options.maxMemory ?? availableMemory() / 2 }
  const first = await exploreWithTraces(broken, { ...task, options: { ...options, params: params.broken } })
  tell({ kind: 'broken', ...first })
  const { report } = await exploreWithTraces(repaired, {
    options: { ...options, params: params.repaired },
    traces: 0,
    isWatched: task.isWatched,
  })
  tell({ kind: 'compared', repaired: report, comparison: compareRepair(first.report, report) })
}

async function exploreWithTraces(
  program: Program,
  { options, traces, isWatched }: Pick<ExploreTask, 'options' | 'traces' | 'isWatched'>,
): Promise<{ readonly report: ExploreReport; readonly replays: readonly (Replay | undefined)[] }> {
  const monitor = makeMonitor()
  const traceOf = (violation: Violation, i: number) =>
    i < traces ? replay(program, violation.token, { monitor }) : undefined
  const report = await explore(program, {
    ...options,
    patience: input.patience,
    monitor,
    signal: abort.signal,
    ...(isWatched ? { onProgress: (progress: ExploreProgress) => tell({ kind: 'progress', progress }) } : {}),
    onViolation: (violation) => tell({ kind: 'violation', violation, replay: traceOf(violation, 0) }),
  })
  return { report, replays: report.violations.map(traceOf) }
}

try {
  await perform(input.task)
} catch (error) {
  tell({ kind: 'failed', failure: portableError(error) })
}
