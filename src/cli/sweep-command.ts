import type { SimulateReport } from '../engine/simulate/simulate-report.js'
import { toJson } from '../report/json.js'
import { messagesIn } from '../report/messages.js'
import { sweepText } from '../report/sweep-text.js'
import { ExitCode } from './exit-code.js'
import { runInWorker } from './run-in-worker.js'
import type { SimulateCommandOptions } from './simulate-command.js'
import { type Sweep, variationsOf } from './sweep.js'
import { outputStyle, write } from './terminal.js'

/** `entrelacs simulate --sweep`: one run for each value, side by side. */
export async function sweepCommand(
  source: string,
  sweep: Sweep,
  { options, json, language, patience }: Omit<SimulateCommandOptions, 'trace'>,
): Promise<ExitCode> {
  const result = await runInWorker(
    { kind: 'sweep', source, variations: variationsOf(sweep, options) },
    {
      patience,
      onMessage: () => {},
      onInterrupt: () => {
        if (process.stderr.isTTY) process.stderr.write(`${messagesIn(language).interrupted}\n`)
      },
    },
  )
  if (result.kind !== 'swept') throw new Error(`the worker answered ${result.kind}`)
  const runs = result.reports.map((report, i) => ({ value: sweep.values[i]!, report }))
  const text = json
    ? `${toJson({ schema: 1, sweep: sweep.name, runs })}\n`
    : sweepText({ name: sweep.name, runs }, outputStyle(language))
  await write(process.stdout, text)
  return exitCodeOf(result.reports)
}

function exitCodeOf(reports: readonly SimulateReport[]): ExitCode {
  if (reports.some(({ verdict }) => verdict === 'violated')) return ExitCode.Violated
  return reports.some(({ verdict }) => verdict === 'unknown') ? ExitCode.Unknown : ExitCode.Holds
}
