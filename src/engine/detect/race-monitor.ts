import type { Footprint } from '../footprint.js'
import { pendingFootprint } from '../explore/pending-footprint.js'
import type { Session } from '../session.js'
import { AccessSites } from './access-sites.js'
import { labelOfStep } from './step-label.js'
import { SyncClocks, type UnorderedPair } from './sync-clocks.js'

/**
 * Watches the steps of a session's executions for data races: `before` a step is taken, `after` it has been, and `truncate`
 * when steps are taken back.
 */
export class RaceMonitor {
  readonly sites: AccessSites
  readonly clocks: SyncClocks
  readonly #session: Session
  #thread = 0
  #node = 0
  #footprint: Footprint = { reads: [], writes: [] }

  constructor(session: Session, sites = new AccessSites(session)) {
    this.#session = session
    this.sites = sites
    this.clocks = new SyncClocks(session, sites)
  }

  /** A thread is about to step. */
  before(thread: number): void {
    this.#thread = thread
    this.#node = this.#session.node(thread)
    this.#footprint = pendingFootprint(this.#session, thread)
  }

  /** It has stepped; returns the races of the step with earlier ones. */
  after(): readonly UnorderedPair[] {
    return this.clocks.push(labelOfStep(this.#session, this.#thread, this.#node, this.#footprint))
  }

  /** All but the first `length` steps have been taken back. */
  truncate(length: number): void {
    this.clocks.truncate(length)
  }

  /** What tells a race from all others. */
  keyOf({ sites: [first, second] }: UnorderedPair): string {
    return this.sites.raceKey(first, second)
  }
}
