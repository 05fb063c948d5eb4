import * as Code from '../../code.js'
import { CODE_MASK, FLAG_DAEMON, FLAG_IDLE, FLAG_PLAIN, FLAG_WRITES } from '../../node-head.js'
import { NODE_CODE, NODE_WORD } from '../../node-fields.js'
import type { Session } from '../../session.js'
import type { ViolationKind } from '../explore-report.js'
import { LearntProperty } from '../learnt-property.js'
import { OutcomeRegistry } from '../outcome-registry.js'
import { outcomeViolations } from '../outcome-violations.js'

/** Is told what goes wrong for the first time: of which kind, and what identifies it among those of its kind. */
export type FirstSight = (kind: ViolationKind, subject: string) => void

/**
 * Tells what is wrong in states that are rows of words, each thing once: what a search keeps that knows no graph.
 */
export class StateSights {
  readonly outcomes: OutcomeRegistry
  /** The properties that must always hold, as far as they have been learnt. */
  readonly always: readonly LearntProperty[]
  readonly #session: Session
  readonly #sight: FirstSight
  readonly #seen = new Set<string>()
  // Plain accesses pending in the state at hand: by word, the number of the look and whether one of them writes.
  #looks = new Int32Array(0)
  #writes = new Uint8Array(0)
  #look = 0

  constructor(session: Session, sight: FirstSight) {
    this.#session = session
    this.#sight = sight
    this.outcomes = new OutcomeRegistry(session)
    this.always = session.properties
      .filter((property) => property.when === 'always')
      .map((property) => new LearntProperty(property))
  }

  get bytes(): number {
    return this.#looks.length * 5 + this.outcomes.bytes
  }

  /** The part of it that lives in the JavaScript heap. */
  get heapBytes(): number {
    return this.always.reduce((total, property) => total + property.bytes, this.outcomes.bytes)
  }

  /** Looks at properties of every state and at races in a state; `load` makes it the session's present one. */
  look(words: Int32Array, load: () => void): void {
    for (const property of this.always)
      if (!property.holds(this.#session, words, 0, load)) this.see('property', property.property.name)
    this.#lookForRaces(words, load)
  }

  /** Nobody can step in the session's present state. */
  lookAtEnd(deadlocked: boolean): void {
    const known = this.outcomes.count
    const outcome = this.outcomes.classify(deadlocked)
    if (outcome < known) return
    for (const { kind, subject } of outcomeViolations(this.outcomes.facts(outcome))) this.see(kind, subject)
  }

  /** Something goes wrong in the state at hand. */
  see(kind: ViolationKind, subject: string): void {
    const key = `${kind} ${subject}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.#sight(kind, subject)
  }

  /** Whether the program waits for some thread in a state; `load` makes it the session's present one. */
  isAwaited(words: Int32Array, load: () => void): boolean {
    const { nodes, threads } = this.#session
    let hasIdle = false
    for (const { word } of threads.all) {
      const head = nodes.field(words[word]!, NODE_CODE)
      if ((head & CODE_MASK) <= Code.Failed || (head & FLAG_DAEMON) !== 0) continue
      if ((head & FLAG_IDLE) === 0) return true
      hasIdle = true
    }
    if (!hasIdle) return false
    load()
    return !this.#session.hasEnded
  }

  #lookForRaces(words: Int32Array, load: () => void): void {
    const { nodes, threads } = this.#session
    if (this.#looks.length < words.length) {
      this.#looks = new Int32Array(words.length)
      this.#writes = new Uint8Array(words.length)
    }
    this.#look++
    for (const thread of threads.all) {
      const node = words[thread.word]!
      const head = nodes.field(node, NODE_CODE)
      if ((head & FLAG_PLAIN) === 0) continue
      const word = nodes.field(node, NODE_WORD)
      const writes = (head & FLAG_WRITES) === 0 ? 0 : 1
      if (this.#looks[word] !== this.#look) {
        this.#looks[word] = this.#look
        this.#writes[word] = writes
        continue
      }
      // Accesses of daemons that are still pending when the program has ended never happen.
      if ((writes | this.#writes[word]!) === 1 && this.isAwaited(words, load))
        this.see('race', this.#session.objectOf(word)?.name ?? '')
      this.#writes[word]! |= writes
    }
  }
}
