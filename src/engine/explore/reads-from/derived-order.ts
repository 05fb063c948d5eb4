import { AWAITED, BEFORE, type EventGraph, INITIAL, NO_SOURCE, ORDINAL, SOURCE, WORD } from './event-graph.js'
import type { LastWrites } from './last-writes.js'

/**
 * What the order of a graph's events has to be in every schedule, as far as single reads tell: what an event needs comes
 * before it; a write that comes before a read of another write comes before that write as well; and one that comes after
 * the write that is read comes after the read.
 */
export class DerivedOrder {
  /** By event and thread: how many events of that thread come before the event or are it. */
  before = new Int32Array(256)
  stride = 1
  #graph!: EventGraph
  #isChanged = false

  /** Works the order out; returns false if it is a circle, so that no schedule shows the graph. */
  derive(graph: EventGraph, last: LastWrites): boolean {
    this.#start(graph)
    do {
      this.#isChanged = false
      for (let event = 0; event < graph.length; event++) if (!this.#deriveAt(event)) return false
      for (let i = 0; i < last.count; i++) if (!this.#deriveLast(last.words[i]!, last.writes[i]!)) return false
    } while (this.#isChanged)
    return true
  }

  #start(graph: EventGraph): void {
    this.#graph = graph
    this.stride = graph.stride
    const size = graph.length * graph.stride
    if (this.before.length < size) this.before = new Int32Array(size * 2)
    else this.before.fill(0, 0, size)
    for (let event = 0; event < graph.length; event++)
      this.before[event * this.stride + graph.threadOf(event)] = graph.field(event, ORDINAL) + 1
  }

  /** Adds what an event's causes and, if it reads, its source and the other writes to its word say. */
  #deriveAt(event: number): boolean {
    const graph = this.#graph
    const before = graph.field(event, BEFORE)
    const awaited = graph.field(event, AWAITED)
    const source = graph.field(event, SOURCE)
    if (before !== 0 && !this.#put(before - 1, event)) return false
    if (awaited !== 0 && !this.#put(awaited - 1, event)) return false
    if (source === NO_SOURCE) return true
    if (source >= 0 && !this.#put(source, event)) return false
    for (let at = graph.writers[graph.field(event, WORD)]!; at !== 0; at = graph.writerBefore(at)) {
      const other = at - 1
      if (other === source || other === event) continue
      if (this.#comesBefore(other, event)) {
        if (source === INITIAL || !this.#put(other, source)) return false
      } else if ((source === INITIAL || this.#comesBefore(source, other)) && !this.#put(event, other)) return false
    }
    return true
  }

  /** All other writes to a word come before its last one. */
  #deriveLast(word: number, write: number): boolean {
    const graph = this.#graph
    for (let at = graph.writers[word]!; at !== 0; at = graph.writerBefore(at)) {
      if (at - 1 === write) continue
      if (write === INITIAL || !this.#put(at - 1, write)) return false
    }
    return true
  }

  #comesBefore(earlier: number, later: number): boolean {
    const graph = this.#graph
    return this.before[later * this.stride + graph.threadOf(earlier)]! > graph.field(earlier, ORDINAL)
  }

  /** Notes that an event comes before another; returns false if it also comes after it. */
  #put(earlier: number, later: number): boolean {
    const { before, stride } = this
    if (this.#comesBefore(later, earlier)) return false
    const from = earlier * stride
    const to = later * stride
    for (let t = 0; t < stride; t++)
      if (before[from + t]! > before[to + t]!) {
        before[to + t] = before[from + t]!
        this.#isChanged = true
      }
    return true
  }
}
