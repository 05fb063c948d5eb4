import { NumberMap } from '../number-map.js'
import { DROPPED, type StepGraph } from '../state-graph.js'
import type { LabelledGraph } from './labelled-graph.js'
import { NO_REACH, ReachTable } from './reach-table.js'

// States and pairs of reaches are fewer.
const STATES = 2 ** 24

/**
 * The schedules of a program with what the latest access at each of two sites has reached: whether the sites' race shows
 * in a step is seen in the state before it.
 */
export class RacePaths implements StepGraph {
  readonly #graph: LabelledGraph
  readonly #sites: readonly [number, number]
  readonly #reaches: ReachTable
  readonly #numbers = new NumberMap()
  readonly #pairNumbers = new NumberMap()
  readonly #pairs: (readonly [number, number])[] = []
  // By state of its own.
  readonly #states: number[] = []
  readonly #pairOf: number[] = []
  readonly #firstEdges: number[] = []
  readonly #endEdges: number[] = []
  // By edge of its own.
  readonly #targets: number[] = []
  readonly #threads: number[] = []
  readonly #races = new Set<number>()

  constructor(graph: LabelledGraph, sites: readonly [number, number]) {
    this.#graph = graph
    this.#sites = sites
    this.#reaches = new ReachTable(graph)
    this.#place(0, NO_REACH, NO_REACH)
  }

  get stateCount(): number {
    return this.#states.length
  }

  get bytes(): number {
    return (
      this.#numbers.bytes +
      this.#pairNumbers.bytes +
      this.#reaches.bytes +
      this.#states.length * 32 +
      this.#targets.length * 16
    )
  }

  firstEdge(state: number): number {
    if (this.#firstEdges[state] === -1) this.#expand(state)
    return this.#firstEdges[state]!
  }

  endEdge(state: number): number {
    if (this.#firstEdges[state] === -1) this.#expand(state)
    return this.#endEdges[state]!
  }

  target(edge: number): number {
    return this.#targets[edge]!
  }

  thread(edge: number): number {
    return this.#threads[edge]!
  }

  /** Whether a step is the second access of the race. */
  isRace(edge: number): boolean {
    return this.#races.has(edge)
  }

  #expand(state: number): void {
    const graph = this.#graph
    const program = this.#states[state]!
    const [first, second] = this.#pairs[this.#pairOf[state]!]!
    this.#firstEdges[state] = this.#targets.length
    for (let edge = graph.firstEdge(program), end = graph.endEdge(program); edge < end; edge++) {
      const number = graph.labelOf(edge)
      const { site, thread } = graph.labels[number]!
      const [one, other] = this.#sites
      if ((site === other && this.#isUnordered(first, thread)) || (site === one && this.#isUnordered(second, thread)))
        this.#races.add(this.#targets.length)
      const target = graph.target(edge)
      this.#threads.push(thread)
      this.#targets.push(
        target === DROPPED
          ? DROPPED
          : this.#place(target, this.#after(first, number, site === one), this.#after(second, number, site === other)),
      )
    }
    this.#endEdges[state] = this.#targets.length
  }

  #isUnordered(reach: number, thread: number): boolean {
    return reach !== NO_REACH && !this.#reaches.hasThread(reach, thread)
  }

  #after(reach: number, label: number, isAccess: boolean): number {
    if (isAccess) return this.#reaches.of(label)
    return reach === NO_REACH ? NO_REACH : this.#reaches.after(reach, label)
  }

  #place(program: number, first: number, second: number): number {
    const pairKey = (first + 1) * STATES + (second + 1)
    let pair = this.#pairNumbers.get(pairKey)
    if (pair === undefined) {
      pair = this.#pairs.length
      this.#pairs.push([first, second])
      this.#pairNumbers.set(pairKey, pair)
    }
    const key = pair * STATES + program
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const state = this.#states.length
    this.#numbers.set(key, state)
    this.#states.push(program)
    this.#pairOf.push(pair)
    this.#firstEdges.push(-1)
    this.#endEdges.push(-1)
    return state
  }
}
