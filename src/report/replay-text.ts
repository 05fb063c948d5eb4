import type { Replay } from '../engine/replay.js'
import type { ViolationKind } from '../engine/explore/explore-report.js'
import { causeOf, formatState } from './cause.js'
import type { ReportStyle } from './report-style.js'
import { traceTable } from './trace-table.js'

/** A replayed run as a person reads it. */
export function replayText(replay: Replay, style: ReportStyle): string {
  const { messages, paint } = style
  const modes = [
    ...(replay.time === 'virtual' ? [messages.time.virtual] : []),
    ...(replay.twins ? [messages.twins] : []),
  ]
  const lines = [paint.strong(replay.program), ...modes, '', ...traceTable(replay, style), '']
  if (replay.differsAt !== null)
    lines.push(paint.doubt(messages.adapted(replay.followed, replay.followed + replay.skipped, replay.differsAt)))
  lines.push(...verdictOf(replay, style))
  return `${lines.join('\n')}\n`
}

/** What came out of a run. */
export function verdictOf(replay: Replay, style: ReportStyle): string[] {
  const { messages, paint } = style
  const kind = kindOf(replay)
  const lines: string[] = []
  if (replay.outcome !== null) lines.push(messages.endsWith(formatState(replay.outcome.final)))
  if (replay.holds) lines.push(`${paint.good('✓')} ${messages.replayHolds}`)
  else {
    const names = [...(replay.outcome?.failed ?? []), ...(replay.steps.at(-1)?.failing ?? [])]
    lines.push(
      `${paint.bad('✗')} ${names.length === 0 ? messages.replayViolated : names.join(', ')}`,
      `  ${causeOf(kind, replay, style)}`,
    )
  }
  if (!replay.isOver && replay.repeatsFrom === null && replay.holds) lines.push(messages.replayUnfinished)
  return lines
}

/** The kind of the first thing that goes wrong in a run. */
function kindOf(replay: Replay): ViolationKind {
  if (replay.repeatsFrom !== null) return 'endless'
  if (replay.outcome !== null && replay.outcome.waiting !== null) return 'deadlock'
  if ((replay.outcome?.failed.length ?? 0) > 0 || replay.steps.some((step) => step.failing.length > 0))
    return 'property'
  if (replay.steps.some((step) => step.misuse !== null)) return 'misuse'
  if (Object.keys(replay.outcome?.errors ?? {}).length > 0) return 'error'
  return 'race'
}
