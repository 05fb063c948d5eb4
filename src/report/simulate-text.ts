import { formatData } from '../engine/operation.js'
import type { CoreTimes, Latency, SimulateReport, ThreadTimes, WaitTimes } from '../engine/simulate/simulate-report.js'
import { formatShare, formatWhole } from './figures.js'
import type { Language } from './messages.js'
import type { ReportStyle } from './report-style.js'
import { simulateMessagesIn, type SimulateMessages } from './simulate-messages.js'
import { cutText, padText, textWidth } from './text-width.js'
import { wrapText } from './wrap-text.js'

const MOST_THREADS = 16
const MOST_NAME = 16
const LARGEST_COSTS = 3
/** From here on cores count as busy all the time. */
const BUSY = 0.85
const SWITCHING = 0.2
/** From this share of the threads' lives on, what they waited for is why. */
const WAITING = 0.25
/** What lets threads through one after the other. */
const LOCKS = new Set(['lock', 'rlock', 'reader-writer lock'])
/** Mappings in which all threads of a process share one thread of the system. */
const ONE_CARRIER = new Set(['N:1', 'event-loop'])
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** One simulated run as a person reads it: what each core and thread did over time, what took longest, and why. */
export function simulateText(report: SimulateReport, style: ReportStyle): string {
  const { language, paint } = style
  const messages = simulateMessagesIn(language)
  const given = Object.entries(report.params).map(([name, value]) => `${name} = ${formatData(value)}`)
  const title = paint.strong(report.program) + (given.length === 0 ? '' : ` (${given.join(', ')})`)
  const lines = [
    title,
    messages.on({ ...report, seed: printable(report.seed) }),
    messages.took(formatTime(report.makespan, language), formatWhole(report.operations, language)),
    '',
    ...timeLines(report, style, messages),
    '',
    ...costLines(report, messages, language),
    ...wrapText(why(report, messages, language), style.columns),
    '',
    ...verdictLines(report, style, messages),
  ]
  return `${lines.join('\n')}\n`
}

/** A seed may be any text: what would move the cursor is shown as a sign. */
function printable(text: string): string {
  return text.replaceAll(/\p{Control}/gu, '�')
}

/** A duration in nanoseconds as a person reads it: `950 ns`, `1.25 ms`. */
export function formatTime(nanoseconds: number, language: Language): string {
  const units = [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
    [1, 'ns'],
  ] as const
  const [size, unit] = units.find(([unitSize]) => nanoseconds >= unitSize) ?? [1, 'ns']
  const text = String(Number((nanoseconds / size).toPrecision(3)))
  return `${language === 'fr' ? text.replace('.', ',') : text} ${unit}`
}

/** A line of the table: a name, what was done over time, and figures below the heads of their columns. */
interface Row {
  readonly name: string
  readonly cells: readonly string[]
  readonly figures: readonly string[]
}

const FIGURE = 12
const LEAST_LINE = 16
const MOST_LINE = 60

function timeLines(report: SimulateReport, style: ReportStyle, messages: SimulateMessages): string[] {
  const { paint } = style
  const cores = coreRows(report, style, messages)
  const shown = report.threads.slice(0, MOST_THREADS)
  const threads = shown.map((thread, i) => threadRow(report, thread, i, style.language))
  const rest = report.threads.length - shown.length
  const names = [...cores, ...threads].map(({ name }) => textWidth(name))
  const width = Math.min(MOST_NAME, Math.max(...names))
  const table = (rows: readonly Row[], columns: readonly string[]) => tableLines(rows, columns, width, style)
  return [
    ...table(cores, messages.coreColumns),
    '',
    ...table(threads, messages.threadColumns),
    ...(rest > 0 ? [messages.more(rest)] : []),
    ...wrapText(messages.legend, style.columns).map(paint.dim),
  ]
}

/** With the figures beside the lines where there is room, below them in narrow terminals. */
function tableLines(
  rows: readonly Row[],
  columns: readonly string[],
  width: number,
  { columns: most, paint }: ReportStyle,
): string[] {
  const right = (texts: readonly string[]) => texts.map((text) => text.padStart(FIGURE)).join('')
  const figures = FIGURE * columns.length
  const isWide = most - width - 2 - figures >= LEAST_LINE
  const line = Math.max(1, Math.min(MOST_LINE, most - width - 2 - (isWide ? figures : 0)))
  if (!isWide)
    return rows.flatMap(({ name, cells, figures: texts }) => {
      const said = texts.flatMap((text, i) => (text === '' ? [] : [`${columns[i] ?? ''} ${text}`])).join(', ')
      return [
        `${padText(cutText(name, width), width)}  ${resampled(cells, line)}`.trimEnd(),
        ...wrapText(said, Math.max(1, most - 2)).map((each) => `  ${paint.dim(each)}`),
      ]
    })
  return [
    paint.dim(`${' '.repeat(width + 2 + line)}${right(columns)}`),
    ...rows.map(({ name, cells, figures: texts }) =>
      `${padText(cutText(name, width), width)}  ${resampled(cells, line)}${right(texts)}`.trimEnd(),
    ),
  ]
}

