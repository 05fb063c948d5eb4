import type { CallFacts, HistoryFacts } from '../engine/detect/history-facts.js'
import { formatData } from '../engine/operation.js'
import type { ReportStyle } from './report-style.js'
import { cutText, padText, textWidth } from './text-width.js'

// Columns for the drawing, beside names and calls.
const DRAWN_AT_MOST = 48
const INDENT = 6

/**
 * The calls of a history as intervals, a row each, thread by thread: columns are calls and returns in the order in which they
 * happened. The call whose result cannot be explained is marked.
 */
export function historyLines(history: HistoryFacts, style: ReportStyle): string[] {
  const { calls, unexplained, object } = history
  const moments = calls.flatMap(({ from, to }) => (to === null ? [from] : [from, to])).sort((a, b) => a - b)
  const unit = Math.max(1, Math.min(3, Math.floor(DRAWN_AT_MOST / Math.max(1, moments.length))))
  const column = (step: number): number => unit * moments.indexOf(step)
  const width = unit * (moments.length - 1) + 1
  const names = Math.max(...calls.map(({ thread }) => textWidth(thread)))
  const threads = [...new Set(calls.map(({ thread }) => thread))]
  const rows = threads.flatMap((thread) =>
    calls.flatMap((call, i) => {
      if (call.thread !== thread) return []
      const text = `${callText(call)}${i === unexplained ? '   ✗' : ''}`
      return [`${' '.repeat(INDENT)}${padText(thread, names)}  ${padText(drawn(call, column, width), width)}  ${text}`]
    }),
  )
  return [style.messages.historyOf(object), ...rows.map((row) => cutText(row, style.columns))]
}

function drawn({ from, to }: CallFacts, column: (step: number) => number, width: number): string {
  const start = ' '.repeat(column(from))
  if (to === null) return `${start}├${'─'.repeat(width - column(from) - 1)}`
  return `${start}├${'─'.repeat(column(to) - column(from) - 1)}┤`
}

function callText({ method, args, result, to }: CallFacts): string {
  return `${method}(${args.map(formatData).join(', ')})${to === null ? '' : ` → ${formatData(result)}`}`
}
