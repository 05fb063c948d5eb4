import type { Replay } from '../engine/replay.js'
import { replayText } from '../report/replay-text.js'
import { makeStyle, type ReportStyle } from '../report/report-style.js'
import { traceTable } from '../report/trace-table.js'
import { cutText, textWidth } from '../report/text-width.js'
import { wantsColour } from './terminal.js'

/** What a key does while stepping. */
export type StepKey = 'forward' | 'back' | 'end' | 'quit' | 'none'

/** The meaning of the bytes of one key press. */
export function stepKeyOf(bytes: string): StepKey {
  switch (bytes) {
    case '\u0003':
    case '\u0004':
    case 'q':
    case '\u001b':
      return 'quit'
    case 'b':
    case 'p':
    case '\u001b[D':
    case '\u001b[A':
    case '\u007f':
      return 'back'
    case 'e':
    case '\u001b[F':
      return 'end'
    default:
      return 'forward'
  }
}

/** How many steps are shown after a key. */
export function stepsAfter(key: StepKey, shown: number, all: number): number {
  switch (key) {
    case 'forward':
      return Math.min(all, shown + 1)
    case 'back':
      return Math.max(0, shown - 1)
    case 'end':
      return all
    case 'quit':
    case 'none':
      return shown
  }
}

/** Shows a run one step a key, forth and back, on a terminal; leaves the last picture standing. */
export async function stepThrough(replay: Replay, style: ReportStyle): Promise<void> {
  let shown = 0
  let drawn = 0
  const draw = (): void => {
    const lines = picture(replay, shown, currentStyle(style))
    // A line that is wider than the terminal takes several rows: it is cut, so that one line is one row.
    const visible = lines
      .slice(-Math.max(3, (process.stdout.rows ?? 24) - 1))
      .map((line) => fitted(line, process.stdout.columns ?? 80))
    process.stdout.write(`${drawn > 0 ? `\u001b[${drawn}A` : ''}\r\u001b[J${visible.join('\n')}\n`)
    drawn = visible.length
  }
  const redraw = (): void => {
    // After a change of width the old lines may have been wrapped: how many rows they take is unknown.
    process.stdout.write('\u001b[2J\u001b[H')
    drawn = 0
    draw()
  }
  process.stdin.setRawMode(true)
  process.stdin.resume()
  process.stdin.setEncoding('utf8')
  process.stdout.on('resize', redraw)
  try {
    draw()
    for await (const key of keys()) {
      if (key === 'quit') break
      shown = stepsAfter(key, shown, replay.steps.length)
      draw()
    }
  } finally {
    process.stdout.off('resize', redraw)
    process.stdin.setRawMode(false)
    process.stdin.pause()
  }
}

/** The line if it fits; else cut, without its colours. */
function fitted(line: string, columns: number): string {
  const plain = line.replace(/\u001b\[[0-9;]*m/g, '')
  return textWidth(plain) < columns ? line : cutText(plain, columns - 1)
}

async function* keys(): AsyncGenerator<StepKey> {
  for await (const chunk of process.stdin) {
    // Several keys typed ahead arrive together; an escape sequence is one key.
    for (const bytes of String(chunk).match(/\u001b\[[0-9;]*[A-Za-z~]|[\s\S]/g) ?? []) yield stepKeyOf(bytes)
  }
}

function picture(replay: Replay, shown: number, style: ReportStyle): string[] {
  const isEnd = shown === replay.steps.length
  const help = style.paint.dim(isEnd ? style.messages.stepEnd : style.messages.stepHelp)
  if (isEnd) return [...replayText(replay, style).trimEnd().split('\n'), '', help]
  const columns = traceTable(replay, style)
  // The whole table sets the widths, so that columns stay where they are while steps appear.
  const head = columns[0] ?? ''
  const part = traceTable({ ...replay, steps: replay.steps.slice(0, shown) }, style)
  const rows = columns.slice(1, 1 + Math.max(0, part.length - 1))
  return [style.paint.strong(replay.program), '', head, ...rows, '', `${shown}/${replay.steps.length}   ${help}`]
}

function currentStyle(style: ReportStyle): ReportStyle {
  return makeStyle(style.language, wantsColour(process.stdout), process.stdout.columns ?? style.columns)
}
