import { AccessSites } from '../../detect/access-sites.js'
import { RaceMonitor } from '../../detect/race-monitor.js'
import type { Session } from '../../session.js'
import { type Finding, sighted } from '../finding.js'
import type { GraphStep } from '../least-schedule.js'
import { RaceList } from './race-census.js'

/** Collects the races of executions that are run step by step on a session, with the shortest schedule seen of each. */
export class RaceWatch {
  readonly sites: AccessSites
  readonly races: RaceList
  readonly #session: Session
  readonly #monitor: RaceMonitor

  /** @param races what is known already. */
  constructor(session: Session, sites = new AccessSites(session), races = new RaceList(sites)) {
    this.#session = session
    this.sites = sites
    this.races = races
    this.#monitor = new RaceMonitor(session, sites)
  }

  /** A thread is about to take the step after the first `length` ones of the present execution. */
  before(length: number, thread: number): void {
    this.#monitor.truncate(length)
    this.#monitor.before(thread)
  }

  /** The step has been taken; `path` is the schedule up to and with it. */
  after(path: () => readonly GraphStep[]): void {
    const { length } = this.#monitor.clocks
    for (const {
      sites: [a, b],
    } of this.#monitor.after())
      if (!this.races.has(a, b, length + 1)) this.races.add(a, b, path())
  }

  /** One race of each object that is not among those known, with its schedule. */
  findingsBesides(known: readonly Finding[]): Finding[] {
    const findings = new Map<string, Finding>()
    for (const { sites, path } of this.races.all) {
      const subject = this.#session.objectOf(this.sites.all[sites[0]]!.word)?.name ?? ''
      if (path === null || known.some((finding) => finding.kind === 'race' && finding.subject === subject)) continue
      const race: Finding = { ...sighted('race', subject, path), endsWithRace: true }
      if (!findings.has(subject)) findings.set(subject, race)
    }
    return [...findings.values()]
  }
}
