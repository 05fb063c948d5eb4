import { mix } from '../../content-hash.js'

const FIRST_ENTRIES = 1024

// Where the fields of an entry are, in units of their types. All of an entry is together: most are far apart from what has
// been used before, so each field on its own would be one more cache miss of the computer this runs on.
const LINE = 0
const OWNER = 2
const DIRTY_AT = 6
const HOME = 7
const LAST_LEVELS = 2
const LOST = 3
const FREE_AT = 2
const SHARERS = 6

/**
 * Who has a copy of which line: an entry for every line that is in some cache (or that a core has lost to another and not
 * fetched again), so it does not grow with the length of a run. It has room for all of them and answers at once; what asking
 * it takes is part of the latencies.
 */
export class LineDirectory {
  readonly #sharerInts: number
  /** Of an entry, in units of 8 bytes. */
  readonly #stride: number
  #doubles: Float64Array
  #ints: Int32Array
  #shorts: Int16Array
  #bytes: Int8Array
  /** Open-addressed, at most half full: pairs of a line and its entry + 1, which is 0 if the pair is free. */
  #table = new Int32Array(FIRST_ENTRIES * 4)
  #room = FIRST_ENTRIES
  #entries = 0
  /** The first free entry, −1 if there is none; the next one is in the place of its line. */
  #free = -1
  /** Entries in use. */
  size = 0

  constructor(cores: number) {
    this.#sharerInts = (cores + 31) >>> 5
    this.#stride = (SHARERS + this.#sharerInts + 1) >>> 1
    this.#doubles = new Float64Array(FIRST_ENTRIES * this.#stride)
    this.#ints = new Int32Array(this.#doubles.buffer)
    this.#shorts = new Int16Array(this.#doubles.buffer)
    this.#bytes = new Int8Array(this.#doubles.buffer)
  }

  lineOf(entry: number): number {
    return this.#ints[entry * 2 * this.#stride + LINE]!
  }

  /** The core whose copy is exclusive or modified, or −1. */
  ownerOf(entry: number): number {
    return this.#shorts[entry * 4 * this.#stride + OWNER]!
  }

  setOwner(entry: number, core: number): void {
    this.#shorts[entry * 4 * this.#stride + OWNER] = core
  }

  /** The last level whose copy has to be written back, −1 if there is none. Then nobody outside of it has a copy. */
  dirtyAt(entry: number): number {
    return this.#bytes[entry * 8 * this.#stride + DIRTY_AT]!
  }

  setDirtyAt(entry: number, lastLevel: number): void {
    this.#bytes[entry * 8 * this.#stride + DIRTY_AT] = lastLevel
  }

  /** The node whose memory has the line. */
  homeOf(entry: number): number {
    return this.#bytes[entry * 8 * this.#stride + HOME]!
  }

  /** Last levels that have the line, as bits. */
  lastLevelsOf(entry: number): number {
    return this.#ints[entry * 2 * this.#stride + LAST_LEVELS]!
  }

  setLastLevels(entry: number, lastLevels: number): void {
    this.#ints[entry * 2 * this.#stride + LAST_LEVELS] = lastLevels
  }

  /** The row in `LostWords`, −1 if nobody has lost the line. */
  lostOf(entry: number): number {
    return this.#ints[entry * 2 * this.#stride + LOST]!
  }

  setLost(entry: number, row: number): void {
    this.#ints[entry * 2 * this.#stride + LOST] = row
  }

  /** When (ps) the line can move on to others after its last exclusive grant. */
  freeAt(entry: number): number {
    return this.#doubles[entry * this.#stride + FREE_AT]!
  }

  setFreeAt(entry: number, time: number): void {
    this.#doubles[entry * this.#stride + FREE_AT] = time
  }

  /** −1 if there is none. */
  find(line: number): number {
    const table = this.#table
    const mask = table.length / 2 - 1
    for (let at = mix(line) & mask; ; at = (at + 1) & mask) {
      const entry = table[2 * at + 1]! - 1
      if (entry < 0 || table[2 * at] === line) return entry
    }
  }

