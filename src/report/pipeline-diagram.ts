import {
  type ExecutionRecord,
  type RecordedCell,
  type RecordedEvent,
  type RecordedInstruction,
  recordExecution,
  type RecordOptions,
} from '../engine/simulate/processor/execution-record.js'
import { formatInstruction } from '../engine/simulate/processor/instruction-stream.js'
import type { CycleAccount, LossKind, PipelinedProcessor } from '../engine/simulate/processor/pipelined-processor.js'
import type { Stall } from '../engine/simulate/processor/stepped-processor.js'
import { formatWhole } from './figures.js'
import { pipelineInEnglish, pipelineInFrench, type PipelineMessages } from './pipeline-messages.js'
import type { ReportStyle } from './report-style.js'
import { ruler } from './ruler.js'
import { cutText, padText, textWidth } from './text-width.js'
import { wrapText } from './wrap-text.js'

export interface PipelineDiagramOptions {
  /** Stages by their two letters, or by one, for narrow terminals and long runs. @default 'names' */
  readonly cells?: 'names' | 'letters'
  /** Whether the reasons for waiting stand below. @default true */
  readonly reasons?: boolean
  /** Whether it is said below what the letters mean. @default true */
  readonly legend?: boolean
}

const MOST_LABEL = 34
const LETTERS: Readonly<Record<string, string>> = { IF: 'F', ID: 'D', EX: 'E', ME: 'M', WB: 'W' }
const MARGIN = 2

/** The sentences about processors in a language. */
export function pipelineMessagesIn({ language }: Pick<ReportStyle, 'language'>): PipelineMessages {
  return language === 'fr' ? pipelineInFrench : pipelineInEnglish
}

/**
 * The pipeline diagram of the textbooks: a row for each instruction, a column for each cycle, in it the stage. Where all cycles do
 * not fit, the next ones follow below with the rows that they need. Then why instructions wait.
 */
export function pipelineDiagram(
  record: ExecutionRecord,
  style: ReportStyle,
  options: PipelineDiagramOptions = {},
): string[] {
  const messages = pipelineMessagesIn(style)
  const isShort = options.cells === 'letters'
  const cellWidth = isShort ? 1 : 3
  const labels = new Map(record.instructions.map((row) => [row.id, labelOf(row, record)]))
  const longest = Math.max(textWidth(messages.cycle), ...[...labels.values()].map(textWidth))
  const labelWidth = Math.min(longest, MOST_LABEL, Math.floor(style.columns / 2))
  const perBlock = Math.max(1, Math.floor((style.columns - labelWidth - MARGIN + (isShort ? 0 : 1)) / cellWidth))
  const lines: string[] = []
  for (let from = record.from; from <= record.to; from += perBlock) {
    const to = Math.min(record.to, from + perBlock - 1)
    if (lines.length > 0) lines.push('')
    const head = `${padText(messages.cycle, labelWidth)}  ${ruler(from, to, cellWidth)}`
    lines.push(style.paint.strong(head.trimEnd()))
    for (const row of record.instructions) {
      if (row.cells[0]!.cycle > to || lastOf(row) < from) continue
      const cells = cellsOf(row, record, from, to, isShort, style)
      if (cells === null) continue
      lines.push(`${padText(cutText(labels.get(row.id)!, labelWidth), labelWidth)}  ${cells}`)
    }
  }
  if (options.legend !== false) lines.push(...wrapText(messages.legend, style.columns).map(style.paint.dim))
  return options.reasons === false ? lines : [...lines, ...reasonLines(record, style)]
}

/** The diagram of every core, one below the other. */
export function pipelineDiagrams(
  processor: PipelinedProcessor,
  style: ReportStyle,
  options: PipelineDiagramOptions & Omit<RecordOptions, 'unit'> = {},
): string[] {
  const records = processor.streams.map((_, unit) => recordExecution(processor, { ...options, unit }))
  return coreDiagrams(records, style, options)
}

/** The diagrams of cores that were recorded, under the number of each if there are several. */
export function coreDiagrams(
  records: readonly ExecutionRecord[],
  style: ReportStyle,
  options: PipelineDiagramOptions = {},
): string[] {
  return records.flatMap((record, core) => {
    const isLast = core === records.length - 1
    const legend = options.legend !== false && isLast
    const diagram = pipelineDiagram(record, style, { ...options, legend })
    if (records.length === 1) return diagram
    return [style.paint.strong(pipelineMessagesIn(style).core(String(core))), ...diagram, ...(isLast ? [] : [''])]
  })
}

function labelOf({ id, text }: RecordedInstruction, { instructions }: ExecutionRecord): string {
  const digits = String(instructions.at(-1)?.id ?? 0).length
  return `${String(id).padStart(digits + 1)}  ${text}`
}

/** The last cycle in which something is to be seen of an instruction. */
function lastOf({ cells, droppedIn }: RecordedInstruction): number {
  return Math.max(cells.at(-1)!.cycle, droppedIn ?? 0)
}

