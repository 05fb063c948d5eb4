import { fraction, plus, ZERO, type Fraction } from './fraction.js'
import { afterStep, canStep, hasEnded, initialState, waitsFor, waysOf, type State } from './machine.js'
import { compare, isBoxed, type CellName, type ProgramTree } from './program-tree.js'

export type FinalValue = number | string | { readonly is: number } | readonly number[]

/** What tells one end of the program from another. */
export interface Ending {
  readonly final: Record<string, FinalValue>
  readonly results: Record<string, number>
  readonly errors: Record<string, string>
  /** The blocked threads, each with the lock or the thread it waits for; null unless this is a deadlock. */
  readonly waiting: Record<string, string> | null
}

export interface TrueOutcome extends Ending {
  readonly holds: boolean
  readonly interleavings: bigint
  readonly probability: Fraction
}

export interface TrueViolation {
  readonly kind: 'property' | 'deadlock'
  readonly schedule: string
  readonly preemptions: number
  readonly steps: number
  readonly criticalStep: number | null
  /** Of all interleavings that show it. */
  readonly interleavings: bigint
  readonly probability: Fraction
}

export interface Truth {
  readonly interleavings: bigint
  readonly outcomes: readonly TrueOutcome[]
  readonly dropped: { readonly interleavings: bigint; readonly probability: Fraction } | null
  readonly violations: readonly TrueViolation[]
}

export class TooManyInterleavings extends Error {
  constructor(limit: number) {
    super(`The program has more than ${limit} interleavings.`)
  }
}

/** Walks every interleaving one by one, without remembering any state it has seen. */
export function bruteForce(tree: ProgramTree, limit = 50_000): Truth {
  const walk = new Walk(tree, limit)
  walk.from(initialState(tree), { chances: 1n, preemptions: 0, last: null })
  return walk.truth()
}

/** The truth about a program, or null if it has too many interleavings. */
export function bruteForceIfSmall(tree: ProgramTree): Truth | null {
  try {
    return bruteForce(tree)
  } catch (error) {
    if (error instanceof TooManyInterleavings) return null
    throw error
  }
}

/** Leaves of the walk, counted by the number of equally likely leaves each would be one of. */
type Tally = Map<bigint, bigint>

function count(tally: Tally, chances: bigint): void {
  tally.set(chances, (tally.get(chances) ?? 0n) + 1n)
}

function leavesIn(tally: Tally): bigint {
  return [...tally.values()].reduce((sum, leaves) => sum + leaves, 0n)
}

function probabilityOf(tally: Tally): Fraction {
  return [...tally].reduce((sum, [chances, leaves]) => plus(sum, fraction(leaves, chances)), ZERO)
}

/** How the walk got to a state, apart from the schedule. */
interface Path {
  /** One over the probability of the schedule. */
  readonly chances: bigint
  readonly preemptions: number
  readonly last: string | null
}

/** The best schedule so far that shows a violation, and when the walk found it. */
interface Witness {
  readonly schedule: readonly string[]
  readonly preemptions: number
  readonly leaf: number
  criticalStep: number | null
}

interface Violated {
  readonly kind: 'property' | 'deadlock'
  readonly tally: Tally
  best: Witness | null
}

/**
 * What all interleavings below a state have in common: the key of a violation, or NO_VIOLATION if one of them shows
 * none or they show different ones, or null if all of them are dropped.
 */
type Common = string | null

const NO_VIOLATION = ''

function inCommon(a: Common, b: Common): Common {
  if (a === null) return b
  if (b === null) return a
  return a === b ? a : NO_VIOLATION
}

class Walk {
  private readonly tree: ProgramTree
  private readonly limit: number
  private readonly schedule: string[] = []
  private readonly outcomes = new Map<string, { ending: Ending; holds: boolean; tally: Tally }>()
  private readonly dropped: Tally = new Map()
  private readonly violations = new Map<string, Violated>()
  private leaves = 0

  constructor(tree: ProgramTree, limit: number) {
    this.tree = tree
    this.limit = limit
  }

  from(state: State, path: Path): Common {
    const firstLeaf = this.leaves
    const common = this.below(state, path)
    this.noteCriticalStep(common, firstLeaf)
    return common
  }

  private below(state: State, path: Path): Common {
    const able = state.threads.flatMap((thread, index) => (canStep(thread, state) ? [index] : []))
    if (able.length === 0) return this.atEnd(state, path)
    let common: Common = null
    for (const index of able) {
      const thread = state.threads[index]
      const ways = waysOf(thread)
      const preempts = able.some((other) => state.threads[other].name === path.last && other !== index)
      const chances = path.chances * BigInt(able.length * ways)
      const next: Path = { chances, preemptions: path.preemptions + (preempts ? 1 : 0), last: thread.name }
      this.schedule.push(thread.name)
      for (let way = 0; way < ways; way++) {
        common = inCommon(common, this.from(afterStep(state, index, way), next))
      }
      this.schedule.pop()
    }
    return common
  }

