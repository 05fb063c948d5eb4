import type { ExploreProgress } from '../engine/explore/explore-report.js'
import { formatWhole } from '../report/figures.js'
import type { Language } from '../report/messages.js'
import { messagesIn } from '../report/messages.js'
import { cutText } from '../report/text-width.js'

/** One line on standard error that tells how far the work is; nothing where standard error is no terminal. */
export class ProgressLine {
  readonly #language: Language
  readonly #active = process.stderr.isTTY === true
  #shown = false

  constructor(language: Language) {
    this.#language = language
  }

  show(progress: ExploreProgress): void {
    if (!this.#active) return
    this.#shown = true
    process.stderr.write(`\r\u001b[2K${cutText(this.#text(progress), (process.stderr.columns ?? 80) - 1)}`)
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.#shown) process.stderr.write('\r\u001b[2K')
    this.#shown = false
  }

  #text(progress: ExploreProgress): string {
    const messages = messagesIn(this.#language)
    const whole = (value: number) => formatWhole(value, this.#language)
    const searched = messages.searching(whole(progress.states), whole(progress.transitions), progress.depth)
    switch (progress.phase) {
      case 'sampling':
        return messages.sampling(whole(progress.executions))
      case 'searching':
        return searched
      default:
        return `${messages.phase[progress.phase]} (${searched})`
    }
  }
}
