import type { Program } from 'entrelacs'
import { BitstateSearch } from '../../../src/engine/explore/bitstate/bitstate-search.js'
import { findComponents } from '../../../src/engine/explore/components.js'
import { CompactSearch } from '../../../src/engine/explore/compact/compact-search.js'
import { GraphSearch } from '../../../src/engine/explore/graph-search.js'
import type { OutcomeRegistry } from '../../../src/engine/explore/outcome-registry.js'
import { outcomeViolations } from '../../../src/engine/explore/outcome-violations.js'
import { RandomSearch } from '../../../src/engine/explore/random-search.js'
import { Session } from '../../../src/engine/session.js'
import { finish } from './finish.js'

const NO_BOUNDS = { maxStates: Number.MAX_SAFE_INTEGER, maxMemory: 2 ** 31, maxHeap: 2 ** 31 }

/** What a search saw: outcomes as texts, and what goes wrong by kind and subject; in order, each once. */
export interface Seen {
  readonly outcomes: readonly string[]
  readonly violations: readonly string[]
  readonly states: number
}

/** What the graph of all states shows; null if it has more states than `maxStates`. */
export function seenInGraph(subject: Program, maxStates = NO_BOUNDS.maxStates): (Seen & { isCyclic: boolean }) | null {
  const session = new Session(subject)
  const search = new GraphSearch(session, { ...NO_BOUNDS, maxStates })
  finish(search.run())
  if (search.stopped !== null) return null
  const violations = violationsOf(search.outcomes)
  for (const { property, states } of search.alwaysFailures)
    if (states.size > 0) violations.push(`property ${property.property.name}`)
  for (const { message } of search.misuses) violations.push(`misuse ${message}`)
  for (const { word } of search.accesses.races.values()) violations.push(`race ${session.objectOf(word)?.name}`)
  const { isCyclic } = finish(findComponents(search.graph))
  return { ...seen(search.outcomes, violations), states: search.graph.stateCount, isCyclic: isCyclic.includes(1) }
}

/** What the reduced graph shows, after `samples` random executions from which the search learns. */
export function seenReduced(subject: Program, samples = 0): Seen & { search: CompactSearch } {
  const session = new Session(subject)
  const search = new CompactSearch(session, NO_BOUNDS)
  const sampling = new RandomSearch(session, 1)
  for (let i = 0; i < samples; i++) finish(sampling.runOne(2_000))
  finish(search.run())
  const { outcomes } = search.sights
  const violations = search.findings.map(({ kind, subject: what }) => `${kind} ${what}`)
  return { ...seen(outcomes, violations), states: search.stateCount, search }
}

/** What a search sees that remembers states in a filter which is large enough for a few thousand of them. */
export function seenInFilter(subject: Program, reduction: boolean): Seen & { search: BitstateSearch } {
  const session = new Session(subject)
  const search = new BitstateSearch(session, { ...NO_BOUNDS, filter: 2 ** 20, seed: 1, reduction })
  finish(search.run())
  const { outcomes } = search.sights
  const violations = search.findings.map(({ kind, subject: what }) => `${kind} ${what}`)
  return { ...seen(outcomes, violations), states: search.stateCount, search }
}

function violationsOf(outcomes: OutcomeRegistry): string[] {
  return outcomes.all.flatMap((facts) => outcomeViolations(facts).map(({ kind, subject }) => `${kind} ${subject}`))
}

function seen(outcomes: OutcomeRegistry, violations: readonly string[]): Pick<Seen, 'outcomes' | 'violations'> {
  return {
    outcomes: outcomes.all.map((facts) => JSON.stringify(facts, (_key, value: unknown) => sorted(value))).toSorted(),
    violations: [...new Set(violations)].toSorted(),
  }
}

function sorted(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
