import type { Steps } from '../engine/operation.js'
import { QueueTwin } from './queue-twin.js'

/** The algorithm of a queue, last in, first out: a stack of cells instead of a ring. Its contract is `LifoQueue`. */
export class LifoQueueTwin<T> extends QueueTwin<T> {
  override readonly kind = 'LIFO queue'

  protected override *add(item: T): Steps<void> {
    const count = yield* this.count.read()
    yield* this.items(count).write(item)
    yield* this.count.write(count + 1)
  }

  protected override *take(): Steps<T> {
    const count = (yield* this.count.read()) - 1
    const item = yield* this.items(count).read()
    yield* this.count.write(count)
    return item
  }
}
