import type { AccessSites } from '../../detect/access-sites.js'
import type { GraphStep } from '../least-schedule.js'

/** A race of a program, by the sites of its two accesses. */
export interface FoundRace {
  readonly key: string
  readonly sites: readonly [number, number]
  /** A schedule that ends with the second access, if the search has one. */
  readonly path: readonly GraphStep[] | null
}

/** What a census of races may cost. */
export interface CensusLimits {
  /** Nodes that the session may learn: to learn one with its place takes some 30 µs. */
  readonly maxNodes: number
  /** States of the program, or steps of executions. */
  readonly maxStates: number
  readonly maxMemory: number
  readonly isStopped: () => boolean
}

/** All data races of a program, as a strategy finds them. */
export interface Census {
  readonly races: readonly FoundRace[]
  /** False if a limit was met: there may be more. */
  readonly isComplete: boolean
}

/** The races that a census has found so far, each once, with the shortest schedule that was seen. */
export class RaceList {
  readonly #sites: AccessSites
  readonly #races = new Map<string, FoundRace>()

  constructor(sites: AccessSites) {
    this.#sites = sites
  }

  /** Whether a race of these sites is known, by a schedule of at most `length` steps. */
  has(a: number, b: number, length = Infinity): boolean {
    const known = this.#races.get(this.#sites.raceKey(a, b))
    return known !== undefined && (known.path?.length ?? 0) <= length
  }

  add(a: number, b: number, path: readonly GraphStep[] | null): void {
    const key = this.#sites.raceKey(a, b)
    this.#races.set(key, { key, sites: [a, b], path })
  }

  /** In an order that is the same for every strategy. */
  get all(): FoundRace[] {
    return [...this.#races.values()].sort((a, b) => this.#sites.compareRaces(a.sites, b.sites))
  }
}
