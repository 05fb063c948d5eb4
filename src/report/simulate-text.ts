import { formatData } from '../engine/operation.js'
import type { SimulateReport, ThreadTimes } from '../engine/simulate/simulate-report.js'
import { formatShare, formatWhole } from './figures.js'
import type { Language } from './messages.js'
import type { ReportStyle } from './report-style.js'
import { simulateMessagesIn, type SimulateMessages } from './simulate-messages.js'
import { cutText, padText } from './text-width.js'

const MOST_THREADS = 16
const MOST_NAME = 16
const LARGEST_COSTS = 3
/** From here on cores count as busy all the time. */
const BUSY = 0.85
const SWITCHING = 0.2
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** One simulated run as a person reads it: what each core and thread did over time, what took longest, and why. */
export function simulateText(report: SimulateReport, style: ReportStyle): string {
  const { language, paint } = style
  const messages = simulateMessagesIn(language)
  const given = Object.entries(report.params).map(([name, value]) => `${name} = ${formatData(value)}`)
  const title = paint.strong(report.program) + (given.length === 0 ? '' : ` (${given.join(', ')})`)
  const lines = [
    title,
    messages.on(report.machine, report.policy, report.mapping, report.seed),
    messages.took(formatTime(report.makespan, language), formatWhole(report.operations, language)),
    '',
    ...timeLines(report, style, messages),
    '',
    ...costLines(report, messages, language),
    why(report, messages, language),
    '',
    ...verdictLines(report, style, messages),
  ]
  return `${lines.join('\n')}\n`
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

function timeLines(report: SimulateReport, style: ReportStyle, messages: SimulateMessages): string[] {
  const { language, paint } = style
  const { makespan } = report
  const shown = report.threads.slice(0, MOST_THREADS)
  const names = [
    ...report.cores.map((_core, i) => messages.core(i)),
    ...shown.map((thread, i) => threadName(thread, i)),
  ]
  const width = Math.max(...names.map((name) => Math.min(MOST_NAME, name.length)))
  const columns = Math.max(10, Math.min(60, style.columns - width - 4))
  const row = (name: string, cells: readonly string[], figures: string) => {
    const line = `${padText(cutText(name, width), width)}  ${resampled(cells, columns)}`
    return line.length + figures.length + 2 <= style.columns
      ? [`${line}  ${paint.dim(figures)}`]
      : [line, `${' '.repeat(width)}  ${paint.dim(figures)}`]
  }
  const share = (time: number) => formatShare(makespan === 0 ? 0 : time / makespan, language)
  const cores = report.cores.flatMap(({ busy, switching, idle }, core) =>
    row(
      messages.core(core),
      report.timeLine.cores[core]!.map((cell) => (cell === null ? ' ' : cell === 'switching' ? '-' : letterOf(cell))),
      messages.coreShares(share(busy), share(switching), share(idle)),
    ),
  )
  const threads = shown.flatMap((thread, i) =>
    row(
      threadName(thread, i),
      report.timeLine.threads[i]!.map((state) => (state === null ? ' ' : STATES[state])),
      messages.threadTimes(
        formatTime(thread.running, language),
        formatTime(thread.runnable, language),
        formatTime(thread.waiting, language),
      ),
    ),
  )
  const rest = report.threads.length - shown.length
  return [...cores, '', ...threads, ...(rest > 0 ? [messages.more(rest)] : []), paint.dim(messages.legend)]
}

const STATES = { running: '█', runnable: '░', waiting: '·' } as const

function letterOf(thread: number): string {
  return LETTERS[thread % LETTERS.length]!
}

function threadName({ name }: ThreadTimes, thread: number): string {
  return `${letterOf(thread)} ${name}`
}

/** As many cells as there are columns. */
function resampled(cells: readonly string[], columns: number): string {
  return Array.from({ length: columns }, (_, i) => cells[Math.floor((i * cells.length) / columns)] ?? ' ').join('')
}

interface Cost {
  readonly what: string
  readonly time: number
  readonly count: number | null
}

function costsOf(report: SimulateReport, messages: SimulateMessages): Cost[] {
  const total = (pick: (thread: ThreadTimes) => number) => report.threads.reduce((sum, thread) => sum + pick(thread), 0)
  const switching = report.cores.reduce((sum, core) => sum + core.switching, 0)
  const switches = report.cores.reduce((sum, core) => sum + core.switches, 0)
  return [
    { what: messages.costRunning, time: total(({ running }) => running), count: null },
    { what: messages.costReady, time: total(({ runnable }) => runnable), count: null },
    { what: messages.costSwitching, time: switching, count: switches },
    ...report.waits.map(({ what, time, waits }) => ({ what: messages.costWaiting(what), time, count: waits })),
  ]
}

function costLines(report: SimulateReport, messages: SimulateMessages, language: Language): string[] {
  const largest = costsOf(report, messages)
    .filter(({ time }) => time > 0)
    .sort((a, b) => b.time - a.time)
    .slice(0, LARGEST_COSTS)
  const width = Math.max(0, ...largest.map(({ what }) => what.length))
  return [
    messages.whereTime,
    ...largest.map(({ what, time, count }) => {
      const often = count === null ? '' : `  (${messages.times(formatWhole(count, language))})`
      return `  ${padText(what, width)}  ${formatTime(time, language)}${often}`
    }),
  ]
}

/** Why it took this long, in one sentence. */
function why(report: SimulateReport, messages: SimulateMessages, language: Language): string {
  const cores = report.cores.length
  const capacity = Math.max(1, cores * report.makespan)
  const busy = report.cores.reduce((sum, core) => sum + core.busy, 0) / capacity
  const switching = report.cores.reduce((sum, core) => sum + core.switching, 0) / capacity
  const ready = report.threads.reduce((sum, { runnable }) => sum + runnable, 0)
  const lives = report.threads.reduce((sum, { running, runnable, waiting }) => sum + running + runnable + waiting, 0)
  if (switching >= SWITCHING) return messages.switchingCosts(formatShare(switching, language))
  if (busy + switching >= BUSY)
    return ready > report.makespan / 2
      ? messages.coresWanted(cores, formatTime(ready, language))
      : messages.coresBusy(cores)
  const [longest] = [...report.waits].sort((a, b) => b.time - a.time)
  const share = longest === undefined ? 0 : longest.time / Math.max(1, lives)
  if (longest !== undefined && share >= 0.25) {
    const isTime = longest.what === 'io' || longest.what === 'wake' || longest.what === 'sleep'
    const shown = formatShare(share, language)
    return isTime ? messages.slowDevice(longest.what, shown) : messages.oneAtATime(longest.what, shown)
  }
  return messages.fewThreads((busy * cores).toFixed(1).replace('.', language === 'fr' ? ',' : '.'), cores)
}

function verdictLines(report: SimulateReport, { paint }: ReportStyle, messages: SimulateMessages): string[] {
  const stopped = report.stopped === null ? [] : [messages.stopped(report.stopped.message)]
  if (report.violations.length > 0)
    return [
      ...stopped,
      ...report.violations.map(({ message }) => `${paint.bad('✗')} ${paint.strong(message)}`),
      messages.wrong(report.violations.length),
    ]
  if (report.stopped !== null) return stopped
  return [`${paint.good('✓')} ${messages.fine}. ${paint.dim(messages.oneRun)}`]
}
