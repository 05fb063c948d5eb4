import type { Session } from '../session.js'
import type { Property } from '../setup.js'

const HOLDS = -1
const FAILS = -2

/**
 * A property that must hold in every state, learnt as a decision tree over the words it reads, so that checking a state
 * costs a few look-ups instead of a call of the user's function.
 */
export class LearntProperty {
  readonly property: Property
  /** The words that it has been seen to read in any state. */
  readonly reads = new Set<number>()
  // Inner nodes: the word to look at, and where each content leads. Negative "nodes" are verdicts.
  readonly #words: number[] = []
  readonly #branches: Map<number, number>[] = []
  #root: number | null = null

  constructor(property: Property) {
    this.property = property
  }

  /** An estimate of the memory held, in bytes. */
  get bytes(): number {
    return this.#words.length * 320
  }

  /** Whether the property holds in a row of words that begins at `base`; `load` makes it the session's present state. */
  holds(session: Session, row: Int32Array, base: number, load: () => void): boolean {
    let node = this.#root
    while (node !== null && node >= 0) node = this.#branches[node]!.get(row[base + this.#words[node]!]!) ?? null
    if (node !== null) return node === HOLDS
    load()
    return this.#learn(session)
  }

  #learn(session: Session): boolean {
    const reads = new Map<number, number>()
    const holds = session.holds(this.property, (word) => {
      if (!reads.has(word)) reads.set(word, session.world.read(word))
      this.reads.add(word)
    })
    const path = [...reads]
    const verdict = holds ? HOLDS : FAILS
    let attach = (node: number) => {
      this.#root = node
    }
    let node = this.#root
    for (const [word, content] of path) {
      if (node === null) {
        node = this.#words.length
        this.#words.push(word)
        this.#branches.push(new Map())
        attach(node)
      }
      const branches: Map<number, number> = this.#branches[node]!
      attach = (next) => branches.set(content, next)
      node = branches.get(content) ?? null
    }
    attach(verdict)
    return holds
  }
}
