import type { Coverage, ExploreReport, Outcome, Violation } from '../engine/explore/explore-report.js'
import { EXECUTION_LIMIT } from '../engine/explore/random-search.js'
import { isSampling } from '../engine/explore/sampling/samplers.js'
import type { Replay } from '../engine/replay.js'
import { formatData } from '../engine/operation.js'
import { boundReached, traceLines } from './bounds-text.js'
import { causeOf, formatState } from './cause.js'
import { formatBound, formatBytes, formatOdds, formatShare, formatWhole } from './figures.js'
import type { ReportStyle } from './report-style.js'
import { cutText, padText, textWidth } from './text-width.js'
import { traceTable } from './trace-table.js'
import { keptLines, workLines } from './work-text.js'

const MAX_OUTCOMES = 10
const MAX_ROWS = 40

/** What the report needs besides the findings. */
export interface ExploreTextContext {
  /** How the program is called on the command line. */
  readonly source: string
  /** Traces of the violations, as far as they are to be shown in full. */
  readonly replays: readonly (Replay | undefined)[]
  /** A command that explores the repaired program, if there is one. */
  readonly repair?: string | undefined
}

/** The findings as a person reads them. */
export function exploreText(report: ExploreReport, context: ExploreTextContext, style: ReportStyle): string {
  const sections = [[...heading(report, style), ...workLines(report, style)], outcomeLines(report, style)]
  report.violations.forEach((violation, i) =>
    sections.push(violationLines(report, violation, context, context.replays[i], style)),
  )
  sections.push(verdictLines(report, context.repair, style), keptLines(report, style))
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** The program and how far it was explored. */
export function heading(report: ExploreReport, style: ReportStyle): string[] {
  const { messages, paint, language } = style
  const params = Object.entries(report.params).map(([name, value]) => `${name} = ${value}`)
  const title = params.length === 0 ? report.program : `${report.program} (${params.join(', ')})`
  const { counts } = report
  const whole = (value: number | null) => formatWhole(value ?? 0, language)
  if (isSampling(report.strategy)) {
    const how = messages.howSampled[report.strategy](report.depth)
    const lines = [paint.strong(title), messages.sampled(whole(counts.executions), how, report.seed ?? '')]
    if (counts.cut !== null && counts.cut > 0) lines.push(messages.cut(whole(counts.cut), whole(EXECUTION_LIMIT)))
    return lines
  }
  if (report.strategy === 'dpor') return [paint.strong(title), ...traceLines(report, style)]
  if (report.coverage !== undefined)
    return [
      paint.strong(title),
      messages.visited(whole(counts.states), whole(counts.transitions), report.reduction === true),
      ...coverageLines(report.coverage, style),
    ]
  if (report.reduction === true)
    return [paint.strong(title), messages.reduced(whole(counts.states), whole(counts.transitions), isComplete(report))]
  const extent = `${messages.explored(whole(counts.states), whole(counts.transitions))}${interleavingCount(report, style)}`
  return [
    paint.strong(title),
    report.complete ? extent : messages.exploredSoFar(whole(counts.states), whole(counts.transitions)),
  ]
}

/** How much a search has covered that remembers states by a few bits. */
function coverageLines(coverage: Coverage, { messages, language }: ReportStyle): string[] {
  const { bytes, hashes, fill, expectedFalseHits, missedAtLeast, probes } = coverage
  const share = (part: number) => formatShare(part, language)
  const whole = (value: number) => formatWhole(Math.round(value), language)
  const lines = [
    messages.coverage.filter(formatBytes(bytes, language), hashes, share(fill)),
    messages.coverage.missed(whole(expectedFalseHits), share(missedAtLeast)),
  ]
  if (probes === null) return lines
  const { states, missed, low, high } = probes
  return [...lines, messages.coverage.probes(whole(states), whole(missed), share(low), share(high))]
}

/** Whether nothing was left out that was to be looked at. */
function isComplete({ complete, stopped }: ExploreReport): boolean {
  return complete || stopped?.reason === 'cycles'
}

function interleavingCount(report: ExploreReport, style: ReportStyle): string {
  const { interleavings } = report.counts
  if (interleavings === null) return ''
  return `, ${interleavings === 'unbounded' ? style.messages.unboundedInterleavings : style.messages.interleavings(formatWhole(interleavings, style.language))}`
}

function outcomeLines(report: ExploreReport, style: ReportStyle): string[] {
  if (report.outcomes.length === 0) return []
  const { messages, paint, language } = style
  const ranked = [...report.outcomes].sort((a, b) => weight(b) - weight(a))
  const shown = ranked.slice(0, MAX_OUTCOMES)
  const room = Math.max(20, style.columns - 45)
  const texts = shown.map((outcome) => describeOutcome(outcome, style))
  const fits = texts.every((text) => textWidth(text) <= room)
  const width = fits ? texts.reduce((most, text) => Math.max(most, textWidth(text)), 0) : 0
  const lines = shown.flatMap((outcome, i) => {
    const mark = outcome.holds ? paint.good('✓') : paint.bad('✗')
    const figures = outcomeFigures(report, outcome, style)
    if (fits) return [`  ${mark} ${padText(texts[i]!, width)}   ${figures}`.trimEnd()]
    return [`  ${mark} ${cutText(texts[i]!, style.columns - 5)}`, `      ${figures}`].filter(
      (line) => line.trim() !== '',
    )
  })
  if (ranked.length > shown.length) lines.push(`    ${messages.more(ranked.length - shown.length)}`)
  if (shown.some(({ undetermined }) => undetermined !== undefined)) lines.push(`    ${messages.undetermined}`)
  if (report.dropped !== null)
    lines.push(`    ${messages.dropped(formatWhole(report.dropped.interleavings, language))}`)
  if (report.divergence !== null && report.divergence > 0)
    lines.push(`    ${messages.divergence(formatOdds(report.divergence, language))}`)
  return [messages.outcomes, ...lines]
}

function weight(outcome: Outcome): number {
  return (outcome.holds ? 0 : 2) + (outcome.probability ?? 0) + Math.min(0.9, (outcome.executions ?? 0) / 1e9)
}

function outcomeFigures(report: ExploreReport, outcome: Outcome, style: ReportStyle): string {
  const { messages, language } = style
  const total = report.counts.interleavings
  const parts: string[] = []
  if (outcome.executions !== null)
    parts.push(
      messages.executionsOf(
        formatWhole(outcome.executions, language),
        formatWhole(report.counts.executions ?? 0, language),
      ),
    )
  if (outcome.interleavings === 'unbounded') parts.push(messages.unboundedShare)
  else if (outcome.interleavings !== null && total !== null && total !== 'unbounded')
    parts.push(messages.share(formatWhole(outcome.interleavings, language), formatWhole(total, language)))
  else if (outcome.interleavings !== null)
    parts.push(messages.interleavings(formatWhole(outcome.interleavings, language)))
  if (outcome.probability !== null) parts.push(messages.chance(formatOdds(outcome.probability, language)))
  return parts.join(' · ')
}

/** An outcome in one line. */
export function describeOutcome(outcome: Outcome, style: ReportStyle): string {
  const { messages } = style
  const parts: string[] = []
  if (outcome.waiting !== undefined)
    parts.push(
      messages.deadlock,
      ...Object.entries(outcome.waiting).map(([thread, what]) => messages.outcomeWaiting(thread, what)),
    )
  if (Object.keys(outcome.final).length > 0) parts.push(formatState(outcome.final))
  parts.push(...(outcome.undetermined ?? []).map((name) => `${name} = ?`))
  parts.push(
    ...Object.entries(outcome.results ?? {}).map(([thread, value]) =>
      messages.outcomeResult(thread, formatData(value)),
    ),
  )
  parts.push(...Object.entries(outcome.errors ?? {}).map(([thread, text]) => messages.outcomeError(thread, text)))
  return parts.length === 0 ? '–' : parts.join(' · ')
}

function violationLines(
  report: ExploreReport,
  violation: Violation,
  context: ExploreTextContext,
  replay: Replay | undefined,
  style: ReportStyle,
): string[] {
  const { messages, paint } = style
  const lines = [`${paint.bad('✗')} ${paint.strong(violation.message)}${violationFigures(report, violation, style)}`]
  lines.push(`  ${messages.token} ${violation.token}`, `  ${replayHint(violation, context.source, style)}`)
  if (violation.isLeast) lines.push(`  ${paint.dim(messages.least(violation.preemptions, violation.steps))}`)
  if (replay === undefined) return lines
  lines.push('', ...traceTable(replay, style, { criticalStep: violation.criticalStep, maxRows: MAX_ROWS }))
  if (violation.criticalStep === 0) lines.push(`  ${messages.inevitableFromStart}`)
  lines.push(`  ${causeOf(violation.kind, replay, style)}`)
  return lines
}

/** The command that replays a violation. */
export function replayHint(violation: Violation, source: string, { messages }: ReportStyle): string {
  return `${messages.replayIt} entrelacs replay ${quoteForShell(source)} ${violation.token}`
}

function violationFigures(report: ExploreReport, violation: Violation, style: ReportStyle): string {
  const { messages, language } = style
  const parts: string[] = []
  const total = report.counts.interleavings
  if (violation.interleavings === 'unbounded') parts.push(messages.unboundedShare)
  else if (violation.interleavings !== null && total !== null && total !== 'unbounded')
    parts.push(messages.share(formatWhole(violation.interleavings, language), formatWhole(total, language)))
  if (violation.probability !== null)
    parts.push(`${formatOdds(violation.probability, language)} ${messages.underRandom}`)
  return parts.length === 0 ? '' : `     ${parts.join(' · ')}`
}

/**
 * What was found out, and why no more.
 *
 * @param repair a command that explores the repaired program, if there is one.
 */
export function verdictLines(report: ExploreReport, repair: string | undefined, style: ReportStyle): string[] {
  const { messages, paint, language } = style
  const lines: string[] = []
  const bound = boundReached(report)
  const isBitstate = report.stopped?.reason === 'bitstate'
  const leavesCycles = report.stopped?.reason === 'cycles'
  if (bound === null && report.stopped !== null && !leavesCycles && !isBitstate)
    lines.push(messages.stopped(messages.stopReason(report.stopped)))
  if (leavesCycles && report.verdict === 'violated') lines.push(messages.cyclesLeftOpen)
  if (bound !== null && report.verdict === 'violated') lines.push(messages.boundedFound[bound.kind](bound.bound))
  if (report.verdict === 'holds') {
    const missed = formatBound(report.missedStateProbability ?? 0, language)
    const states = formatWhole(report.counts.states ?? 0, language)
    const { interleavings } = report.counts
    const executions = formatWhole(report.counts.executions ?? 0, language)
    const proof =
      report.strategy === 'dpor'
        ? report.equivalence === undefined
          ? messages.holdsTraces(executions, missed)
          : messages.holdsClasses(executions)
        : report.reduction === true
          ? messages.holdsReduced(states, missed)
          : interleavings === '0'
            ? messages.holdsForEver(states, missed)
            : interleavings === null || interleavings === 'unbounded'
              ? messages.holdsUnboundedProof(states, missed)
              : messages.holdsProof(formatWhole(interleavings, language), states, missed)
    lines.push(`${paint.good('✓')} ${paint.strong(messages.holds)}. ${proof}`)
  } else if (report.verdict === 'violated') {
    lines.push(`${paint.bad('✗')} ${messages.violated(report.violations.length)}`)
    if (repair !== undefined) lines.push(messages.repairHint(repair))
  } else {
    const sampled = messages.onlySampled(formatWhole(report.counts.executions ?? 0, language))
    const bounded = bound === null ? undefined : messages.boundedOnly[bound.kind](bound.bound)
    const stopped = report.stopped === null ? undefined : messages.stopReason(report.stopped)
    const why = bounded ?? stopped ?? (report.complete ? messages.vacuous : sampled)
    lines.push(`${paint.doubt('?')} ${messages.unknownBecause(why)}`)
  }
  return lines
}

/** A word as a POSIX shell reads it back. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
