import { hashText, LANE_1, LANE_2, mix } from '../../content-hash.js'

/** Bits that each state sets. With three, as in SPIN, a filter may get rather full before it errs often. */
export const HASHES = 3

/**
 * Which states have been visited, in a few bits each: a state that was visited is always known again, and one that was
 * not may be taken for known, the more often the fuller the filter is.
 */
export class BloomFilter {
  /** Bits that are set. */
  ones = 0
  /** States that were added as new. */
  states = 0
  /**
   * How many states that were met for the first time are expected to have been taken for known ones: for every one that
   * was not, the odds at that time that it would have been.
   */
  expectedFalseHits = 0
  readonly #words: Int32Array<ArrayBuffer>
  readonly #seed1: number
  readonly #seed2: number

  /**
   * @param bytes at least 4; it takes as many.
   * @param seed another one gives other bits to every state.
   */
  constructor(bytes: number, seed: number | string) {
    this.#words = new Int32Array(Math.max(1, Math.floor(bytes / 4)))
    this.#seed1 = hashText(String(seed), LANE_1)
    this.#seed2 = hashText(String(seed), LANE_2)
  }

  get bytes(): number {
    return this.#words.length * 4
  }

  /** The share of its bits that are set. */
  get fill(): number {
    return this.ones / (this.#words.length * 32)
  }

  /** Adds a state by its hash; returns whether it was certainly not there. */
  add(hash1: number, hash2: number): boolean {
    const words = this.#words
    const { length } = words
    const step = mix(hash2 ^ this.#seed2)
    let place = mix(hash1 ^ this.#seed1)
    let set = 0
    for (let i = 0; i < HASHES; i++) {
      // The word by the high bits, the bit in it by another mixture, so that filters may have more than 2 ** 32 bits.
      const word = Math.floor(((place >>> 0) / 0x100000000) * length)
      const bit = 1 << (mix(place ^ step) & 31)
      if ((words[word]! & bit) === 0) {
        words[word]! |= bit
        set++
      }
      place = (place + (step | 1)) | 0
    }
    if (set === 0) return false
    const falseHit = this.fill ** HASHES
    this.expectedFalseHits += falseHit / (1 - falseHit)
    this.ones += set
    this.states++
    return true
  }

  /** Forgets all states. */
  clear(): void {
    if (this.ones === 0) return
    this.#words.fill(0)
    this.ones = 0
    this.states = 0
    this.expectedFalseHits = 0
  }
}
