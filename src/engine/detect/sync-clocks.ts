import type { Session } from '../session.js'
import type { AccessSites } from './access-sites.js'
import type { StepLabel } from './step-label.js'

/** Two conflicting plain accesses of an execution that nothing orders: events by number, and their sites. */
export interface UnorderedPair {
  readonly first: number
  readonly second: number
  readonly sites: readonly [number, number]
}

/** Where one thread learnt of another: events by number. */
export interface Synchronisation {
  /** The latest event of the other thread that is known from then on. */
  readonly from: number
  readonly to: number
  /** It was known before `to`, the first event of its thread: the thread was started by somebody who knew. */
  readonly isBorn: boolean
}

interface SyncEvent {
  readonly label: StepLabel
  /** By thread: how many of its events happen before this one or are it. */
  readonly clock: Int32Array
  /** How many events of its thread there are up to this one. */
  readonly ordinal: number
  /** Its site if it is a plain access; −1 else. */
  readonly site: number
  /** The thread's event before; −1 for none. */
  readonly before: number
  /** What its thread knew before it. */
  readonly inherited: Int32Array
  /** What the words it releases to held, in order. */
  readonly released: readonly (Int32Array | undefined)[]
  /** The latest access at its site before. */
  readonly accessBefore: number | undefined
}

const NOTHING = new Int32Array(0)
const NONE: readonly never[] = []

/**
 * Happens-before of one execution by vector clocks: program order, and what operations that are not plain acquire and
 * release. Events are added and taken back at the end.
 *
 * Of the accesses at one site only the latest needs to be known: if an earlier one is not ordered with what comes now,
 * the latest is not either.
 */
export class SyncClocks {
  readonly #session: Session
  readonly #sites: AccessSites
  readonly #events: SyncEvent[] = []
  // By thread: its latest event.
  readonly #latest: number[] = []
  // By word: the clock released to it.
  readonly #words = new Map<number, Int32Array>()
  // By word, by site: the latest plain access.
  readonly #accesses = new Map<number, Map<number, number>>()

  constructor(session: Session, sites: AccessSites) {
    this.#session = session
    this.#sites = sites
  }

  get length(): number {
    return this.#events.length
  }

  /** Adds an event; returns the earlier accesses that it races with, the latest one of each site. */
  push(label: StepLabel): readonly UnorderedPair[] {
    const { thread } = label
    const index = this.#events.length
    const before = this.#latest[thread] ?? -1
    const inherited =
      before >= 0 ? this.#events[before]!.clock : (this.#words.get(this.#session.threads.all[thread]!.word) ?? NOTHING)
    const clock = new Int32Array(Math.max(inherited.length, this.#session.threads.all.length))
    clock.set(inherited)
    for (const word of label.acquires) join(clock, this.#words.get(word))
    const ordinal = before >= 0 ? this.#events[before]!.ordinal + 1 : 1
    clock[thread] = ordinal
    const released = label.releases.length === 0 ? NONE : label.releases.map((word) => this.#words.get(word))
    for (const word of label.releases) this.#words.set(word, clock)
    const site = label.plain === 0 ? -1 : this.#sites.of(label.plain)
    const races = site < 0 ? NONE : this.#racesWith(index, label.word, site, clock)
    const accessBefore = site < 0 ? undefined : this.#enterAccess(label.word, site, index)
    this.#events.push({ label, clock, ordinal, site, before, inherited, released, accessBefore })
    this.#latest[thread] = index
    return races
  }

  /** Takes back all but the first `length` events. */
  truncate(length: number): void {
    while (this.#events.length > length) {
      const { label, before, released, site, accessBefore } = this.#events.pop()!
      this.#latest[label.thread] = before
      for (let i = released.length - 1; i >= 0; i--) {
        if (released[i] === undefined) this.#words.delete(label.releases[i]!)
        else this.#words.set(label.releases[i]!, released[i]!)
      }
      if (site < 0) continue
      const accesses = this.#accesses.get(label.word)!
      if (accessBefore === undefined) accesses.delete(site)
      else accesses.set(site, accessBefore)
    }
  }

  /**
   * The last synchronisation of the threads of two events before these: the latest event at which one of the threads learnt
   * something of the other, and the latest event of the other that it then knew of.
   */
  lastSync(first: number, second: number): Synchronisation | null {
    const found = [this.#learnt(first, second), this.#learnt(second, first)].filter((sync) => sync !== null)
    return found.reduce<Synchronisation | null>(
      (latest, sync) => (latest === null || sync.to > latest.to ? sync : latest),
      null,
    )
  }

  /** What the thread of one event has learnt last of the thread of another. */
  #learnt(by: number, of: number): Synchronisation | null {
    const other = this.#events[of]!.label.thread
    const known = this.#events[by]!.clock[other] ?? 0
    if (known === 0) return null
    let to = by
    for (let at = this.#events[by]!.before; at >= 0; at = this.#events[at]!.before) {
      if ((this.#events[at]!.clock[other] ?? 0) < known) break
      to = at
    }
    let from = this.#latest[other]!
    while (this.#events[from]!.ordinal > known) from = this.#events[from]!.before
    const { before, inherited } = this.#events[to]!
    return { from, to, isBorn: before < 0 && (inherited[other] ?? 0) >= known }
  }

  #racesWith(second: number, word: number, site: number, clock: Int32Array): readonly UnorderedPair[] {
    const races: UnorderedPair[] = []
    for (const [other, first] of this.#accesses.get(word) ?? []) {
      if (!this.#sites.conflict(other, site)) continue
      const { label, ordinal } = this.#events[first]!
      if ((clock[label.thread] ?? 0) < ordinal) races.push({ first, second, sites: [other, site] })
    }
    return races
  }

  #enterAccess(word: number, site: number, event: number): number | undefined {
    let accesses = this.#accesses.get(word)
    if (accesses === undefined) {
      accesses = new Map()
      this.#accesses.set(word, accesses)
    }
    const before = accesses.get(site)
    accesses.set(site, event)
    return before
  }
}

function join(clock: Int32Array, other: Int32Array | undefined): void {
  if (other === undefined) return
  for (let thread = 0; thread < other.length; thread++)
    if (other[thread]! > (clock[thread] ?? 0)) clock[thread] = other[thread]!
}
