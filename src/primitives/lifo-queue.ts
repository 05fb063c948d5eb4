import { succeeded } from './attempt.js'
import { Queue, type Taken } from './queue.js'

/**
 * A queue, last in, first out: Python's `queue.LifoQueue`. In everything but the order it is a `Queue`.
 *
 * Declared by `p.lifoQueue(name, { maxsize })`. In properties it shows what is to be taken next last.
 */
export class LifoQueue<T> extends Queue<T> {
  override readonly kind = 'LIFO queue'

  protected override taken(items: readonly T[]): Taken<T> {
    return { items: items.slice(0, -1), taken: succeeded(items.at(-1)!) }
  }
}
