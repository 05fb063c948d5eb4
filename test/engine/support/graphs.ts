import fc from 'fast-check'
import { type Components } from '../../../src/engine/explore/components.js'
import { DROPPED, StateGraph } from '../../../src/engine/explore/state-graph.js'

/** An edge as a test writes it down: where it leads, and the thread that steps along it. */
export type Edge = readonly [target: number, thread: number]

/** A graph by its states’ edges, in canonical order: by thread, then by way. States without edges are terminal. */
export type EdgeLists = readonly (readonly Edge[])[]

export function graphOf(lists: EdgeLists): StateGraph {
  const graph = new StateGraph()
  lists.forEach((edges, state) => {
    graph.edgeStarts.push(graph.edges.length)
    if (edges.length === 0) {
      // Every terminal state is an outcome of its own.
      graph.terminalOutcomes.push(graph.terminalStates.length)
      graph.terminalStates.push(state)
    }
    edges.forEach(([target, thread], i) => {
      graph.edges.push(target, thread)
      if (target === DROPPED) graph.hasDropped = true
      else if (target <= state) graph.isTopological = false
      if (edges[i - 1]?.[1] === thread) graph.hasWays = true
    })
  })
  graph.edgeStarts.push(graph.edges.length)
  graph.stateCount = lists.length
  graph.layerStarts.push(0)
  graph.isLayered = false
  return graph
}

/** A random graph; acyclic ones have edges to later states only. */
export function anyGraph(options: {
  readonly states: number
  readonly threads: number
  readonly isAcyclic?: boolean
  readonly drops?: boolean
}): fc.Arbitrary<EdgeLists> {
  return fc.integer({ min: 1, max: options.states }).chain((count) =>
    fc.tuple(
      ...Array.from({ length: count }, (_, state) => {
        const first = options.isAcyclic === true ? state + 1 : 0
        if (first >= count) return fc.constant<readonly Edge[]>([])
        const inner = fc.integer({ min: first, max: count - 1 })
        const target = options.drops === true ? fc.oneof({ weight: 5, arbitrary: inner }, fc.constant(DROPPED)) : inner
        return fc
          .array(fc.tuple(target, fc.nat(options.threads - 1)), { maxLength: 4 })
          .map((edges): readonly Edge[] => edges.toSorted((a, b) => a[1] - b[1]))
      }),
    ),
  )
}

/** The chance of each step from a state: a thread uniformly, then one of its ways uniformly. */
export function chances(edges: readonly Edge[]): { readonly target: number; readonly chance: number }[] {
  const threads = new Set(edges.map(([, thread]) => thread)).size
  return edges.map(([target, thread]) => {
    const ways = edges.filter(([, other]) => other === thread).length
    return { target, chance: 1 / (threads * ways) }
  })
}

/** Which states can be reached from each by one step or more. */
export function reachability(lists: EdgeLists): boolean[][] {
  const reach = lists.map((edges) => lists.map((_, to) => edges.some(([target]) => target === to)))
  for (let via = 0; via < lists.length; via++)
    for (let from = 0; from < lists.length; from++)
      if (reach[from]![via]!) for (let to = 0; to < lists.length; to++) reach[from]![to] ||= reach[via]![to]!
  return reach
}

/** The states of one component. */
export function membersOf(components: Components, component: number): number[] {
  return [...components.order.subarray(components.starts[component], components.starts[component + 1])]
}
