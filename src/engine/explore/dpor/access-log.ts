import { EVENT_OLD, EVENT_READER, EVENT_SHIFT, EVENT_WRITER } from './event-fields.js'
import { grownTo } from './grown-array.js'

// Fields of an access: its event, what it touches, the content before, whether it writes; the access to the same key that
// wrote latest before, and that which read latest since then; whether it is there because its event ends its thread.
const ACCESS_SHIFT = 3
const ACCESS_EVENT = 0
const ACCESS_KEY = 1
const ACCESS_OLD = 2
const ACCESS_WRITES = 3
const ACCESS_WRITER = 4
const ACCESS_READER = 5
const ACCESS_IS_END = 6

/** What an operation touches, as keys. */
export interface Touched {
  readonly key: number
  readonly writes: boolean
}

/** What an event has touched, and whether it did so because it ended its thread. */
export interface Access extends Touched {
  readonly isEnd: boolean
}

/**
 * What the events of an execution have touched, linked by key. Most events are instructions and touch one word: such an
 * access is told by its event, 1 + that, and stands in the event's own record. All others stand in records of their own, a
 * stack, and are told by −1 − their place there. 0 is no access.
 */
export class AccessLog {
  /** The events' records, of those that are accesses; see `EVENT_…`. */
  events: Int32Array
  /** How many accesses have records of their own. */
  count = 0
  /** Eight fields an access; see `ACCESS_…`. */
  records = new Int32Array(64 << ACCESS_SHIFT)
  /** By key, two fields: the latest access that writes, and the latest that reads since then. */
  latest = new Int32Array(128)

  constructor(events: Int32Array) {
    this.events = events
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return (this.records.length + this.latest.length) * 4
  }

  /** Makes room for so many keys. */
  cover(keys: number): void {
    if (this.latest.length < 2 * keys) this.latest = grownTo(this.latest, keys * 4)
  }

  /** Adds an access with a record of its own. */
  add(event: number, key: number, writes: boolean, old: number): void {
    if (this.count << ACCESS_SHIFT === this.records.length)
      this.records = grownTo(this.records, this.records.length * 2)
    const { records, latest } = this
    const at = this.count << ACCESS_SHIFT
    records[at + ACCESS_EVENT] = event
    records[at + ACCESS_KEY] = key
    records[at + ACCESS_OLD] = old
    records[at + ACCESS_WRITES] = Number(writes)
    records[at + ACCESS_IS_END] = 0
    records[at + ACCESS_WRITER] = latest[2 * key]!
    records[at + ACCESS_READER] = latest[2 * key + 1]!
    const access = -1 - this.count++
    if (writes) latest[2 * key] = access
    latest[2 * key + 1] = writes ? 0 : access
  }

  /** Takes back all with records of their own but the first `count`. */
  undo(count: number): void {
    const { records, latest } = this
    while (this.count > count) {
      const at = --this.count << ACCESS_SHIFT
      const key = records[at + ACCESS_KEY]!
      latest[2 * key] = records[at + ACCESS_WRITER]!
      latest[2 * key + 1] = records[at + ACCESS_READER]!
    }
  }

  /** The accesses from `count` on are there because their event ends its thread. */
  markEnds(count: number): void {
    for (let access = count; access < this.count; access++) this.records[(access << ACCESS_SHIFT) + ACCESS_IS_END] = 1
  }

  /** The event of an access. */
  eventOf(access: number): number {
    return access > 0 ? access - 1 : this.records[((-1 - access) << ACCESS_SHIFT) + ACCESS_EVENT]!
  }

  /** The access to the same key that wrote latest before one. */
  writerBefore(access: number): number {
    if (access > 0) return this.events[((access - 1) << EVENT_SHIFT) + EVENT_WRITER]!
    return this.records[((-1 - access) << ACCESS_SHIFT) + ACCESS_WRITER]!
  }

  /** The access to the same key that read latest before one, since the latest that wrote. */
  readerBefore(access: number): number {
    if (access > 0) return this.events[((access - 1) << EVENT_SHIFT) + EVENT_READER]!
    return this.records[((-1 - access) << ACCESS_SHIFT) + ACCESS_READER]!
  }

  /** The content before an access. */
  contentBefore(access: number): number {
    if (access > 0) return this.events[((access - 1) << EVENT_SHIFT) + EVENT_OLD]!
    return this.records[((-1 - access) << ACCESS_SHIFT) + ACCESS_OLD]!
  }

  /** Whether one of the accesses with records of their own writes a key, from the one numbered `start` on. */
  writesFrom(start: number, key: number): boolean {
    for (let access = start; access < this.count; access++) {
      const at = access << ACCESS_SHIFT
      if (this.records[at + ACCESS_KEY] === key && this.records[at + ACCESS_WRITES] === 1) return true
    }
    return false
  }

  /** The accesses of an event, which have records of their own from the one numbered `start` on. */
  of(event: number, start: number): Access[] {
    const accesses: Access[] = []
    for (let at = start << ACCESS_SHIFT; at < this.count << ACCESS_SHIFT; at += 1 << ACCESS_SHIFT) {
      if (this.records[at + ACCESS_EVENT] !== event) break
      accesses.push({
        key: this.records[at + ACCESS_KEY]!,
        writes: this.records[at + ACCESS_WRITES] === 1,
        isEnd: this.records[at + ACCESS_IS_END] === 1,
      })
    }
    return accesses
  }

  /**
   * The accesses to a key that conflict with one more, latest first, up to one that writes and is known already: whatever
   * writes a key comes after all that accessed it before, so that those are known as well.
   */
  *conflicting(key: number, writes: boolean, isKnown: (event: number) => boolean): Generator<number> {
    for (let writer = this.latest[2 * key]!, reader = this.latest[2 * key + 1]!; ;) {
      if (writes) for (let access = reader; access !== 0; access = this.readerBefore(access)) yield access
      if (writer === 0 || isKnown(this.eventOf(writer))) return
      yield writer
      reader = this.readerBefore(writer)
      writer = this.writerBefore(writer)
    }
  }

  /** The content that a key has where only some events have happened, if it is `content` now; those that write it are in order. */
  contentWithin(isWithin: (event: number) => boolean, key: number, content: number): number {
    let before = content
    for (let access = this.latest[2 * key]!; access !== 0; access = this.writerBefore(access)) {
      if (isWithin(this.eventOf(access))) break
      before = this.contentBefore(access)
    }
    return before
  }
}
