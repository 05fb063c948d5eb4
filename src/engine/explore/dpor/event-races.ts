import * as Code from '../../code.js'
import type { AccessLog } from './access-log.js'
import { EVENT_BEFORE, EVENT_READER, EVENT_ROW, EVENT_SHIFT, EVENT_STEP, EVENT_WRITER } from './event-fields.js'
import { grownTo } from './grown-array.js'
import { threadOf } from './packed-step.js'
import { NOTHING, OWN } from './race-clock.js'

/**
 * What happens before what among the events of an execution, and which earlier ones the latest event races with.
 *
 * Happens-before is a vector clock an event: a row in which the entry of a thread is 1 + the last event of that thread
 * which happens before the event; 0 if there is none. An event that comes after nothing but its own thread's events and
 * what those come after has the row of the one before it: most events do, and nothing is copied for them. So a row says
 * nothing about events of its own thread, and need not: they are in order.
 */
export class EventRaces {
  /** The fields of all events; see `EVENT_…`. */
  events: Int32Array
  /** Threads that a clock has room for. */
  stride = 1
  /** Rows of clocks: the first one is of an event before which nothing happens, the one after an event's number its own. */
  clocks: Int32Array
  /** How many earlier events the latest event, or the waiting operation asked about, races with. */
  count = 0
  /** Those events. */
  racing = new Int32Array(16)
  /** For each, the clock of what has to stay before the reversed event: an index in `rows`, or see `OWN`. */
  racingClock = new Int32Array(16)
  readonly rows: Int32Array[] = []
  readonly #log: AccessLog
  // Where the latest accesses to the first word are.
  readonly #firstSlot: number

  constructor(log: AccessLog, firstSlot: number) {
    this.#log = log
    this.#firstSlot = firstSlot
    this.events = log.events
    this.clocks = new Int32Array((this.events.length >> EVENT_SHIFT) + 1)
  }

  /** Whether one event happens before another, or is it. */
  happensBefore(earlier: number, later: number): boolean {
    const thread = this.#threadOf(earlier)
    if (thread === this.#threadOf(later)) return earlier <= later
    return this.clocks[this.clockOf(later) + thread]! > earlier
  }

  /** Whether an event's thread could not be there before `earlier` had happened. */
  arrivedAfter(event: number, earlier: number): boolean {
    const before = this.events[(event << EVENT_SHIFT) + EVENT_BEFORE]!
    return before !== 0 && this.happensBefore(earlier, before - 1)
  }

  /** Where the clock of an event begins. */
  clockOf(event: number): number {
    return this.events[(event << EVENT_SHIFT) + EVENT_ROW]! * this.stride
  }

  #threadOf(event: number): number {
    return threadOf(this.events[(event << EVENT_SHIFT) + EVENT_STEP]!)
  }

  /** An instruction that is an access by itself races with those before it, and is the latest access from now on. */
  noteAccess(event: number, thread: number, code: number, word: number, writes: boolean): void {
    const { events } = this
    const { latest } = this.#log
    const slot = this.#firstSlot + 4 * word
    const record = event << EVENT_SHIFT
    const writer = latest[slot]!
    const reader = latest[slot + 1]!
    if (code === Code.Acquire && reader === 0) {
      this.ofAcquire(events[record + EVENT_BEFORE]!, writer)
      if (writer !== 0) this.comeAfter(event, thread, this.#log.eventOf(writer))
    } else this.#ofLatest(event, thread, writes ? reader : 0, writer)
    events[record + EVENT_WRITER] = writer
    events[record + EVENT_READER] = reader
    if (writes) latest[slot] = event + 1
    latest[slot + 1] = writes ? 0 : event + 1
  }

  /** Takes the latest access back, which is an instruction on a word: that of the event whose `record` is given. */
  undoAccess(events: Int32Array, record: number, word: number): void {
    const { latest } = this.#log
    const slot = this.#firstSlot + 4 * word
    latest[slot] = events[record + EVENT_WRITER]!
    latest[slot + 1] = events[record + EVENT_READER]!
  }

  /** The latest event races with what accessed a key and conflicts with writing it. */
  asWriter(event: number, thread: number, key: number): void {
    const { latest } = this.#log
    this.#ofLatest(event, thread, latest[2 * key + 1]!, latest[2 * key]!)
  }

  /** The latest event races with what wrote a key. */
  asReader(event: number, thread: number, key: number): void {
    this.#ofLatest(event, thread, 0, this.#log.latest[2 * key]!)
  }

  /** The latest event races with the readers from `reader` back, or, if there are none, with what wrote before. */
  #ofLatest(event: number, thread: number, reader: number, writer: number): void {
    const log = this.#log
    for (
      let access = reader === 0 ? writer : reader;
      access !== 0;
      access = reader === 0 ? 0 : log.readerBefore(access)
    )
      this.with(event, thread, log.eventOf(access))
  }

