import { chain } from '../../content-hash.js'
import type { BoundKind } from '../explore-report.js'
import { IntPages } from '../int-pages.js'
import { StateTable } from '../state-table.js'
import { stepCost } from './schedule-cost.js'

/** A trace, the thread that stepped last on the way to it, and what the schedule costs. */
export interface Arrival {
  readonly hash1: number
  readonly hash2: number
  /** −1 if it cannot go on, or if nobody has stepped. */
  readonly last: number
  readonly cost: number
  /** Who can step now, in canonical order. */
  readonly able: readonly number[]
}

/**
 * The traces that a search has come to, and by which thread's step. Arrivals come in the order of their costs. One that
 * comes later is of no use if whatever it leads to can be had from the first arrival at the same trace for no more.
 */
export class TraceTable {
  readonly #kind: BoundKind
  readonly #traces = new StateTable()
  readonly #firstLast = new IntPages()
  readonly #firstCost = new IntPages()
  readonly #others = new StateTable()
  #otherCount = 0

  constructor(kind: BoundKind) {
    this.#kind = kind
  }

  /** How many traces there are, maximal or not. */
  get traces(): number {
    return this.#firstLast.length
  }

  get bytes(): number {
    return this.#traces.bytes + this.#others.bytes + this.#firstLast.bytes + this.#firstCost.bytes
  }

  get isFull(): boolean {
    return this.#traces.isFull || this.#others.isFull
  }

  /** Enters an arrival. `new`: a new trace. `useful`: a known one, but it may lead to others for less. */
  enter(arrival: Arrival): 'new' | 'useful' | 'useless' {
    const { hash1, hash2, last, cost } = arrival
    const trace = this.#traces.place(hash1, hash2, this.traces)
    if (trace < 0) {
      this.#firstLast.push(last)
      this.#firstCost.push(cost)
      return 'new'
    }
    if (cost >= this.#firstCost.get(trace) + this.#detour(this.#firstLast.get(trace), arrival)) return 'useless'
    const known = this.#others.place(chain(hash1, last), chain(hash2, ~last), this.#otherCount)
    if (known >= 0) return 'useless'
    this.#otherCount++
    return 'useful'
  }

  /** Makes room, yielding now and then. */
  *grow(): Generator<void> {
    if (this.#traces.isCrowded) yield* this.#traces.grow()
    if (this.#others.isCrowded) yield* this.#others.grow()
  }

  /**
   * By how much the first arrival at a trace, after a step of `first`, may make the next step dearer than this one does:
   * no more than it costs to turn to the thread that this one stepped by.
   */
  #detour(first: number, { last, able }: Arrival): number {
    if (first === last) return 0
    if (last === -1) return 1
    return stepCost(this.#kind, able.indexOf(last), able.indexOf(first))
  }
}
