import type { Replay } from '../engine/replay.js'
import { replayText } from '../report/replay-text.js'
import { toJson } from '../report/json.js'
import type { Language } from '../report/messages.js'
import { ExitCode } from './exit-code.js'
import { runInWorker } from './run-in-worker.js'
import { stepThrough } from './step-through.js'
import { outputStyle, write } from './terminal.js'

/** What the command was given. */
export interface ReplayCommandOptions {
  readonly json: boolean
  readonly language: Language
  readonly step: boolean
  readonly states: boolean
  readonly adapt: boolean
  readonly patience: number
}

/** `entrelacs replay`: follows a token, whole or one step a key. */
export async function replayCommand(source: string, token: string, given: ReplayCommandOptions): Promise<ExitCode> {
  const result = await runInWorker(
    { kind: 'replay', source, token, adapt: given.adapt, states: given.states },
    { patience: given.patience, onMessage: () => {} },
  )
  if (result.kind !== 'replayed') throw new Error(`the worker answered ${result.kind}`)
  await show(result.replay, given)
  return result.replay.holds ? ExitCode.Holds : ExitCode.Violated
}

async function show(replay: Replay, given: ReplayCommandOptions): Promise<void> {
  if (given.json) return write(process.stdout, `${toJson(replay)}\n`)
  const style = outputStyle(given.language)
  if (given.step && process.stdin.isTTY === true && process.stdout.isTTY === true) return stepThrough(replay, style)
  return write(process.stdout, replayText(replay, style))
}
