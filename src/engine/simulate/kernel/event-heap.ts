import { doubled, type EventSlots } from './event-slots.js'

/**
 * Events as a heap with four children a node: half as deep as a binary one, and the children lie side by side.
 *
 * What is removed first leaves a hole at the root. Most events schedule one other, which then sinks from there: one walk
 * through the heap instead of two.
 */
export class EventHeap {
  readonly #slots: EventSlots
  #heap = new Int32Array(64)
  /** The hole included. */
  #length = 0
  #hasHole = false

  constructor(slots: EventSlots) {
    this.#slots = slots
  }

  get size(): number {
    return this.#hasHole ? this.#length - 1 : this.#length
  }

  /** The slot of the first event; −1 if there is none. */
  get first(): number {
    if (this.#hasHole) this.#fillHole()
    return this.#length === 0 ? -1 : this.#heap[0]!
  }

  /** Takes out what `first` has told of. */
  removeFirst(): void {
    this.#hasHole = true
  }

  add(slot: number): void {
    if (this.#hasHole) {
      this.#hasHole = false
      this.#sink(slot)
      return
    }
    if (this.#length === this.#heap.length) this.#heap = doubled(this.#heap)
    this.#rise(this.#length++, slot)
  }

  /** Empties the heap; what was in it comes in no order. */
  drain(take: (slot: number) => void): void {
    if (this.#hasHole) this.#fillHole()
    const length = this.#length
    this.#length = 0
    for (let place = 0; place < length; place++) take(this.#heap[place]!)
  }

  #fillHole(): void {
    this.#hasHole = false
    const last = --this.#length
    if (last > 0) this.#sink(this.#heap[last]!)
  }

  #rise(from: number, slot: number): void {
    const heap = this.#heap
    const slots = this.#slots
    let place = from
    while (place > 0) {
      const parentPlace = (place - 1) >> 2
      const parent = heap[parentPlace]!
      if (slots.isBefore(parent, slot)) break
      heap[place] = parent
      place = parentPlace
    }
    heap[place] = slot
  }

  #sink(slot: number): void {
    const heap = this.#heap
    const slots = this.#slots
    const length = this.#length
    let place = 0
    for (;;) {
      const start = 4 * place + 1
      if (start >= length) break
      const end = Math.min(start + 4, length)
      let childPlace = start
      let child = heap[start]!
      for (let other = start + 1; other < end; other++) {
        if (slots.isBefore(heap[other]!, child)) {
          childPlace = other
          child = heap[other]!
        }
      }
      if (slots.isBefore(slot, child)) break
      heap[place] = child
      place = childPlace
    }
    heap[place] = slot
  }
}
