import type { Components } from './components.js'
import { expectedVisits } from './expected-visits.js'
import { DROPPED, type StateGraph } from './state-graph.js'
import type { StateSet } from './state-set.js'

/** How many interleavings end somewhere (`null` = unboundedly many), and with which probability. */
export interface PathNumber {
  readonly interleavings: bigint | null
  readonly probability: number
}

/** Numbers of all maximal paths of a state graph, by where they end. */
export interface PathNumbers {
  /** For each outcome, by its number: all terminal states with that outcome together. */
  readonly outcomes: readonly PathNumber[]
  readonly dropped: PathNumber
  /** The probability of never ending. */
  readonly divergence: number
  /** The same by the component of the graph in which the run stays. */
  readonly divergences: ReadonlyMap<number, number>
  /** The probability of running into a state to be avoided. */
  readonly avoided: number
}

/** A sum of probabilities of events that exclude each other: rounding may have taken it beyond 1. */
export function asProbability(sum: number): number {
  return Math.min(sum, 1)
}

const SLICE = 4096
// Counts are kept in limbs in doubles. One limb is exact below 2^53; several have a base of 2^44, so that additions may
// pile up before a carry is needed.
const LIMB_BITS = 44
const LIMB = 2 ** LIMB_BITS
const CARRY_AT = 2 ** 52

/**
 * Counts paths forward through the graph, never enumerating one. Probabilities are those of the random scheduler that
 * draws a thread uniformly among those that can step, then a way uniformly.
 *
 * @param components needed if the graph has edges to earlier states.
 * @param avoiding paths through these states are left out.
 */
export function* countPaths(
  graph: StateGraph,
  components: Components | null,
  avoiding?: StateSet,
): Generator<void, PathNumbers> {
  // How large the counts get shows only on the way: a guess that was too small is made again with twice the room.
  for (let limbs = guessLimbs(graph); ; limbs *= 2) {
    const pass = new ForwardPass(graph, components, avoiding, limbs)
    yield* pass.run()
    if (!pass.hasOverflowed) return pass.numbers()
  }
}

/** Limbs for the product over all layers of the mean number of steps that a state has. */
function guessLimbs(graph: StateGraph): number {
  const { layerStarts, edgeStarts, stateCount } = graph
  let bits = 0
  for (let layer = 0; layer < layerStarts.length; layer++) {
    const first = layerStarts[layer]!
    const end = layerStarts[layer + 1] ?? stateCount
    bits += Math.log2(Math.max(1, (edgeStarts.get(end) - edgeStarts.get(first)) / (end - first)))
  }
  return bits < 50 ? 1 : Math.ceil((bits + 8) / LIMB_BITS)
}

/**
 * Numbers per state, a few cells each. If every edge leads to the next layer, only two layers are kept, which stay in
 * the cache however large the graph is; otherwise all states are.
 */
class StateCells {
  /** Cells of the states that are being spread, and of those that receive; the same array if all states are kept. */
  from: Float64Array
  to: Float64Array
  /** The states whose cells come first in these arrays. */
  fromState = 0
  toState = 0
  readonly #graph: StateGraph
  readonly #width: number

  constructor(graph: StateGraph, width: number) {
    this.#graph = graph
    this.#width = width
    this.from = new Float64Array((graph.isLayered ? widestLayer(graph) : graph.stateCount) * width)
    this.to = graph.isLayered ? new Float64Array(this.from.length) : this.from
    if (graph.isLayered) this.toState = layerEnd(graph, 0)
  }

