import type { Steps } from '../engine/operation.js'
import { type Attempt, attempting, settle, settled, succeeded } from './attempt.js'
import { Empty, QUEUE_ERRORS } from './queue-errors.js'
import type { WaitOptions } from './semaphore.js'
import { withTimeout } from './timed.js'
import { StatefulObject, type Transition } from './transition.js'

/**
 * An unbounded queue, first in, first out, that counts no tasks: Python's `queue.SimpleQueue`. `put` never waits; `get`
 * waits while it is empty.
 *
 * Declared by `p.simpleQueue(name)`. Every operation is one step.
 */
export class SimpleQueue<T> extends StatefulObject<readonly T[]> {
  readonly kind = 'simple queue'
  /** In properties it shows its items, those to be taken next first. */
  declare readonly contentType?: readonly T[]

  /** Adds an item. */
  put(item: T): Steps<void> {
    return this.perform(putting('put', item))
  }

  /** Adds an item: the same as `put`, which never waits. */
  putNowait(item: T): Steps<void> {
    return this.perform(putting('putNowait', item))
  }

  /**
   * Takes an item, waiting while there is none.
   *
   * @param options.timeout seconds to wait at most.
   * @throws Empty if the time has passed.
   */
  *get({ timeout }: WaitOptions = {}): Steps<T> {
    const getting = { ...this.#get('get'), ways: (items: readonly T[]) => (items.length > 0 ? 1 : 0) }
    if (timeout === undefined) return settle(yield* this.perform(getting), QUEUE_ERRORS)
    const ended = yield* withTimeout(this.operation(getting), timeout)
    if (ended.timedOut) throw new Empty(`simple queue “${this.name}” is still empty after ${timeout} s`)
    return settle(ended.result, QUEUE_ERRORS)
  }

  /**
   * Takes an item if there is one.
   *
   * @throws Empty if there is none.
   */
  getNowait(): Steps<T> {
    return settled(this.perform(this.#get('getNowait')), QUEUE_ERRORS)
  }

  /** Whether it is empty now. */
  empty(): Steps<boolean> {
    return this.perform({ name: 'empty', step: (state) => ({ state, result: state.length === 0 }) })
  }

  /** How many items it holds now. */
  qsize(): Steps<number> {
    return this.perform({ name: 'qsize', step: (state) => ({ state, result: state.length }) })
  }

  #get(name: string): Transition<readonly T[], Attempt<T>> {
    return attempting({
      name,
      step: (items) => {
        if (items.length > 0) return { state: items.slice(1), result: succeeded(items[0]!) }
        return { state: items, result: { error: 'Empty', message: `simple queue “${this.name}” is empty` } }
      },
    })
  }
}

function putting<T>(name: string, item: T): Transition<readonly T[], void> {
  return { name, args: [item], step: (items) => ({ state: [...items, item], result: undefined }) }
}
