import type { ExecutionRecord, RecordedInstruction } from '../engine/simulate/processor/execution-record.js'
import { formatInstruction } from '../engine/simulate/processor/instruction-stream.js'
import type { SimtProcessor } from '../engine/simulate/processor/simt/simt-processor.js'
import { formatShare, formatWhole } from './figures.js'
import { pipelineMessagesIn } from './pipeline-diagram.js'
import type { ReportStyle } from './report-style.js'
import { cutText, padText, textWidth } from './text-width.js'
import { wrapText } from './wrap-text.js'

export interface SimtDiagramOptions {
  /** Rows at most; the middle is left out. @default all */
  readonly maxRows?: number
}

const MOST_TEXT = 28
const LEAST_LANES = 24

/**
 * What a warp has issued: a row for each instruction, in it a sign for each lane, whether it takes part, and behind loads and
 * stores the lines of memory that they access. Where there are more lanes than columns, the others follow below.
 */
export function simtDiagram(record: ExecutionRecord, style: ReportStyle, options: SimtDiagramOptions = {}): string[] {
  const messages = pipelineMessagesIn(style)
  const rows = record.instructions
  const lanes = rows[0]?.cells[0]?.lanes?.length ?? 0
  const number = Math.max(textWidth(messages.slot), String(rows.at(-1)?.id ?? 0).length)
  const longest = rows.reduce((most, { text }) => Math.max(most, textWidth(text)), 0)
  const text = Math.min(longest, MOST_TEXT, Math.max(6, Math.floor(style.columns / 2) - number))
  const access = ({ cells }: RecordedInstruction) =>
    cells[0]!.lines === undefined ? '' : `  ${messages.accessed(formatWhole(cells[0]!.lines, style.language))}`
  const room = style.columns - number - text - 4
  const accessWidth = rows.reduce((most, row) => Math.max(most, textWidth(access(row))), 0)
  // Where there is little room, it is for the lanes.
  const hasAccesses = room - accessWidth >= Math.min(lanes, LEAST_LANES)
  const perBlock = Math.max(1, hasAccesses ? room - accessWidth : room)
  const lines: string[] = []
  for (let from = 0; from < lanes; from += perBlock) {
    const to = Math.min(lanes, from + perBlock)
    if (lines.length > 0) lines.push('')
    const head = `${padText(messages.slot, number)}  ${' '.repeat(text)}  ${messages.lanes(from, to - 1)}`
    lines.push(style.paint.strong(cutText(head, style.columns)))
    for (const row of selected(rows, options.maxRows ?? Infinity)) {
      if (row === null) {
        const left = rows.length - selected(rows, options.maxRows ?? Infinity).length + 1
        lines.push(style.paint.dim(messages.slotsLeftOut(formatWhole(left, style.language))))
        continue
      }
      const mask = (row.cells[0]!.lanes ?? []).slice(from, to)
      const drawn = mask.map((active) => (active ? '■' : style.paint.dim('·'))).join('')
      lines.push(
        `${String(row.id).padStart(number)}  ${padText(cutText(row.text, text), text)}  ${drawn}${from === 0 && hasAccesses ? access(row) : ''}`,
      )
    }
  }
  lines.push(...wrapText(messages.maskLegend, style.columns).map(style.paint.dim))
  return lines
}

/** The first and the last rows, and null for those between that there is no room for. */
function selected<Row>(rows: readonly Row[], most: number): (Row | null)[] {
  if (rows.length <= most) return [...rows]
  const head = Math.ceil((most * 2) / 3)
  const tail = Math.max(0, most - head)
  return [...rows.slice(0, head), null, ...rows.slice(rows.length - tail)]
}

/** What a run has cost, in a few lines. */
export function simtAccountLines(processor: SimtProcessor, style: ReportStyle): string[] {
  const messages = pipelineMessagesIn(style)
  const { cycles, issued, threads, utilisation, branches, divergent, accesses, lines } = processor.account()
  const whole = (value: number) => formatWhole(value, style.language)
  const parts = [messages.utilisation(formatShare(utilisation, style.language))]
  if (branches > 0) parts.push(messages.diverged(whole(divergent), whole(branches)))
  if (accesses > 0) parts.push(messages.lines(whole(lines), whole(accesses)))
  const { fault, stream } = processor
  const sentences = [
    `${messages.simtRan(whole(cycles), whole(issued), whole(threads))}.`,
    `${parts.join(messages.besides)}.`,
    ...(fault === null
      ? []
      : [
          `${style.paint.bad('✗')} ${messages.fault(fault, formatInstruction(stream, stream.instructions[fault.instruction]!))}.`,
        ]),
  ]
  return sentences.flatMap((sentence) => wrapText(sentence, style.columns, 2))
}
