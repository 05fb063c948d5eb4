import type { ExploreReport, Outcome, Violation } from '../engine/explore/explore-report.js'
import type { RepairComparison } from '../engine/explore/repair-comparison.js'
import { describeOutcome, heading, replayHint, verdictLines } from './explore-text.js'
import type { RepairCounts } from './repair-messages.js'
import type { ReportStyle } from './report-style.js'
import { cutText } from './text-width.js'

const MAX_LISTED = 10
const MAX_NAMES = 5

/** Two explorations and what they say together. */
export interface RepairFindings {
  readonly broken: ExploreReport
  readonly repaired: ExploreReport
  readonly comparison: RepairComparison
  /** How the repaired program is called on the command line. */
  readonly source: string
}

/** In short what was found of the repair, then whether it does it, as a person reads them. */
export function repairText(findings: RepairFindings, style: ReportStyle): string {
  const { outcomes, violations } = findings.comparison
  const { remaining, added, lost } = style.messages.repair
  const sections = [
    heading(findings.repaired, style),
    verdictLines(findings.repaired, undefined, style),
    comparisonLines(findings, style),
    listed(remaining, outcomes.remaining, violations.remaining, findings.source, style),
    listed(added, outcomes.added, violations.added, findings.source, style),
    listed(lost, outcomes.lost ?? [], [], findings.source, style),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function comparisonLines({ broken, comparison }: RepairFindings, { messages, paint }: ReportStyle): string[] {
  const { ignored } = comparison
  const mark = {
    repaired: paint.good('✓'),
    'not-repaired': paint.bad('✗'),
    unknown: paint.doubt('?'),
  }[comparison.verdict]
  const lines = [`${mark} ${verdict(broken, comparison, messages)}`]
  if (!comparison.complete.broken) lines.push(messages.repair.brokenIncomplete)
  if (ignored.length > 0) {
    const names = ignored.slice(0, MAX_NAMES).join(', ') + (ignored.length > MAX_NAMES ? ', …' : '')
    lines.push(messages.repair.ignored(names, ignored.length === 1))
  }
  return lines
}

function verdict(broken: ExploreReport, comparison: RepairComparison, { repair }: ReportStyle['messages']): string {
  const counts = countsOf(broken, comparison)
  switch (comparison.verdict) {
    case 'repaired':
      return counts.before.outcomes === 0 && counts.before.violations === 0
        ? repair.nothingToRepair(broken.verdict === 'holds')
        : repair.repaired(counts)
    case 'not-repaired':
      return repair.notRepaired(counts)
    case 'unknown':
      return repair.unknown
  }
}

function countsOf(broken: ExploreReport, { outcomes, violations }: RepairComparison): RepairCounts {
  const count = (list: 'removed' | 'remaining' | 'added') => ({
    outcomes: outcomes[list]?.length ?? null,
    violations: violations[list]?.length ?? null,
  })
  return {
    before: {
      outcomes: broken.outcomes.filter(({ holds }) => !holds).length,
      violations: broken.violations.length,
    },
    removed: count('removed'),
    remaining: count('remaining'),
    added: count('added'),
  }
}

function listed(
  title: string,
  outcomes: readonly Outcome[],
  violations: readonly Violation[],
  source: string,
  style: ReportStyle,
): string[] {
  const { messages, paint, columns } = style
  const entries = [
    ...outcomes.map((outcome) => [
      `  ${outcome.holds ? paint.good('✓') : paint.bad('✗')} ${cutText(describeOutcome(outcome, style), columns - 5)}`,
    ]),
    ...violations.map((violation) => [
      `  ${paint.bad('✗')} ${paint.strong(violation.message)}`,
      `    ${replayHint(violation, source, style)}`,
    ]),
  ]
  if (entries.length === 0) return []
  const rest = entries.length - MAX_LISTED
  return [title, ...entries.slice(0, MAX_LISTED).flat(), ...(rest > 0 ? [`    ${messages.more(rest)}`] : [])]
}
