import { EdgePages } from './edge-pages.js'
import { IntPages } from './int-pages.js'
import { StateSet } from './state-set.js'

/** Target of an edge whose step was a false `assume`: the execution is dropped there. */
export const DROPPED = -1

/** What a property that must always hold, or a race, is for the graph: a name for a set of states. */
export interface FlaggedStates {
  readonly states: StateSet
}

/** What a search for a schedule asks of a graph, which may be made while it is searched. */
export interface StepGraph {
  /** The number of the state's first edge: its edges are numbered one after the other, in canonical order. */
  firstEdge(state: number): number
  /** The number after that of its last edge. */
  endEdge(state: number): number
  /** Where an edge leads, or `DROPPED`. */
  target(edge: number): number
  /** The thread that steps along it. */
  thread(edge: number): number
}

/** A graph as plain data. */
export interface SavedGraph {
  readonly edgeTargets: readonly Int32Array<ArrayBuffer>[]
  readonly edgeThreads: readonly Uint16Array<ArrayBuffer>[]
  readonly edgeStarts: readonly Int32Array<ArrayBuffer>[]
  readonly terminalStates: readonly Int32Array<ArrayBuffer>[]
  readonly terminalOutcomes: readonly Int32Array<ArrayBuffer>[]
  readonly layerStarts: readonly number[]
  readonly counts: {
    readonly edges: number
    readonly starts: number
    readonly terminals: number
    readonly states: number
  }
  readonly isTopological: boolean
  readonly hasWays: boolean
  readonly hasDropped: boolean
}

/**
 * The graph of all states as integers: states are numbered in the order of discovery, the edges of one state are
 * adjacent and in canonical order (threads in canonical order, then ways).
 */
export class StateGraph implements StepGraph {
  /** Where each state's edges begin; one more entry at the end once the graph is complete. */
  readonly edgeStarts = new IntPages()
  /** Where each edge leads, and the thread that steps along it. */
  readonly edges = new EdgePages()
  /** States with nothing to follow, and the outcome of each. */
  readonly terminalStates = new IntPages()
  readonly terminalOutcomes = new IntPages()
  /** The first state of each layer of the search. */
  readonly layerStarts: number[] = []
  stateCount = 0
  /** Every edge leads to a state with a larger index, so that the order of states is a topological one. */
  isTopological = true
  /** Every edge leads from one layer to the next, so that numbers can be handed on layer by layer. */
  isLayered = true
  /** Some thread could proceed in more than one way. */
  hasWays = false
  /** Some execution was dropped by `assume`. */
  hasDropped = false

  firstEdge(state: number): number {
    return this.edgeStarts.get(state)
  }

  /** The number after that of a state's last edge. */
  endEdge(state: number): number {
    return this.edgeStarts.get(state + 1)
  }

  target(edge: number): number {
    return this.edges.target(edge)
  }

  thread(edge: number): number {
    return this.edges.thread(edge)
  }

  /** What `restore` needs of a graph of which `expanded` states have edges. */
  saved(expanded: number): SavedGraph {
    const { edges, edgeStarts, terminalStates, terminalOutcomes } = this
    return {
      edgeTargets: edges.targetPages,
      edgeThreads: edges.threadPages,
      edgeStarts: edgeStarts.pages,
      terminalStates: terminalStates.pages,
      terminalOutcomes: terminalOutcomes.pages,
      layerStarts: this.layerStarts,
      counts: { edges: edges.length, starts: expanded, terminals: terminalStates.length, states: this.stateCount },
      isTopological: this.isTopological,
      hasWays: this.hasWays,
      hasDropped: this.hasDropped,
    }
  }

  restore(saved: SavedGraph): void {
    const { counts } = saved
    this.edges.restore(saved.edgeTargets, saved.edgeThreads, counts.edges)
    this.edgeStarts.restore(saved.edgeStarts, counts.starts)
    this.terminalStates.restore(saved.terminalStates, counts.terminals)
    this.terminalOutcomes.restore(saved.terminalOutcomes, counts.terminals)
    this.layerStarts.splice(0, this.layerStarts.length, ...saved.layerStarts)
    this.stateCount = counts.states
    this.isTopological = saved.isTopological
    this.hasWays = saved.hasWays
    this.hasDropped = saved.hasDropped
  }

  get edgeCount(): number {
    return this.edges.length
  }

  get bytes(): number {
    return this.edgeStarts.bytes + this.edges.bytes + this.terminalStates.bytes + this.terminalOutcomes.bytes
  }
}
