import { FLAG_PLAIN, FLAG_WRITES } from '../node-head.js'
import { NODE_CODE, NODE_WORD } from '../node-fields.js'
import type { Session } from '../session.js'
import type { ViolationKind } from './explore-report.js'
import { LearntProperty } from './learnt-property.js'
import { OutcomeRegistry } from './outcome-registry.js'
import { outcomeViolations } from './outcome-violations.js'

/** Is told what goes wrong: of which kind, and what identifies it among those of its kind. */
export type Sight = (kind: ViolationKind, subject: string) => void

/** Tells what is wrong in a session's present state. */
export class StateInspector {
  readonly outcomes: OutcomeRegistry
  /** The properties that must always hold, as far as they have been learnt. */
  readonly always: readonly LearntProperty[]
  readonly #session: Session
  // By word: whether one of the plain accesses to it that are pending in this state is a write.
  readonly #pending = new Map<number, boolean>()

  constructor(session: Session) {
    this.#session = session
    this.outcomes = new OutcomeRegistry(session)
    this.always = session.properties
      .filter((property) => property.when === 'always')
      .map((property) => new LearntProperty(property))
  }

  /** An estimate of the memory held, in bytes. */
  get bytes(): number {
    return this.always.reduce((total, property) => total + property.bytes, this.outcomes.bytes)
  }

  /** What is wrong in any state, in which threads may go on or not: properties that must always hold, races. */
  inspect(sight: Sight): void {
    const session = this.#session
    for (const property of this.always)
      if (!property.holds(session, session.world.words, 0, () => {})) sight('property', property.property.name)
    this.#inspectRaces(sight)
  }

  /** What is wrong in a state in which nobody can step; returns the index of its outcome. */
  inspectEnd(deadlocked: boolean, sight: Sight): number {
    const outcome = this.outcomes.classify(deadlocked)
    for (const { kind, subject } of outcomeViolations(this.outcomes.facts(outcome))) sight(kind, subject)
    return outcome
  }

  #inspectRaces(sight: Sight): void {
    const { nodes, threads } = this.#session
    let isEmpty = true
    for (const thread of threads.all) {
      const node = this.#session.node(thread.index)
      const head = nodes.field(node, NODE_CODE)
      if ((head & FLAG_PLAIN) === 0) continue
      if (isEmpty) this.#pending.clear()
      isEmpty = false
      const word = nodes.field(node, NODE_WORD)
      const writes = (head & FLAG_WRITES) !== 0
      const other = this.#pending.get(word)
      // Accesses of daemons that are still pending when the program has ended never happen.
      if (other !== undefined && (writes || other) && !this.#session.hasEnded)
        sight('race', this.#session.objectOf(word)?.name ?? '')
      this.#pending.set(word, writes || other === true)
    }
  }
}
