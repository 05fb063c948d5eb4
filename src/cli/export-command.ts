import { resolve } from 'node:path'
import { UsageError } from '../engine/errors.js'
import { portableError } from '../parallel/portable-error.js'
import { formatWhole } from '../report/figures.js'
import { toJson } from '../report/json.js'
import { traceMessagesIn } from '../report/trace-messages.js'
import { ExitCode } from './exit-code.js'
import { WorkerError } from './run-in-worker.js'
import { type SimulateCommandOptions, simulateInWorker } from './simulate-command.js'
import { write } from './terminal.js'
import type { TraceFormat } from './trace-format.js'
import { fileOutput, STANDARD_OUTPUT } from './trace-output.js'

/** What the command was given. */
export interface ExportCommandOptions extends Omit<SimulateCommandOptions, 'trace'> {
  readonly token: string | undefined
  readonly format: TraceFormat
  /** Undefined: standard output. */
  readonly output: string | undefined
}

/** `entrelacs export`: the trace of a simulated run, for other tools. Whether the run went wrong is not its business. */
export async function exportCommand(source: string, given: ExportCommandOptions): Promise<ExitCode> {
  const { token, format, output: file, json, language } = given
  if (token !== undefined) throw new WorkerError(portableError(noToken()))
  const output = file === undefined ? STANDARD_OUTPUT : fileOutput(file)
  const { report, events } = await simulateInWorker(source, given, { format, output })
  if (file === undefined) return ExitCode.Holds
  if (json) {
    const { program, seed, verdict, makespan } = report
    const written = { schema: 1, program, seed, format, file: resolve(file), events, verdict, makespan }
    await write(process.stdout, `${toJson(written)}\n`)
    return ExitCode.Holds
  }
  const { written, perfetto } = traceMessagesIn(language)
  const lines = [written(formatWhole(events, language), file), ...(format === 'perfetto' ? [perfetto] : [])]
  await write(process.stdout, `${lines.join('\n')}\n`)
  return ExitCode.Holds
}

function noToken(): UsageError {
  return new UsageError(
    'usage/export-token',
    'the steps that a token stands for have no times, which these formats are about',
    {
      hint: 'leave the token out, and give a --seed; entrelacs replay shows the steps of a token',
    },
  )
}
