import type { Components } from './components.js'
import { type GraphStep, shortestPath } from './least-schedule.js'
import { DROPPED, type StateGraph } from './state-graph.js'

/** What an infinite run can do inside one cyclic component. */
export interface CyclicComponent {
  readonly component: number
  /** The state of the component that was discovered first. */
  readonly firstState: number
  /** A weakly fair infinite run can stay in it: every thread steps in it or is unable to step somewhere in it. */
  readonly isFair: boolean
  /** Nothing leads out of it. */
  readonly isBottom: boolean
  /** Threads that step inside it. */
  readonly stepping: ReadonlySet<number>
}

/**
 * Looks at every cyclic component. A component as a whole decides about its cycles: a thread that is able to step
 * everywhere in it and never steps inside it can be given its turn by no smaller cycle.
 */
export function* cyclicComponents(
  graph: StateGraph,
  components: Components,
  threads: number,
): Generator<void, CyclicComponent[]> {
  const found: CyclicComponent[] = []
  for (let c = 0; c < components.isCyclic.length; c++) {
    if (c % 4096 === 0) yield
    if (components.isCyclic[c] === 1) found.push(yield* inspect(graph, components, c, threads))
  }
  return found
}

function* inspect(
  graph: StateGraph,
  components: Components,
  component: number,
  threads: number,
): Generator<void, CyclicComponent> {
  const states = components.order.subarray(components.starts[component], components.starts[component + 1])
  const enabledIn = new Int32Array(threads)
  const stepping = new Set<number>()
  let isBottom = true
  let firstState = states[0]!
  for (let i = 0; i < states.length; i++) {
    if (i % 4096 === 0) yield
    const state = states[i]!
    firstState = Math.min(firstState, state)
    const end = graph.edgeStarts.get(state + 1)
    for (let e = graph.edgeStarts.get(state); e < end; e++) {
      const thread = graph.edges.thread(e)
      const isFirstWay = e === graph.edgeStarts.get(state) || graph.edges.thread(e - 1) !== thread
      if (isFirstWay) enabledIn[thread]!++
      const target = graph.edges.target(e)
      if (target !== DROPPED && components.componentOf[target] === component) stepping.add(thread)
      else isBottom = false
    }
  }
  const isFair = enabledIn.every((count, thread) => count < states.length || stepping.has(thread))
  return { component, firstState, isFair, isBottom, stepping }
}

/**
 * A closed walk from `start` through its component on which every thread steps or is unable to step somewhere, so that
 * repeating it for ever is weakly fair.
 */
export function* fairCycle(
  graph: StateGraph,
  components: Components,
  start: number,
  threads: number,
): Generator<void, GraphStep[]> {
  const component = components.componentOf[start]!
  const inside = (state: number) => components.componentOf[state] === component
  const cycle: GraphStep[] = []
  const satisfied = new Set<number>()
  let here = start
  const observe = (state: number) => {
    const able = new Set<number>()
    for (let e = graph.edgeStarts.get(state); e < graph.edgeStarts.get(state + 1); e++) able.add(graph.edges.thread(e))
    for (let thread = 0; thread < threads; thread++) if (!able.has(thread)) satisfied.add(thread)
  }
  const walk = (steps: readonly GraphStep[]) => {
    for (const step of steps) {
      here = follow(graph, here, step)
      satisfied.add(step.thread)
      observe(here)
      cycle.push(step)
    }
  }
  observe(here)
  for (let thread = 0; thread < threads; thread++) {
    if (satisfied.has(thread)) continue
    const goal = {
      state: (state: number) => !ableAt(graph, state, thread),
      step: (state: number, by: number) => by === thread && stepsInside(graph, state, thread, inside),
    }
    const path = yield* shortestPath(graph, goal, here, inside)
    if (path !== null) walk(insideWays(graph, here, path.steps, inside))
  }
  if (cycle.length === 0) {
    const first = firstInside(graph, here, inside)
    walk([first])
  }
  const back =
    here === start
      ? []
      : ((yield* shortestPath(graph, { state: (state) => state === start }, here, inside))?.steps ?? [])
  walk(back)
  return cycle
}

/** The state after one step. */
export function follow(graph: StateGraph, state: number, step: GraphStep): number {
  let way = 0
  for (let e = graph.edgeStarts.get(state); e < graph.edgeStarts.get(state + 1); e++)
    if (graph.edges.thread(e) === step.thread && way++ === step.way) return graph.edges.target(e)
  throw new Error('the step does not exist in this state')
}

function ableAt(graph: StateGraph, state: number, thread: number): boolean {
  for (let e = graph.edgeStarts.get(state); e < graph.edgeStarts.get(state + 1); e++)
    if (graph.edges.thread(e) === thread) return true
  return false
}

function stepsInside(graph: StateGraph, state: number, thread: number, inside: (state: number) => boolean): boolean {
  for (let e = graph.edgeStarts.get(state); e < graph.edgeStarts.get(state + 1); e++)
    if (graph.edges.thread(e) === thread && graph.edges.target(e) !== DROPPED && inside(graph.edges.target(e)))
      return true
  return false
}

/** Of a thread's ways out of the path's last state, the first that stays inside. */
function insideWays(
  graph: StateGraph,
  from: number,
  steps: readonly GraphStep[],
  inside: (state: number) => boolean,
): GraphStep[] {
  const fixed = [...steps]
  let here = from
  for (let i = 0; i < fixed.length; i++) {
    let target = follow(graph, here, fixed[i]!)
    for (let way = 0; !(target !== DROPPED && inside(target)); way++) {
      fixed[i] = { thread: fixed[i]!.thread, way }
      target = follow(graph, here, fixed[i]!)
    }
    here = target
  }
  return fixed
}

function firstInside(graph: StateGraph, state: number, inside: (state: number) => boolean): GraphStep {
  let way = 0
  for (let e = graph.edgeStarts.get(state); e < graph.edgeStarts.get(state + 1); e++) {
    const thread = graph.edges.thread(e)
    way = e > graph.edgeStarts.get(state) && graph.edges.thread(e - 1) === thread ? way + 1 : 0
    const target = graph.edges.target(e)
    if (target !== DROPPED && inside(target)) return { thread, way }
  }
  throw new Error('a cyclic component has a step inside it')
}
