import type { CodeMonitor } from '../engine/thread-runner.js'
import type { Place } from '../engine/place.js'
import { PulseCell } from './pulse.js'

/** Tells the watchdog, through shared memory, whose code is running: it must be told before, for a loop never tells. */
export class PulseMonitor implements CodeMonitor {
  readonly #cells: Int32Array
  readonly #announce: (number: number, name: string, place: Place | undefined) => void
  readonly #numbers = new Map<string, number>()
  #beats = 0
  readonly #stack: number[] = []

  constructor(pulse: SharedArrayBuffer, announce: (number: number, name: string, place: Place | undefined) => void) {
    this.#cells = new Int32Array(pulse)
    this.#announce = announce
  }

  enter(what: string, place: Place | undefined): void {
    let number = this.#numbers.get(what)
    if (number === undefined) {
      number = this.#numbers.size + 1
      this.#numbers.set(what, number)
      this.#announce(number, what, place)
    }
    this.#stack.push(number)
    this.#beat(number)
  }

  leave(): void {
    this.#stack.pop()
    this.#beat(this.#stack.at(-1) ?? 0)
  }

  #beat(number: number): void {
    Atomics.store(this.#cells, PulseCell.Running, number)
    Atomics.store(this.#cells, PulseCell.Beats, ++this.#beats | 0)
  }
}

/** Names that are not threads' are told apart by this prefix, which no thread's name begins with in practice. */
export const LOADING = '\u0000loading'
