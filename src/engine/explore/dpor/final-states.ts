const CAPACITY = 1 << 12
// Odd, as is what is added to it.
const FACTOR = 0x9e3779b1 | 0

/** Remembers the outcomes of final states by their words: quicker than telling outcomes apart as a person does. */
export class FinalStates {
  #width = 0
  #rows = new Int32Array(0)
  #slots = new Int32Array(CAPACITY * 2)
  #found = new Int32Array(CAPACITY)
  #count = 0
  #free = 0

  /** Memory held, in bytes. */
  get bytes(): number {
    return (this.#rows.length + this.#slots.length + this.#found.length) * 4
  }

  /** The outcome of a state, given by its first words; −1 if it is not remembered, `remember` then does. */
  find(words: Int32Array, width: number): number {
    if (width !== this.#width || this.#count === CAPACITY) this.#forget(width)
    const mask = this.#slots.length - 1
    let slot = hashOf(words, width) & mask
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const row = this.#slots[slot]! - 1
      const base = row * width
      let w = 0
      while (w < width && this.#rows[base + w] === words[w]) w++
      if (w === width) return this.#found[row]!
    }
    this.#free = slot
    return -1
  }

  /** Remembers the outcome of the state that `find` was asked for last. */
  remember(words: Int32Array, width: number, outcome: number): void {
    const row = this.#count++
    this.#slots[this.#free] = row + 1
    for (let w = 0; w < width; w++) this.#rows[row * width + w] = words[w]!
    this.#found[row] = outcome
  }

  /** Begins anew: a bound on the memory, and what follows when words are added. */
  #forget(width: number): void {
    this.#width = width
    this.#count = 0
    this.#slots.fill(0)
    if (this.#rows.length < CAPACITY * width) this.#rows = new Int32Array(CAPACITY * width)
  }
}

/** A sum of products, none of which has to wait for another. */
function hashOf(words: Int32Array, width: number): number {
  let hash = 0
  for (let w = 0; w < width; w++) hash = (hash + Math.imul(words[w]! ^ w, FACTOR + (w << 1))) | 0
  hash = Math.imul(hash ^ (hash >>> 15), FACTOR)
  return hash ^ (hash >>> 13)
}