const LEAST_SHARE = 0.0001
const ALMOST_ALL = 0.995

/** A share in a column: what is very little is shown as such, and what is nearly all not as all. */
function shareCell(share: number, language: Language): string {
  if (share > 0 && share < LEAST_SHARE) return `< ${formatShare(LEAST_SHARE, language)}`
  return share >= ALMOST_ALL && share < 1 ? `> ${formatShare(0.99, language)}` : formatShare(share, language)
}

/** Cores that never did anything are one row, if there are several of them in a row. */
function coreRows(report: SimulateReport, { language }: ReportStyle, messages: SimulateMessages): Row[] {
  const rows: Row[] = []
  const share = (time: number) => shareCell(report.makespan === 0 ? 0 : time / report.makespan, language)
  const isIdle = (core: number) => report.cores[core]?.idle === report.makespan && report.makespan > 0
  for (let core = 0; core < report.cores.length; core++) {
    const from = core
    while (isIdle(core + 1) && isIdle(from)) core++
    const { busy, stalled, switching, idle } = report.cores[from]!
    if (core > from) {
      rows.push({
        name: messages.idleCores(from, core),
        cells: [],
        figures: ['', '', '', share(idle)],
      })
      continue
    }
    rows.push({
      name: messages.core(core),
      cells: report.timeLine.cores[core]!.map((cell) =>
        cell === null ? ' ' : cell === 'switching' ? '-' : letterOf(cell),
      ),
      figures: [busy, stalled, switching, idle].map(share),
    })
  }
  return rows
}

function threadRow(report: SimulateReport, thread: ThreadTimes, place: number, language: Language): Row {
  const times = [thread.running, thread.runnable, thread.waiting].map((time) => formatTime(time, language))
  return {
    name: `${letterOf(place)} ${thread.name}`,
    cells: report.timeLine.threads[place]!.map((state) => (state === null ? ' ' : STATES[state])),
    figures: [...times, formatWhole(thread.dispatched, language)],
  }
}

const STATES = { running: '█', runnable: '░', waiting: '·' } as const

function letterOf(thread: number): string {
  return LETTERS[thread % LETTERS.length]!
}

/** As many cells as there are columns. */
function resampled(cells: readonly string[], columns: number): string {
  if (cells.length === 0) return ' '.repeat(columns)
  return Array.from({ length: columns }, (_, i) => cells[Math.floor((i * cells.length) / columns)] ?? ' ').join('')
}

interface Cost {
  readonly what: string
  readonly time: number
  readonly count: number | null
  /** How it is distributed, if that is known. */
  readonly latency?: Latency | undefined
}

function costsOf(report: SimulateReport, messages: SimulateMessages): Cost[] {
  const total = (pick: (thread: ThreadTimes) => number) => report.threads.reduce((sum, thread) => sum + pick(thread), 0)
  const switching = report.cores.reduce((sum, core) => sum + core.switching, 0)
  const switches = report.cores.reduce((sum, core) => sum + core.switches, 0)
  const stalled = report.cores.reduce((sum, core) => sum + core.stalled, 0)
  return [
    { what: messages.costRunning, time: total(({ running }) => running) - stalled, count: null },
    { what: messages.costStalled, time: stalled, count: null },
    { what: messages.costGil, time: report.gil?.waited ?? 0, count: report.gil?.waits ?? 0 },
    {
      what: messages.costReady,
      time: total(({ runnable }) => runnable),
      count: null,
      latency: report.latencies.dispatch,
    },
    { what: messages.costSwitching, time: switching, count: switches },
    ...report.waits.map(({ what, time, waits }) => ({
      what: messages.costWaiting(waitName(what, messages)),
      time,
      count: waits,
      latency: report.latencies.waits.find((latency) => latency.what === what),
    })),
  ]
}

function waitName(what: string, { waitNames }: SimulateMessages): string {
  return Object.hasOwn(waitNames, what) ? waitNames[what]! : what
}

function costLines(report: SimulateReport, messages: SimulateMessages, language: Language): string[] {
  const largest = costsOf(report, messages)
    .filter(({ time }) => time > 0)
    .sort((a, b) => b.time - a.time)
    .slice(0, LARGEST_COSTS)
  const width = Math.max(0, ...largest.map(({ what }) => what.length))
  return [
    messages.whereTime,
    ...largest.map(({ what, time, count, latency }) => {
      const often = count === null ? [] : [messages.times(formatWhole(count, language))]
      const figures = [...often, ...(latency === undefined ? [] : spreadOf(latency, messages, language))]
      const shown = figures.length === 0 ? '' : `  (${figures.join('; ')})`
      return `  ${padText(what, width)}  ${formatTime(time, language)}${shown}`
    }),
  ]
}

/** Few durations have no distribution worth the name. */
const LEAST_COUNT = 10

