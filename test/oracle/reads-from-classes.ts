import { endingOf, propertyHolds, type FinalValue } from './brute-force.js'
import { ableEvents, endKind, eventOf, identityText, isRejected, type EndKind, type Event } from './events.js'
import { canStep, initialState, waysOf, type State } from './machine.js'
import { type ProgramTree } from './program-tree.js'
import type { Choice } from './trace-enumerator.js'

/**
 * A reads-from class of a program: the executions in which every thread does the same and every read reads from the same
 * write. What the property of the final state reads is read once more at the end of a complete execution.
 */
export interface ReadsFromClass {
  readonly text: string
  readonly end: EndKind
  readonly schedule: readonly Choice[]
  /** Null where an assumption was false. */
  readonly outcome: ClassOutcome | null
}

/** What all executions of a class have in common at their ends. */
export interface ClassOutcome {
  readonly final: Record<string, FinalValue>
  /** The objects that end differently in executions of the class. */
  readonly undetermined: readonly string[]
  readonly results: Record<string, number>
  readonly errors: Record<string, string>
  readonly waiting: Record<string, string> | null
  readonly holds: boolean
}

/** The classes of a program, found by walking each of its interleavings to its end; null if there are more than `limit`. */
export function readsFromClasses(tree: ProgramTree, limit: number): Map<string, ReadsFromClass> | null {
  const classes = new Map<string, ReadsFromClass>()
  const isComplete = walk(tree, limit, (path, state) => {
    const text = classText(tree, path, state)
    const known = classes.get(text)
    if (known === undefined) classes.set(text, classOf(tree, text, path, state))
    else if (known.outcome !== null) classes.set(text, { ...known, outcome: inCommon(tree, known.outcome, state) })
  })
  return isComplete ? classes : null
}

/**
 * The text of the class of a schedule that runs to an end; the step of a false assumption may be listed or not.
 *
 * @throws Error if the schedule cannot be followed or stops before the end.
 */
export function classOfSchedule(
  tree: ProgramTree,
  schedule: readonly Choice[],
): { readonly text: string; readonly end: EndKind } {
  const path: Event[] = []
  let state = initialState(tree)
  schedule.forEach(({ thread: identity, way }, i) => {
    const index = state.threads.findIndex((thread) => identityText(thread.identity) === identityText(identity))
    const thread = state.threads[index]
    if (thread !== undefined && isRejected(thread)) return
    if (thread === undefined || !canStep(thread, state) || way < 0 || way >= waysOf(thread))
      throw new Error(`Step ${i + 1} of the schedule: thread ${identityText(identity)} cannot go way ${way}.`)
    const event = eventOf(state, index, way, tree)
    path.push(event)
    state = event.next
  })
  if (ableEvents(state, tree).length > 0) throw new Error('The schedule ends while threads can step.')
  return { text: classText(tree, path, state), end: endKind(state) }
}

/** Calls `atEnd` for every interleaving; returns false if there are more than `limit`. */
function walk(tree: ProgramTree, limit: number, atEnd: (path: readonly Event[], state: State) => void): boolean {
  const path: Event[] = []
  let interleavings = 0
  const visit = (state: State): void => {
    const able = ableEvents(state, tree)
    if (able.length === 0 && ++interleavings <= limit) atEnd(path, state)
    for (const event of able) {
      if (interleavings > limit) return
      path.push(event)
      visit(event.next)
      path.pop()
    }
  }
  visit(initialState(tree))
  return interleavings <= limit
}

function classText(tree: ProgramTree, path: readonly Event[], state: State): string {
  const lengths = new Map<string, number>()
  const writers = new Map<string, string>()
  const lines = path.map((event) => {
    const position = lengths.get(event.thread) ?? 0
    lengths.set(event.thread, position + 1)
    const name = `${event.thread}:${position}`
    const sources = wordsRead(event).map((word) => `${word} of ${writers.get(word) ?? 'the beginning'}`)
    for (const word of event.writes) writers.set(word, name)
    return `${name} ${event.operation}${event.way === null ? '' : ` way ${event.way}`} reads ${sources.join(', ')}`
  })
  const end = endKind(state)
  const finals = end === 'complete' ? tree.property.sumOf : []
  for (const word of finals) lines.push(`at the end ${word} of ${writers.get(word) ?? 'the beginning'}`)
  return `${end}\n${lines.sort().join('\n')}`
}

/** The words whose contents a step depends on: all it touches, but those it overwrites whatever they hold. */
function wordsRead({ operation, reads, writes }: Event): string[] {
  const isBlind = /^write(Item)? /.test(operation)
  return [...new Set([...reads, ...writes])].filter(
    (word) => !/^(status|life|always) /.test(word) && !(isBlind && writes.includes(word)),
  )
}

function classOf(tree: ProgramTree, text: string, path: readonly Event[], state: State): ReadsFromClass {
  const end = endKind(state)
  const schedule = path.map(({ thread, way }) => ({ thread: thread.split('.').map(Number), way: way ?? 0 }))
  return { text, end, schedule, outcome: end === 'assumeFailed' ? null : outcomeOf(tree, state) }
}

function outcomeOf(tree: ProgramTree, state: State): ClassOutcome {
  const ending = endingOf(state, tree)
  return { ...ending, undetermined: [], holds: ending.waiting === null && propertyHolds(tree, state) }
}

/** What an outcome has in common with the end of one more execution of its class. */
function inCommon(tree: ProgramTree, known: ClassOutcome, state: State): ClassOutcome {
  const other = outcomeOf(tree, state)
  const differing = Object.keys({ ...known.final, ...other.final }).filter(
    (name) => JSON.stringify(known.final[name]) !== JSON.stringify(other.final[name]),
  )
  const { final: _known, undetermined, ...fixed } = known
  const { final: _other, undetermined: _none, ...fixedOther } = other
  if (JSON.stringify(fixed) !== JSON.stringify(fixedOther)) throw new Error('Executions of a class end in two ways.')
  const open = [...new Set([...undetermined, ...differing])].sort()
  if (open.length === undetermined.length) return known
  const final = Object.fromEntries(Object.entries(known.final).filter(([name]) => !open.includes(name)))
  return { ...fixed, final, undetermined: open }
}
