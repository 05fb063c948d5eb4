import { endingOf, type Ending, propertyHolds } from './brute-force.js'
import {
  ableEvents,
  areIndependent,
  endKind,
  eventOf,
  identityText,
  isRejected,
  type EndKind,
  type Event,
} from './events.js'
import { canStep, initialState, waysOf, type State } from './machine.js'
import { type ProgramTree } from './program-tree.js'
import { traceText } from './trace-text.js'

/** A maximal trace of a program: an execution run to its end, up to the order of independent steps. */
export interface Trace {
  readonly text: string
  readonly end: EndKind
  /** One of its schedules. */
  readonly schedule: readonly Choice[]
  /** Null where an assumption was false. */
  readonly outcome: TraceOutcome | null
}

/** One step of a schedule: which thread, by its identity, goes which way. */
export interface Choice {
  readonly thread: readonly number[]
  readonly way: number
}

export interface TraceOutcome extends Ending {
  /** Whether it is no deadlock and the property of the final state holds. */
  readonly holds: boolean
}

export class TooManyTraces extends Error {
  constructor(limit: number) {
    super(`The program has more than ${limit} traces or takes too long to enumerate.`)
  }
}

/**
 * Every maximal trace of a program exactly once, by sleep sets: an event that was explored first sleeps beside its
 * later siblings until a dependent one is taken. Of the executions of a trace, all but one end among sleeping events
 * and are dropped.
 *
 * @throws TooManyTraces
 */
export function enumerateTraces(tree: ProgramTree, limits: { traces: number; steps?: number }): Trace[] {
  const { traces: maxTraces, steps: maxSteps = Infinity } = limits
  const traces: Trace[] = []
  const path: Event[] = []
  let steps = 0
  const visit = (state: State, asleep: readonly Event[]): void => {
    const able = ableEvents(state, tree)
    if (able.length === 0) {
      if (traces.length === maxTraces) throw new TooManyTraces(maxTraces)
      traces.push(traceOf(path, state, tree))
      return
    }
    const sleeping = [...asleep]
    for (const event of able) {
      if (sleeping.some((other) => other.thread === event.thread && other.way === event.way)) continue
      if (++steps > maxSteps) throw new TooManyTraces(maxTraces)
      path.push(event)
      visit(
        event.next,
        sleeping.filter((other) => areIndependent(other, event)),
      )
      path.pop()
      sleeping.push(event)
    }
  }
  visit(initialState(tree), [])
  return traces
}

/** The traces of a small program, or null if it is not small. */
export function enumerateIfSmall(tree: ProgramTree, limits: { traces: number; steps?: number }): Trace[] | null {
  try {
    return enumerateTraces(tree, limits)
  } catch (error) {
    if (error instanceof TooManyTraces) return null
    throw error
  }
}

/** The traces of all interleavings, each walked to its end; null if there are more than `limit`. */
export function tracesOfInterleavings(tree: ProgramTree, limit: number): Map<string, Trace> | null {
  const traces = new Map<string, Trace>()
  const path: Event[] = []
  let interleavings = 0
  const visit = (state: State): void => {
    const able = ableEvents(state, tree)
    if (able.length === 0) {
      interleavings++
      const trace = traceOf(path, state, tree)
      const known = traces.get(trace.text) ?? trace
      if (JSON.stringify(known.outcome) !== JSON.stringify(trace.outcome))
        throw new Error(`A trace ends in two ways:\n${trace.text}`)
      traces.set(trace.text, known)
    }
    for (const event of able) {
      if (interleavings > limit) return
      path.push(event)
      visit(event.next)
      path.pop()
    }
  }
  visit(initialState(tree))
  return interleavings > limit ? null : traces
}

/**
 * The trace of a schedule that runs to an end. The step of a false assumption may be listed or not: it does nothing.
 *
 * @throws Error if the schedule cannot be followed or stops before the end.
 */
export function traceOfSchedule(tree: ProgramTree, schedule: readonly Choice[]): Trace {
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
  return traceOf(path, state, tree)
}

function traceOf(path: readonly Event[], state: State, tree: ProgramTree): Trace {
  const end = endKind(state)
  const text = `${end}\n${traceText(path)}`
  const schedule = path.map(({ thread, way }) => ({ thread: thread.split('.').map(Number), way: way ?? 0 }))
  if (end === 'assumeFailed') return { text, end, schedule, outcome: null }
  const ending = endingOf(state, tree)
  return { text, end, schedule, outcome: { ...ending, holds: ending.waiting === null && propertyHolds(tree, state) } }
}
