const FIRST_ROWS = 64

/**
 * What has been written to lines since cores lost them to another core's write: a row a line, with the words as bits for
 * each core, 0 if that core has not lost the line. It tells true sharing (a word that is wanted back was written) from
 * false sharing. Rows are there only for lines that somebody has lost.
 */
export class LostWords {
  readonly #cores: number
  #words: Int32Array<ArrayBuffer>
  /** Cores of each row that have lost its line; of a free row, −2 − the next free row. */
  #losers = new Int32Array(FIRST_ROWS)
  #rows = 0
  #free = -1

  constructor(cores: number) {
    this.#cores = cores
    this.#words = new Int32Array(FIRST_ROWS * cores)
  }

  /** A row for a line that nobody has lost yet. */
  add(): number {
    if (this.#free >= 0) {
      const row = this.#free
      this.#free = -2 - this.#losers[row]!
      this.#losers[row] = 0
      return row
    }
    if (this.#rows === this.#losers.length) this.#grow()
    return this.#rows++
  }

  /** A core loses the line to a write of these words (at least one). */
  lose(row: number, core: number, words: number): void {
    const at = row * this.#cores + core
    if (this.#words[at] === 0) this.#losers[row]!++
    this.#words[at]! |= words
  }

  /** These words have been written: for all who have lost the line, except the writer. */
  note(row: number, words: number, writer: number): void {
    const first = row * this.#cores
    const end = first + this.#cores
    for (let at = first; at < end; at++) {
      if (this.#words[at] !== 0 && at !== first + writer) this.#words[at]! |= words
    }
  }

  /** What has been written since the core lost the line, 0 if it has not. */
  wordsOf(row: number, core: number): number {
    return this.#words[row * this.#cores + core]!
  }

  /** The core has the line again. True if nobody misses it any more: the row is free then. */
  regain(row: number, core: number): boolean {
    this.#words[row * this.#cores + core] = 0
    if (--this.#losers[row]! > 0) return false
    this.#losers[row] = -2 - this.#free
    this.#free = row
    return true
  }

  #grow(): void {
    this.#words = widened(this.#words)
    this.#losers = widened(this.#losers)
  }
}

function widened(array: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(array.length * 2)
  wider.set(array)
  return wider
}
