import { Drop, type GilObserver } from './gil-observer.js'

/** What an interpreter's lock has cost a thread, or all of them. */
export interface GilAccount {
  /** Picoseconds of waiting for the lock. */
  readonly waited: number
  readonly waits: number
  /** How often it has got the lock after another thread. */
  readonly switches: number
  /** How often it has given the lock back on request, before it waited or worked outside, and after so many ticks. */
  readonly forced: number
  readonly voluntary: number
  readonly ticked: number
  /** How often it has asked for the lock. */
  readonly requests: number
  /** How often it was woken in vain. */
  readonly wasted: number
}

type Counts = { -readonly [Name in keyof GilAccount]: GilAccount[Name] } & { since: number | null }

/** Adds up what interpreters' locks do to each thread. */
export class GilAccounts implements GilObserver {
  readonly #threads: Counts[] = []

  /** What a thread has paid. */
  of(thread: number): GilAccount {
    return this.#counts(thread)
  }

  /** What all threads have paid together. */
  get total(): GilAccount {
    const total = none()
    for (const counts of this.#threads) for (const name of NAMES) total[name] += counts?.[name] ?? 0
    return total
  }

  waits(thread: number, now: number): void {
    const counts = this.#counts(thread)
    counts.waits++
    counts.since = now
  }

  takes(thread: number, now: number): void {
    this.#settle(this.#counts(thread), now)
  }

  switches(thread: number): void {
    this.#counts(thread).switches++
  }

  drops(thread: number, why: Drop): void {
    const counts = this.#counts(thread)
    if (why === Drop.Requested) counts.forced++
    else if (why === Drop.Voluntary) counts.voluntary++
    else if (why === Drop.Ticks) counts.ticked++
  }

  requests(thread: number): void {
    this.#counts(thread).requests++
  }

  wakesInVain(thread: number): void {
    this.#counts(thread).wasted++
  }

  /** The run has ended: who waits has waited up to now. */
  end(now: number): void {
    for (const counts of this.#threads) if (counts !== undefined) this.#settle(counts, now)
  }

  #settle(counts: Counts, now: number): void {
    if (counts.since === null) return
    counts.waited += now - counts.since
    counts.since = null
  }

  #counts(thread: number): Counts {
    return (this.#threads[thread] ??= { ...none(), since: null })
  }
}

const NAMES = ['waited', 'waits', 'switches', 'forced', 'voluntary', 'ticked', 'requests', 'wasted'] as const

function none(): { -readonly [Name in keyof GilAccount]: GilAccount[Name] } {
  return { waited: 0, waits: 0, switches: 0, forced: 0, voluntary: 0, ticked: 0, requests: 0, wasted: 0 }
}
