import { DROPPED, type StateGraph } from './state-graph.js'
import type { StateSet } from './state-set.js'

/** The strongly connected components of a state graph, in topological order. */
export interface Components {
  /** States, component after component, each component after all that lead to it. */
  readonly order: Int32Array
  /** Where each component begins in `order`; one more entry at the end. */
  readonly starts: Int32Array
  /** The component of each state. */
  readonly componentOf: Int32Array
  /** Whether a component has a cycle: more than one state, or an edge from its state to itself. */
  readonly isCyclic: Uint8Array
}

const SLICE = 20_000

/**
 * Tarjan's algorithm without recursion, over edges in typed arrays; yields now and then.
 *
 * @param without states whose edges, from and to them, are left out.
 */
export function* findComponents(graph: StateGraph, without?: StateSet): Generator<void, Components> {
  const count = graph.stateCount
  const { edgeStarts, edges } = graph
  const low = new Int32Array(count)
  const number = new Int32Array(count)
  const componentOf = new Int32Array(count).fill(-1)
  const stack = new Int32Array(count)
  const path = new Int32Array(count)
  const nextEdge = new Int32Array(count)
  // Components are closed in reverse topological order: filled from the back.
  const order = new Int32Array(count)
  const closed: number[] = []
  let filled = count
  let stacked = 0
  let counter = 0
  let work = 0
  for (let root = 0; root < count; root++) {
    if (number[root] !== 0) continue
    let depth = 0
    path[0] = root
    number[root] = low[root] = ++counter
    stack[stacked++] = root
    nextEdge[root] = edgeStarts.get(root)
    while (depth >= 0) {
      if (++work % SLICE === 0) yield
      const state = path[depth]!
      if (nextEdge[state]! < edgeStarts.get(state + 1)) {
        const target = edges.target(nextEdge[state]!++)
        if (target === DROPPED || without?.has(target) === true || without?.has(state) === true) continue
        if (number[target] === 0) {
          number[target] = low[target] = ++counter
          stack[stacked++] = target
          nextEdge[target] = edgeStarts.get(target)
          path[++depth] = target
        } else if (componentOf[target] === -1 && number[target]! < low[state]!) low[state] = number[target]!
        continue
      }
      if (low[state] === number[state]) {
        let member: number
        do {
          member = stack[--stacked]!
          componentOf[member] = closed.length
          order[--filled] = member
        } while (member !== state)
        closed.push(filled)
      }
      depth--
      if (depth >= 0 && low[state]! < low[path[depth]!]!) low[path[depth]!] = low[state]!
    }
  }
  closed.reverse()
  const starts = Int32Array.from([...closed, count])
  for (let state = 0; state < count; state++) componentOf[state] = closed.length - 1 - componentOf[state]!
  return { order, starts, componentOf, isCyclic: yield* markCyclic(graph, starts, order, without) }
}

function* markCyclic(
  graph: StateGraph,
  starts: Int32Array,
  order: Int32Array,
  without?: StateSet,
): Generator<void, Uint8Array> {
  const isCyclic = new Uint8Array(starts.length - 1)
  for (let c = 0; c < isCyclic.length; c++) {
    if (c % SLICE === 0) yield
    if (starts[c + 1]! - starts[c]! > 1) isCyclic[c] = 1
    else if (without?.has(order[starts[c]!]!) !== true && hasSelfLoop(graph, order[starts[c]!]!)) isCyclic[c] = 1
  }
  return isCyclic
}

function hasSelfLoop(graph: StateGraph, state: number): boolean {
  for (let e = graph.edgeStarts.get(state); e < graph.edgeStarts.get(state + 1); e++)
    if (graph.edges.target(e) === state) return true
  return false
}
