import { WordKind } from '../../layout.js'
import type { Session } from '../../session.js'

/** Rules in terms that every session of the program knows: words by their identities. */
export interface PortableRules {
  readonly hasDaemons: boolean
  readonly hasStatus: boolean
  readonly hasKills: boolean
  readonly awaited: number
  readonly counted: number
  /** How much has been met: who has met more has met another rule. */
  readonly size: number
  /** Words that properties read, each with the numbers of those properties. */
  readonly properties: readonly (readonly [word: string, properties: readonly number[]])[]
}

/**
 * What makes events dependent besides the words of their footprints. Such a rule is a key of its own: events that write
 * it are ordered with those that read it. Rules are met while the program is learnt; a search that meets a new one has
 * to begin again, for the traces are other ones from then on.
 */
export class TraceRules {
  /**
   * Every step of a daemon reads the life of all threads that the program waits for, since it ends with the last of them,
   * and every step of these writes its own: which of them is the last depends on what they read.
   */
  hasDaemons = false
  /** Some operation asks whether a thread has ended: spawning and ending a thread write the thread's word. */
  hasStatus = false
  /**
   * Some step ends threads of a process wherever they stand: it writes their words, which every step of theirs reads, and all
   * that their pending operations touch. So whatever else keeps these from happening comes before or after it, never beside it.
   */
  hasKills = false
  /** Whether events can touch anything but the words of their footprints. */
  isSpecial = false
  /** A rule was met that the search did not know. */
  isChanged = false
  readonly #session: Session
  readonly #properties: number
  #awaited = 0
  #counted = 0
  /** By word: keys of the properties that read it. Writes to words that one property reads are mutually dependent. */
  readonly #propertyKeys = new Map<number, number[]>()
  // The same by identity, of words that are not known here yet.
  readonly #unmet = new Map<string, readonly number[]>()

  constructor(session: Session) {
    this.#session = session
    this.#properties = session.properties.filter(({ when }) => when === 'always').length
  }

  /** How many keys there are for `words` words. */
  keyCount(words: number): number {
    return this.#properties + 2 * words
  }

  /** The key of a word's content. */
  wordKey(word: number): number {
    return this.#properties + 2 * word
  }

  /** The key of a thread's life; `word` is the thread's. */
  lifeKey(word: number): number {
    return this.#properties + 2 * word + 1
  }

  /** The word whose content a key stands for, −1 for other keys. */
  wordOf(key: number): number {
    const index = key - this.#properties
    return index >= 0 && (index & 1) === 0 ? index >> 1 : -1
  }

  /** The keys of the properties that read a word. */
  propertyKeys(word: number): readonly number[] {
    return this.#propertyKeys.get(word) ?? NONE
  }

  /** The rules that have been met, for other sessions. */
  get portable(): PortableRules {
    const met = [...this.#propertyKeys].map(([word, properties]) => [this.#identityOf(word), properties] as const)
    return {
      hasDaemons: this.hasDaemons,
      hasStatus: this.hasStatus,
      hasKills: this.hasKills,
      awaited: this.#awaited,
      counted: this.#counted,
      size: this.size,
      properties: [...met, ...this.#unmet],
    }
  }

  /** Takes over what was met elsewhere; returns whether any of it is new here. */
  adopt(rules: PortableRules): boolean {
    const before = this.size
    this.hasDaemons ||= rules.hasDaemons
    this.hasStatus ||= rules.hasStatus
    this.hasKills ||= rules.hasKills
    this.#awaited = Math.max(this.#awaited, rules.awaited)
    this.#counted = Math.max(this.#counted, rules.counted)
    for (const [identity, properties] of rules.properties)
      this.#unmet.set(identity, [...new Set([...(this.#unmet.get(identity) ?? []), ...properties])])
    this.meetWords(0)
    this.isSpecial ||= this.size > 0
    return this.size > before
  }

  /** Words from `first` on are new to the session: rules about them may have been met elsewhere. */
  meetWords(first: number): void {
    const { count } = this.#session.layout
    for (let word = first; word < count && this.#unmet.size > 0; word++) {
      const properties = this.#unmet.get(this.#identityOf(word))
      if (properties === undefined) continue
      this.#propertyKeys.set(word, [...new Set([...(this.#propertyKeys.get(word) ?? []), ...properties])])
      this.#unmet.delete(this.#identityOf(word))
    }
  }

  #identityOf(word: number): string {
    const { seeds1, seeds2 } = this.#session.layout
    return `${seeds1[word]} ${seeds2[word]}`
  }

  /** How much has been met. */
  get size(): number {
    let size = Number(this.hasDaemons) + Number(this.hasStatus) + Number(this.hasKills) + this.#awaited + this.#counted
    for (const properties of [...this.#propertyKeys.values(), ...this.#unmet.values()]) size += properties.length
    return size
  }

  /** The session has threads that the program waits for, and daemons. */
  meetThreads(awaited: number, hasDaemons: boolean): void {
    if (!hasDaemons || (this.hasDaemons && awaited <= this.#awaited)) return
    this.hasDaemons = true
    this.#awaited = awaited
    this.#change()
  }

  /** Some operation asks which threads there are, and the session knows so many. */
  meetCount(threads: number): void {
    if (threads <= this.#counted) return
    this.#counted = threads
    this.#change()
  }

  /** Whether what steps depend on is a matter of which threads the session knows. */
  get dependsOnThreads(): boolean {
    return this.hasDaemons || this.#counted > 0
  }

  /** An operation reads this word. */
  meetFootprint(session: Session, word: number): void {
    if (this.hasStatus || session.layout.kinds[word] !== WordKind.Node) return
    this.hasStatus = true
    this.#change()
  }

  /** A step may end a thread that is not its own. */
  meetKill(): void {
    if (this.hasKills) return
    this.hasKills = true
    this.#change()
  }

  /** Number `property` of the properties that must always hold reads this word. */
  meetProperty(property: number, word: number): void {
    const keys = this.#propertyKeys.get(word)
    if (keys === undefined) this.#propertyKeys.set(word, [property])
    else if (keys.includes(property)) return
    else keys.push(property)
    this.#change()
  }

  #change(): void {
    this.isSpecial = true
    this.isChanged = true
  }
}

const NONE: readonly number[] = []