  /** `event` conflicts with `earlier`: they race unless one already happens before the other. */
  with(event: number, thread: number, earlier: number): void {
    const other = this.#threadOf(earlier)
    if (other === thread || this.clocks[this.clockOf(event) + other]! > earlier) return
    this.add(earlier, OWN)
    this.#join(event, thread, earlier, other)
  }

  /**
   * An acquire cannot race with the release that let it go on, only with the acquire it would have had to come before,
   * and only if its thread could be there by then. `latest` is the access to the lock that wrote latest.
   */
  ofAcquire(arrival: number, latest: number): void {
    const log = this.#log
    let access = latest
    while (access !== 0 && log.contentBefore(access) !== 0) access = log.writerBefore(access)
    if (access === 0) return
    const earlier = log.eventOf(access)
    if (arrival === 0) this.add(earlier, NOTHING)
    else if (!this.happensBefore(earlier, arrival - 1)) this.add(earlier, -2 - (arrival - 1))
  }

  /** One more race with an earlier event. */
  add(earlier: number, clock: number): void {
    const race = this.count++
    if (race === this.racing.length) this.#growRacing()
    this.racing[race] = earlier
    this.racingClock[race] = clock
  }

  #growRacing(): void {
    this.racing = grownTo(this.racing, this.racing.length * 2)
    this.racingClock = grownTo(this.racingClock, this.racing.length)
  }

  /** From now on an earlier event happens before the latest one. */
  comeAfter(event: number, thread: number, earlier: number): void {
    const other = this.#threadOf(earlier)
    if (other === thread || this.clocks[this.clockOf(event) + other]! > earlier) return
    this.#join(event, thread, earlier, other)
  }

  /** From now on all that accessed a key and conflicts with one more access happens before the latest event. */
  comeAfterAccesses(event: number, thread: number, key: number, writes: boolean): void {
    const log = this.#log
    if (writes)
      for (let reader = log.latest[2 * key + 1]!; reader !== 0; reader = log.readerBefore(reader))
        this.comeAfter(event, thread, log.eventOf(reader))
    // What wrote latest has brought along what conflicts with it.
    const writer = log.latest[2 * key]!
    if (writer !== 0) this.comeAfter(event, thread, log.eventOf(writer))
  }

  /** The latest event gets a row of its own, if it has none. */
  ownRow(event: number, thread: number): void {
    if (this.events[(event << EVENT_SHIFT) + EVENT_ROW] === event + 1) return
    const base = (event + 1) * this.stride
    this.clocks.copyWithin(base, this.clockOf(event), this.clockOf(event) + this.stride)
    this.clocks[base + thread] = event + 1
    this.events[(event << EVENT_SHIFT) + EVENT_ROW] = event + 1
  }

  /** The latest event's row becomes its own, joined with that of an earlier event of another thread. */
  #join(event: number, thread: number, earlier: number, other: number): void {
    const { clocks, stride } = this
    const from = this.clockOf(earlier)
    const known = this.clockOf(event)
    const base = (event + 1) * stride
    for (let t = 0; t < stride; t++) {
      const own = clocks[known + t]!
      const joined = clocks[from + t]!
      clocks[base + t] = own > joined ? own : joined
    }
    clocks[base + thread] = event + 1
    clocks[base + other] = earlier + 1
    this.events[(event << EVENT_SHIFT) + EVENT_ROW] = event + 1
  }

  /** Makes room for so many threads, `length` events being on the stack. */
  widen(threads: number, length: number): void {
    const stride = length === 0 ? threads : Math.max(threads, this.stride + (this.stride >> 1) + 2)
    const capacity = this.events.length >> EVENT_SHIFT
    const clocks = new Int32Array((capacity + 1) * stride)
    // The event that is being added may have a row already.
    for (let row = 0; row <= Math.min(length + 1, capacity); row++)
      for (let t = 0; t < this.stride; t++) clocks[row * stride + t] = this.clocks[row * this.stride + t]!
    this.rows.forEach((row, i) => (this.rows[i] = grownTo(row, stride)))
    this.clocks = clocks
    this.stride = stride
  }

  /** Follows when there is room for more events. */
  grow(events: Int32Array): void {
    this.events = events
    this.clocks = grownTo(this.clocks, ((events.length >> EVENT_SHIFT) + 1) * this.stride)
  }
}
