import type { Operation } from '../../operation.js'
import type { Drop, GilObserver } from '../gil/gil-observer.js'
import type { CoreState, OsObserver } from '../os/os-observer.js'
import type { Reason, ThreadState } from '../os/thread-state.js'
import { type ProgramObserver, WakeCause } from '../program/program-observer.js'
import { EventLog } from './event-log.js'
import { TextTable } from './text-table.js'
import { ValueTable } from './value-table.js'

/** What the first integer of a record says. */
export const Kind = {
  Thread: 0,
  State: 1,
  Core: 2,
  Step: 3,
  Wait: 4,
  Wake: 5,
  Gil: 6,
  Request: 7,
  Answer: 8,
} as const

/** As places in `GIL_EVENTS`. */
const GilEvent = { Wait: 0, Take: 1, Switch: 2, Drop: 3, Request: 4, Wasted: 5 } as const

/** Of a request that does not say. */
export const NO_BYTES = Number.MAX_SAFE_INTEGER

/** Of an operation that reads as its name, arguments and result say. */
export const PLAIN_LABEL = -1

/** Keeps everything that happens in a run, in integers: 24 to 48 bytes an event, and no object unless it is the first of its kind. */
export class TraceRecorder implements OsObserver, ProgramObserver {
  readonly log = new EventLog()
  readonly texts = new TextTable()
  readonly values = new ValueTable()
  readonly #nameOf: (thread: number) => string
  readonly #waitedFor: (operation: Operation) => string

  /** @param waitedFor what an operation waits for, in words. */
  constructor(nameOf: (thread: number) => string, waitedFor: (operation: Operation) => string) {
    this.#nameOf = nameOf
    this.#waitedFor = waitedFor
  }

  transition(thread: number, from: ThreadState, to: ThreadState, reason: Reason, core: number, now: number): void {
    this.#begin(Kind.State, 8, thread, now)
    this.log.put(from)
    this.log.put(to)
    this.log.put(reason)
    this.log.put(core)
  }

  core(core: number, state: CoreState, thread: number, now: number): void {
    this.#begin(Kind.Core, 6, thread, now)
    this.log.put(core)
    this.log.put(state)
  }

  step(
    thread: number,
    core: number,
    operation: Operation,
    _way: number,
    result: unknown,
    from: number,
    to: number,
  ): void {
    const { log, texts, values } = this
    const { object, name, args } = operation
    this.#begin(Kind.Step, 12 + args.length, thread, to)
    log.putTime(from)
    log.put(core)
    log.put(object === null ? -1 : texts.encode(object.name))
    log.put(texts.encode(name))
    log.put(values.encode(result))
    // Whatever is an instruction reads as all others do: what it says is made up when it is read.
    log.put(operation.instruction === undefined ? texts.encode(operation.label(result)) : PLAIN_LABEL)
    log.put(args.length)
    for (const given of args) log.put(values.encode(given))
  }

  waits(thread: number, operation: Operation, now: number): void {
    this.#begin(Kind.Wait, 5, thread, now)
    this.log.put(this.texts.encode(this.#waitedFor(operation)))
  }

  wakes(thread: number, by: number, cause: WakeCause, now: number): void {
    // Whatever happens to a thread, this comes first.
    if (cause === WakeCause.Start) this.#meet(thread, now)
    this.#begin(Kind.Wake, 6, thread, now)
    this.log.put(by)
    this.log.put(cause)
  }

  asks(thread: number, device: string, bytes: number | undefined, now: number): void {
    this.#begin(Kind.Request, 7, thread, now)
    this.log.put(this.texts.encode(device))
    this.log.putTime(bytes ?? NO_BYTES)
  }

  answered(thread: number, device: string, now: number): void {
    this.#begin(Kind.Answer, 5, thread, now)
    this.log.put(this.texts.encode(device))
  }

  /** What happens to the interpreter's lock goes into the same log. */
  readonly gil: GilObserver = {
    waits: (thread, now) => this.#gilEvent(thread, GilEvent.Wait, 0, now),
    takes: (thread, now) => this.#gilEvent(thread, GilEvent.Take, 0, now),
    switches: (thread, now) => this.#gilEvent(thread, GilEvent.Switch, 0, now),
    drops: (thread, why, now) => this.#gilEvent(thread, GilEvent.Drop, why, now),
    requests: (thread, now) => this.#gilEvent(thread, GilEvent.Request, 0, now),
    wakesInVain: (thread, now) => this.#gilEvent(thread, GilEvent.Wasted, 0, now),
  }

  #gilEvent(thread: number, what: number, why: Drop, now: number): void {
    this.#begin(Kind.Gil, 6, thread, now)
    this.log.put(what)
    this.log.put(why)
  }

  #meet(thread: number, now: number): void {
    this.#begin(Kind.Thread, 5, thread, now)
    this.log.put(this.texts.encode(this.#nameOf(thread)))
  }

  #begin(kind: number, integers: number, thread: number, now: number): void {
    this.log.begin(integers)
    this.log.put(kind)
    this.log.put(thread)
    this.log.putTime(now)
  }
}
