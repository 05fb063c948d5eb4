import type { ExploreReport, Violation } from '../engine/explore/explore-report.js'
import type { Replay } from '../engine/replay.js'
import { exploreText, quoteForShell } from '../report/explore-text.js'
import { toJson } from '../report/json.js'
import type { Language } from '../report/messages.js'
import { messagesIn } from '../report/messages.js'
import { scenarios } from '../scenarios/index.js'
import { ExitCode } from './exit-code.js'
import { ProgressLine } from './progress-line.js'
import { runInWorker, type WorkerWatch } from './run-in-worker.js'
import { outputStyle, write } from './terminal.js'
import type { ExploreTaskOptions } from './worker-protocol.js'

/** What the command was given. */
export interface ExploreCommandOptions {
  readonly options: ExploreTaskOptions
  readonly json: boolean
  readonly language: Language
  readonly patience: number
  /** Tell how far the work is even where standard error is no terminal. */
  readonly progress: boolean
}

/** How many traces the report shows in full. */
export function wantedTraces(given: ExploreCommandOptions): number {
  return given.json ? 0 : 3
}

/** `entrelacs explore`: explores a program and reports what was found. */
export async function exploreCommand(source: string, given: ExploreCommandOptions): Promise<ExitCode> {
  const progress = new ProgressLine(given.language, given.progress)
  const result = await runInWorker(
    { kind: 'explore', source, options: given.options, traces: wantedTraces(given), isWatched: progress.isShown },
    watchExploration(given, progress),
  )
  progress.clear()
  if (result.kind !== 'explored') throw new Error(`the worker answered ${result.kind}`)
  await write(
    process.stdout,
    given.json ? `${toJson(result.report)}\n` : text(source, result.report, result.replays, given.language),
  )
  return exitCodeOf(result.report)
}

/** Tells on standard error how far the worker is. */
export function watchExploration(given: ExploreCommandOptions, progress: ProgressLine): WorkerWatch {
  return {
    patience: given.patience,
    onMessage: (message) => {
      if (message.kind === 'progress') progress.show(message.progress)
      if (message.kind === 'violation' && !given.json) announce(message.violation, progress, given.language)
    },
    onInterrupt: () => {
      progress.clear()
      if (process.stderr.isTTY) process.stderr.write(`${messagesIn(given.language).interrupted}\n`)
    },
  }
}

/** A failure is told at once where somebody is watching; the full story follows with the exact numbers. */
function announce(violation: Violation, progress: ProgressLine, language: Language): void {
  if (process.stderr.isTTY !== true) return
  progress.clear()
  process.stderr.write(`✗ ${violation.message}   ${violation.token}\n  ${messagesIn(language).firstSeen}\n`)
}

function text(
  source: string,
  report: ExploreReport,
  replays: readonly (Replay | undefined)[],
  language: Language,
): string {
  return exploreText(report, { source, replays, repair: repairCommandFor(source) }, outputStyle(language))
}

/** The command that tells whether the gallery's repair of a program does it. */
function repairCommandFor(source: string): string | undefined {
  const repair = scenarios.find((entry) => entry.name === source)?.repairedBy
  return repair === undefined
    ? undefined
    : `entrelacs explore ${quoteForShell(source)} --repair ${quoteForShell(repair)}`
}

function exitCodeOf(report: ExploreReport): ExitCode {
  switch (report.verdict) {
    case 'holds':
      return ExitCode.Holds
    case 'violated':
      return ExitCode.Violated
    case 'unknown':
      return ExitCode.Unknown
  }
}