  /** Makes the entry of a line that has none: nobody has a copy. */
  add(line: number, home: number): number {
    const entry = this.#newEntry()
    this.#doubles.fill(0, entry * this.#stride, (entry + 1) * this.#stride)
    this.#ints[entry * 2 * this.#stride + LINE] = line
    this.#bytes[entry * 8 * this.#stride + HOME] = home
    this.setOwner(entry, -1)
    this.setDirtyAt(entry, -1)
    this.setLost(entry, -1)
    this.#enter(entry)
    this.size++
    return entry
  }

  remove(entry: number): void {
    const table = this.#table
    const mask = table.length / 2 - 1
    let hole = mix(this.lineOf(entry)) & mask
    while (table[2 * hole + 1] !== entry + 1) hole = (hole + 1) & mask
    // Moves back what was put behind the hole because of it, so that no search ends early.
    for (let at = (hole + 1) & mask; table[2 * at + 1] !== 0; at = (at + 1) & mask) {
      const wanted = mix(table[2 * at]!) & mask
      if (((at - wanted) & mask) < ((at - hole) & mask)) continue
      table[2 * hole] = table[2 * at]!
      table[2 * hole + 1] = table[2 * at + 1]!
      hole = at
    }
    table[2 * hole + 1] = 0
    this.#ints[entry * 2 * this.#stride + LINE] = this.#free
    this.#free = entry
    this.size--
  }

  has(entry: number, core: number): boolean {
    return (this.#ints[this.#sharersAt(entry) + (core >>> 5)]! & (1 << (core & 31))) !== 0
  }

  addSharer(entry: number, core: number): void {
    this.#ints[this.#sharersAt(entry) + (core >>> 5)]! |= 1 << (core & 31)
  }

  removeSharer(entry: number, core: number): void {
    this.#ints[this.#sharersAt(entry) + (core >>> 5)]! &= ~(1 << (core & 31))
    if (this.ownerOf(entry) === core) this.setOwner(entry, -1)
  }

  /** The lowest-numbered core from `from` on that has a copy, −1 if there is none. */
  nextSharer(entry: number, from: number): number {
    const first = this.#sharersAt(entry)
    let bits = -1 << (from & 31)
    for (let int = from >>> 5; int < this.#sharerInts; int++) {
      bits &= this.#ints[first + int]!
      if (bits !== 0) return (int << 5) + 31 - Math.clz32(bits & -bits)
      bits = -1
    }
    return -1
  }

  /** Nobody has a copy, neither a core nor a last level. */
  isNowhere(entry: number): boolean {
    return this.lastLevelsOf(entry) === 0 && this.nextSharer(entry, 0) < 0
  }

  #sharersAt(entry: number): number {
    return entry * 2 * this.#stride + SHARERS
  }

  #newEntry(): number {
    if (this.#free >= 0) {
      const entry = this.#free
      this.#free = this.lineOf(entry)
      return entry
    }
    if (this.#entries === this.#room) this.#grow()
    return this.#entries++
  }

  #enter(entry: number): void {
    const mask = this.#table.length / 2 - 1
    const line = this.lineOf(entry)
    let at = mix(line) & mask
    while (this.#table[2 * at + 1] !== 0) at = (at + 1) & mask
    this.#table[2 * at] = line
    this.#table[2 * at + 1] = entry + 1
  }

  /** Called when all entries are in use. */
  #grow(): void {
    this.#room *= 2
    const doubles = new Float64Array(this.#room * this.#stride)
    // Not as doubles: what is no number might not be copied bit by bit.
    new Int32Array(doubles.buffer).set(this.#ints)
    this.#doubles = doubles
    this.#ints = new Int32Array(doubles.buffer)
    this.#shorts = new Int16Array(doubles.buffer)
    this.#bytes = new Int8Array(doubles.buffer)
    this.#table = new Int32Array(this.#room * 4)
    for (let entry = 0; entry < this.#entries; entry++) this.#enter(entry)
  }
}
