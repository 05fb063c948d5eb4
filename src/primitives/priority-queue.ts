import { type Failed, succeeded } from './attempt.js'
import { Incomparable } from './comparison.js'
import { popped, pushed } from './heap.js'
import { type Added, Queue, type Taken } from './queue.js'

/**
 * A queue from which the least item is taken first: Python's `queue.PriorityQueue`. In everything but the order it is a
 * `Queue`. Items are compared as Python compares them: numbers by size, strings by code points, arrays like tuples, by
 * the first elements that differ. Equal ones come out in the order in which they come out of Python's `heapq`.
 *
 * Items that have no order (a number and a string, two objects) are a TypeError inside the thread that puts or gets, and
 * the queue is left as CPython leaves it: with an item that could not be put in its place, without one that could not be got.
 *
 * Declared by `p.priorityQueue(name, { maxsize })`. In properties it shows its items as `heapq` keeps them, the least first.
 */
export class PriorityQueue<T> extends Queue<T> {
  override readonly kind = 'priority queue'

  protected override added(items: readonly T[], item: T): Added<T> {
    const { heap, failure } = pushed(items, item)
    return { items: heap as readonly T[], ...(failure !== undefined && { failure: this.#typeError(failure) }) }
  }

  protected override taken(items: readonly T[]): Taken<T> {
    const { heap, failure } = popped(items)
    const taken = failure === undefined ? succeeded(items[0]!) : this.#typeError(failure)
    return { items: heap as readonly T[], taken }
  }

  #typeError(failure: unknown): Failed {
    if (!(failure instanceof Incomparable)) throw failure
    return { error: 'TypeError', message: `in ${this.kind} “${this.name}”, ${failure.message}` }
  }
}
