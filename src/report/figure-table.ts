import type { ReportStyle } from './report-style.js'
import { padText, textWidth } from './text-width.js'
import { wrapText } from './wrap-text.js'

const GAP = 3

/**
 * A table of figures: a name for each row, numbers under their heads. Where it is wider than the terminal, each row is a sentence
 * that says which number is which.
 *
 * @param heads of the columns behind the names.
 */
export function figureTable(
  heads: readonly string[],
  rows: readonly { readonly name: string; readonly figures: readonly string[] }[],
  { columns, paint }: ReportStyle,
): string[] {
  const nameWidth = Math.max(...rows.map(({ name }) => textWidth(name)))
  const widths = heads.map((head, i) => Math.max(textWidth(head), ...rows.map(({ figures }) => textWidth(figures[i]!))))
  if (widths.reduce((sum, width) => sum + GAP + width, nameWidth) > columns)
    return rows.flatMap(({ name, figures }) =>
      wrapText(`${name}: ${heads.map((head, i) => `${head} ${figures[i]!}`).join(', ')}`, columns, 2),
    )
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => ' '.repeat(GAP + widths[i]! - textWidth(cell)) + cell).join('')
  return [
    paint.strong(' '.repeat(nameWidth) + line(heads)),
    ...rows.map(({ name, figures }) => padText(name, nameWidth) + line(figures)),
  ]
}
