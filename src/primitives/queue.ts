import { MisuseError } from '../engine/errors.js'
import type { Steps } from '../engine/operation.js'
import { type Attempt, attempting, type Failed, settle, settled, succeeded } from './attempt.js'
import { Empty, Full, QUEUE_ERRORS } from './queue-errors.js'
import type { WaitOptions } from './semaphore.js'
import { withTimeout } from './timed.js'
import { StatefulObject, type Transition } from './transition.js'

/** What a queue holds, and for how many of the items that were put nobody has said `taskDone` yet. */
export interface QueueState<T> {
  readonly items: readonly T[]
  readonly unfinished: number
}

/** The items of a queue after one was added; a failure leaves what it left. */
export interface Added<T> {
  readonly items: readonly T[]
  readonly failure?: Failed
}

/** The items of a queue after one was taken, and what the taker gets. */
export interface Taken<T> {
  readonly items: readonly T[]
  readonly taken: Attempt<T>
}

/**
 * A queue, first in, first out, with the semantics of Python's `queue.Queue`: any number of threads put and get; `put` waits
 * while the queue is full, `get` while it is empty, and who of those who wait goes first is not determined. `join` waits
 * until `taskDone` has been said as often as items were put.
 *
 * Declared by `p.queue(name, { maxsize })`. Every operation is one step.
 */
export class Queue<T> extends StatefulObject<QueueState<T>> {
  readonly kind: string = 'queue'
  /** The number of items it holds at most; 0 = any number. */
  readonly maxsize: number
  /** In properties a queue shows its items, those to be taken next first, and the number of unfinished tasks. */
  declare readonly contentType?: QueueState<T>

  constructor(name: string, word: number, maxsize: number) {
    super(name, word)
    this.maxsize = maxsize
  }

  /**
   * Adds an item, waiting while the queue is full.
   *
   * @param options.timeout seconds to wait at most.
   * @throws Full if the time has passed.
   */
  *put(item: T, { timeout }: WaitOptions = {}): Steps<void> {
    const putting = { ...this.#put('put', item), ways: (state: QueueState<T>) => (this.#isFull(state) ? 0 : 1) }
    if (timeout === undefined) return settle(yield* this.perform(putting), QUEUE_ERRORS)
    const ended = yield* withTimeout(this.operation(putting), timeout)
    if (ended.timedOut) throw new Full(`queue “${this.name}” is still full after ${timeout} s`)
    return settle(ended.result, QUEUE_ERRORS)
  }

  /**
   * Takes an item, waiting while the queue is empty.
   *
   * @param options.timeout seconds to wait at most.
   * @throws Empty if the time has passed.
   */
  *get({ timeout }: WaitOptions = {}): Steps<T> {
    const getting = { ...this.#get('get'), ways: ({ items }: QueueState<T>) => (items.length > 0 ? 1 : 0) }
    if (timeout === undefined) return settle(yield* this.perform(getting), QUEUE_ERRORS)
    const ended = yield* withTimeout(this.operation(getting), timeout)
    if (ended.timedOut) throw new Empty(`queue “${this.name}” is still empty after ${timeout} s`)
    return settle(ended.result, QUEUE_ERRORS)
  }

  /**
   * Adds an item if there is room.
   *
   * @throws Full if there is none.
   */
  putNowait(item: T): Steps<void> {
    return settled(this.perform(this.#put('putNowait', item)), QUEUE_ERRORS)
  }

  /**
   * Takes an item if there is one.
   *
   * @throws Empty if there is none.
   */
  getNowait(): Steps<T> {
    return settled(this.perform(this.#get('getNowait')), QUEUE_ERRORS)
  }

  /**
   * Says that an item that was taken has been dealt with.
   *
   * @throws MisuseError inside the thread if it has been said for every item that was put.
   */
  taskDone(): Steps<void> {
    return this.perform({
      name: 'taskDone',
      step: ({ items, unfinished }) => {
        if (unfinished === 0)
          throw new MisuseError(`taskDone is said to ${this.kind} “${this.name}” more often than items were put`)
        return { state: { items, unfinished: unfinished - 1 }, result: undefined }
      },
    })
  }

  /** Waits until all items that were put have been dealt with. */
  join(): Steps<void> {
    return this.perform({
      name: 'join',
      ways: ({ unfinished }) => (unfinished === 0 ? 1 : 0),
      step: (state) => ({ state, result: undefined }),
    })
  }

  /** Whether it is empty now. By the time the answer is looked at, it may not be true any more. */
  empty(): Steps<boolean> {
    return this.perform({ name: 'empty', step: (state) => ({ state, result: state.items.length === 0 }) })
  }

  /** Whether it is full now; never if it is unbounded. By the time the answer is looked at, it may not be true any more. */
  full(): Steps<boolean> {
    return this.perform({ name: 'full', step: (state) => ({ state, result: this.#isFull(state) }) })
  }

  /** How many items it holds now. By the time the answer is looked at, it may not be true any more. */
  qsize(): Steps<number> {
    return this.perform({ name: 'qsize', step: (state) => ({ state, result: state.items.length }) })
  }

  /** The items with another one among them. A pure function. */
  protected added(items: readonly T[], item: T): Added<T> {
    return { items: [...items, item] }
  }

  /** The item to be taken from some, and the rest of them. A pure function. */
  protected taken(items: readonly T[]): Taken<T> {
    return { items: items.slice(1), taken: succeeded(items[0]!) }
  }

  #isFull({ items }: QueueState<T>): boolean {
    return this.maxsize > 0 && items.length >= this.maxsize
  }

  #put(name: string, item: T): Transition<QueueState<T>, Attempt<void>> {
    return attempting({
      name,
      args: [item],
      step: (state) => {
        if (this.#isFull(state)) return { state, result: failed('Full', `queue “${this.name}” is full`) }
        const { items, failure } = this.added(state.items, item)
        // CPython counts an item once it is in its place.
        if (failure !== undefined) return { state: { items, unfinished: state.unfinished }, result: failure }
        return { state: { items, unfinished: state.unfinished + 1 }, result: succeeded(undefined) }
      },
    })
  }

  #get(name: string): Transition<QueueState<T>, Attempt<T>> {
    return attempting({
      name,
      step: (state) => {
        if (state.items.length === 0) return { state, result: failed('Empty', `queue “${this.name}” is empty`) }
        const { items, taken } = this.taken(state.items)
        return { state: { items, unfinished: state.unfinished }, result: taken }
      },
    })
  }
}

function failed(error: keyof typeof QUEUE_ERRORS, message: string): Failed {
  return { error, message }
}
