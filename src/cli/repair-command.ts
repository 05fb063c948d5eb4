import type { RepairVerdict } from '../engine/explore/repair-comparison.js'
import { exploreText } from '../report/explore-text.js'
import { toJson } from '../report/json.js'
import { repairText } from '../report/repair-text.js'
import { ExitCode } from './exit-code.js'
import { type ExploreCommandOptions, wantedTraces, watchExploration } from './explore-command.js'
import { ProgressLine } from './progress-line.js'
import { runInWorker, type WorkerWatch } from './run-in-worker.js'
import { outputStyle, write } from './terminal.js'
import type { CompareTask, WorkerMessage } from './worker-protocol.js'

type Broken = Extract<WorkerMessage, { readonly kind: 'broken' }>
type Compared = Extract<WorkerMessage, { readonly kind: 'compared' }>

/** `entrelacs explore --repair`: explores a program and its repair, and tells whether the repair does it. */
export async function repairCommand(source: string, repair: string, given: ExploreCommandOptions): Promise<ExitCode> {
  const isWatched = new ProgressLine(given.language, given.progress).isShown
  const traces = wantedTraces(given)
  const task: CompareTask = { kind: 'compare', source, repair, options: given.options, traces, isWatched }
  const style = outputStyle(given.language)
  let shown = Promise.resolve()
  const work = compareInWorker(task, given, ({ report, replays }) => {
    // The second exploration may take long: meanwhile there is something to read.
    if (!given.json) shown = write(process.stdout, `${exploreText(report, { source, replays }, style)}\n`)
  })
  try {
    await work
  } finally {
    await shown
  }
  const { broken, compared } = await work
  const { repaired, comparison } = compared
  await write(
    process.stdout,
    given.json
      ? `${toJson({ ...broken.report, repair: { program: repaired.program, source: repair, report: repaired, comparison } })}\n`
      : repairText({ broken: broken.report, repaired, comparison, source: repair }, style),
  )
  return exitCodeOf(comparison.verdict)
}

async function compareInWorker(
  task: CompareTask,
  given: ExploreCommandOptions,
  onBroken: (broken: Broken) => void,
): Promise<{ readonly broken: Broken; readonly compared: Compared }> {
  const progress = new ProgressLine(given.language, given.progress)
  const first: Broken[] = []
  const watch: WorkerWatch = watchExploration(given, progress)
  const compared = await runInWorker(task, {
    ...watch,
    onMessage: (message) => {
      if (message.kind !== 'broken') return watch.onMessage(message)
      progress.restart()
      first.push(message)
      onBroken(message)
    },
  })
  progress.clear()
  const [broken] = first
  if (broken === undefined || compared.kind !== 'compared') throw new Error(`the worker answered ${compared.kind}`)
  return { broken, compared }
}

function exitCodeOf(verdict: RepairVerdict): ExitCode {
  switch (verdict) {
    case 'repaired':
      return ExitCode.Holds
    case 'not-repaired':
      return ExitCode.Violated
    case 'unknown':
      return ExitCode.Unknown
  }
}
