import { ableEvents, type Event } from './events.js'
import { canStep, initialState, type State } from './machine.js'
import type { ProgramTree } from './program-tree.js'

/** A data race of a program and the cheapest way to show it. */
export interface TrueRace {
  /** What is accessed, and the two accesses by thread and kind, in alphabetical order. */
  readonly key: string
  readonly preemptions: number
  /** Up to and with the second access. */
  readonly steps: number
}

/** A step of an interleaving. */
interface Step {
  readonly thread: string
  /** The thread's name. */
  readonly name: string
  /** What it synchronises by: words that it reads or writes, and those that it writes. */
  readonly touches: readonly string[]
  readonly releases: readonly string[]
  /** The word of a plain access, and whether it writes. */
  readonly plain: { readonly word: string; readonly writes: boolean } | null
  /** Preemptions up to and with this step. */
  readonly preemptions: number
}

/**
 * All data races of a program, by definition: in every interleaving, one after the other, happens-before is made of
 * program order, of spawning and joining, and of an edge from each write of a word to each later access to it, plain
 * accesses apart; and closed. Null if there are more interleavings than `limit`.
 */
export function racesOfInterleavings(tree: ProgramTree, limit: number): Map<string, TrueRace> | null {
  const races = new Map<string, TrueRace>()
  const path: Step[] = []
  let interleavings = 0
  const visit = (state: State, last: string | null): void => {
    const able = ableEvents(state, tree)
    if (able.length === 0) {
      interleavings++
      addRaces(path, races)
    }
    for (const event of able) {
      if (interleavings > limit) return
      path.push(stepOf(event, state, last, path.at(-1)?.preemptions ?? 0))
      visit(event.next, event.thread)
      path.pop()
    }
  }
  visit(initialState(tree), null)
  return interleavings > limit ? null : races
}

function stepOf(event: Event, state: State, last: string | null, before: number): Step {
  const { thread, operation, reads, writes, next } = event
  const isStatus = (word: string) => word.startsWith('status ')
  const isMemory = (word: string) => !isStatus(word) && !word.startsWith('life ') && !word.startsWith('always ')
  const [kind, ...what] = operation.split(' ')
  const word = what.join(' ')
  const isPlain =
    ['read', 'write', 'readItem', 'writeItem'].includes(kind) && (word.startsWith('item ') || /^[cd]\d$/.test(word))
  const synchronises = (one: string) => isStatus(one) || (isMemory(one) && !isPlain)
  const latest = state.threads.find(({ identity }) => identity.join('.') === last)
  const isPreempted = latest !== undefined && last !== thread && canStep(latest, state)
  return {
    thread,
    name: next.threads.find(({ identity }) => identity.join('.') === thread)?.name ?? '',
    touches: [...reads, ...writes].filter(synchronises),
    releases: writes.filter(synchronises),
    plain: isPlain ? { word, writes: kind.startsWith('write') } : null,
    preemptions: before + (isPreempted ? 1 : 0),
  }
}

function addRaces(path: readonly Step[], races: Map<string, TrueRace>): void {
  const before = happensBefore(path)
  path.forEach((second, j) => {
    for (let i = 0; i < j; i++) {
      const first = path[i]
      if (!conflict(first, second) || before[i][j]) continue
      const key = keyOf(first, second)
      const known = races.get(key)
      const { preemptions } = second
      const isBetter =
        known === undefined ||
        preemptions < known.preemptions ||
        (preemptions === known.preemptions && j + 1 < known.steps)
      if (isBetter) races.set(key, { key, preemptions, steps: j + 1 })
    }
  })
}

function conflict(a: Step, b: Step): boolean {
  if (a.plain === null || b.plain === null || a.thread === b.thread) return false
  return a.plain.word === b.plain.word && (a.plain.writes || b.plain.writes)
}

function keyOf(a: Step, b: Step): string {
  const accesses = [a, b].map(({ name, plain }) => `${name} ${plain?.writes === true ? 'write' : 'read'}`)
  return `${a.plain?.word}: ${accesses.toSorted().join(', ')}`
}

/** By pairs of steps: whether the one happens before the other. */
function happensBefore(path: readonly Step[]): boolean[][] {
  const before = path.map((first, i) => path.map((second, j) => i < j && isEdge(first, second)))
  for (let k = 0; k < path.length; k++)
    for (let i = 0; i < k; i++)
      if (before[i][k]) for (let j = k + 1; j < path.length; j++) if (before[k][j]) before[i][j] = true
  return before
}

function isEdge(first: Step, second: Step): boolean {
  if (first.thread === second.thread || first.releases.includes(`status ${second.thread}`)) return true
  return first.releases.some((word) => second.touches.includes(word))
}
