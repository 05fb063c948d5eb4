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
  /** For each terminal state, in the order of the graph's list. */
  readonly terminals: readonly PathNumber[]
  readonly dropped: PathNumber
  /** The probability of never ending. */
  readonly divergence: number
  /** The probability of running into a state to be avoided. */
  readonly avoided: number
}

const SLICE = 4096
// Exact counts are kept in limbs of this many bits, in doubles: additions may pile up before a carry is needed.
const LIMB_BITS = 32
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
  const pass = new ForwardPass(graph, components, avoiding)
  yield* pass.run()
  return yield* pass.finish()
}

class ForwardPass {
  readonly #graph: StateGraph
  readonly #components: Components | null
  readonly #avoiding: StateSet | undefined
  /** Pairs (probability, number of paths as a double: exact below 2^53). */
  readonly #numbers: Float64Array
  readonly #unbounded: Uint8Array | null
  #droppedProbability = 0
  #droppedPaths = 0
  #droppedUnbounded = false
  #divergence = 0
  #avoided = 0

  constructor(graph: StateGraph, components: Components | null, avoiding: StateSet | undefined) {
    this.#graph = graph
    this.#components = components
    this.#avoiding = avoiding
    this.#numbers = new Float64Array(2 * graph.stateCount)
    this.#unbounded = components === null ? null : new Uint8Array(graph.stateCount)
    this.#numbers[0] = 1
    this.#numbers[1] = 1
  }

