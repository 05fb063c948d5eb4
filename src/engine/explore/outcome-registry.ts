import { chain } from '../content-hash.js'
import * as Code from '../code.js'
import { WordKind } from '../layout.js'
import { NODE_A, NODE_CODE, NODE_WORD } from '../node-fields.js'
import { FLAG_IDLE } from '../node-head.js'
import { formatData } from '../operation.js'
import { describeOutcome, type OutcomeFacts, pendingLabel } from '../outcome.js'
import type { Session } from '../session.js'
import { RowPool } from './row-pool.js'

const FIRST_SLOTS = 64

/** An outcome by the session's own indices. */
export interface SavedOutcome {
  readonly state: Int32Array
  readonly deadlocked: boolean
}

/**
 * Collects outcomes: equal final states are one. An outcome is described, and the program's properties are asked, at
 * most once; a search that meets very many can leave that for the end.
 */
export class OutcomeRegistry {
  /** How many there are. */
  count = 0
  readonly #session: Session
  readonly #facts: (OutcomeFacts | undefined)[] = []
  // Per outcome: its final state as a row of words, as first met, and the same as a person tells states apart.
  readonly #states = new RowPool()
  readonly #looks = new RowPool()
  readonly #deadlocked: boolean[] = []
  // Outcomes by the hash of their looks: 1 + the outcome, 0 for none.
  #slots = new Int32Array(FIRST_SLOTS)
  #look = new Int32Array(0)
  readonly #waits = new Map<number, number>()
  readonly #waitLabels: string[] = []
  #bytes = 0

  constructor(session: Session) {
    this.#session = session
  }

  get bytes(): number {
    return this.#bytes + this.#states.bytes + this.#looks.bytes + this.#slots.length * 4
  }

  /** All outcomes, described; the session's present state is lost if some were not yet. */
  get all(): readonly OutcomeFacts[] {
    return Array.from({ length: this.count }, (_, index) => this.facts(index))
  }

  /** What a person sees of an outcome; the session's present state is lost if it was not described yet. */
  facts(index: number): OutcomeFacts {
    const known = this.#facts[index]
    if (known !== undefined) return known
    const state = this.#states.row(index)
    // No hash is asked for: the state is looked at and left.
    this.#session.world.load(state, 0, state.length, 0, 0)
    return this.describe(index)
  }

  /** What tells an outcome from all others of the program, the same in every session. */
  identity(index: number): string {
    const { layout, nodes, interner } = this.#session
    const state = this.#states.row(index)
    let hash1 = 0
    let hash2 = 0
    for (let word = 0; word < state.length; word++) {
      const content = state[word]!
      if (layout.kinds[word] !== WordKind.Node) {
        if (content === layout.initial[word] || layout.records.has(word) || layout.hidden.has(word)) continue
        hash1 ^= layout.hash1(word, content)
        hash2 ^= layout.hash2(word, content)
        continue
      }
      const code = nodes.code(content)
      if (code !== Code.End && code !== Code.Failed) continue
      const result = nodes.field(content, NODE_A)
      // A thread that was never spawned and one that returned nothing look alike.
      if (result === 0 && code === Code.End) continue
      hash1 ^= chain(chain(layout.seeds1[word]!, interner.hash1[result]!), code)
      hash2 ^= chain(chain(layout.seeds2[word]!, interner.hash2[result]!), code)
    }
    // What blocked threads wait for is not told by words; the rest of the facts is.
    const { waiting } = this.facts(index)
    return `${hash1} ${hash2} ${waiting === null ? '' : formatData(waiting)}`
  }

