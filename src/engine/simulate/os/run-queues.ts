import type { SchedulingView } from './policy.js'

/** Which run queues there are: one for each core, or one for all of them. */
export type QueuePlacement = 'per-core' | 'global'

const NOBODY = -1

/**
 * Threads that wait for a core: one queue for each, or one for all. The thread with the smallest key is the first, and among
 * equals the one that came first. Each queue is a binary heap, so that nothing is searched or moved along; a thread is in at most one of them.
 */
export class RunQueues {
  readonly isGlobal: boolean
  readonly #view: SchedulingView
  /** By queue, then by place in its heap. */
  readonly #heaps: number[][]
  // By thread.
  readonly #keys: number[] = []
  readonly #orders: number[] = []
  readonly #places: number[] = []
  readonly #queues: number[] = []
  #sequence = 0
  #core = 0
  readonly #isAllowed = (thread: number): boolean => this.#view.mayRunOn(thread, this.#core)

  constructor(view: SchedulingView, placement: QueuePlacement) {
    this.#view = view
    this.isGlobal = placement === 'global'
    this.#heaps = Array.from({ length: this.isGlobal ? 1 : view.cores }, () => [])
  }

  /** There is one more thread. */
  created(): void {
    this.#keys.push(0.5)
    this.#orders.push(0)
    this.#places.push(NOBODY)
    this.#queues.push(NOBODY)
  }

  /** Puts a thread behind all with the same key. */
  push(thread: number, core: number, key = 0): void {
    this.#orders[thread] = ++this.#sequence
    this.#insert(thread, core, key)
  }

  /** Puts a thread before all with the same key. */
  pushFirst(thread: number, core: number, key = 0): void {
    this.#orders[thread] = -++this.#sequence
    this.#insert(thread, core, key)
  }

  /** Puts a thread where it stood before it was taken: before those with the same key who came after it. */
  putBack(thread: number, core: number, key = 0): void {
    this.#insert(thread, core, key)
  }

  /** The first who may run on a core, who stays in the queue; −1 if there is none. */
  first(core: number): number {
    const heap = this.#heapOf(core)
    if (heap.length === 0) return NOBODY
    // A queue of one core has nobody who may not run there.
    if (!this.isGlobal || this.#view.mayRunOn(heap[0]!, core)) return heap[0]!
    this.#core = core
    return this.firstWhere(core, this.#isAllowed)
  }

  /** The first for whom a condition holds; −1 if there is none. */
  firstWhere(core: number, holds: (thread: number) => boolean): number {
    return this.#search(this.#heapOf(core), 0, NOBODY, holds)
  }

  /** Takes out the first who may run on a core; −1 if there is none. */
  take(core: number): number {
    const thread = this.first(core)
    if (thread !== NOBODY) this.remove(thread)
    return thread
  }

  /** Takes the first who may run on a core out of another core's queue; −1 if there is none. */
  takeFrom(from: number, core: number): number {
    this.#core = core
    const thread = this.firstWhere(from, this.#isAllowed)
    if (thread !== NOBODY) this.remove(thread)
    return thread
  }

  hasWaiting(core: number): boolean {
    return this.first(core) !== NOBODY
  }

  length(core: number): number {
    return this.#heapOf(core).length
  }

  /** Who is at a place from 0 to `length` − 1 of a queue; the order of places says nothing. */
  at(core: number, place: number): number {
    return this.#heapOf(core)[place]!
  }

  isWaiting(thread: number): boolean {
    return this.#places[thread] !== NOBODY
  }

  /** What a thread is, or was last, ordered by. */
  keyOf(thread: number): number {
    return this.#keys[thread]!
  }

  remove(thread: number): void {
    const heap = this.#heaps[this.#queues[thread]!]!
    const place = this.#places[thread]!
    this.#places[thread] = NOBODY
    const last = heap.pop()!
    if (last === thread) return
    this.#settle(heap, last, place)
  }

  /** Gives a thread that waits another key. */
  rekey(thread: number, key: number): void {
    this.#keys[thread] = key
    this.#settle(this.#heaps[this.#queues[thread]!]!, thread, this.#places[thread]!)
  }

  /** Adds the same to the keys of all who wait, so that their order stays. */
  shiftAll(difference: number): void {
    for (const heap of this.#heaps) for (let i = 0; i < heap.length; i++) this.#keys[heap[i]!]! += difference
  }

  /** Takes out all who wait, in their order, queue by queue. */
  drain(): number[] {
    const threads: number[] = []
    for (const heap of this.#heaps)
      while (heap.length > 0) {
        threads.push(heap[0]!)
        this.remove(heap[0]!)
      }
    return threads
  }

  /** The core of the queue a thread waits or waited in last; 0 if there is one queue for all. */
  queueOf(thread: number): number {
    return this.#queues[thread]!
  }

  #heapOf(core: number): number[] {
    return this.#heaps[this.isGlobal ? 0 : core]!
  }

  #insert(thread: number, core: number, key: number): void {
    const queue = this.isGlobal ? 0 : core
    const heap = this.#heaps[queue]!
    this.#keys[thread] = key
    this.#queues[thread] = queue
    heap.push(thread)
    this.#rise(heap, thread, heap.length - 1)
  }

  #isBefore(a: number, b: number): boolean {
    const keyA = this.#keys[a]!
    const keyB = this.#keys[b]!
    return keyA < keyB || (keyA === keyB && this.#orders[a]! < this.#orders[b]!)
  }

  /** Puts a thread at a place, or where it belongs from there. */
  #settle(heap: number[], thread: number, place: number): void {
    if (place > 0 && this.#isBefore(thread, heap[(place - 1) >> 1]!)) this.#rise(heap, thread, place)
    else this.#sink(heap, thread, place)
  }

  #rise(heap: number[], thread: number, from: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#isBefore(thread, heap[parent]!)) break
      this.#put(heap, heap[parent]!, place)
      place = parent
    }
    this.#put(heap, thread, place)
  }

  #sink(heap: number[], thread: number, from: number): void {
    let place = from
    for (;;) {
      let child = 2 * place + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!this.#isBefore(heap[child]!, thread)) break
      this.#put(heap, heap[child]!, place)
      place = child
    }
    this.#put(heap, thread, place)
  }

  #put(heap: number[], thread: number, place: number): void {
    heap[place] = thread
    this.#places[thread] = place
  }

  /** Below a thread that is later than the best so far nobody is earlier. */
  #search(heap: number[], place: number, best: number, holds: (thread: number) => boolean): number {
    if (place >= heap.length || (best !== NOBODY && !this.#isBefore(heap[place]!, best))) return best
    if (holds(heap[place]!)) return heap[place]!
    return this.#search(heap, 2 * place + 2, this.#search(heap, 2 * place + 1, best, holds), holds)
  }
}