/** The cells of a row in a block; null if it has none there. */
function cellsOf(
  row: RecordedInstruction,
  { places }: ExecutionRecord,
  from: number,
  to: number,
  isShort: boolean,
  { paint }: ReportStyle,
): string | null {
  const cells: string[] = []
  let isEmpty = true
  const byCycle = new Map(row.cells.map((cell) => [cell.cycle, cell]))
  const last = lastOf(row)
  for (let cycle = from; cycle <= Math.min(to, last); cycle++) {
    const cell = byCycle.get(cycle)
    if (cell === undefined && cycle !== row.droppedIn) {
      cells.push(isShort ? ' ' : '  ')
      continue
    }
    isEmpty = false
    if (cell === undefined) cells.push(paint.bad(isShort ? '×' : '××'))
    else cells.push(cellText(cell, places, isShort, paint.doubt))
  }
  return isEmpty ? null : cells.join(isShort ? '' : ' ').trimEnd()
}

function cellText(
  { place, stall }: RecordedCell,
  places: readonly string[],
  isShort: boolean,
  paint: (text: string) => string,
): string {
  const name = isShort ? (LETTERS[places[place]!] ?? places[place]!.slice(0, 1)) : places[place]!
  return stall === null ? name : paint(name.toLowerCase())
}

interface Remark {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** Why instructions waited and what was fetched in vain, in the order of cycles; the same in consecutive cycles is one line. */
function reasonLines(record: ExecutionRecord, style: ReportStyle): string[] {
  const messages = pipelineMessagesIn(style)
  const remarks = [
    ...record.instructions.flatMap((row) => waits(row, record, messages)),
    ...eventRemarks(record.events, messages),
  ]
  return remarks
    .toSorted((a, b) => a.from - b.from)
    .flatMap(({ from, to, text }) => wrapText(`  ${messages.during(from, to)}: ${text}`, style.columns, 2))
}

function waits({ id, cells }: RecordedInstruction, { places }: ExecutionRecord, messages: PipelineMessages): Remark[] {
  const remarks: Remark[] = []
  let open: { from: number; to: number; place: number; stall: Stall } | null = null
  const close = () => {
    if (open === null) return
    const text = messages.stall(id, places[open.place]!, open.stall)
    if (text !== null) remarks.push({ from: open.from, to: open.to, text })
    open = null
  }
  for (const { cycle, place, stall } of cells) {
    if (open !== null && stall !== null && open.place === place && isSame(open.stall, stall)) {
      open.to = cycle
      continue
    }
    close()
    if (stall !== null) open = { from: cycle, to: cycle, place, stall }
  }
  close()
  return remarks
}

function isSame(a: Stall, b: Stall): boolean {
  if (a.kind !== b.kind || a.by !== b.by) return false
  if (a.kind === 'data') return b.kind === 'data' && a.register === b.register
  return a.kind !== 'structural' || (b.kind === 'structural' && a.resource === b.resource)
}

function eventRemarks(events: readonly RecordedEvent[], messages: PipelineMessages): Remark[] {
  const remarks: Remark[] = []
  for (const event of events) {
    const text = messages.event(event)
    const last = remarks.at(-1)
    if (last !== undefined && last.text === text && last.to === event.cycle - 1)
      remarks[remarks.length - 1] = { ...last, to: event.cycle }
    else remarks.push({ from: event.cycle, to: event.cycle, text })
  }
  return remarks
}

const LOSSES = ['data', 'control', 'structural', 'memory', 'ends'] as const satisfies readonly LossKind[]

/** What a run has cost, in a few lines: cycles, and where those went that brought no instruction into EX. */
export function accountLines(processor: PipelinedProcessor, style: ReportStyle): string[] {
  const messages = pipelineMessagesIn(style)
  const accounts = processor.streams.map((_, core) => processor.account(core))
  const whole = (value: number) => formatWhole(value, style.language)
  const instructions = accounts.reduce((sum, account) => sum + account.instructions, 0)
  const cpi = instructions === 0 ? 0 : processor.cycle / instructions
  const ran = messages.ran(whole(processor.cycle), whole(instructions), decimal(cpi, style), accounts.length)
  const lines = [
    `${ran}.`,
    ...accounts.map((account, core) => {
      const name = accounts.length > 1 ? `${messages.core(String(core))}: ` : ''
      return `${name}${lossText(account, messages, whole)}.`
    }),
    ...faultLines(processor, style),
  ]
  return lines.flatMap((line) => wrapText(line, style.columns, 2))
}

function lossText(
  { lost, width, branches, mispredicted }: CycleAccount,
  messages: PipelineMessages,
  whole: (value: number) => string,
): string {
  const parts = LOSSES.filter((kind) => lost[kind] > 0).map((kind) => messages.lostTo[kind](whole(lost[kind])))
  const losses = messages.lost(parts.length === 0 ? [messages.lostNothing] : parts, width > 1)
  return branches === 0
    ? losses
    : `${losses}${messages.besides}${messages.branches(whole(branches), whole(mispredicted))}`
}

function faultLines({ fault, streams }: PipelinedProcessor, style: ReportStyle): string[] {
  if (fault === null) return []
  const stream = streams[fault.unit]!
  const text = formatInstruction(stream, stream.instructions[fault.instruction]!)
  return [`${style.paint.bad('✗')} ${pipelineMessagesIn(style).fault(fault, text)}.`]
}

/** With two digits behind the point at most. */
export function decimal(value: number, { language }: Pick<ReportStyle, 'language'>): string {
  const text = String(Number(value.toFixed(2)))
  return language === 'fr' ? text.replace('.', ',') : text
}
