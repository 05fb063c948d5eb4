import type { EventSlots } from './event-slots.js'

const FEWEST_BUCKETS = 32
const SAMPLES = 32

/**
 * Later events, hardly in order: buckets of equal width for those that come soon, and one list of those far off.
 *
 * A bucket is opened when all before it are over, and sorted only then. When the buckets are used up, or have become too
 * few, the list is spread over new ones: their width follows from the median of its times, so that a single event at the
 * end of the world does not make one bucket of all others. At least half of the list comes into buckets then, and
 * so an event is moved about twice, however many there are.
 */
export class EventCalendar {
  readonly #slots: EventSlots
  #first = new Int32Array(FEWEST_BUCKETS).fill(-1)
  #last = new Int32Array(FEWEST_BUCKETS)
  /** One bit a bucket: whether something is in it. */
  #occupied = new Int32Array(FEWEST_BUCKETS / 32)
  #buckets = FEWEST_BUCKETS
  #inBuckets = 0
  /** The time at which bucket 0 begins, and buckets a picosecond. */
  #start = 0
  #scale = 0
  /** All buckets before this one have been opened. While the scale is 0 every time falls into bucket 0, which is open. */
  #closed = 1
  #farFirst = -1
  #farLast = -1
  #farCount = 0
  #farLeast = Infinity
  readonly #samples = new Float64Array(SAMPLES)

  constructor(slots: EventSlots) {
    this.#slots = slots
  }

  /** Whether it takes events at all, or leaves all of them to the caller. */
  get isOpen(): boolean {
    return this.#scale !== 0
  }

  /** Takes an event, unless its bucket is open already: then the caller keeps it. */
  add(slot: number): boolean {
    const bucket = (this.#slots.time[slot]! - this.#start) * this.#scale
    if (bucket < this.#closed) return false
    if (bucket < this.#buckets) this.#addToBucket(slot, bucket | 0)
    else this.addFar(slot)
    return true
  }

  /** Adds to the list of those far off, which `spread` looks at. */
  addFar(slot: number): void {
    const { time, next } = this.#slots
    next[slot] = -1
    if (this.#farFirst === -1) this.#farFirst = slot
    else next[this.#farLast] = slot
    this.#farLast = slot
    this.#farCount++
    this.#farLeast = Math.min(this.#farLeast, time[slot]!)
  }

  /** Whether there are no buckets left to open, or so many events for each that it is better to have new ones. */
  get isWornOut(): boolean {
    return this.#inBuckets === 0 || this.#inBuckets > 8 * this.#buckets
  }

  /** Opens the next bucket that has events: the first of their linked list. There must be one. */
  open(): number {
    const bucket = this.#nextOccupied()
    const list = this.#first[bucket]!
    this.#first[bucket] = -1
    this.#occupied[bucket >> 5]! &= ~(1 << (bucket & 31))
    this.#closed = bucket + 1
    for (let slot = list; slot !== -1; slot = this.#slots.next[slot]!) this.#inBuckets--
    return list
  }

  /** Empties the buckets into the list of those far off, and takes no more events until it is spread. */
  foldUp(): void {
    while (this.#inBuckets > 0) this.#addAllFar(this.open())
    this.#start = 0
    this.#scale = 0
    this.#closed = 1
  }

  /** Empties the list of those far off. */
  drainFar(take: (slot: number) => void): void {
    const { next } = this.#slots
    let slot = this.#takeFar()
    while (slot !== -1) {
      const following = next[slot]!
      take(slot)
      slot = following
    }
  }

  /** Spreads the list of those far off over new buckets, none of which may be in use. */
  spread(): void {
    this.#makeBuckets(this.#farCount)
    this.#start = this.#farLeast
    // Half of the events into the first quarter of the buckets.
    this.#scale = this.#buckets / (4 * Math.max(1, this.#farMedian() - this.#farLeast))
    this.#closed = 0
    const { next } = this.#slots
    let slot = this.#takeFar()
    while (slot !== -1) {
      const following = next[slot]!
      this.add(slot)
      slot = following
    }
  }

  #addToBucket(slot: number, bucket: number): void {
    const { next } = this.#slots
    next[slot] = -1
    if (this.#first[bucket] === -1) {
      this.#first[bucket] = slot
      this.#occupied[bucket >> 5]! |= 1 << (bucket & 31)
    } else {
      next[this.#last[bucket]!] = slot
    }
    this.#last[bucket] = slot
    this.#inBuckets++
  }

  #nextOccupied(): number {
    let word = this.#closed >> 5
    let bits = this.#occupied[word]! & (-1 << (this.#closed & 31))
    while (bits === 0) bits = this.#occupied[++word]!
    return 32 * word + (31 - Math.clz32(bits & -bits))
  }

  #addAllFar(list: number): void {
    const { next } = this.#slots
    for (let slot = list; slot !== -1;) {
      const following = next[slot]!
      this.addFar(slot)
      slot = following
    }
  }

  #takeFar(): number {
    const list = this.#farFirst
    this.#farFirst = -1
    this.#farCount = 0
    this.#farLeast = Infinity
    return list
  }

  /** About: of a sample from all over the list. */
  #farMedian(): number {
    const { time, next } = this.#slots
    const stride = Math.ceil(this.#farCount / SAMPLES)
    let taken = 0
    let index = 0
    for (let slot = this.#farFirst; slot !== -1; slot = next[slot]!) {
      if (index++ % stride === 0) this.#samples[taken++] = time[slot]!
    }
    return this.#samples.subarray(0, taken).sort()[taken >> 1]!
  }

  #makeBuckets(events: number): void {
    this.#buckets = Math.max(FEWEST_BUCKETS, 2 ** Math.ceil(Math.log2(events)))
    if (this.#buckets <= this.#first.length) return
    this.#first = new Int32Array(this.#buckets).fill(-1)
    this.#last = new Int32Array(this.#buckets)
    this.#occupied = new Int32Array(this.#buckets / 32)
  }
}
