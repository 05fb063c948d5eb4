import type { Session } from '../session.js'
import type { Components } from './components.js'
import { type CyclicComponent, fairCycle } from './fairness.js'
import { type Finding, sighted } from './finding.js'
import { type GraphStep, leastSchedule, wayOf } from './least-schedule.js'
import { DROPPED, type StateGraph } from './state-graph.js'

// Components beyond these are not looked into; findings beyond these are not shown.
const MOST_COMPONENTS = 2000
const MOST_FINDINGS = 32
const SLICE = 20_000

/**
 * Threads that nothing can free any more while others step for ever: one finding for each set of threads that is stuck
 * and each set of those others.
 *
 * @param bottoms components that nothing leads out of.
 */
export function* partialDeadlocks(
  graph: StateGraph,
  session: Session,
  components: Components,
  bottoms: readonly CyclicComponent[],
  maxMemory: number,
): Generator<void, Finding[]> {
  if (bottoms.length === 0) return []
  const arrivals = yield* firstArrivals(graph)
  const { threads } = session
  const alike = new Map<string, { readonly stuck: readonly number[]; readonly components: Set<number> }>()
  for (const { component, firstState, stepping } of bottoms.slice(0, MOST_COMPONENTS)) {
    yield
    const stuck = stuckAt(session, pathTo(graph, arrivals, firstState), stepping)
    if (stuck.length === 0) continue
    const key = JSON.stringify([stuck, [...stepping].sort((a, b) => a - b)])
    const entry = alike.get(key) ?? { stuck, components: new Set() }
    entry.components.add(component)
    alike.set(key, entry)
  }
  const findings: Finding[] = []
  for (const { stuck, components: some } of [...alike.values()].slice(0, MOST_FINDINGS)) {
    const goal = { state: (state: number) => some.has(components.componentOf[state]!) }
    const path = (yield* leastSchedule(graph, threads.all.length, goal, maxMemory))!
    const repeat = yield* fairCycle(graph, components, path.state, threads.all.length)
    const subject = JSON.stringify(stuck.map((thread) => threads.all[thread]!.name))
    findings.push({ ...sighted('deadlock', subject, path.steps), repeat, isLeast: path.isLeast })
  }
  return findings
}

/** Threads that the program waits for, and that have not ended where a schedule leads, besides those that step there. */
function stuckAt(session: Session, path: readonly GraphStep[], stepping: ReadonlySet<number>): number[] {
  session.rewind()
  for (const { thread, way } of path) session.step(thread, way)
  const { threads } = session
  return threads.canonical.filter(
    (thread) =>
      !stepping.has(thread) &&
      !threads.all[thread]!.daemon &&
      session.node(thread) !== 0 &&
      !session.world.hasEnded(thread),
  )
}

interface Arrivals {
  /** By state: the edge by which it is reached first, and the state that this leaves. −1 for the initial state. */
  readonly edges: Int32Array
  readonly origins: Int32Array
}

/** States are numbered as they are discovered, so that the first edge to each comes from one with a smaller number. */
function* firstArrivals(graph: StateGraph): Generator<void, Arrivals> {
  const edges = new Int32Array(graph.stateCount).fill(-1)
  const origins = new Int32Array(graph.stateCount).fill(-1)
  for (let state = 0; state < graph.stateCount; state++) {
    if (state % SLICE === 0) yield
    const end = graph.endEdge(state)
    for (let edge = graph.firstEdge(state); edge < end; edge++) {
      const target = graph.target(edge)
      if (target === DROPPED || target === 0 || edges[target] !== -1) continue
      edges[target] = edge
      origins[target] = state
    }
  }
  return { edges, origins }
}

function pathTo(graph: StateGraph, { edges, origins }: Arrivals, goal: number): GraphStep[] {
  const path: GraphStep[] = []
  for (let state = goal; edges[state]! >= 0; state = origins[state]!) {
    const edge = edges[state]!
    path.push({ thread: graph.thread(edge), way: wayOf(graph, origins[state]!, edge) })
  }
  return path.reverse()
}
