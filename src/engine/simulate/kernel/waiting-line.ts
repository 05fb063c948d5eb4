import { EventQueue } from './event-queue.js'
import type { EventId } from './event-slots.js'

/** In which order those who wait are served. */
export interface WaitingLine<T> {
  readonly size: number
  add(item: T): void
  /** Takes out whoever is next; null if nobody waits. */
  take(): T | null
  /** Takes somebody out who does not want to wait any more. */
  remove(item: T): void
}

/** What stands in a `FifoLine` holds on to its neighbours. */
export interface Linked<T> {
  before: T | null
  behind: T | null
}

/** First come, first served. Every operation takes constant time. */
export class FifoLine<T extends Linked<T>> implements WaitingLine<T> {
  #first: T | null = null
  #last: T | null = null
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Who is next; null if nobody waits. */
  get first(): T | null {
    return this.#first
  }

  add(item: T): void {
    item.before = this.#last
    if (this.#last === null) this.#first = item
    else this.#last.behind = item
    this.#last = item
    this.#size++
  }

  take(): T | null {
    const item = this.#first
    if (item !== null) this.remove(item)
    return item
  }

  remove(item: T): void {
    const { before, behind } = item
    if (before === null) this.#first = behind
    else before.behind = behind
    if (behind === null) this.#last = before
    else behind.before = before
    item.before = null
    item.behind = null
    this.#size--
  }
}

/** The lowest `priority` first; first come, first served among equals. */
export class PriorityLine<T extends { readonly priority: number }> implements WaitingLine<T> {
  // The kernel's queue, with priorities in place of times.
  readonly #queue = new EventQueue()
  readonly #items: (T | null)[] = []
  readonly #ids = new Map<T, EventId>()

  get size(): number {
    return this.#queue.size
  }

  add(item: T): void {
    const slot = this.#queue.add(item.priority, 0)
    this.#items[slot] = item
    this.#ids.set(item, this.#queue.idOf(slot))
  }

  take(): T | null {
    const slot = this.#queue.take()
    if (slot === -1) return null
    const item = this.#items[slot]!
    this.#items[slot] = null
    this.#ids.delete(item)
    return item
  }

  remove(item: T): void {
    this.#queue.cancel(this.#ids.get(item)!)
    this.#ids.delete(item)
  }
}
