import type { Session } from '../../session.js'
import type { ViolationKind } from '../explore-report.js'
import type { Finding } from '../finding.js'
import { outcomeViolations } from '../outcome-violations.js'
import type { DporSearch, ExecutionStep } from './dpor-search.js'

interface Sighting {
  readonly kind: ViolationKind
  readonly subject: string
  readonly path: readonly ExecutionStep[]
}

/**
 * Collects what goes wrong in the executions of a search: of each violation the shortest schedule that was seen, of equally
 * short ones the first in canonical order, so that it does not matter in which order branches are explored.
 */
export class DporFindings {
  readonly #session: Session
  readonly #sightings = new Map<string, Sighting>()
  // By outcome: what is wrong with it.
  readonly #wrongs = new Map<number, ReturnType<typeof outcomeViolations>>()

  constructor(session: Session) {
    this.#session = session
  }

  get all(): Finding[] {
    return [...this.#sightings.values()].map(({ kind, subject, path }) => ({
      kind,
      subject,
      path,
      repeat: [],
      isLeast: false,
      criticalStep: null,
      interleavings: null,
      probability: null,
    }))
  }

  get isEmpty(): boolean {
    return this.#sightings.size === 0
  }

  /** Outcomes are numbered anew. */
  forgetOutcomes(): void {
    this.#wrongs.clear()
  }

  /** An execution has ended in an outcome. */
  atEnd(search: DporSearch, outcome: number): void {
    if (outcome < 0) return
    let wrongs = this.#wrongs.get(outcome)
    if (wrongs === undefined) {
      wrongs = search.outcomes.isDescribed(outcome) ? outcomeViolations(search.outcomes, outcome) : []
      this.#wrongs.set(outcome, wrongs)
    }
    for (const { kind, subject } of wrongs) this.#sight(kind, subject, search.execution.length, () => search.schedule)
  }

  /** A property that must always hold fails in the present state. */
  atFailure(search: DporSearch, property: string): void {
    this.#sight('property', property, search.execution.length, () => search.schedule)
  }

  /** The latest step misused its object. */
  atMisuse(search: DporSearch): void {
    const { execution } = search
    const text = this.#session.image.misuseText(execution.nodeOf(execution.length - 1), execution.misuse)
    this.#sight('misuse', text, execution.length, () => search.schedule)
  }

  /** Two plain accesses of the present execution race. */
  atDataRace(search: DporSearch, earlier: number, later: number): void {
    const object = this.#session.objectOf(search.execution.wordOf(later))?.name ?? ''
    this.#sight('race', object, earlier, () => search.scheduleToRace(earlier, later))
  }

  /** @param atLeast the path is not shorter than this. */
  #sight(kind: ViolationKind, subject: string, atLeast: number, pathOf: () => readonly ExecutionStep[]): void {
    const key = `${kind} ${subject}`
    const known = this.#sightings.get(key)
    if (known !== undefined && known.path.length < atLeast) return
    const path = pathOf()
    if (known === undefined || this.#comesBefore(path, known.path)) this.#sightings.set(key, { kind, subject, path })
  }

  #comesBefore(path: readonly ExecutionStep[], other: readonly ExecutionStep[]): boolean {
    if (path.length !== other.length) return path.length < other.length
    const { canonical } = this.#session.threads
    for (let i = 0; i < path.length; i++) {
      const difference = canonical.indexOf(path[i]!.thread) - canonical.indexOf(other[i]!.thread)
      if (difference !== 0) return difference < 0
      if (path[i]!.way !== other[i]!.way) return path[i]!.way < other[i]!.way
    }
    return false
  }
}
