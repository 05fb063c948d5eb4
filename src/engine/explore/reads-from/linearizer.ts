import { grownTo } from '../dpor/grown-array.js'
import { DerivedOrder } from './derived-order.js'
import { AWAITED, BEFORE, type EventGraph, INITIAL, NO_SOURCE, ORDINAL, SOURCE, WORD } from './event-graph.js'
import type { LastWrites } from './last-writes.js'

const NONE = -1

/** Events of which one has to come next, after the first `count`. */
interface Choices {
  readonly count: number
  readonly key: number | string
  readonly events: number[]
}

/**
 * Finds a schedule of a graph in which every read reads from its source, or finds that there is none. In general that is
 * hard (NP-complete; Gibbons and Korach 1997), for the graphs of programs it mostly is not: reads, writes that nobody
 * reads, and writes that overwrite what they read can be taken as soon as they are possible, so that there is a choice
 * only between writes that are read; and the order that single reads impose leaves few of these.
 */
export class Linearizer {
  /** The events of the schedule that was found, and how many they are. */
  order = new Int32Array(64)
  count = 0
  /** Attempts to extend a schedule by an event so far, a measure of the work done. */
  work = 0
  /** Choices that led nowhere so far. */
  mistakes = 0
  #graph!: EventGraph
  #guide!: Int32Array
  readonly #derived = new DerivedOrder()
  #isDerived = false
  // By event: the next one of its thread; whether it has been taken; readers of it that have not; the write before it.
  #next = new Int32Array(64)
  #taken = new Uint8Array(64)
  #readers = new Int32Array(64)
  #overwritten = new Int32Array(64)
  // By word: readers of what it held in the beginning that have not been taken, and the latest write.
  #initialReaders = new Int32Array(64)
  #current = new Int32Array(64)
  // By thread: the next event, and how many have been taken.
  #at = new Int32Array(8)
  #progress = new Int32Array(8)

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.order.length * 17 + this.#current.length * 8 + this.#derived.before.length * 4
  }

  /**
   * Finds a schedule, which is then in `order`.
   *
   * @param guide by event: where there is a choice, those with less go first, if that is possible.
   */
  find(graph: EventGraph, guide: Int32Array, last: LastWrites): boolean {
    this.#graph = graph
    this.#guide = guide
    this.#isDerived = false
    this.#prepare(last)
    if (this.#takeGreedily()) return true
    if (!this.#derived.derive(graph, last)) return false
    this.#isDerived = true
    this.#undo(0)
    return this.#search()
  }

  #prepare(last: LastWrites): void {
    const graph = this.#graph
    const { length, stride } = graph
    if (this.order.length < length) this.#grow(length)
    if (this.#current.length < graph.writers.length) {
      this.#current = new Int32Array(graph.writers.length)
      this.#initialReaders = new Int32Array(graph.writers.length)
    }
    if (this.#at.length < stride) {
      this.#at = new Int32Array(stride)
      this.#progress = new Int32Array(stride)
    }
    this.count = 0
    this.#at.fill(NONE)
    this.#progress.fill(0)
    for (let event = length - 1; event >= 0; event--) {
      const thread = graph.threadOf(event)
      const word = graph.field(event, WORD)
      this.#next[event] = this.#at[thread]!
      this.#at[thread] = event
      this.#taken[event] = 0
      this.#readers[event] = 0
      if (word < 0) continue
      this.#initialReaders[word] = 0
      this.#current[word] = INITIAL
    }
    for (let event = 0; event < length; event++) this.#addReader(graph.field(event, SOURCE), graph.field(event, WORD))
    // As if somebody read the last write after everything else.
    for (let i = 0; i < last.count; i++) this.#addReader(last.writes[i]!, last.words[i]!)
  }

  #addReader(source: number, word: number): void {
    if (source >= 0) this.#readers[source]!++
    else if (source === INITIAL) this.#initialReaders[word]!++
  }

  /** Takes events as long as possible, the first of the choice each time; returns whether all were taken. */
  #takeGreedily(): boolean {
    for (;;) {
      this.#takeForced()
      if (this.count === this.#graph.length) return true
      const event = this.#bestChoice()
      if (event === NONE) return false
      this.#take(event)
    }
  }

  /** Looks for a schedule by taking back choices that lead nowhere. */
  #search(): boolean {
    const failed = new Set<number | string>()
    const open: Choices[] = []
    for (;;) {
      this.#takeForced()
      if (this.count === this.#graph.length) return true
      const key = this.#progressKey()
      if (!failed.has(key)) open.push({ count: this.count, key, events: this.#choices() })
      let event: number | undefined
      for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
        this.#undo(last.count)
        event = last.events.pop()
        if (event !== undefined) break
        failed.add(last.key)
        this.mistakes++
        open.pop()
      }
      if (event === undefined) return false
      this.#take(event)
    }
  }

  /** The events that can come next, the best ones last. */
  #choices(): number[] {
    const events: number[] = []
    for (let thread = 0; thread < this.#graph.stride; thread++)
      if (this.#at[thread]! !== NONE && this.#isPossible(this.#at[thread]!)) events.push(this.#at[thread]!)
    return events.sort((a, b) => this.#guide[b]! - this.#guide[a]!)
  }

  /** Which events have been taken: all that matters of the past, since what has been read by all does not. */
  #progressKey(): number | string {
    let key = 0
    for (let thread = 0; thread < this.#graph.stride; thread++) {
      key = key * (this.#graph.length + 1) + this.#progress[thread]!
      if (key > Number.MAX_SAFE_INTEGER) return this.#progress.join()
    }
    return key
  }

  /** Takes whatever can be taken without taking anything away from others. */
  #takeForced(): void {
    const { stride } = this.#graph
    for (let thread = 0, idle = 0; idle < stride; thread = thread + 1 === stride ? 0 : thread + 1, idle++)
      for (
        let event = this.#at[thread]!;
        event !== NONE && this.#isForced(event) && this.#isPossible(event);
        event = this.#at[thread]!
      ) {
        this.#take(event)
        idle = 0
      }
  }

  #isForced(event: number): boolean {
    return this.#readers[event] === 0 || !this.#graph.writes(event) || this.#graph.field(event, SOURCE) !== NO_SOURCE
  }

  #bestChoice(): number {
    let best = NONE
    for (let thread = 0; thread < this.#graph.stride; thread++) {
      const event = this.#at[thread]!
      if (event === NONE || (best !== NONE && this.#guide[event]! >= this.#guide[best]!)) continue
      if (this.#isPossible(event)) best = event
    }
    return best
  }

  /** Whether an event, which is the next one of its thread, can come now. */
  #isPossible(event: number): boolean {
    this.work++
    const graph = this.#graph
    const before = graph.field(event, BEFORE)
    const awaited = graph.field(event, AWAITED)
    if (before !== 0 && this.#taken[before - 1] === 0) return false
    if (awaited !== 0 && this.#taken[awaited - 1] === 0) return false
    if (this.#isDerived && !this.#isDue(event)) return false
    const word = graph.field(event, WORD)
    if (word < 0) return true
    const source = graph.field(event, SOURCE)
    const current = this.#current[word]!
    if (source !== NO_SOURCE && source !== current) return false
    if (!graph.writes(event)) return true
    const readers = current === INITIAL ? this.#initialReaders[word]! : this.#readers[current]!
    return readers === (source === NO_SOURCE ? 0 : 1)
  }

  /** Whether all has been taken that has to come before an event in every schedule. */
  #isDue(event: number): boolean {
    const { before, stride } = this.#derived
    const own = this.#graph.threadOf(event)
    for (let thread = 0; thread < stride; thread++)
      if (thread !== own && before[event * stride + thread]! > this.#progress[thread]!) return false
    return true
  }

  #take(event: number): void {
    const graph = this.#graph
    const thread = graph.threadOf(event)
    const word = graph.field(event, WORD)
    const source = graph.field(event, SOURCE)
    this.order[this.count++] = event
    this.#taken[event] = 1
    this.#at[thread] = this.#next[event]!
    this.#progress[thread] = graph.field(event, ORDINAL) + 1
    if (source >= 0) this.#readers[source]!--
    else if (source === INITIAL) this.#initialReaders[word]!--
    if (!graph.writes(event)) return
    this.#overwritten[event] = this.#current[word]!
    this.#current[word] = event
  }

  /** Takes back all but the first `count` events. */
  #undo(count: number): void {
    const graph = this.#graph
    while (this.count > count) {
      const event = this.order[--this.count]!
      const thread = graph.threadOf(event)
      const word = graph.field(event, WORD)
      this.#taken[event] = 0
      this.#at[thread] = event
      this.#progress[thread] = graph.field(event, ORDINAL)
      this.#addReader(graph.field(event, SOURCE), word)
      if (graph.writes(event)) this.#current[word] = this.#overwritten[event]!
    }
  }

  #grow(length: number): void {
    const size = length * 2
    this.order = grownTo(this.order, size)
    this.#next = grownTo(this.#next, size)
    this.#readers = grownTo(this.#readers, size)
    this.#overwritten = grownTo(this.#overwritten, size)
    this.#taken = new Uint8Array(size)
  }
}
