const FIRST_BITS = 9
// Bits of an entry that tell which sweep of the table it belongs to.
const SWEEP_BITS = 4
const SWEEPS = (1 << SWEEP_BITS) - 1
// Beyond, lane 1 would have no bits left to compare.
const MAX_BITS = 27
const REHASH_SLICE = 1 << 17

/** A table of states as plain data. */
export interface SavedTable {
  readonly tableSlots: Int32Array<ArrayBuffer>
  readonly tableHashes: Int32Array<ArrayBuffer>
  readonly table: { readonly bits: number; readonly base: number; readonly sweep: number; readonly count: number }
}

/**
 * Open-addressed table from a state's 64-bit hash to its index. A search is bound by the cache misses of its look-ups, so
 * a slot has two ints only: lane 2 of the hash, and one that packs the high bits of lane 1, a sweep number and the index.
 * The low bits of lane 1 choose the slot, so that nearly all 64 bits take part in the comparison; `COMPARED_BITS` counts
 * them conservatively.
 *
 * Indices only grow. `forgetBefore` drops all states below an index at once, by a new sweep number: where no state can
 * come back, the table need only hold one layer of the search, and stays in the cache.
 */
export class StateTable {
  /** Bits of a hash that two different states must share to be taken for one, at least. */
  static readonly COMPARED_BITS = 57

  #slots = new Int32Array(2 << FIRST_BITS)
  /** Lane 1 of every state in the table, by number: its low bits cannot be told from the slot. */
  #hashes = new Int32Array(1 << FIRST_BITS)
  #bits = FIRST_BITS
  /** Index of the state that is number 0 in the table. */
  #base = 0
  #sweep = 1
  #count = 0

  get bytes(): number {
    return (this.#slots.length + this.#hashes.length) * 4
  }

  constructor() {
    this.#growAtOnce()
  }

  /** The index of the state with that hash if it is known; otherwise −1, after entering it as `index`. */
  place(hash1: number, hash2: number, index: number): number {
    const slots = this.#slots
    const bits = this.#bits
    const mask = (1 << bits) - 1
    const tag = (hash1 & (-1 << (bits + SWEEP_BITS))) | (this.#sweep << bits)
    for (let i = hash1 & mask; ; i = (i + 1) & mask) {
      const packed = slots[2 * i + 1]!
      if (((packed >>> bits) & SWEEPS) !== this.#sweep) {
        slots[2 * i] = hash2
        slots[2 * i + 1] = tag | (index - this.#base)
        this.#hashes[this.#count] = hash1
        if (++this.#count * 8 > mask * 7) this.#growAtOnce()
        return -1
      }
      if (slots[2 * i] === hash2 && (packed & ~mask) === tag) return this.#base + (packed & mask)
    }
  }

  /** What `restore` needs. */
  get saved(): SavedTable {
    const table = { bits: this.#bits, base: this.#base, sweep: this.#sweep, count: this.#count }
    return { tableSlots: this.#slots, tableHashes: this.#hashes, table }
  }

  restore({ tableSlots, tableHashes, table }: SavedTable): void {
    this.#slots = tableSlots
    this.#hashes = tableHashes
    this.#bits = table.bits
    this.#base = table.base
    this.#sweep = table.sweep
    this.#count = table.count
  }

  /** The slot where the search for a hash begins: loading it early hides the cache miss behind other work. */
  touch(hash1: number): number {
    return this.#slots[2 * (hash1 & ((1 << this.#bits) - 1))]!
  }

  /** Forgets every state whose index is below `index`. */
  forgetBefore(index: number): void {
    this.#base = index
    this.#count = 0
    if (++this.#sweep <= SWEEPS) return
    this.#sweep = 1
    this.#slots.fill(0)
  }

  /** Whether it is time to grow: done between stretches of work, in slices, so that no single insertion is slow. */
  get isCrowded(): boolean {
    return this.#count * 3 > 2 << this.#bits && this.#bits < MAX_BITS
  }

  /** Whether no more states fit in a table of this kind. */
  get isFull(): boolean {
    return this.#bits === MAX_BITS && this.#count * 16 > 13 << this.#bits
  }

  /** Doubles the table, yielding now and then. */
  *grow(): Generator<void> {
    const larger = new Int32Array(this.#slots.length * 2)
    for (let from = 0; from < this.#slots.length; from += REHASH_SLICE) {
      this.#rehash(larger, from, Math.min(from + REHASH_SLICE, this.#slots.length))
      yield
    }
    this.#adopt(larger)
  }

  #growAtOnce(): void {
    const larger = new Int32Array(this.#slots.length * 2)
    this.#rehash(larger, 0, this.#slots.length)
    this.#adopt(larger)
  }

  #adopt(larger: Int32Array<ArrayBuffer>): void {
    this.#slots = larger
    this.#bits++
    const hashes = new Int32Array(this.#hashes.length * 2)
    hashes.set(this.#hashes)
    this.#hashes = hashes
  }

  #rehash(larger: Int32Array, from: number, to: number): void {
    const slots = this.#slots
    const oldMask = (1 << this.#bits) - 1
    const bits = this.#bits + 1
    const mask = (1 << bits) - 1
    for (let at = from; at < to; at += 2) {
      const packed = slots[at + 1]!
      if (((packed >>> this.#bits) & SWEEPS) !== this.#sweep) continue
      const number = packed & oldMask
      const hash1 = this.#hashes[number]!
      let i = hash1 & mask
      while (larger[2 * i + 1] !== 0) i = (i + 1) & mask
      larger[2 * i] = slots[at]!
      larger[2 * i + 1] = (hash1 & (-1 << (bits + SWEEP_BITS))) | (this.#sweep << bits) | number
    }
  }
}