function spreadOf({ count, p50, p99, max }: Latency, { spread }: SimulateMessages, language: Language): string[] {
  if (count < LEAST_COUNT) return []
  const [half, most, longest] = [p50, p99, max].map((time) => formatTime(time, language)) as [string, string, string]
  return [spread(half, most, longest)]
}

/** Why it took this long, in one sentence: the first of these causes that explains most of it. */
function why(report: SimulateReport, messages: SimulateMessages, language: Language): string {
  const { makespan } = report
  const cores = report.cores.length
  const capacity = Math.max(1, cores * makespan)
  const sum = (pick: (core: CoreTimes) => number) => report.cores.reduce((all, core) => all + pick(core), 0)
  const stalled = sum((core) => core.stalled)
  const working = sum(({ busy }) => busy) + stalled
  const switching = sum((core) => core.switching)
  const used = working + switching
  const ready = report.threads.reduce((all, { runnable }) => all + runnable, 0)
  // Whoever a core is changing to counts as ready: only what goes beyond that is for want of a core.
  const wanting = ready - switching
  const lives = report.threads.reduce((all, { running, runnable, waiting }) => all + running + runnable + waiting, 0)
  const shareOfLives = (time: number) => time / Math.max(1, lives)
  const shown = (share: number) => formatShare(share, language)
  const average = ((working / capacity) * cores).toFixed(1).replace('.', language === 'fr' ? ',' : '.')

  if (report.violations.some(({ kind }) => kind === 'deadlock')) return messages.deadlocked
  const gil = report.gil?.waited ?? 0
  if (shareOfLives(gil) >= WAITING || gil > makespan / 2) return messages.gilTaken(shown(shareOfLives(gil)))
  // What cores do with their time explains nothing where they hardly do anything.
  if (used > makespan / 2) {
    if (switching > working || switching / capacity >= SWITCHING)
      return messages.switchingCosts(shown(switching / used))
    if (stalled > working / 2)
      return messages.memorySlow(shown(stalled / working), sharedLines(report, messages, language))
  }
  if (ONE_CARRIER.has(report.mapping) && wanting > makespan / 2)
    return messages.oneCarrier(report.mapping, formatTime(ready, language))
  if (used / capacity >= BUSY)
    return wanting > makespan / 2 ? messages.coresWanted(cores, formatTime(ready, language)) : messages.coresBusy(cores)
  const [longest] = causesOf(report.waits, lives)
  const waited = longest?.time ?? 0
  if (wanting > makespan / 2 && wanting > waited) return messages.keptFromCores(formatTime(ready, language))
  if (longest !== undefined && shareOfLives(waited) >= WAITING) {
    const what = waitName(longest.what, messages)
    const isLock = longest.kind !== null && LOCKS.has(longest.kind)
    return isLock
      ? messages.oneAtATime(what, shown(shareOfLives(waited)))
      : messages.waited(what, shown(shareOfLives(waited)), average, cores)
  }
  return messages.fewThreads(average, cores)
}

/**
 * What threads waited for, most likely cause first. Whoever waits for another thread's end, or at a queue, waits for what that other
 * does: if that is often a device or sleep, that is the cause.
 */
function causesOf(waits: SimulateReport['waits'], lives: number): WaitTimes[] {
  const isOfItself = ({ kind, time }: WaitTimes) => kind === null && time >= WAITING * lives
  const isLock = ({ kind }: WaitTimes) => kind !== null && LOCKS.has(kind)
  const rank = (wait: WaitTimes) => Number(isOfItself(wait) || (isLock(wait) && wait.time >= WAITING * lives))
  return waits
    .filter(({ what, kind }) => kind !== 'process' && kind !== 'thread' && !(kind === null && what === 'join'))
    .sort((a, b) => rank(b) - rank(a) || b.time - a.time)
}

/** Where lines came from that cores stood still for, if most came from other cores. */
function sharedLines(report: SimulateReport, messages: SimulateMessages, language: Language): string {
  const { misses, lineTransfers, falseSharing, trueSharing } = report.memory.total
  const missed = misses.at(-1) ?? 0
  if (lineTransfers < LEAST_COUNT || lineTransfers <= missed / 2) return ''
  const isFalse = falseSharing >= LEAST_COUNT && falseSharing > trueSharing && falseSharing > lineTransfers / 2
  return isFalse
    ? messages.falselyShared(formatWhole(falseSharing, language))
    : messages.fromOtherCores(formatWhole(lineTransfers, language))
}

function verdictLines(report: SimulateReport, style: ReportStyle, messages: SimulateMessages): string[] {
  const { paint } = style
  const stopped = report.stopped === null ? [] : [messages.stopped(report.stopped.message)]
  if (report.violations.length > 0)
    return [
      ...stopped,
      ...report.violations.map(({ message }) => `${paint.bad('✗')} ${paint.strong(message)}`),
      messages.wrong(report.violations.length),
    ]
  if (report.stopped !== null) return stopped
  return [`${paint.good('✓')} ${messages.fine}.`, ...wrapText(messages.oneRun, style.columns).map(paint.dim)]
}
