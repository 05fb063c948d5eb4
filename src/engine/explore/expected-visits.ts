// Above this many entries in the reduced matrix, elimination gives way to iteration.
const MAX_FILL = 4_000_000
const ITERATION_TOLERANCE = 1e-15

/** A transient part of a Markov chain: states 0 … n − 1, probabilities among them, and the probability of leaving each. */
export interface TransientChain {
  /** `inner[i]` maps successors of `i` to probabilities. */
  readonly inner: readonly Map<number, number>[]
  /** The probability of leaving the part from each state. */
  readonly exits: Float64Array
  /** The probability of entering the part at each state. */
  readonly entries: Float64Array
}

/**
 * How often each state is visited before the chain leaves for good, in expectation.
 *
 * States are eliminated one by one, cheapest first, after Grassmann, Taksar and Heyman (1985): the chance to leave a
 * state is summed, never taken as 1 minus something, so that no digits cancel and every result is good to about
 * machine precision. Falls back on iteration if elimination fills in.
 */
export function* expectedVisits(chain: TransientChain): Generator<void, Float64Array> {
  const count = chain.inner.length
  const rows = chain.inner.map((row) => new Map(row))
  const columns: Set<number>[] = rows.map(() => new Set())
  rows.forEach((row, from) => row.forEach((_probability, to) => columns[to]!.add(from)))
  const exits = Float64Array.from(chain.exits)
  const entries = Float64Array.from(chain.entries)
  const queue = new EliminationQueue(count, (state) => rows[state]!.size * columns[state]!.size)
  const order: number[] = []
  const columnWhenEliminated: [number, number][][] = []
  const leaving = new Float64Array(count)
  let fill = rows.reduce((sum, row) => sum + row.size, 0)
  for (let state = queue.pop(); state !== -1; state = queue.pop()) {
    yield
    const row = rows[state]!
    let away = exits[state]!
    for (const [to, probability] of row) if (to !== state) away += probability
    leaving[state] = away
    const into: [number, number][] = []
    for (const from of columns[state]!) {
      if (from === state) continue
      const incoming = rows[from]!.get(state)!
      into.push([from, incoming])
      rows[from]!.delete(state)
      const share = incoming / away
      exits[from]! += share * exits[state]!
      for (const [to, probability] of row) {
        if (to === state) continue
        const before = rows[from]!.get(to)
        if (before === undefined) {
          columns[to]!.add(from)
          fill++
        }
        rows[from]!.set(to, (before ?? 0) + share * probability)
      }
      queue.touch(from)
    }
    for (const [to, probability] of row) {
      if (to === state) continue
      entries[to]! += (entries[state]! / away) * probability
      columns[to]!.delete(state)
      queue.touch(to)
    }
    order.push(state)
    columnWhenEliminated.push(into)
    if (fill > MAX_FILL) return yield* iterateVisits(chain)
  }
  const visits = new Float64Array(count)
  for (let k = order.length - 1; k >= 0; k--) {
    let inflow = entries[order[k]!]!
    for (const [from, probability] of columnWhenEliminated[k]!) inflow += visits[from]! * probability
    visits[order[k]!] = inflow / leaving[order[k]!]!
  }
  return visits
}

/** Gauss–Seidel on the same equations. */
function* iterateVisits(chain: TransientChain): Generator<void, Float64Array> {
  const count = chain.inner.length
  const columns: [number, number][][] = chain.inner.map(() => [])
  chain.inner.forEach((row, from) => row.forEach((probability, to) => columns[to]!.push([from, probability])))
  const visits = new Float64Array(count)
  for (let change = 1; change > ITERATION_TOLERANCE;) {
    change = 0
    for (let state = 0; state < count; state++) {
      if (state % 1000 === 0) yield
      let inflow = chain.entries[state]!
      let own = 0
      for (const [from, probability] of columns[state]!)
        if (from === state) own = probability
        else inflow += visits[from]! * probability
      const value = inflow / (1 - own)
      change = Math.max(change, Math.abs(value - visits[state]!) / Math.max(value, Number.MIN_VALUE))
      visits[state] = value
    }
  }
  return visits
}

/** A binary heap of states by cost, with stale entries skipped: costs change while states are eliminated. */
class EliminationQueue {
  readonly #cost: (state: number) => number
  readonly #heap: { readonly state: number; readonly cost: number }[] = []
  readonly #done: Uint8Array

  constructor(count: number, cost: (state: number) => number) {
    this.#cost = cost
    this.#done = new Uint8Array(count)
    for (let state = 0; state < count; state++) this.touch(state)
  }

  touch(state: number): void {
    if (this.#done[state] === 1) return
    const heap = this.#heap
    const entry = { state, cost: this.#cost(state) }
    let at = heap.length
    heap.push(entry)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!precedes(entry, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = entry
  }

  /** The cheapest state that is left, or −1. */
  pop(): number {
    for (let top = this.#removeTop(); top !== undefined; top = this.#removeTop()) {
      if (this.#done[top.state] === 1 || this.#cost(top.state) !== top.cost) continue
      this.#done[top.state] = 1
      return top.state
    }
    return -1
  }

  #removeTop(): { readonly state: number; readonly cost: number } | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (top === undefined || last === undefined || heap.length === 0) return top
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && precedes(heap[child + 1]!, heap[child]!)) child++
      if (!precedes(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return top
  }
}

function precedes(a: { state: number; cost: number }, b: { state: number; cost: number }): boolean {
  return a.cost < b.cost || (a.cost === b.cost && a.state < b.state)
}
