import type { Replay } from '../engine/replay.js'
import type { TraceStep } from '../engine/replay-run.js'
import { formatData } from '../engine/operation.js'
import type { ReportStyle } from './report-style.js'
import { cutText, padText, textWidth } from './text-width.js'

/** What to show of a trace. */
export interface TraceTableOptions {
  /** After this step a remark says that the violation can no longer be avoided. */
  readonly criticalStep?: number | null
  /** Rows at most; the middle is left out. @default all */
  readonly maxRows?: number
}

const GAP = 2
const NUMBER_WIDTH = 6
const MAX_CELL = 28
const REMARK_GAP = 3

/**
 * The table of the course: a column for each thread, then one for each object, a row for each step. Where it would be
 * wider than the terminal, a list with one line a step, and another one for what an object shows if both are too long for one.
 */
export function traceTable(replay: Replay, style: ReportStyle, options: TraceTableOptions = {}): string[] {
  const rows = selectRows(replay.steps, options.maxRows ?? Number.MAX_SAFE_INTEGER)
  const threads = [...new Set(replay.steps.map((step) => step.thread))]
  const objects = objectsOf(replay)
  const layout = {
    threads,
    objects,
    withNames: new Set(replay.steps.map((step) => step.object).filter((name) => name !== null)).size > 1,
  }
  const widths = columnWidths(replay, layout)
  const total = NUMBER_WIDTH + [...widths.threads, ...widths.objects].reduce((sum, width) => sum + width + GAP, 0)
  const isNarrow = total > style.columns
  const lines = isNarrow ? [] : [header(layout, widths, style)]
  lines.push(...replay.printedInitially.map((text) => `${' '.repeat(NUMBER_WIDTH)}${style.paint.dim(text)}`))
  for (const row of rows) {
    if (row.step === null) {
      lines.push(`${' '.repeat(NUMBER_WIDTH)}${style.paint.dim(style.messages.stepsLeftOut(row.leftOut))}`)
      continue
    }
    if (replay.repeatsFrom === row.step.step)
      lines.push(`${' '.repeat(NUMBER_WIDTH)}${style.paint.doubt(style.messages.repeats)}`)
    lines.push(...(isNarrow ? listLines(row.step, layout, style) : [tableLine(row.step, layout, widths).trimEnd()]))
    if (options.criticalStep === row.step.step) {
      const { inevitable } = style.messages
      const isBeside = !isNarrow || textWidth(lines.at(-1)!) + REMARK_GAP + textWidth(inevitable) <= style.columns
      const before = isBeside ? `${lines.pop()}${' '.repeat(REMARK_GAP)}` : ' '.repeat(NUMBER_WIDTH)
      lines.push(`${before}${style.paint.doubt(inevitable)}`)
    }
    if (row.step.threadStates !== undefined) lines.push(statesLine(row.step.threadStates, style))
    for (const printed of row.step.printed)
      lines.push(`${' '.repeat(NUMBER_WIDTH)}${style.paint.dim(style.messages.prints(row.step.thread, printed))}`)
  }
  return lines
}

interface TableLayout {
  readonly threads: readonly string[]
  readonly objects: readonly string[]
  /** Whether a step must say which object it is about. */
  readonly withNames: boolean
}

interface ColumnWidths {
  readonly threads: readonly number[]
  readonly objects: readonly number[]
}

type Row = { readonly step: TraceStep } | { readonly step: null; readonly leftOut: number }

function selectRows(steps: readonly TraceStep[], maxRows: number): Row[] {
  if (steps.length <= maxRows) return steps.map((step) => ({ step }))
  const head = Math.ceil(maxRows / 3)
  const tail = maxRows - head
  return [
    ...steps.slice(0, head).map((step) => ({ step })),
    { step: null, leftOut: steps.length - head - tail },
    ...steps.slice(-tail).map((step) => ({ step })),
  ]
}

/** Objects that the steps touch or that change, in the order of declaration. */
function objectsOf(replay: Replay): string[] {
  const touched = new Set(replay.steps.map((step) => step.object))
  const names = new Set([...Object.keys(replay.initially), ...replay.steps.flatMap((step) => Object.keys(step.shows))])
  return [...names].filter((name) => touched.has(name))
}

/** What a step does, in words: `read counter → 0`, or `read → 0` where there is only one object. */
export function stepText(step: TraceStep, withNames: boolean): string {
  if (!withNames || step.object === null) return step.label
  return step.label.startsWith(step.operation)
    ? `${step.operation} ${step.object}${step.label.slice(step.operation.length)}`
    : `${step.label} ${step.object}`
}

function columnWidths(replay: Replay, layout: TableLayout): ColumnWidths {
  const threads = layout.threads.map((thread) => {
    const texts = replay.steps
      .filter((step) => step.thread === thread)
      .map((step) => textWidth(stepText(step, layout.withNames)))
    return Math.max(textWidth(thread), 12, ...capped(texts))
  })
  const objects = layout.objects.map((object) => {
    const texts = replay.steps.map((step) => textWidth(shown(step, object)))
    return Math.max(textWidth(object), ...capped(texts))
  })
  return { threads, objects }
}

function capped(widths: readonly number[]): number[] {
  // A spread of many thousand arguments overflows the stack.
  return [
    Math.min(
      MAX_CELL,
      widths.reduce((most, width) => Math.max(most, width), 0),
    ),
  ]
}

function shown(step: TraceStep, object: string): string {
  return object in step.shows ? formatData(step.shows[object]).replace(/^"(.*)"$/, '$1') : '·'
}

function header(layout: TableLayout, widths: ColumnWidths, style: ReportStyle): string {
  const cells = [
    ...layout.threads.map((name, i) => padText(name, widths.threads[i]!)),
    ...layout.objects.map((name, i) => padText(name, widths.objects[i]!)),
  ]
  return style.paint.strong(`${' '.repeat(NUMBER_WIDTH)}${cells.join(' '.repeat(GAP))}`.trimEnd())
}

function tableLine(step: TraceStep, layout: TableLayout, widths: ColumnWidths): string {
  const acts = layout.threads.map((thread, i) => {
    const width = widths.threads[i]!
    return padText(thread === step.thread ? cutText(stepText(step, layout.withNames), width) : '', width)
  })
  const states = layout.objects.map((object, i) =>
    padText(cutText(shown(step, object), widths.objects[i]!), widths.objects[i]!),
  )
  return `${String(step.step).padStart(NUMBER_WIDTH - 2)}  ${[...acts, ...states].join(' '.repeat(GAP))}`
}

/** `A running · B blocked`: where each thread is after a step. */
function statesLine(states: NonNullable<TraceStep['threadStates']>, style: ReportStyle): string {
  const texts = Object.entries(states).map(([thread, state]) => `${thread} ${style.messages.threadStates[state]}`)
  return `${' '.repeat(NUMBER_WIDTH)}${style.paint.dim(cutText(texts.join(' · '), style.columns - NUMBER_WIDTH))}`
}

function listLines(step: TraceStep, layout: TableLayout, style: ReportStyle): string[] {
  const act = `${String(step.step).padStart(NUMBER_WIDTH - 2)}  ${step.thread}: ${stepText(step, layout.withNames)}`
  if (step.object === null || !(step.object in step.shows)) return [cutText(act, style.columns)]
  const state = `${step.object} = ${shown(step, step.object)}`
  const line = `${act}   ${state}`
  if (textWidth(line) <= style.columns) return [line]
  return [cutText(act, style.columns), cutText(`${' '.repeat(NUMBER_WIDTH)}${state}`, style.columns)]
}
