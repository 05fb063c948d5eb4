import { contribution, hashText, LANE_1, LANE_2 } from './content-hash.js'
import type { Interner } from './interner.js'

/** What a word of the state holds. */
export const WordKind = {
  /** A 32-bit integer. */
  Int: 0,
  /** The id of an interned value. */
  Value: 1,
  /** 0 or a thread's index + 1. */
  Thread: 2,
  /** A node of the thread that the word belongs to; 0 before it is spawned. */
  Node: 3,
} as const
export type WordKind = (typeof WordKind)[keyof typeof WordKind]

/** Contents with cached hashes are below this bound. */
export const SMALL_CONTENTS = 16
/** A word's entries in the cache begin at its index shifted by this. */
export const SMALL_SHIFT = 5

/**
 * Which words make up the state, and what each holds. Words are only ever added; a word's identity is the path of what
 * it belongs to, so that every run of one program, in whatever order it meets them, gives equal words equal seeds.
 */
export class Layout {
  count = 0
  kinds = new Uint8Array(16)
  seeds1 = new Int32Array(16)
  seeds2 = new Int32Array(16)
  initial = new Int32Array(16)
  /** Words that nobody is shown: final states that differ in them only are one outcome. */
  readonly hidden = new Set<number>()
  readonly #interner: Interner
  readonly #index = new Map<string, number>()
  readonly #identities: string[] = []
  /**
   * Contributions of the contents 0 … 15 of each word, both lanes, so that the hot path loads instead of computing;
   * 0 in both lanes where not computed yet.
   */
  smallHashes = new Int32Array(16 << SMALL_SHIFT)
  /** Content hashes of thread identities, two lanes a thread, for words that hold a thread. */
  readonly threadHashes: number[] = []
  /** Words that only record what has happened: they order nothing, and outcomes do not differ by them. */
  readonly records = new Set<number>()

  constructor(interner: Interner) {
    this.#interner = interner
    this.#grow()
  }

  /** The index of the word with that identity, which is added if it is new. */
  word(identity: string, kind: WordKind, initial: number): number {
    const known = this.#index.get(identity)
    if (known !== undefined) return known
    const index = this.count++
    if (index === this.kinds.length) this.#grow()
    this.kinds[index] = kind
    this.seeds1[index] = hashText(identity, LANE_1)
    this.seeds2[index] = hashText(identity, LANE_2)
    this.initial[index] = initial
    this.#index.set(identity, index)
    this.#identities.push(identity)
    return index
  }

  /** What tells a word from all others, the same in every run. */
  identityOf(word: number): string {
    return this.#identities[word]!
  }

  /** The word with that identity, which must have been met. */
  withIdentity(identity: string): number {
    const word = this.#index.get(identity)
    if (word === undefined) throw new Error(`there is no word “${identity}” here`)
    return word
  }

  /** Computes two entries of `smallHashes`, if the contents are small. */
  learnSmallHashes(word: number, first: number, second: number): void {
    for (const content of [first, second]) {
      if (content < 0 || content >= SMALL_CONTENTS) continue
      const at = (word << SMALL_SHIFT) + 2 * content
      this.smallHashes[at] = this.hash1(word, content)
      this.smallHashes[at + 1] = this.hash2(word, content)
    }
  }

  /** Contribution of a word's content to the state's hash, lane 1; nodes contribute through the node table instead. */
  hash1(word: number, content: number): number {
    switch (this.kinds[word]) {
      case WordKind.Int:
        return contribution(this.seeds1[word]!, content)
      case WordKind.Value:
        return contribution(this.seeds1[word]!, this.#interner.hash1[content]!)
      default:
        return contribution(this.seeds1[word]!, content === 0 ? 0 : this.threadHashes[2 * (content - 1)]!)
    }
  }

  /** Contribution of a word's content to the state's hash, lane 2. */
  hash2(word: number, content: number): number {
    switch (this.kinds[word]) {
      case WordKind.Int:
        return contribution(this.seeds2[word]!, content)
      case WordKind.Value:
        return contribution(this.seeds2[word]!, this.#interner.hash2[content]!)
      default:
        return contribution(this.seeds2[word]!, content === 0 ? 0 : this.threadHashes[2 * (content - 1) + 1]!)
    }
  }

  #grow(): void {
    const length = this.kinds.length * 2
    const larger = (from: Int32Array<ArrayBuffer>) => {
      const to = new Int32Array(length)
      to.set(from)
      return to
    }
    const kinds = new Uint8Array(length)
    kinds.set(this.kinds)
    this.kinds = kinds
    this.seeds1 = larger(this.seeds1)
    this.seeds2 = larger(this.seeds2)
    this.initial = larger(this.initial)
    const smallHashes = new Int32Array(length << SMALL_SHIFT)
    smallHashes.set(this.smallHashes)
    this.smallHashes = smallHashes
  }
}
