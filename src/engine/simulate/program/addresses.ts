import { WordKind } from '../../layout.js'
import type { Session } from '../../session.js'

/** Bytes of a cache line, and of a word. */
export const LINE = 64
const WORD = 8

/**
 * Where the words of a program are in memory: every object begins on a line of its own, its words side by side in eight bytes
 * each. So elements of an array share lines, as they do in any language, and objects do not.
 */
export class Addresses {
  readonly #session: Session
  #addresses = new Float64Array(64)
  #count = 0
  #next = LINE

  constructor(session: Session) {
    this.#session = session
  }

  /** The address of a word in bytes. */
  of(word: number): number {
    if (word >= this.#count) this.#cover(word)
    return this.#addresses[word]!
  }

  #cover(word: number): void {
    const { layout } = this.#session
    if (word >= this.#addresses.length) {
      const larger = new Float64Array(2 * Math.max(word, layout.count))
      larger.set(this.#addresses)
      this.#addresses = larger
    }
    for (; this.#count <= word; this.#count++) {
      const object = this.#session.objectOf(this.#count)
      const isAlone = object === undefined || layout.kinds[this.#count] === WordKind.Node
      if (isAlone || this.#count === 0 || this.#session.objectOf(this.#count - 1) !== object)
        this.#next = Math.ceil(this.#next / LINE) * LINE
      this.#addresses[this.#count] = this.#next
      this.#next += WORD
    }
  }
}
