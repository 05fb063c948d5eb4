import { formatData } from '../../operation.js'
import type { Session } from '../../session.js'
import type { Outcome } from '../explore-report.js'
import { OutcomeRegistry } from '../outcome-registry.js'
import { reportOutcomes } from '../outcome-report.js'
import { outcomeViolations } from '../outcome-violations.js'
import type { EventGraph } from './event-graph.js'
import { lastWriteCandidates } from './last-write-choices.js'
import type { LastWrites } from './last-writes.js'
import type { Linearizer } from './linearizer.js'
import type { Witness } from './witness.js'

/** The outcomes in which the same words are left open by what is read. */
interface Group {
  readonly open: readonly number[]
  readonly registry: OutcomeRegistry
  /** Executions by outcome. */
  readonly executions: number[]
  /** By outcome: what is wrong with it. */
  readonly wrongs: ReturnType<typeof outcomeViolations>[]
}

/**
 * The outcomes of classes: what all executions of a class have in common at their ends. A word that holds different
 * contents at the ends of two of them is left open, and an object that has such a word is named as undetermined instead
 * of being shown.
 */
export class ClassOutcomes {
  readonly #session: Session
  readonly #graph: EventGraph
  readonly #linearizer: Linearizer
  readonly #groups = new Map<string, Group>()
  #row = new Int32Array(0)

  constructor(session: Session, graph: EventGraph, linearizer: Linearizer) {
    this.#session = session
    this.#graph = graph
    this.#linearizer = linearizer
  }

  /** An estimate of the memory held, in bytes. */
  get bytes(): number {
    let bytes = this.#row.length * 4
    for (const { registry } of this.#groups.values()) bytes += registry.bytes + 400
    return bytes
  }

  /**
   * Takes in a class, one of whose schedules is `witness`; returns what is wrong with its outcome. Meets the words that
   * properties read: if the rules have changed by that, nothing is taken in.
   */
  add(deadlocked: boolean, witness: Witness, last: LastWrites): ReturnType<typeof outcomeViolations> {
    const { world } = this.#session
    const open = this.#openWords(witness, last)
    this.#loadRow(witness)
    const group = this.#groupOf(open)
    const known = group.registry.count
    this.#loadBlanked(open)
    const outcome = group.registry.classify(deadlocked, false)
    if (group.registry.count > known) {
      world.load(this.#row, 0, this.#row.length, 0, 0)
      if (!deadlocked) this.#meetProperties()
      if (this.#graph.rules.isChanged) return []
      this.#loadBlanked(open)
      group.registry.describe(outcome)
      group.wrongs[outcome] = outcomeViolations(group.registry.facts(outcome))
    }
    group.executions[outcome] = (group.executions[outcome] ?? 0) + 1
    return group.wrongs[outcome]!
  }

  /** The outcomes as they are reported: failing ones first. Pauses after each. */
  *report(): Generator<void, Outcome[]> {
    const merged = new Map<string, Outcome>()
    for (const { open, registry, executions } of this.#groups.values()) {
      const undetermined = this.#objectsOf(open)
      const outcomes = yield* reportOutcomes(registry, (index) => ({ executions: executions[index] ?? 0 }))
      for (const outcome of outcomes) {
        const shown = withUndetermined(outcome, undetermined)
        const key = formatData({ ...shown, executions: 0 })
        const known = merged.get(key)
        const before = known?.executions ?? 0
        merged.set(key, { ...shown, executions: before + (shown.executions ?? 0) })
      }
    }
    return [...merged]
      .map(([key, outcome]) => ({ key: `${Number(outcome.holds)}${key}`, outcome }))
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .map(({ outcome }) => outcome)
  }

  #groupOf(open: readonly number[]): Group {
    const key = open.join()
    let group = this.#groups.get(key)
    if (group === undefined) {
      group = { open, registry: new OutcomeRegistry(this.#session), executions: [], wrongs: [] }
      this.#groups.set(key, group)
    }
    return group
  }

  #objectsOf(words: readonly number[]): string[] {
    return [...new Set(words.map((word) => this.#session.objectOf(word)?.name ?? ''))].sort()
  }

  /** Asks the properties of final states in the present state which words they read. */
  #meetProperties(): void {
    const session = this.#session
    for (const property of session.properties)
      if (property.when === 'finally') session.holds(property, (word) => this.#graph.rules.meetFinal(session, word))
  }

  /** The words that end differently in schedules of the same class. */
  #openWords(witness: Witness, last: LastWrites): number[] {
    const graph = this.#graph
    const open: number[] = []
    for (const word of graph.writtenWords()) {
      if (last.words.includes(word)) continue
      const candidates = lastWriteCandidates(graph, word)
      if (candidates.length < 2) continue
      const shown = graph.contentOf(this.#lastIn(witness, word), word)
      const isOpen = candidates.some((write) => {
        if (graph.contentOf(write, word) === shown) return false
        last.push(word, write)
        const isPossible = this.#linearizer.find(graph, witness.places, last)
        last.pop()
        return isPossible
      })
      if (isOpen) open.push(word)
    }
    return open.sort((a, b) => a - b)
  }

  #lastIn(witness: Witness, word: number): number {
    const graph = this.#graph
    let latest = graph.writers[word]! - 1
    for (let at = graph.writers[word]!; at !== 0; at = graph.writerBefore(at))
      if (witness.places[at - 1]! > witness.places[latest]!) latest = at - 1
    return latest
  }

  /** Writes the state at the end of a schedule into `#row`. */
  #loadRow(witness: Witness): void {
    const graph = this.#graph
    const { layout, threads } = this.#session
    this.#row = layout.initial.slice(0, layout.count)
    for (const { index, word } of threads.all) this.#row[word] = graph.nodes[index]!
    for (const word of graph.writtenWords()) this.#row[word] = graph.contentOf(this.#lastIn(witness, word), word)
  }

  /** Makes that state the session's present one, but for open words. */
  #loadBlanked(open: readonly number[]): void {
    const { world, layout } = this.#session
    const row = this.#row.slice()
    for (const word of open) row[word] = layout.initial[word]!
    world.load(row, 0, row.length, 0, 0)
  }
}

function withUndetermined(outcome: Outcome, undetermined: readonly string[]): Outcome {
  if (undetermined.length === 0) return outcome
  const final = Object.create(null) as Record<string, unknown>
  for (const [name, content] of Object.entries(outcome.final)) if (!undetermined.includes(name)) final[name] = content
  const { final: _whole, ...others } = outcome
  return { final, undetermined, ...others }
}
