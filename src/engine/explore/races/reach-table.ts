import { NumberMap } from '../number-map.js'
import type { LabelledGraph, SiteLabel } from './labelled-graph.js'

// More labels than this do not fit in a key.
const LABELS = 2 ** 24

/** Nothing that still matters: no access has been made, or all threads that there are come after it. */
export const NO_REACH = -1

/**
 * What an access has reached by the steps after it, as numbered sets: the threads whose next steps it happens before, and
 * the words from which that is acquired.
 */
export class ReachTable {
  readonly #graph: LabelledGraph
  // By number: threads as 2 · index, words as 2 · index + 1, in order.
  readonly #sets: ReadonlySet<number>[] = []
  readonly #numbers = new Map<string, number>()
  readonly #after = new NumberMap()

  constructor(graph: LabelledGraph) {
    this.#graph = graph
  }

  get bytes(): number {
    return this.#after.bytes + this.#sets.length * 400
  }

  /** What the access with that label has reached at once. */
  of(label: number): number {
    const { thread, releases } = this.#graph.labels[label]!
    return this.#number(new Set([2 * thread, ...releases.map((word) => 2 * word + 1)]))
  }

  /** What has been reached after one more step. */
  after(reach: number, label: number): number {
    const key = reach * LABELS + label
    const known = this.#after.get(key)
    if (known !== undefined) return known
    const next = this.#extend(reach, this.#graph.labels[label]!)
    this.#after.set(key, next)
    return next
  }

  hasThread(reach: number, thread: number): boolean {
    return this.#sets[reach]!.has(2 * thread)
  }

  #extend(reach: number, { thread, acquires, releases, spawns }: SiteLabel): number {
    const set = this.#sets[reach]!
    if (!set.has(2 * thread) && !acquires.some((word) => set.has(2 * word + 1))) return reach
    const next = new Set([...set, 2 * thread, ...releases.map((word) => 2 * word + 1)])
    if (spawns >= 0) next.add(2 * spawns)
    return this.#number(next)
  }

  #number(set: ReadonlySet<number>): number {
    // Whoever is spawned later on is spawned by one of these.
    if (this.#graph.session.threads.all.every(({ index }) => set.has(2 * index))) return NO_REACH
    const key = [...set].sort((a, b) => a - b).join()
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#sets.push(set)
    this.#numbers.set(key, this.#sets.length - 1)
    return this.#sets.length - 1
  }
}
