import { chain } from '../../content-hash.js'

/** A map from pairs of integers, the first of which is not negative, to integers: in a typed array, nothing allocated. */
export class IntPairMap {
  // Four ints an entry: first + 1, second, value, unused. 0 marks an empty entry.
  #entries = new Int32Array(4 * 256)
  #count = 0

  get bytes(): number {
    return this.#entries.length * 4
  }

  /** The value of a pair, −1 if it has none. */
  get(first: number, second: number): number {
    const entries = this.#entries
    const mask = entries.length / 4 - 1
    for (let i = chain(first, second) & mask; ; i = (i + 1) & mask) {
      const known = entries[4 * i]!
      if (known === 0) return -1
      if (known === first + 1 && entries[4 * i + 1] === second) return entries[4 * i + 2]!
    }
  }

  /** Gives a pair that has none a value. */
  add(first: number, second: number, value: number): void {
    if (++this.#count * 8 > this.#entries.length) this.#grow()
    this.#insert(first, second, value)
  }

  #insert(first: number, second: number, value: number): void {
    const entries = this.#entries
    const mask = entries.length / 4 - 1
    let i = chain(first, second) & mask
    while (entries[4 * i] !== 0) i = (i + 1) & mask
    entries[4 * i] = first + 1
    entries[4 * i + 1] = second
    entries[4 * i + 2] = value
  }

  #grow(): void {
    const old = this.#entries
    this.#entries = new Int32Array(old.length * 2)
    for (let at = 0; at < old.length; at += 4) if (old[at] !== 0) this.#insert(old[at]! - 1, old[at + 1]!, old[at + 2]!)
  }
}
