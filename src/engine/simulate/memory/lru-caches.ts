import type { CacheLevel } from './memory-config.js'

/**
 * A number of set-associative caches of one shape: which lines are in which, replaced in the order of last use. A slot is
 * a place for a line, numbered through all of them.
 */
export class LruCaches {
  readonly slots: number
  /** The line of each slot, −1 if it is empty. */
  readonly lines: Int32Array
  readonly #ways: number
  readonly #setMask: number
  readonly #slotsPerCache: number
  /** When each slot was last used; 0 if it is empty, so that empty slots are taken first. */
  readonly #used: Float64Array
  #uses = 0

  constructor(caches: number, { size, ways }: CacheLevel, lineSize: number) {
    const sets = size / (ways * lineSize)
    this.#ways = ways
    this.#setMask = sets - 1
    this.#slotsPerCache = sets * ways
    this.slots = caches * this.#slotsPerCache
    this.lines = new Int32Array(this.slots).fill(-1)
    this.#used = new Float64Array(this.slots)
  }

  /** The slot of a line, −1 if it is not there. */
  find(cache: number, line: number): number {
    const first = this.#firstSlot(cache, line)
    const end = first + this.#ways
    for (let slot = first; slot < end; slot++) if (this.lines[slot] === line) return slot
    return -1
  }

  /** The same as a use of the line. */
  use(cache: number, line: number): number {
    const slot = this.find(cache, line)
    if (slot >= 0) this.#used[slot] = ++this.#uses
    return slot
  }

  /** The slot that a line which is not there would take: an empty one, or that of the line whose last use is longest ago. */
  slotFor(cache: number, line: number): number {
    const first = this.#firstSlot(cache, line)
    const end = first + this.#ways
    let oldest = first
    for (let slot = first + 1; slot < end; slot++) if (this.#used[slot]! < this.#used[oldest]!) oldest = slot
    return oldest
  }

  put(slot: number, line: number): void {
    this.lines[slot] = line
    this.#used[slot] = ++this.#uses
  }

  clear(slot: number): void {
    this.lines[slot] = -1
    this.#used[slot] = 0
  }

  #firstSlot(cache: number, line: number): number {
    return cache * this.#slotsPerCache + (line & this.#setMask) * this.#ways
  }
}