  *run(): Generator<void> {
    const components = this.#components
    if (components === null) {
      for (let state = 0; state < this.#graph.stateCount; state += SLICE) {
        this.#spreadRange(state, Math.min(state + SLICE, this.#graph.stateCount))
        yield
      }
      return
    }
    for (let c = 0; c < components.isCyclic.length; c++) {
      if (c % SLICE === 0) yield
      if (components.isCyclic[c] === 1) yield* this.#spreadComponent(c)
      else
        this.#spread(
          components.order[components.starts[c]!]!,
          this.#numbers[2 * components.order[components.starts[c]!]!]!,
        )
    }
  }

  *finish(): Generator<void, PathNumbers> {
    const { terminalStates } = this.#graph
    let largest = this.#droppedPaths
    for (let t = 0; t < terminalStates.length; t++)
      largest = Math.max(largest, this.#numbers[2 * terminalStates.get(t) + 1]!)
    const exact = largest < 2 ** 53 ? null : yield* this.#exactCounts(largest)
    const terminals: PathNumber[] = []
    for (let t = 0; t < terminalStates.length; t++) {
      if (t % SLICE === 0) yield
      const state = terminalStates.get(t)
      const unbounded = this.#unbounded?.[state] === 1
      const paths = this.#numbers[2 * state + 1]!
      terminals.push({
        interleavings: unbounded ? null : exact === null ? BigInt(paths) : exact.of(state),
        probability: this.#numbers[2 * state]!,
      })
    }
    const dropped = this.#droppedUnbounded ? null : exact === null ? BigInt(this.#droppedPaths) : exact.dropped
    return {
      terminals,
      dropped: { interleavings: dropped, probability: this.#droppedProbability },
      divergence: this.#divergence,
      avoided: this.#avoided,
    }
  }

  /** The common case: all edges lead forward and every thread steps in one way. */
  #spreadRange(from: number, to: number): void {
    const { edgeStarts, edgeTargets, hasWays, hasDropped } = this.#graph
    if (hasWays || hasDropped || this.#avoiding !== undefined) {
      for (let state = from; state < to; state++) this.#spread(state, this.#numbers[2 * state]!)
      return
    }
    const numbers = this.#numbers
    const pages = edgeTargets.pages
    for (let state = from; state < to; state++) {
      const first = edgeStarts.get(state)
      const last = edgeStarts.get(state + 1)
      const share = numbers[2 * state]! / (last - first)
      const paths = numbers[2 * state + 1]!
      for (let e = first; e < last; e++) {
        const target = 2 * pages[e >>> 16]![e & 0xffff]!
        numbers[target]! += share
        numbers[target + 1]! += paths
      }
    }
  }

  /** Hands a state's numbers on to its successors; `visits` is how often it is visited in expectation. */
  #spread(state: number, visits: number): void {
    const numbers = this.#numbers
    if (this.#avoiding?.has(state) === true) {
      this.#avoided += visits
      return
    }
    const unbounded = this.#unbounded !== null && this.#unbounded[state] === 1
    const paths = numbers[2 * state + 1]!
    forEachStep(this.#graph, state, (target, probability) => {
      if (target === DROPPED) {
        this.#droppedProbability += visits * probability
        this.#droppedPaths += paths
        if (unbounded) this.#droppedUnbounded = true
        return
      }
      numbers[2 * target]! += visits * probability
      numbers[2 * target + 1]! += paths
      if (unbounded) this.#unbounded![target] = 1
    })
  }

  *#spreadComponent(c: number): Generator<void> {
    const components = this.#components!
    const first = components.starts[c]!
    const states = components.order.subarray(first, components.starts[c + 1])
    const inflow = states.reduce((sum, state) => sum + this.#numbers[2 * state]!, 0)
    const entered = states.some((state) => this.#numbers[2 * state + 1]! > 0)
    if (!entered) return
    const local = new Map<number, number>()
    states.forEach((state, i) => local.set(state, i))
    const inner: Map<number, number>[] = []
    const exits = new Float64Array(states.length)
    const entries = new Float64Array(states.length)
    for (let i = 0; i < states.length; i++) {
      if (i % SLICE === 0) yield
      const row = new Map<number, number>()
      inner.push(row)
      entries[i] = this.#numbers[2 * states[i]!]!
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
    const isBottom = exits.every((probability) => probability === 0)
    if (isBottom) this.#divergence += inflow
    const visits = isBottom ? entries : yield* expectedVisits({ inner, exits, entries })
    for (let i = 0; i < states.length; i++) {
      this.#unbounded![states[i]!] = 1
      this.#numbers[2 * states[i]! + 1] = 1
    }
    if (isBottom) return
    for (let i = 0; i < states.length; i++) this.#leave(states[i]!, visits[i]!, c)
  }

  /** Hands on only what leaves the component. */
  #leave(state: number, visits: number, component: number): void {
    if (this.#avoiding?.has(state) === true) {
      this.#avoided += visits
      return
    }
    forEachStep(this.#graph, state, (target, probability) => {
      if (target !== DROPPED && this.#components!.componentOf[target] === component) return
      if (target === DROPPED) {
        this.#droppedProbability += visits * probability
        this.#droppedUnbounded = true
        return
      }
      this.#numbers[2 * target]! += visits * probability
      this.#numbers[2 * target + 1]! += 1
      this.#unbounded![target] = 1
    })
  }

  /** Counts again, exactly, in as many limbs as the largest count needs. */
  *#exactCounts(largest: number): Generator<void, ExactCounts> {
    const bits = Number.isFinite(largest) ? Math.log2(largest) + 1 : this.#bitsAtMost()
    const counts = new ExactCounts(this.#graph.stateCount, Math.ceil(bits / LIMB_BITS) + 1)
    const order = this.#components?.order
    const { edgeStarts, edgeTargets } = this.#graph
    for (let i = 0; i < this.#graph.stateCount; i++) {
      if (i % SLICE === 0) yield
      const state = order === undefined ? i : order[i]!
      if (this.#avoiding?.has(state) === true || this.#unbounded?.[state] === 1) continue
      const last = edgeStarts.get(state + 1)
      counts.settle(state)
      for (let e = edgeStarts.get(state); e < last; e++) counts.add(state, edgeTargets.get(e))
    }
    return counts
  }

  /** An upper bound for counts that a double cannot hold: every step multiplies by the widest fan-out at most. */
  #bitsAtMost(): number {
    let widest = 1
    for (let state = 0; state < this.#graph.stateCount; state++)
      widest = Math.max(widest, this.#graph.edgeStarts.get(state + 1) - this.#graph.edgeStarts.get(state))
    return Math.ceil(Math.log2(widest + 1)) * Math.min(this.#graph.stateCount, this.#graph.layerStarts.length + 1)
  }
}

/** Whole numbers of one size for every state, and one for what was dropped. */
class ExactCounts {
  readonly #limbs: number
  readonly #cells: Float64Array
  readonly #droppedAt: number

  constructor(states: number, limbs: number) {
    this.#limbs = limbs
    this.#cells = new Float64Array((states + 1) * limbs)
    this.#droppedAt = states * limbs
    this.#cells[0] = 1
  }

  get dropped(): bigint {
    return this.#read(this.#droppedAt)
  }

  of(state: number): bigint {
    return this.#read(state * this.#limbs)
  }

  /** Carries, so that every limb of the state is below 2^32. */
  settle(state: number): void {
    this.#carry(state * this.#limbs)
  }

  add(from: number, to: number): void {
    const cells = this.#cells
    const source = from * this.#limbs
    const target = to === DROPPED ? this.#droppedAt : to * this.#limbs
    let high = false
    for (let i = 0; i < this.#limbs; i++) {
      const sum = cells[target + i]! + cells[source + i]!
      cells[target + i] = sum
      if (sum >= CARRY_AT) high = true
    }
    if (high) this.#carry(target)
  }

  #carry(at: number): void {
    const cells = this.#cells
    let carry = 0
    for (let i = at; i < at + this.#limbs; i++) {
      const sum = cells[i]! + carry
      carry = Math.floor(sum / LIMB)
      cells[i] = sum - carry * LIMB
    }
  }

  #read(at: number): bigint {
    let value = 0n
    for (let i = this.#limbs - 1; i >= 0; i--) value = (value << BigInt(LIMB_BITS)) + BigInt(this.#cells[at + i]!)
    return value
  }
}

/** Calls `visit` for every step from a state with its probability under the random scheduler. */
function forEachStep(graph: StateGraph, state: number, visit: (target: number, probability: number) => void): void {
  const first = graph.edgeStarts.get(state)
  const last = graph.edgeStarts.get(state + 1)
  let threads = 0
  for (let e = first; e < last; e++)
    if (e === first || graph.edgeThreads.get(e) !== graph.edgeThreads.get(e - 1)) threads++
  for (let e = first; e < last;) {
    let end = e + 1
    while (end < last && graph.edgeThreads.get(end) === graph.edgeThreads.get(e)) end++
    for (let way = e; way < end; way++) visit(graph.edgeTargets.get(way), 1 / (threads * (end - e)))
    e = end
  }
}
