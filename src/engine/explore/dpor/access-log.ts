import { grownTo } from './grown-array.js'

// Fields of an access: its event, what it touches, the content before, whether it writes; 1 + the access to the same key
// that wrote latest before, and 1 + that which read latest since then; whether it is there because its event ends its thread.
export const ACCESS_SHIFT = 3
export const ACCESS_EVENT = 0
export const ACCESS_KEY = 1
export const ACCESS_OLD = 2
export const ACCESS_WRITES = 3
export const ACCESS_WRITER = 4
export const ACCESS_READER = 5
export const ACCESS_IS_END = 6

/** What an operation touches, as keys. */
export interface Touched {
  readonly key: number
  readonly writes: boolean
}

/** What the events of an execution have touched, in order: a stack of records, linked by key. Accesses are numbered from 1. */
export class AccessLog {
  count = 0
  /** Eight fields an access; see `ACCESS_…`. */
  records = new Int32Array(512 << ACCESS_SHIFT)
  /** By key: 1 + the latest access that writes. */
  writer = new Int32Array(64)
  /** By key: 1 + the latest access that reads since then. */
  reader = new Int32Array(64)

  /** Memory held, in bytes. */
  get bytes(): number {
    return (this.records.length + this.writer.length * 2) * 4
  }

  /** Makes room for so many keys. */
  cover(keys: number): void {
    if (this.writer.length >= keys) return
    this.writer = grownTo(this.writer, keys * 2)
    this.reader = grownTo(this.reader, keys * 2)
  }

  add(event: number, key: number, writes: boolean, old: number): void {
    const access = this.count++
    if (access << ACCESS_SHIFT === this.records.length) this.records = grownTo(this.records, this.records.length * 2)
    const { records } = this
    const at = access << ACCESS_SHIFT
    records[at + ACCESS_EVENT] = event
    records[at + ACCESS_KEY] = key
    records[at + ACCESS_OLD] = old
    records[at + ACCESS_IS_END] = 0
    records[at + ACCESS_READER] = this.reader[key]!
    if (writes) {
      records[at + ACCESS_WRITES] = 1
      records[at + ACCESS_WRITER] = this.writer[key]!
      this.writer[key] = access + 1
      this.reader[key] = 0
    } else {
      records[at + ACCESS_WRITES] = 0
      this.reader[key] = access + 1
    }
  }

  /** Takes back all but the first `count`. */
  undo(count: number): void {
    const { records } = this
    while (this.count > count) {
      const at = --this.count << ACCESS_SHIFT
      const key = records[at + ACCESS_KEY]!
      this.reader[key] = records[at + ACCESS_READER]!
      if (records[at + ACCESS_WRITES] === 1) this.writer[key] = records[at + ACCESS_WRITER]!
    }
  }

  /** The accesses from `count` on are there because their event ends its thread. */
  markEnds(count: number): void {
    for (let access = count; access < this.count; access++) this.records[(access << ACCESS_SHIFT) + ACCESS_IS_END] = 1
  }

  /** The event of the access with that number. */
  eventOf(access: number): number {
    return this.records[((access - 1) << ACCESS_SHIFT) + ACCESS_EVENT]!
  }

  /** Whether one of the accesses from `start` on writes a key. */
  writesFrom(start: number, key: number): boolean {
    for (let access = start; access < this.count; access++) {
      const at = access << ACCESS_SHIFT
      if (this.records[at + ACCESS_KEY] === key && this.records[at + ACCESS_WRITES] === 1) return true
    }
    return false
  }

  /** The accesses from `start` to `end`. */
  between(start: number, end: number): (Touched & { readonly isEnd: boolean })[] {
    return Array.from({ length: end - start }, (_, i) => {
      const at = (start + i) << ACCESS_SHIFT
      return {
        key: this.records[at + ACCESS_KEY]!,
        writes: this.records[at + ACCESS_WRITES] === 1,
        isEnd: this.records[at + ACCESS_IS_END] === 1,
      }
    })
  }

  /** The accesses to a key that conflict with one more, latest first, by their numbers. */
  *conflicting(key: number, writes: boolean): Generator<number> {
    const { records } = this
    for (let writer = this.writer[key]!, reader = this.reader[key]!; ;) {
      if (writes) for (let at = reader; at !== 0; at = records[((at - 1) << ACCESS_SHIFT) + ACCESS_READER]!) yield at
      if (writer === 0) return
      yield writer
      reader = records[((writer - 1) << ACCESS_SHIFT) + ACCESS_READER]!
      writer = records[((writer - 1) << ACCESS_SHIFT) + ACCESS_WRITER]!
    }
  }

  /** The content that a key has where only some events have happened, if it is `content` now; those that write it are in order. */
  contentWithin(isWithin: (event: number) => boolean, key: number, content: number): number {
    let before = content
    for (let access = this.writer[key]!; access !== 0;) {
      const at = (access - 1) << ACCESS_SHIFT
      if (isWithin(this.records[at + ACCESS_EVENT]!)) break
      before = this.records[at + ACCESS_OLD]!
      access = this.records[at + ACCESS_WRITER]!
    }
    return before
  }
}