  /** The final state of an outcome, and whether it is a deadlock. */
  saved(index: number): SavedOutcome {
    return { state: this.#states.row(index), deadlocked: this.#deadlocked[index]! }
  }

  /** Meets outcomes again that were saved, in order; the session's present state is lost. */
  restore(saved: readonly SavedOutcome[]): void {
    for (const { state, deadlocked } of saved) {
      this.#session.world.load(state, 0, state.length, 0, 0)
      this.classify(deadlocked)
    }
  }

  /** Whether an outcome has been described. */
  isDescribed(index: number): boolean {
    return this.#facts[index] !== undefined
  }

  /**
   * The outcome of the session's present state, in which no thread steps any more.
   *
   * @param describe whether a new outcome is described at once, while its state is the present one.
   */
  classify(deadlocked: boolean, describe = true): number {
    const length = this.#lookAt(deadlocked)
    const look = this.#look
    const mask = this.#slots.length - 1
    let slot = hashOf(look, 0, length, deadlocked) & mask
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - 1
      if (this.#deadlocked[index] === deadlocked && this.#looksLike(index, length)) return index
    }
    return this.#add(slot, length, deadlocked, describe)
  }

  #add(slot: number, length: number, deadlocked: boolean, describe: boolean): number {
    const index = this.count++
    const { layout, world } = this.#session
    this.#slots[slot] = index + 1
    this.#looks.add(this.#look, length)
    this.#states.add(world.words, layout.count)
    this.#deadlocked.push(deadlocked)
    this.#facts.push(undefined)
    this.#bytes += 40
    if (describe) this.describe(index)
    if (this.count * 2 > this.#slots.length) this.#grow()
    return index
  }

  /** Describes an outcome that was just met, while its state is the present one. */
  describe(index: number): OutcomeFacts {
    this.#bytes += 1000
    return (this.#facts[index] = describeOutcome(this.#session, this.#deadlocked[index]!))
  }

  /** Writes what a person can tell of the present state into `#look`, all zeros at its end left out; returns its length. */
  #lookAt(deadlocked: boolean): number {
    const { layout, world, nodes } = this.#session
    const { count, kinds, initial, hidden, records } = layout
    if (this.#look.length < count) this.#look = new Int32Array(count * 2)
    world.read(count - 1)
    let length = 0
    for (let word = 0; word < count; word++) {
      const content = world.words[word]!
      // Words are added while threads are learnt: what still is as it was at first looks like what is not there yet.
      let look = (content - initial[word]!) | 0
      if (hidden.size > 0 && hidden.has(word)) look = 0
      if (kinds[word] === WordKind.Node)
        look = content === 0 ? 0 : this.#lookOfThread(content, nodes.code(content), deadlocked)
      if (records.size > 0 && records.has(word)) look = 0
      this.#look[word] = look
      if (look !== 0) length = word + 1
    }
    return length
  }

  /** A thread that was never spawned and one that returned nothing look alike from outside. */
  #lookOfThread(node: number, code: number, deadlocked: boolean): number {
    const { nodes, threads } = this.#session
    if (code === Code.End) return nodes.field(node, NODE_A) << 2
    if (code === Code.Failed) return (nodes.field(node, NODE_A) << 2) | 1
    if (!deadlocked || threads.all[nodes.owners[node]!]!.daemon || (nodes.field(node, NODE_CODE) & FLAG_IDLE) !== 0)
      return 0
    const wait = code === Code.Contract ? 2 ** 40 + node : nodes.field(node, NODE_WORD) * 64 + code
    let id = this.#waits.get(wait)
    if (id === undefined) {
      id = this.#idOfWait(node)
      this.#waits.set(wait, id)
    }
    return (id << 2) | 2
  }

  /** What a thread waits for looks the same after whatever history it does. */
  #idOfWait(node: number): number {
    const label = pendingLabel(this.#session, this.#session.nodes.owners[node]!)
    const known = this.#waitLabels.indexOf(label)
    return known < 0 ? this.#waitLabels.push(label) - 1 : known
  }

  #looksLike(index: number, length: number): boolean {
    if (this.#looks.lengthOf(index) !== length) return false
    const { words } = this.#looks
    const start = this.#looks.startOf(index)
    for (let i = 0; i < length; i++) if (words[start + i] !== this.#look[i]) return false
    return true
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4)
    const mask = this.#slots.length - 1
    for (let index = 0; index < this.count; index++) {
      const start = this.#looks.startOf(index)
      const length = this.#looks.lengthOf(index)
      let slot = hashOf(this.#looks.words, start, length, this.#deadlocked[index]!) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = index + 1
    }
  }
}

function hashOf(words: Int32Array, start: number, length: number, deadlocked: boolean): number {
  let hash = deadlocked ? 1 : 0
  for (let i = 0; i < length; i++) {
    const look = words[start + i]!
    if (look !== 0) hash = Math.imul(hash ^ (look + i), 0x9e3779b1) ^ (hash >>> 15)
  }
  return hash ^ (hash >>> 13)
}
