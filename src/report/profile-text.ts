import type { ProfileRow } from '../engine/simulate/simulate-report.js'
import { formatWhole } from './figures.js'
import type { Language } from './messages.js'
import type { ReportStyle } from './report-style.js'
import { formatTime } from './simulate-text.js'
import { padText, textWidth } from './text-width.js'

const COLUMNS: Readonly<Record<Language, readonly string[]>> = {
  en: ['thread', 'function', 'calls', 'own', 'cumulative', 'per call', 'waiting'],
  fr: ['fil', 'fonction', 'appels', 'propre', 'cumulé', 'par appel', 'attente'],
}

const LEGEND: Readonly<Record<Language, string>> = {
  en: 'own, cumulative, per call: on a core · waiting: without one; both with what a function calls, own without it',
  fr: "propre, cumulé, par appel : sur un cœur · attente : sans cœur ; avec ce qu'une fonction appelle, propre : sans cela",
}

/** The profile of a run as a table: texts to the left, figures to the right. */
export function profileText(rows: readonly ProfileRow[], { language, paint }: ReportStyle): string {
  const time = (nanoseconds: number) => formatTime(nanoseconds, language)
  const cells = rows.map(({ thread, function: name, calls, own, cumulative, perCall, waiting }) => [
    thread,
    name,
    formatWhole(calls, language),
    ...[own, cumulative, perCall, waiting].map(time),
  ])
  const table = [COLUMNS[language], ...cells]
  const widths = COLUMNS[language].map((_head, column) => Math.max(...table.map((row) => textWidth(row[column] ?? ''))))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column < 2 ? padText(cell, widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd()
  const [head, ...body] = table.map(line)
  return `${[paint.dim(head!), ...body, paint.dim(LEGEND[language])].join('\n')}\n`
}
