import type { SimulateReport } from '../engine/simulate/simulate-report.js'
import { toJson } from '../report/json.js'
import { formatWhole } from '../report/figures.js'
import { messagesIn, type Language } from '../report/messages.js'
import { profileText } from '../report/profile-text.js'
import { simulateText } from '../report/simulate-text.js'
import { traceMessagesIn } from '../report/trace-messages.js'
import { ExitCode } from './exit-code.js'
import { runInWorker } from './run-in-worker.js'
import { outputStyle, write } from './terminal.js'
import type { TraceFormat } from './trace-format.js'
import { fileOutput, type TraceOutput } from './trace-output.js'
import type { SimulateTaskOptions } from './worker-protocol.js'

/** What the command was given. */
export interface SimulateCommandOptions {
  readonly options: SimulateTaskOptions
  /** A file for the trace, as JSON lines; undefined: none is wanted. */
  readonly trace: string | undefined
  readonly json: boolean
  readonly language: Language
  readonly patience: number
}

/** `entrelacs simulate`: one run of a program on a modelled computer. */
export async function simulateCommand(source: string, given: SimulateCommandOptions): Promise<ExitCode> {
  const { trace, json, language } = given
  const wanted = trace === undefined ? null : { format: 'jsonl' as const, output: fileOutput(trace) }
  const { report, events } = await simulateInWorker(source, given, wanted)
  const style = outputStyle(language)
  await write(process.stdout, json ? `${toJson(report)}\n` : simulateText(report, style))
  if (report.profile !== undefined && !json) await write(process.stdout, `\n${profileText(report.profile, style)}`)
  if (trace !== undefined && !json) {
    const written = traceMessagesIn(language).written(formatWhole(events, language), trace)
    await write(process.stdout, `${written}\n`)
  }
  return exitCodeOf(report)
}

/** A trace that is wanted of a run. */
export interface WantedTrace {
  readonly format: TraceFormat
  /** It is closed in the end, whatever happens. */
  readonly output: TraceOutput
}

/** A run, with its trace if that is wanted, and how many events that has. */
export async function simulateInWorker(
  source: string,
  { options, language, patience }: Pick<SimulateCommandOptions, 'options' | 'language' | 'patience'>,
  trace: WantedTrace | null,
): Promise<{ readonly report: SimulateReport; readonly events: number }> {
  try {
    const result = await runInWorker(
      { kind: 'simulate', source, options, trace: trace?.format ?? null },
      {
        patience,
        onMessage: () => {},
        onPiece: async (piece) => trace?.output.write(piece),
        onInterrupt: () => {
          if (process.stderr.isTTY) process.stderr.write(`${messagesIn(language).interrupted}\n`)
        },
      },
    )
    if (result.kind !== 'simulated') throw new Error(`the worker answered ${result.kind}`)
    return result
  } finally {
    trace?.output.close()
  }
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