  private atEnd(state: State, path: Path): Common {
    this.leaves++
    if (this.leaves > this.limit) throw new TooManyInterleavings(this.limit)
    if (state.dropped) {
      count(this.dropped, path.chances)
      return null
    }
    const ending = endingOf(state, this.tree)
    const holds = ending.waiting === null && propertyHolds(this.tree, state)
    const key = JSON.stringify(ending)
    const outcome = this.outcomes.get(key) ?? { ending, holds, tally: new Map<bigint, bigint>() }
    this.outcomes.set(key, outcome)
    count(outcome.tally, path.chances)
    return holds ? NO_VIOLATION : this.atViolation(ending, path)
  }

  private atViolation({ waiting }: Ending, { chances, preemptions }: Path): string {
    const kind = waiting === null ? 'property' : 'deadlock'
    const key = `${kind} ${JSON.stringify(waiting)}`
    const violated = this.violations.get(key) ?? { kind, tally: new Map<bigint, bigint>(), best: null }
    this.violations.set(key, violated)
    count(violated.tally, chances)
    // The walk is in canonical order, so the first of equally good schedules stays.
    if (violated.best === null || isBetter(preemptions, this.schedule.length, violated.best)) {
      violated.best = { schedule: [...this.schedule], preemptions, leaf: this.leaves, criticalStep: null }
    }
    return key
  }

  /** On the way back from the best schedule: every state that leads to its violation alone makes the step earlier. */
  private noteCriticalStep(common: Common, firstLeaf: number): void {
    if (common === null || common === NO_VIOLATION) return
    const witness = this.violations.get(common)?.best ?? null
    if (witness !== null && witness.leaf > firstLeaf) witness.criticalStep = this.schedule.length
  }

  truth(): Truth {
    const outcomes = [...this.outcomes.values()].map(({ ending, holds, tally }) => ({
      ...ending,
      holds,
      interleavings: leavesIn(tally),
      probability: probabilityOf(tally),
    }))
    const dropped = { interleavings: leavesIn(this.dropped), probability: probabilityOf(this.dropped) }
    return {
      interleavings: outcomes.reduce((sum, outcome) => sum + outcome.interleavings, 0n),
      outcomes,
      dropped: dropped.interleavings === 0n ? null : dropped,
      violations: [...this.violations.values()].flatMap(describeViolation),
    }
  }
}

function describeViolation({ kind, tally, best }: Violated): TrueViolation[] {
  if (best === null) return []
  const { schedule, preemptions, criticalStep } = best
  const interleavings = leavesIn(tally)
  const probability = probabilityOf(tally)
  const steps = schedule.length
  return [{ kind, schedule: schedule.join(' '), preemptions, steps, criticalStep, interleavings, probability }]
}

function isBetter(preemptions: number, steps: number, than: Witness): boolean {
  return preemptions < than.preemptions || (preemptions === than.preemptions && steps < than.schedule.length)
}

/** The end that a state is in which no thread can step. */
export function endingOf(state: State, tree: ProgramTree): Ending {
  const running = state.threads.filter((thread) => !thread.ended && !thread.daemon)
  return {
    final: finalValues(state, tree),
    results: entriesOf(state.threads.map((thread) => [thread.name, thread.result])),
    errors: entriesOf(state.threads.map((thread) => [thread.name, thread.error])),
    waiting: hasEnded(state) ? null : entriesOf(running.map((thread) => [thread.name, waitsFor(thread, state) ?? ''])),
  }
}

function entriesOf<T>(entries: [string, T | undefined][]): Record<string, T> {
  return Object.fromEntries(entries.filter((entry): entry is [string, T] => entry[1] !== undefined))
}

function finalValues(state: State, tree: ProgramTree): Record<string, FinalValue> {
  const cells = tree.cells.map(({ name }) => [name, cellValue(name, state)] as const)
  const items = tree.items.length > 0 ? [['items', state.items] as const] : []
  const held = Object.entries(state.holders).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries<FinalValue>([...cells, ...items, ...held])
}

function cellValue(name: CellName, state: State): FinalValue {
  return isBoxed(name) ? { is: state.cells[name] } : state.cells[name]
}

/** Whether the property of the final state holds; those of every state are not asked here. */
export function propertyHolds({ property }: ProgramTree, state: State): boolean {
  const sum = property.sumOf.reduce((total, name) => total + state.cells[name], 0)
  return compare(sum, property.is, property.value)
}
