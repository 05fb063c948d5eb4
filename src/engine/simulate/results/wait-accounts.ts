import type { Operation } from '../../operation.js'
import type { ProgramObserver } from '../program/program-observer.js'

/** How long threads waited for what. Times are in picoseconds. */
export class WaitAccounts implements ProgramObserver {
  /** By name, in the order in which they were first waited for. */
  readonly byName = new Map<string, { waits: number; time: number }>()
  readonly #nameOf: (operation: Operation) => string
  // By thread: since when it waits for what.
  readonly #since: (number | undefined)[] = []
  readonly #what: string[] = []
  /** Whether it waits for an object, and how long it has waited for such. */
  readonly #isObject: boolean[] = []
  readonly #onObjects: number[] = []

  /** @param nameOf what an operation waits for, in words. */
  constructor(nameOf: (operation: Operation) => string) {
    this.#nameOf = nameOf
  }

  step(thread: number, _core: number, _operation: Operation, _way: number, _result: unknown, from: number): void {
    // Whatever it has waited for before, it has been able to begin again at `from`.
    this.#settle(thread, from)
  }

  waits(thread: number, operation: Operation, now: number): void {
    if (this.#since[thread] !== undefined) return
    this.#since[thread] = now
    this.#what[thread] = this.#nameOf(operation)
    this.#isObject[thread] = operation.object !== null
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
    const account = this.byName.get(this.#what[thread]!) ?? { waits: 0, time: 0 }
    const time = Math.max(0, now - since)
    account.waits++
    account.time += time
    if (this.#isObject[thread]!) this.#onObjects[thread] = this.timeOnObjects(thread) + time
    this.byName.set(this.#what[thread]!, account)
  }
}
