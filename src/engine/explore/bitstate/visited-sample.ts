import { chain } from '../../content-hash.js'
import { IntPairMap } from '../reduction/int-pair-map.js'

// Hashes that are kept, before every other one is dropped.
const MOST = 1 << 15

/**
 * Exactly which states were visited, of a few that their hashes choose: one of every 2 ** `level` states. The filter cannot
 * tell what it has missed; these can.
 */
export class VisitedSample {
  /** One of 2 to the power of this states is in the sample, visited or not. */
  level = 0
  #hashes = new IntPairMap()
  #kept: number[] = []

  get bytes(): number {
    return this.#hashes.bytes + this.#kept.length * 8
  }

  /** Whether the sample says anything about a state. */
  concerns(hash1: number, hash2: number): boolean {
    return (chain(hash1, hash2) & ((1 << this.level) - 1)) === 0
  }

  /** A state was visited. */
  add(hash1: number, hash2: number): void {
    if (!this.concerns(hash1, hash2) || this.has(hash1, hash2)) return
    this.#enter(hash1, hash2)
    while (this.#kept.length > 2 * MOST) this.#thin()
  }

  /** Whether a state that the sample concerns was visited. */
  has(hash1: number, hash2: number): boolean {
    return this.#hashes.get(hash1 >>> 2, hash2) === (hash1 & 3)
  }

  #enter(hash1: number, hash2: number): void {
    // The first of a pair must not be negative.
    this.#hashes.add(hash1 >>> 2, hash2, hash1 & 3)
    this.#kept.push(hash1, hash2)
  }

  #thin(): void {
    this.level++
    const kept = this.#kept
    this.#kept = []
    this.#hashes = new IntPairMap()
    for (let i = 0; i < kept.length; i += 2)
      if (this.concerns(kept[i]!, kept[i + 1]!)) this.#enter(kept[i]!, kept[i + 1]!)
  }
}
