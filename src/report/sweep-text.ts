import type { SimulateReport } from '../engine/simulate/simulate-report.js'
import type { ReportStyle } from './report-style.js'
import { formatTime } from './simulate-text.js'
import { simulateMessagesIn } from './simulate-messages.js'
import { cutText, padText, textWidth } from './text-width.js'
import { wrapText } from './wrap-text.js'

/** Runs that differ in one thing. */
export interface SweptRuns {
  readonly name: string
  readonly runs: readonly { readonly value: string; readonly report: SimulateReport }[]
}

const FIGURE = 11
const MOST_VALUE = 20
const MOST_BAR = 40

/** Runs side by side: how long each took, against the first, and how it ended. The shortest is marked. */
export function sweepText({ name, runs }: SweptRuns, style: ReportStyle): string {
  const { language, paint, columns } = style
  const messages = simulateMessagesIn(language)
  const [first] = runs
  const shortest = Math.min(...runs.map(({ report }) => report.makespan))
  const longest = Math.max(...runs.map(({ report }) => report.makespan))
  const width = Math.min(MOST_VALUE, Math.max(textWidth(name), ...runs.map(({ value }) => textWidth(value))))
  const room = Math.max(0, Math.min(MOST_BAR, columns - width - 2 * FIGURE - 6))
  const line = ({ value, report }: SweptRuns['runs'][number]): string => {
    const { makespan, verdict } = report
    const times = (first!.report.makespan / Math.max(1, makespan)).toFixed(2)
    const speedUp = language === 'fr' ? times.replace('.', ',') : times
    const bar = '█'.repeat(Math.max(1, Math.round((room * makespan) / Math.max(1, longest))))
    const sign = verdict === 'holds' ? paint.good('✓') : verdict === 'violated' ? paint.bad('✗') : '?'
    const figures = `${formatTime(makespan, language).padStart(FIGURE)}${speedUp.padStart(FIGURE)}`
    const text = `${padText(cutText(value, width), width)}${figures}  ${sign} ${room < 5 ? '' : bar}`
    return makespan === shortest ? paint.strong(text.trimEnd()) : text.trimEnd()
  }
  const heads = messages.sweepColumns.map((head) => head.padStart(FIGURE)).join('')
  const violated = runs.filter(({ report }) => report.verdict === 'violated')
  return [
    paint.strong(first!.report.program),
    ...wrapText(messages.on({ ...first!.report, ...leftOpen(name) }), columns),
    '',
    paint.dim(`${padText(cutText(name, width), width)}${heads}`),
    ...runs.map(line),
    '',
    ...wrapText(messages.sweepLegend, columns).map(paint.dim),
    ...(violated.length === 0
      ? []
      : wrapText(messages.sweepViolated(violated.map(({ value }) => value).join(', ')), columns)),
    '',
  ].join('\n')
}

/** What differs from run to run is not said of all of them. */
function leftOpen(name: string): Partial<SimulateReport> {
  if (name === 'gil') return { interpreter: '…' }
  return ['machine', 'mapping', 'policy', 'seed'].includes(name) ? { [name]: '…' } : {}
}
