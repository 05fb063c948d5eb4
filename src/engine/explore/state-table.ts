const FIRST_SLOTS = 1 << 12

/**
 * Open-addressed table from a state's 64-bit hash to its index. Four ints a slot (both lanes, index + 1, unused), so that
 * one probe touches one cache line; a search is bound by those misses and by nothing else.
 *
 * Indices only grow. `forgetBefore` drops all states below an index at once: where no state can come back, the table
 * need only hold one layer of the search, and stays in the cache.
 */
export class StateTable {
  #slots = new Int32Array(4 * FIRST_SLOTS)
  #mask = FIRST_SLOTS - 1
  #floor = 0
  #count = 0

  get bytes(): number {
    return this.#slots.length * 4
  }

  /** The index of the state with that hash if it is known; otherwise −1, after entering it as `index`. */
  place(hash1: number, hash2: number, index: number): number {
    const slots = this.#slots
    const mask = this.#mask
    const floor = this.#floor
    for (let i = hash1 & mask; ; i = (i + 1) & mask) {
      const at = i << 2
      const entry = slots[at + 2]!
      if (entry <= floor) {
        slots[at] = hash1
        slots[at + 1] = hash2
        slots[at + 2] = index + 1
        if (++this.#count * 10 > mask * 7) this.#rehash(mask * 2 + 1)
        return -1
      }
      if (slots[at] === hash1 && slots[at + 1] === hash2) return entry - 1
    }
  }

  /** Forgets every state whose index is below `index`. */
  forgetBefore(index: number): void {
    this.#floor = index
    this.#count = 0
  }

  /** Whether it is time to grow: done between stretches of work, in slices, so that no single insertion is slow. */
  get isCrowded(): boolean {
    return this.#count * 10 > this.#mask * 4
  }

  /** Doubles the table, yielding now and then. */
  *grow(): Generator<void> {
    const old = this.#slots
    const mask = this.#mask * 2 + 1
    const slots = new Int32Array(4 * (mask + 1))
    for (let at = 0; at < old.length; at += 4) {
      if (old[at + 2]! > this.#floor) insert(slots, mask, old, at)
      if ((at & 0xfffff) === 0) yield
    }
    this.#slots = slots
    this.#mask = mask
  }

  #rehash(mask: number): void {
    const old = this.#slots
    const slots = new Int32Array(4 * (mask + 1))
    for (let at = 0; at < old.length; at += 4) if (old[at + 2]! > this.#floor) insert(slots, mask, old, at)
    this.#slots = slots
    this.#mask = mask
  }
}

function insert(slots: Int32Array, mask: number, from: Int32Array, at: number): void {
  let i = from[at]! & mask
  while (slots[(i << 2) + 2] !== 0) i = (i + 1) & mask
  slots[i << 2] = from[at]!
  slots[(i << 2) + 1] = from[at + 1]!
  slots[(i << 2) + 2] = from[at + 2]!
}
