import { WordKind } from '../../layout.js'
import type { Session } from '../../session.js'

/** The key that stands for "the program is alive": its end cuts off every daemon. */
export const ALIVE = 0

/**
 * What makes events dependent besides the words of their footprints. Such a rule is a key of its own: events that write
 * it are ordered with those that read it. Rules are met while the program is learnt; a search that meets a new one has
 * to begin again, for the traces are other ones from then on.
 */
export class TraceRules {
  /** Keys below this are rules; the key of a word is this + the word. */
  readonly keys: number
  /** Every daemon's step reads `ALIVE`, and the step that ends a thread the program waits for writes it. */
  hasDaemons = false
  /** Some operation asks whether a thread has ended: spawning and ending a thread write the thread's word. */
  hasStatus = false
  /** Whether events can touch anything but the words of their footprints. */
  isSpecial = false
  /** A rule was met that the search did not know. */
  isChanged = false
  /** By word: keys of the properties that read it. Writes to words that one property reads are mutually dependent. */
  readonly #propertyKeys = new Map<number, number[]>()

  constructor(session: Session) {
    this.keys = 1 + session.properties.length
  }

  /** The keys of the properties that read a word. */
  propertyKeys(word: number): readonly number[] {
    return this.#propertyKeys.get(word) ?? NONE
  }

  meetDaemon(): void {
    if (this.hasDaemons) return
    this.hasDaemons = true
    this.#change()
  }

  /** An operation's footprint names this word. */
  meetFootprint(session: Session, word: number): void {
    if (this.hasStatus || session.layout.kinds[word] !== WordKind.Node) return
    this.hasStatus = true
    this.#change()
  }

  /** Property number `property` of the session reads this word. */
  meetProperty(property: number, word: number): void {
    const key = 1 + property
    const keys = this.#propertyKeys.get(word)
    if (keys === undefined) this.#propertyKeys.set(word, [key])
    else if (keys.includes(key)) return
    else keys.push(key)
    this.#change()
  }

  #change(): void {
    this.isSpecial = true
    this.isChanged = true
  }
}

const NONE: readonly number[] = []
