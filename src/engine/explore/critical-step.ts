import type { Components } from './components.js'
import type { GraphPath } from './least-schedule.js'
import { follow } from './fairness.js'
import { DROPPED, type StateGraph } from './state-graph.js'

const SLICE = 4096

/** From which states a violation can still be avoided. */
export interface AvoidanceQuestion {
  /** Whether reaching this state is the violation, or a terminal state that shows it. */
  readonly isViolation: (state: number) => boolean
  /** Whether an infinite run that stays in this component avoids the violation and is fair. */
  readonly canStay: (component: number) => boolean
}

/** Marks with 1 every state from which some maximal fair path avoids the violation: one sweep, last states first. */
export function* avoidableFrom(
  graph: StateGraph,
  components: Components | null,
  question: AvoidanceQuestion,
): Generator<void, Uint8Array> {
  const avoidable = new Uint8Array(graph.stateCount)
  if (components === null) {
    for (let state = graph.stateCount - 1; state >= 0; state--) {
      if (state % SLICE === 0) yield
      avoidable[state] = canAvoid(graph, state, avoidable, question) ? 1 : 0
    }
    return avoidable
  }
  for (let c = components.isCyclic.length - 1; c >= 0; c--) {
    if (c % SLICE === 0) yield
    const states = components.order.subarray(components.starts[c], components.starts[c + 1])
    const can =
      (components.isCyclic[c] === 1 && question.canStay(c)) ||
      states.some((state) => canAvoid(graph, state, avoidable, question))
    if (can) for (const state of states) if (!question.isViolation(state)) avoidable[state] = 1
  }
  return avoidable
}

function canAvoid(graph: StateGraph, state: number, avoidable: Uint8Array, question: AvoidanceQuestion): boolean {
  if (question.isViolation(state)) return false
  const first = graph.edgeStarts.get(state)
  const last = graph.edgeStarts.get(state + 1)
  if (first === last) return true
  for (let e = first; e < last; e++) {
    const target = graph.edges.target(e)
    if (target !== DROPPED && avoidable[target] === 1) return true
  }
  return false
}

/**
 * The number of the first step of the path after which the violation can no longer be avoided: 0 if it never could,
 * null if it still can at the end.
 */
export function criticalStep(graph: StateGraph, path: GraphPath, avoidable: Uint8Array): number | null {
  let state = 0
  if (avoidable[state] === 0) return 0
  for (let i = 0; i < path.steps.length; i++) {
    state = follow(graph, state, path.steps[i]!)
    if (state === DROPPED) return null
    if (avoidable[state] === 0) return i + 1
  }
  return null
}
