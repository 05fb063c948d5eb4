import type { BoundCounts, ExploreReport } from '../engine/explore/explore-report.js'
import { formatWhole } from './figures.js'
import type { ReportStyle } from './report-style.js'

/** Bounds whose counts are listed, the last one aside. */
const MAX_BOUNDS = 10

/** How many traces or classes were explored, and how many of them within each bound. */
export function traceLines(report: ExploreReport, { messages, language }: ReportStyle): string[] {
  const count = report.equivalence === undefined ? messages.traces : messages.readsFromClasses
  const lines = [count(formatWhole(report.counts.executions ?? 0, language), report.complete)]
  const { bounds = [] } = report
  if (bounds.length < 2) return lines
  const isCut = bounds.length > MAX_BOUNDS + 1
  const shown = isCut ? [...bounds.slice(0, MAX_BOUNDS), bounds.at(-1)!] : bounds
  const listed = (text: (counts: BoundCounts) => string): string => {
    const texts = shown.map(text)
    if (isCut) texts.splice(MAX_BOUNDS, 0, '…')
    return texts.join(', ')
  }
  const counts = listed(({ executions }) => formatWhole(executions, language))
  return [
    ...lines,
    messages.withinBounds[bounds[0]!.kind](
      listed(({ bound }) => String(bound)),
      counts,
    ),
  ]
}

/** The bound that ended the search, if a bound on schedules did. */
export function boundReached({ stopped, bounds }: ExploreReport): BoundCounts | null {
  return stopped?.reason === 'preemptions' || stopped?.reason === 'delays' ? (bounds?.at(-1) ?? null) : null
}
