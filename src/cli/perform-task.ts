import { parentPort, workerData } from 'node:worker_threads'
import { EntrelacsError } from '../engine/errors.js'
import { placeOfError } from '../engine/place.js'
import type { Program } from '../engine/program.js'
import { replay, type Replay } from '../engine/replay.js'
import { explore } from '../explore.js'
import type { ExploreReport } from '../engine/explore/explore-report.js'
import { loadProgram } from './load-program.js'
import { LOADING, PulseMonitor } from './pulse-monitor.js'
import type { WorkerFailure, WorkerInput, WorkerMessage, WorkerOrder, WorkerTask } from './worker-protocol.js'

const input = workerData as WorkerInput
const abort = new AbortController()
parentPort!.on('message', (order: WorkerOrder) => {
  if (order.kind === 'abort') abort.abort()
})
// The port must not keep the worker alive once the work is done.
parentPort!.unref()

const tell = (message: WorkerMessage): void => parentPort!.postMessage(message)
const monitor = new PulseMonitor(input.pulse, (number, name, place) => tell({ kind: 'subject', number, name, place }))

async function perform(task: WorkerTask): Promise<void> {
  monitor.enter(LOADING, undefined)
  const program = await loadProgram(task.source, input.folder)
  monitor.leave()
  if (task.kind === 'replay') {
    tell({ kind: 'replayed', replay: replay(program, task.token, { adapt: task.adapt, monitor }) })
    return
  }
  const report = await explore(program, {
    ...task.options,
    monitor,
    signal: abort.signal,
    onProgress: (progress) => tell({ kind: 'progress', progress }),
    onViolation: (violation) =>
      tell({ kind: 'violation', violation, replay: task.traces > 0 ? traceOf(program, violation.token) : undefined }),
  })
  tell({ kind: 'explored', report, replays: tracesOf(program, report, task.traces) })
}

function tracesOf(program: Program, report: ExploreReport, wanted: number): (Replay | undefined)[] {
  return report.violations.map((violation, i) => (i < wanted ? traceOf(program, violation.token) : undefined))
}

function traceOf(program: Program, token: string): Replay {
  return replay(program, token, { monitor })
}

function describeFailure(error: unknown): WorkerFailure {
  if (error instanceof EntrelacsError)
    return { code: error.code, message: error.message, hint: error.hint, place: error.place, stack: undefined }
  const isError = error instanceof Error
  return {
    code: null,
    message: isError ? error.message : String(error),
    hint: undefined,
    place: placeOfError(error),
    stack: isError ? error.stack : undefined,
  }
}

try {
  await perform(input.task)
} catch (error) {
  tell({ kind: 'failed', failure: describeFailure(error) })
}
