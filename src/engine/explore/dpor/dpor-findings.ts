import type { Session } from '../../session.js'
import type { ViolationKind } from '../explore-report.js'
import { type Finding, sighted } from '../finding.js'
import { outcomeViolations } from '../outcome-violations.js'
import type { DporSearch } from './dpor-search.js'
import type { ExecutionStep } from './execution.js'
import { portableSchedule, scheduleHere } from './portable-schedule.js'
import type { PortableSighting } from './trace-snapshot.js'

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
  readonly #wrongs: ReturnType<typeof outcomeViolations>[] = []
  // By word: the length of a schedule to a race about it that is known.
  readonly #raceLengths: number[] = []

  constructor(session: Session) {
    this.#session = session
  }

  get all(): Finding[] {
    return [...this.#sightings.values()].map(({ kind, subject, path }) => sighted(kind, subject, path))
  }

  /** The same for other sessions. */
  get portable(): PortableSighting[] {
    return [...this.#sightings.values()].map(({ kind, subject, path }) => ({
      kind,
      subject,
      schedule: portableSchedule(this.#session, path),
    }))
  }

  /** Takes over what was seen elsewhere; the session's present state is lost. */
  adopt(sightings: readonly PortableSighting[]): void {
    for (const { kind, subject, schedule } of sightings) {
      const path = scheduleHere(this.#session, schedule)
      const known = this.#sightings.get(`${kind} ${subject}`)?.path
      if (known !== undefined && !this.#isFirst(path.length, (i) => path[i]!, known)) continue
      this.#sightings.set(`${kind} ${subject}`, { kind, subject, path })
    }
  }

  get isEmpty(): boolean {
    return this.#sightings.size === 0
  }

  /** Everything begins again: what was seen will be seen once more, and outcomes are numbered anew. */
  forget(): void {
    this.#wrongs.length = 0
    this.#raceLengths.length = 0
    this.#sightings.clear()
  }

  /** An execution has ended in an outcome. */
  atEnd(search: DporSearch, outcome: number): void {
    if (outcome < 0) return
    let wrongs = this.#wrongs[outcome]
    if (wrongs === undefined) {
      wrongs = search.outcomes.isDescribed(outcome) ? outcomeViolations(search.outcomes.facts(outcome)) : []
      this.#wrongs[outcome] = wrongs
    }
    for (const { kind, subject } of wrongs) this.#sightExecution(kind, subject, search)
  }

  /** A property that must always hold fails in the present state. */
  atFailure(search: DporSearch, property: string): void {
    this.#sightExecution('property', property, search)
  }

  /** The latest step misused its object. */
  atMisuse(search: DporSearch): void {
    const { execution } = search
    const text = this.#session.image.misuseText(execution.nodeOf(execution.length - 1), execution.misuse)
    this.#sightExecution('misuse', text, search)
  }

  /** Two plain accesses of the present execution race. */
  atDataRace(search: DporSearch, earlier: number, later: number): void {
    const word = search.execution.wordOf(later)
    // All that comes before the earlier event is part of the schedule; most races are met late, and cost no more than this.
    if ((this.#raceLengths[word] ?? Infinity) < earlier) return
    const subject = this.#session.objectOf(word)?.name ?? ''
    const known = this.#sightings.get(`race ${subject}`)?.path
    if (known !== undefined) this.#raceLengths[word] = known.length
    if (known !== undefined && known.length < search.lengthToRace(earlier, later)) return
    const path = search.scheduleToRace(earlier, later)
    if (known !== undefined && !this.#isFirst(path.length, (i) => path[i]!, known)) return
    this.#sightings.set(`race ${subject}`, { kind: 'race', subject, path })
  }

  /** The present execution shows a violation, at its end. */
  #sightExecution(kind: ViolationKind, subject: string, search: DporSearch): void {
    const key = `${kind} ${subject}`
    const known = this.#sightings.get(key)?.path
    const { execution } = search
    if (known !== undefined && !this.#isFirst(execution.length, (i) => execution.stepAt(i), known)) return
    this.#sightings.set(key, { kind, subject, path: search.schedule })
  }

  /** Whether a schedule is shorter than a known one, or as long and before it in canonical order. */
  #isFirst(length: number, stepAt: (i: number) => ExecutionStep, known: readonly ExecutionStep[]): boolean {
    if (length !== known.length) return length < known.length
    const { canonical } = this.#session.threads
    for (let i = 0; i < length; i++) {
      const step = stepAt(i)
      const other = known[i]!
      if (step.thread !== other.thread) return canonical.indexOf(step.thread) < canonical.indexOf(other.thread)
      if (step.way !== other.way) return step.way < other.way
    }
    return false
  }
}
