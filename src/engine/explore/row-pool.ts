/** Rows of words of any length in one array: a typed array each would cost more than most rows hold. */
export class RowPool {
  /** How many rows there are. */
  count = 0
  /** All rows, one after the other. Replaced when it grows. */
  words = new Int32Array(256)
  // By row: where it begins; one more for the end.
  #starts = new Int32Array(64)

  /** Memory held, in bytes. */
  get bytes(): number {
    return (this.words.length + this.#starts.length) * 4
  }

  /** Adds the first words of an array as a row. */
  add(from: Int32Array, length: number): void {
    const start = this.#starts[this.count]!
    if (start + length > this.words.length) this.words = enlarged(this.words, (start + length) * 2)
    for (let i = 0; i < length; i++) this.words[start + i] = from[i]!
    if (++this.count === this.#starts.length) this.#starts = enlarged(this.#starts, this.count * 2)
    this.#starts[this.count] = start + length
  }

  /** Where a row begins in `words`. */
  startOf(row: number): number {
    return this.#starts[row]!
  }

  lengthOf(row: number): number {
    return this.#starts[row + 1]! - this.#starts[row]!
  }

  /** A copy of a row. */
  row(row: number): Int32Array<ArrayBuffer> {
    return this.words.slice(this.#starts[row], this.#starts[row + 1])
  }
}

function enlarged(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length)
  larger.set(array)
  return larger
}