  /** Moves on to the next layer, whose cells have been received. */
  advance(layer: number): void {
    ;[this.from, this.to] = [this.to, this.from]
    this.fromState = this.toState
    this.toState = layerEnd(this.#graph, layer + 1)
    this.to.fill(0, 0, (layerEnd(this.#graph, layer + 2) - this.toState) * this.#width)
  }

  at(state: number): number {
    return (state - this.fromState) * this.#width
  }
}

function layerEnd(graph: StateGraph, layer: number): number {
  return graph.layerStarts[layer + 1] ?? graph.stateCount
}

function widestLayer(graph: StateGraph): number {
  return graph.layerStarts.reduce((widest, start, layer) => Math.max(widest, layerEnd(graph, layer) - start), 0)
}

class ForwardPass {
  /** Some count did not fit, so that all counts are void. */
  hasOverflowed = false
  readonly #graph: StateGraph
  readonly #components: Components | null
  readonly #avoiding: StateSet | undefined
  readonly #limbs: number
  /** For each state its probability and the limbs of its number of paths. */
  readonly #cells: StateCells
  readonly #unbounded: Uint8Array | null
  readonly #outcomes: { interleavings: bigint | null; probability: number }[] = []
  /** Terminal states whose numbers have been taken down, in the order of the graph's list. */
  #collected = 0
  #droppedProbability = 0
  #droppedPaths = 0n
  #droppedUnbounded = false
  readonly #divergences = new Map<number, number>()
  #avoided = 0

  constructor(graph: StateGraph, components: Components | null, avoiding: StateSet | undefined, limbs: number) {
    this.#graph = graph
    this.#components = components
    this.#avoiding = avoiding
    this.#limbs = limbs
    this.#cells = new StateCells(graph, 1 + limbs)
    this.#unbounded = components === null ? null : new Uint8Array(graph.stateCount)
    this.#cells.from[0] = 1
    this.#cells.from[1] = 1
  }

  *run(): Generator<void> {
    const { layerStarts, stateCount, isLayered } = this.#graph
    if (this.#components !== null) yield* this.#spreadComponents(this.#components)
    else if (isLayered) {
      for (let layer = 0; layer < layerStarts.length && !this.hasOverflowed; layer++) {
        yield* this.#spreadStates(layerStarts[layer]!, layerEnd(this.#graph, layer))
        yield* this.#collect(layerEnd(this.#graph, layer))
        this.#cells.advance(layer)
      }
    } else yield* this.#spreadStates(0, stateCount)
    yield* this.#collect(stateCount)
  }

  numbers(): PathNumbers {
    return {
      outcomes: this.#outcomes.map(({ interleavings, probability }) => ({
        interleavings,
        probability: asProbability(probability),
      })),
      dropped: {
        interleavings: this.#droppedUnbounded ? null : this.#droppedPaths,
        probability: asProbability(this.#droppedProbability),
      },
      divergence: asProbability([...this.#divergences.values()].reduce((total, part) => total + part, 0)),
      divergences: this.#divergences,
      avoided: asProbability(this.#avoided),
    }
  }

  /** Takes down the numbers of terminal states below `end`, which are complete. */
  *#collect(end: number): Generator<void> {
    const { terminalStates, terminalOutcomes } = this.#graph
    for (; this.#collected < terminalStates.length && terminalStates.get(this.#collected) < end; this.#collected++) {
      if (this.#collected % SLICE === 0) yield
      const state = terminalStates.get(this.#collected)
      if (this.#avoiding?.has(state) === true) continue
      const total = (this.#outcomes[terminalOutcomes.get(this.#collected)] ??= { interleavings: 0n, probability: 0 })
      total.probability += this.#cells.from[this.#cells.at(state)]!
      if (this.#unbounded?.[state] === 1) total.interleavings = null
      else if (total.interleavings !== null) total.interleavings += this.#paths(state)
    }
  }

  #paths(state: number): bigint {
    const { from } = this.#cells
    const at = this.#cells.at(state) + 1
    this.#settle(from, at)
    let value = 0n
    for (let i = this.#limbs - 1; i >= 0; i--) value = (value << BigInt(LIMB_BITS)) + BigInt(from[at + i]!)
    return value
  }

  *#spreadStates(from: number, to: number): Generator<void> {
    const { hasWays, hasDropped } = this.#graph
    const isPlain = !hasWays && !hasDropped && this.#avoiding === undefined
    for (let state = from; state < to && !this.hasOverflowed; state += SLICE) {
      const end = Math.min(state + SLICE, to)
      if (isPlain) this.#spreadPlainly(state, end)
      else for (let s = state; s < end; s++) this.#spread(s, this.#cells.from[this.#cells.at(s)]!)
      yield
    }
  }

  /** The common case: every thread steps in one way, and nothing is left out. */
  #spreadPlainly(first: number, end: number): void {
    const { edgeStarts, edges } = this.#graph
    const { from, to, fromState, toState } = this.#cells
    const limbs = this.#limbs
    const width = 1 + limbs
    const pages = edges.targetPages
    let next = edgeStarts.get(first)
    for (let state = first; state < end; state++) {
      const at = (state - fromState) * width
      const start = next
      next = edgeStarts.get(state + 1)
      const share = from[at]! / (next - start)
      this.#settle(from, at + 1)
      for (let e = start; e < next; e++) {
        const target = (pages[e >>> 16]![e & 0xffff]! - toState) * width
        to[target]! += share
        let highest = 0
        for (let i = 1; i <= limbs; i++) {
          const total = to[target + i]! + from[at + i]!
          to[target + i] = total
          if (total > highest) highest = total
        }
        if (highest >= CARRY_AT) this.#settle(to, target + 1)
      }
    }
  }

  /** Brings every limb but the highest below its base. */
  #settle(cells: Float64Array, at: number): void {
    const top = at + this.#limbs - 1
    for (let i = at; i < top; i++) {
      const value = cells[i]!
      if (value < LIMB) continue
      const over = Math.floor(value / LIMB)
      cells[i] = value - over * LIMB
      cells[i + 1]! += over
    }
    if (cells[top]! >= CARRY_AT) this.hasOverflowed = true
  }

  /** Hands a state's numbers on to its successors; `visits` is how often it is visited in expectation. */
  #spread(state: number, visits: number): void {
    if (this.#avoiding?.has(state) === true) {
      this.#avoided += visits
      return
    }
    const unbounded = this.#unbounded !== null && this.#unbounded[state] === 1
    if (!unbounded) this.#settle(this.#cells.from, this.#cells.at(state) + 1)
    forEachStep(this.#graph, state, (target, probability) => this.#hand(state, target, visits * probability, unbounded))
  }

  #hand(state: number, target: number, probability: number, unbounded: boolean): void {
    if (target === DROPPED) {
      this.#droppedProbability += probability
      if (unbounded) this.#droppedUnbounded = true
      else this.#droppedPaths += this.#paths(state)
      return
    }
    const { from, to, toState } = this.#cells
    const at = (target - toState) * (1 + this.#limbs)
    to[at]! += probability
    if (unbounded) {
      this.#unbounded![target] = 1
      return
    }
    const source = this.#cells.at(state)
    for (let i = 1; i <= this.#limbs; i++) to[at + i]! += from[source + i]!
    this.#settle(to, at + 1)
  }

  *#spreadComponents(components: Components): Generator<void> {
    for (let c = 0; c < components.isCyclic.length && !this.hasOverflowed; c++) {
      if (c % SLICE === 0) yield
      const first = components.order[components.starts[c]!]!
      if (components.isCyclic[c] === 1) yield* this.#spreadCycle(components, c)
      else this.#spread(first, this.#cells.from[this.#cells.at(first)]!)
    }
  }

  /** A cyclic component: how often each of its states is visited follows from linear equations. */
  *#spreadCycle(components: Components, c: number): Generator<void> {
    const states = components.order.subarray(components.starts[c]!, components.starts[c + 1])
    const entries = Float64Array.from(states, (state) => this.#cells.from[this.#cells.at(state)]!)
    if (entries.every((probability) => probability === 0)) return
    const local = new Map<number, number>()
    states.forEach((state, i) => local.set(state, i))
    const inner: Map<number, number>[] = []
    const exits = new Float64Array(states.length)
    for (let i = 0; i < states.length; i++) {
      if (i % SLICE === 0) yield
      const row = new Map<number, number>()
      inner.push(row)
      if (this.#avoiding?.has(states[i]!) === true) {
        exits[i] = 1
        continue
      }
      forEachStep(this.#graph, states[i]!, (target, probability) => {
        const inside = local.get(target)
        if (inside === undefined) exits[i]! += probability
        else row.set(inside, (row.get(inside) ?? 0) + probability)
      })
    }
    for (const state of states) this.#unbounded![state] = 1
    if (exits.every((probability) => probability === 0)) {
      this.#divergences.set(
        c,
        entries.reduce((total, entry) => total + entry, 0),
      )
      return
    }
    const visits = yield* expectedVisits({ inner, exits, entries })
    for (let i = 0; i < states.length; i++) this.#leave(components, states[i]!, visits[i]!)
  }

  /** Hands on only what leaves the state's component. */
  #leave(components: Components, state: number, visits: number): void {
    if (this.#avoiding?.has(state) === true) {
      this.#avoided += visits
      return
    }
    forEachStep(this.#graph, state, (target, probability) => {
      if (target !== DROPPED && components.componentOf[target] === components.componentOf[state]) return
      this.#hand(state, target, visits * probability, true)
    })
  }
}

/** Calls `visit` for every step from a state with its probability under the random scheduler. */
function forEachStep(graph: StateGraph, state: number, visit: (target: number, probability: number) => void): void {
  const first = graph.edgeStarts.get(state)
  const last = graph.edgeStarts.get(state + 1)
  let threads = 0
  for (let e = first; e < last; e++) if (e === first || graph.edges.thread(e) !== graph.edges.thread(e - 1)) threads++
  for (let e = first; e < last;) {
    let end = e + 1
    while (end < last && graph.edges.thread(end) === graph.edges.thread(e)) end++
    for (let way = e; way < end; way++) visit(graph.edges.target(way), 1 / (threads * (end - e)))
    e = end
  }
}
