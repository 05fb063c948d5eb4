import { grownTo } from '../dpor/grown-array.js'

const FIRST_CAPACITY = 256

/**
 * Events by what they are: their thread, the event of their thread before, the event that they read from or waited for,
 * and their way. By induction that is all that happened for them, so that two executions have the same event if and only
 * if it has the same number here. Numbers live as long as somebody retains them or an event that came of them.
 */
export class Unfolding {
  /** Events by their number, from 1 on: the thread; the numbers of the event before and of the source, 0 for none; the way. */
  threads = new Int32Array(FIRST_CAPACITY)
  befores = new Int32Array(FIRST_CAPACITY)
  sources = new Int32Array(FIRST_CAPACITY)
  ways = new Int32Array(FIRST_CAPACITY)
  /** 1 + the position of the event in the present execution, 0 if it is not in it. */
  places = new Int32Array(FIRST_CAPACITY)
  #users = new Int32Array(FIRST_CAPACITY)
  // The next one of the same bucket, or the next free one; buckets; the first number that was never used, and one that is free.
  #next = new Int32Array(FIRST_CAPACITY)
  #buckets = new Int32Array(FIRST_CAPACITY)
  #unused = 1
  #free = 0
  #dying: number[] = []

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.threads.length * 32
  }

  /** The number of an event, which is to be retained by whoever keeps it. */
  number(thread: number, before: number, source: number, way: number): number {
    const bucket = this.#bucketOf(thread, before, source, way)
    for (let event = this.#buckets[bucket]!; event !== 0; event = this.#next[event]!)
      if (
        this.befores[event] === before &&
        this.sources[event] === source &&
        this.threads[event] === thread &&
        this.ways[event] === way
      )
        return event
    return this.#add(thread, before, source, way)
  }

  /** One more user. */
  retain(event: number): void {
    this.#users[event]!++
  }

  /** One user less: without any, the number is free again. */
  release(event: number): void {
    if (--this.#users[event]! > 0) return
    const dying = this.#dying
    dying.push(event)
    for (let last = dying.pop(); last !== undefined; last = dying.pop()) {
      for (const cause of [this.befores[last]!, this.sources[last]!])
        if (cause !== 0 && --this.#users[cause]! === 0) dying.push(cause)
      this.#remove(last)
    }
  }

  #add(thread: number, before: number, source: number, way: number): number {
    let event = this.#free
    if (event !== 0) this.#free = this.#next[event]!
    else {
      event = this.#unused++
      if (event === this.threads.length) this.#grow()
    }
    this.threads[event] = thread
    this.befores[event] = before
    this.sources[event] = source
    this.ways[event] = way
    this.#users[event] = 0
    this.places[event] = 0
    if (before !== 0) this.#users[before]!++
    if (source !== 0) this.#users[source]!++
    this.#enter(event)
    return event
  }

  #enter(event: number): void {
    const bucket = this.#bucketOf(this.threads[event]!, this.befores[event]!, this.sources[event]!, this.ways[event]!)
    this.#next[event] = this.#buckets[bucket]!
    this.#buckets[bucket] = event
  }

  #remove(event: number): void {
    const bucket = this.#bucketOf(this.threads[event]!, this.befores[event]!, this.sources[event]!, this.ways[event]!)
    const next = this.#next[event]!
    if (this.#buckets[bucket] === event) this.#buckets[bucket] = next
    else {
      let at = this.#buckets[bucket]!
      while (this.#next[at] !== event) at = this.#next[at]!
      this.#next[at] = next
    }
    this.#next[event] = this.#free
    this.#free = event
    // Marks it as one that is not there, for growing.
    this.threads[event] = -1
  }

  #bucketOf(thread: number, before: number, source: number, way: number): number {
    let hash = Math.imul(before ^ (before >>> 15), 0x9e3779b1) ^ Math.imul(source + 0x7f4a7c15, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13) ^ (thread * 31 + way), 0xc2b2ae35)
    return (hash ^ (hash >>> 16)) & (this.#buckets.length - 1)
  }

  #grow(): void {
    const length = this.threads.length * 2
    this.threads = grownTo(this.threads, length)
    this.befores = grownTo(this.befores, length)
    this.sources = grownTo(this.sources, length)
    this.ways = grownTo(this.ways, length)
    this.places = grownTo(this.places, length)
    this.#users = grownTo(this.#users, length)
    this.#next = grownTo(this.#next, length)
    this.#buckets = new Int32Array(length)
    // Nothing is free where growing is needed, but for the one that is about to be added.
    for (let event = 1; event < this.#unused - 1; event++) this.#enter(event)
  }
}
