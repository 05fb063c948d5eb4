import type { SimulateReport } from '../engine/simulate/simulate-report.js'
import { toJson } from '../report/json.js'
import { messagesIn, type Language } from '../report/messages.js'
import { simulateText } from '../report/simulate-text.js'
import { ExitCode } from './exit-code.js'
import { runInWorker } from './run-in-worker.js'
import { outputStyle, write } from './terminal.js'
import type { SimulateTaskOptions } from './worker-protocol.js'

/** What the command was given. */
export interface SimulateCommandOptions {
  readonly options: SimulateTaskOptions
  readonly json: boolean
  readonly language: Language
  readonly patience: number
}

/** `entrelacs simulate`: one run of a program on a modelled computer. */
export async function simulateCommand(source: string, given: SimulateCommandOptions): Promise<ExitCode> {
  const result = await runInWorker(
    { kind: 'simulate', source, options: given.options },
    {
      patience: given.patience,
      onMessage: () => {},
      onInterrupt: () => {
        if (process.stderr.isTTY) process.stderr.write(`${messagesIn(given.language).interrupted}\n`)
      },
    },
  )
  if (result.kind !== 'simulated') throw new Error(`the worker answered ${result.kind}`)
  const { report } = result
  await write(process.stdout, given.json ? `${toJson(report)}\n` : simulateText(report, outputStyle(given.language)))
  return exitCodeOf(report)
}

function exitCodeOf({ verdict }: SimulateReport): ExitCode {
  switch (verdict) {
    case 'holds':
      return ExitCode.Holds
    case 'violated':
      return ExitCode.Violated
    case 'unknown':
      return ExitCode.Unknown
  }
}
