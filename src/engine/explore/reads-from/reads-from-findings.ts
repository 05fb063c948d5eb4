import type { Session } from '../../session.js'
import type { ViolationKind } from '../explore-report.js'
import { type Finding, sighted } from '../finding.js'
import { WORD } from './event-graph.js'
import type { ClassStep, ReadsFromSearch, Wrongs } from './reads-from-search.js'
import type { Witness } from './witness.js'

interface Sighting {
  readonly kind: ViolationKind
  readonly subject: string
  readonly path: readonly ClassStep[]
}

/** Collects what goes wrong in the classes of a search: of each violation the first of the shortest schedules that were seen. */
export class ReadsFromFindings {
  readonly #session: Session
  readonly #sightings = new Map<string, Sighting>()

  constructor(session: Session) {
    this.#session = session
  }

  get all(): Finding[] {
    return [...this.#sightings.values()].map(({ kind, subject, path }) => sighted(kind, subject, path))
  }

  get isEmpty(): boolean {
    return this.#sightings.size === 0
  }

  /** A class has ended with these things wrong. */
  atEnd(search: ReadsFromSearch, wrongs: Wrongs, witness: Witness): void {
    for (const { kind, subject } of wrongs) this.#sight(kind, subject, witness.count, () => search.scheduleOf(witness))
  }

  /** An event of the present execution misused its object. */
  atMisuse(search: ReadsFromSearch, event: number): void {
    const { graph } = search
    const text = this.#session.image.misuseText(graph.nodeOf(event), graph.resultOf(event))
    const length = graph.neededByBoth(event, event)
    this.#sight('misuse', text, length, () => search.scheduleWithin((other) => graph.needs(event, other)))
  }

  /** Two plain accesses of the present execution race: what either needs, but neither of them, leads to where both come next. */
  atDataRace(search: ReadsFromSearch, earlier: number, later: number): void {
    const { graph } = search
    const subject = this.#session.objectOf(graph.field(later, WORD))?.name ?? ''
    const isWithin = (event: number) =>
      event !== earlier && event !== later && (graph.needs(earlier, event) || graph.needs(later, event))
    this.#sight('race', subject, graph.neededByBoth(earlier, later) - 2, () => search.scheduleWithin(isWithin))
  }

  #sight(kind: ViolationKind, subject: string, length: number, path: () => readonly ClassStep[]): void {
    const key = `${kind} ${subject}`
    const known = this.#sightings.get(key)
    if (known === undefined || length < known.path.length) this.#sightings.set(key, { kind, subject, path: path() })
  }
}
