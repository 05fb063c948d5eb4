import type { Operation } from '../../operation.js'
import type { Drop, GilObserver } from '../gil/gil-observer.js'
import type { CoreState, OsObserver } from '../os/os-observer.js'
import type { Reason, ThreadState } from '../os/thread-state.js'
import type { ProgramObserver, WakeCause } from '../program/program-observer.js'

/** Several observers as one; one of them stays what it is, so that a run that is observed once pays for one. */
export function observingOs(observers: readonly OsObserver[]): OsObserver {
  return observers.length === 1 ? observers[0]! : new OsObservers(observers)
}

export function observingProgram(observers: readonly ProgramObserver[]): ProgramObserver {
  return observers.length === 1 ? observers[0]! : new ProgramObservers(observers)
}

export function observingGil(observers: readonly GilObserver[]): GilObserver {
  return observers.length === 1 ? observers[0]! : new GilObservers(observers)
}

class OsObservers implements OsObserver {
  readonly #all: readonly OsObserver[]

  constructor(all: readonly OsObserver[]) {
    this.#all = all
  }

  transition(thread: number, from: ThreadState, to: ThreadState, reason: Reason, core: number, now: number): void {
    for (const each of this.#all) each.transition(thread, from, to, reason, core, now)
  }

  core(core: number, state: CoreState, thread: number, now: number): void {
    for (const each of this.#all) each.core(core, state, thread, now)
  }
}

class ProgramObservers implements Required<ProgramObserver> {
  readonly #all: readonly ProgramObserver[]

  constructor(all: readonly ProgramObserver[]) {
    this.#all = all
  }

  step(
    thread: number,
    core: number,
    operation: Operation,
    way: number,
    result: unknown,
    from: number,
    to: number,
  ): void {
    for (const each of this.#all) each.step(thread, core, operation, way, result, from, to)
  }

  waits(thread: number, operation: Operation, now: number): void {
    for (const each of this.#all) each.waits(thread, operation, now)
  }

  wakes(thread: number, by: number, cause: WakeCause, now: number): void {
    for (const each of this.#all) each.wakes?.(thread, by, cause, now)
  }

  asks(thread: number, device: string, bytes: number | undefined, now: number): void {
    for (const each of this.#all) each.asks?.(thread, device, bytes, now)
  }

  answered(thread: number, device: string, now: number): void {
    for (const each of this.#all) each.answered?.(thread, device, now)
  }
}

class GilObservers implements GilObserver {
  readonly #all: readonly GilObserver[]

  constructor(all: readonly GilObserver[]) {
    this.#all = all
  }

  waits(thread: number, now: number): void {
    for (const each of this.#all) each.waits(thread, now)
  }

  takes(thread: number, now: number): void {
    for (const each of this.#all) each.takes(thread, now)
  }

  switches(thread: number, now: number): void {
    for (const each of this.#all) each.switches(thread, now)
  }

  drops(thread: number, why: Drop, now: number): void {
    for (const each of this.#all) each.drops(thread, why, now)
  }

  requests(thread: number, now: number): void {
    for (const each of this.#all) each.requests(thread, now)
  }

  wakesInVain(thread: number, now: number): void {
    for (const each of this.#all) each.wakesInVain(thread, now)
  }
}
