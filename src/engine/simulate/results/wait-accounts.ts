import type { Operation } from '../../operation.js'
import type { ProgramObserver } from '../program/program-observer.js'
import { DeviceLatencies } from './device-latencies.js'
import { Histogram } from './histogram.js'

/** What a thread waits for. */
export interface Awaited {
  /** The object's name, or what the thread does. */
  readonly what: string
  /** The object's kind; null if it is no object. */
  readonly kind: string | null
}

/** How long threads waited for what. Times are in picoseconds. */
export class WaitAccounts implements ProgramObserver {
  /** By name, in the order in which they were first waited for. */
  readonly byName = new Map<
    string,
    { readonly kind: string | null; waits: number; time: number; readonly latencies: Histogram }
  >()
  readonly devices = new DeviceLatencies()
  readonly #awaited: (operation: Operation) => Awaited
  // By thread: since when it waits for what.
  readonly #since: (number | undefined)[] = []
  readonly #what: Awaited[] = []
  readonly #onObjects: number[] = []

  constructor(awaited: (operation: Operation) => Awaited) {
    this.#awaited = awaited
  }

  step(thread: number, _core: number, _operation: Operation, _way: number, _result: unknown, from: number): void {
    // Whatever it has waited for before, it has been able to begin again at `from`.
    this.#settle(thread, from)
  }

  waits(thread: number, operation: Operation, now: number): void {
    if (this.#since[thread] !== undefined) return
    this.#since[thread] = now
    this.#what[thread] = this.#awaited(operation)
  }

  asks(thread: number, device: string, _bytes: number | undefined, now: number): void {
    this.devices.asks(thread, device, now)
  }

  answered(thread: number, device: string, now: number): void {
    this.devices.answered(thread, device, now)
  }

  /** How long a thread has waited for objects, not for devices or time. */
  timeOnObjects(thread: number): number {
    return this.#onObjects[thread] ?? 0
  }

  /** The run has ended: who waits has waited up to now. */
  end(now: number): void {
    this.#since.forEach((_since, thread) => this.#settle(thread, now))
  }

  #settle(thread: number, now: number): void {
    const since = this.#since[thread]
    if (since === undefined) return
    this.#since[thread] = undefined
    const { what, kind } = this.#what[thread]!
    const account = this.byName.get(what) ?? { kind, waits: 0, time: 0, latencies: new Histogram() }
    const time = Math.max(0, now - since)
    account.waits++
    account.time += time
    account.latencies.add(time)
    if (kind !== null) this.#onObjects[thread] = this.timeOnObjects(thread) + time
    this.byName.set(what, account)
  }
}
