import type { ExploreProgress } from '../engine/explore/explore-report.js'
import { formatWhole } from '../report/figures.js'
import { type Language, messagesIn } from '../report/messages.js'
import { cutText } from '../report/text-width.js'

/** Where progress is written to: standard error, or what stands for it in a test. */
export interface ProgressTerminal {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/**
 * One line on standard error that tells how far the work is. Nothing where standard error is no terminal, unless it is
 * asked for: then a line of its own for each message.
 */
export class ProgressLine {
  readonly #language: Language
  readonly #terminal: ProgressTerminal
  readonly #isForced: boolean
  readonly #clock: () => number
  #shown = false
  // When executions began to be counted, in milliseconds, and how many there were.
  #since: { readonly time: number; readonly executions: number } | null = null

  constructor(
    language: Language,
    isForced = false,
    terminal: ProgressTerminal = process.stderr,
    clock: () => number = () => performance.now(),
  ) {
    this.#language = language
    this.#isForced = isForced
    this.#terminal = terminal
    this.#clock = clock
  }

  /** Whether anything is shown. */
  get isShown(): boolean {
    return this.#terminal.isTTY === true || this.#isForced
  }

  show(progress: ExploreProgress): void {
    if (!this.isShown) return
    const isTerminal = this.#terminal.isTTY === true
    const text = this.#text(progress)
    if (!isTerminal) {
      this.#terminal.write(`${text}\n`)
      return
    }
    this.#shown = true
    this.#terminal.write(`\r\u001b[2K${cutText(text, (this.#terminal.columns ?? 80) - 1)}`)
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.#shown) this.#terminal.write('\r\u001b[2K')
    this.#shown = false
  }

  /** What comes now is another exploration, with a rate of its own. */
  restart(): void {
    this.clear()
    this.#since = null
  }

  #text(progress: ExploreProgress): string {
    const messages = messagesIn(this.#language)
    if (progress.phase === 'sampling') return messages.sampling(this.#whole(progress.executions))
    const searched =
      progress.estimate === undefined
        ? messages.searching(this.#whole(progress.states), this.#whole(progress.transitions), progress.depth)
        : this.#executions(progress)
    return progress.phase === 'searching' ? searched : `${messages.phase[progress.phase]} (${searched})`
  }

  #executions({ executions, estimate }: ExploreProgress): string {
    const messages = messagesIn(this.#language)
    const time = this.#clock()
    this.#since ??= { time, executions }
    const seconds = (time - this.#since.time) / 1000
    const rate = seconds === 0 ? 0 : (executions - this.#since.executions) / seconds
    const counted = messages.executing(this.#whole(executions), this.#whole(Math.round(rate)))
    if (estimate === null || estimate === undefined) return counted
    const [all, low, high] = [estimate.executions, estimate.low, estimate.high].map((value) => this.#rounded(value))
    const left = rate === 0 ? '…' : duration((estimate.executions - executions) / rate)
    return `${counted} ${messages.estimated(all!, low!, high!, left)}`
  }

  #whole(value: number): string {
    return formatWhole(value, this.#language)
  }

  /** An estimate in two figures: more would look as if they were known. */
  #rounded(value: number): string {
    if (value < 100) return this.#whole(Math.round(value))
    const unit = 10 ** (Math.floor(Math.log10(value)) - 1)
    return value < 1e15 ? this.#whole(Math.round(value / unit) * unit) : value.toExponential(1)
  }
}

/** Seconds as a person says them: `45 s`, `3 min`, `2 h`, `5 d`. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(Math.max(0, seconds))} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`
  return seconds < 1e9 ? `${Math.round(seconds / 86_400)} d` : '> 30 y'
}
