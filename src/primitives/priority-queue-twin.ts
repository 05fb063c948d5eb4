import type { Steps } from '../engine/operation.js'
import { Incomparable, isLess } from './comparison.js'
import { QUEUE_ERRORS } from './queue-errors.js'
import { QueueTwin } from './queue-twin.js'

/** The algorithm of a queue from which the least item is taken: a heap of cells, as CPython's `heapq` keeps it. Its contract is `PriorityQueue`. */
export class PriorityQueueTwin<T> extends QueueTwin<T> {
  override readonly kind = 'priority queue'

  protected override *add(item: T): Steps<void> {
    const count = yield* this.count.read()
    yield* this.items(count).write(item)
    yield* this.count.write(count + 1)
    yield* this.#siftDown(item, count)
  }

  protected override *take(): Steps<T> {
    const count = (yield* this.count.read()) - 1
    const last = yield* this.items(count).read()
    yield* this.count.write(count)
    if (count === 0) return last
    const least = yield* this.items(0).read()
    yield* this.items(0).write(last)
    yield* this.#siftUp(last, count)
    return least
  }

  /** Moves the item at `from` towards the root, past every parent that it is less than. */
  *#siftDown(item: T, from: number): Steps<void> {
    for (let at = from; at > 0;) {
      const above = (at - 1) >> 1
      const parent = yield* this.items(above).read()
      if (!this.#isLess(item, parent)) return
      yield* this.items(at).write(parent)
      yield* this.items(above).write(item)
      at = above
    }
  }

  /** Moves the root down to a leaf, past the lesser child each time, and from there to its place. */
  *#siftUp(item: T, count: number): Steps<void> {
    let at = 0
    while (2 * at + 1 < count) {
      let below = 2 * at + 1
      let child = yield* this.items(below).read()
      if (below + 1 < count) {
        const other = yield* this.items(below + 1).read()
        if (!this.#isLess(child, other)) [below, child] = [below + 1, other]
      }
      yield* this.items(at).write(child)
      yield* this.items(below).write(item)
      at = below
    }
    yield* this.#siftDown(item, at)
  }

  #isLess(a: T, b: T): boolean {
    try {
      return isLess(a, b)
    } catch (failure) {
      if (!(failure instanceof Incomparable)) throw failure
      throw new QUEUE_ERRORS['TypeError']!(`in ${this.kind} “${this.name}”, ${failure.message}`)
    }
  }
}
