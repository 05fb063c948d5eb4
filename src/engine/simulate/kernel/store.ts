import type { Environment } from './environment.js'
import { KernelError } from './kernel-error.js'
import { Occurrence } from './occurrence.js'
import { FifoLine, type Linked } from './waiting-line.js'

/** Fires when the item is in the store. Made by `Store.put`. */
export class StorePut<T> extends Occurrence<void> implements Linked<StorePut<T>> {
  readonly item: T
  /** Only the store writes it. */
  isWithdrawn = false
  before: StorePut<T> | null = null
  behind: StorePut<T> | null = null

  constructor(env: Environment, item: T) {
    super(env)
    this.item = item
  }

  /** Called by the store. */
  accept(): void {
    this.settleWith(undefined)
  }
}

/** Fires with an item out of the store. Made by `Store.get`. */
export class StoreGet<T> extends Occurrence<T> implements Linked<StoreGet<T>> {
  /** Only the store writes it. */
  isWithdrawn = false
  before: StoreGet<T> | null = null
  behind: StoreGet<T> | null = null

  /** Called by the store. */
  hand(item: T): void {
    this.settleWith(item)
  }
}

/** Items between those who put them in and those who get them out, in the order in which they came: both may have to wait. */
export class Store<T> {
  readonly env: Environment
  /** How many items it holds at most. */
  readonly capacity: number
  readonly #items: T[] = []
  /** The items before this one are gone. */
  #head = 0
  readonly #puts = new FifoLine<StorePut<T>>()
  readonly #gets = new FifoLine<StoreGet<T>>()

  /** @throws KernelError `kernel/capacity` if the capacity is no whole number from 1 on. */
  constructor(env: Environment, capacity = Infinity) {
    if (!(capacity >= 1 && (capacity === Infinity || Number.isInteger(capacity)))) {
      throw new KernelError('kernel/capacity', `A store holds 1 item or more, not ${capacity}.`)
    }
    this.env = env
    this.capacity = capacity
  }

  /** How many items are in it. */
  get size(): number {
    return this.#items.length - this.#head
  }

  /** Puts an item in, as soon as there is room. */
  put(item: T): StorePut<T> {
    const put = new StorePut(this.env, item)
    this.#puts.add(put)
    this.#serve()
    return put
  }

  /** Gets the item that has been there for the longest time, as soon as there is one. */
  get(): StoreGet<T> {
    const get = new StoreGet<T>(this.env)
    this.#gets.add(get)
    this.#serve()
    return get
  }

  /** Whoever waits does not want to any more; false if it has happened, or was withdrawn, before. */
  withdraw(waiting: StorePut<T> | StoreGet<T>): boolean {
    if (!waiting.isPending || waiting.isWithdrawn) return false
    waiting.isWithdrawn = true
    if (waiting instanceof StorePut) this.#puts.remove(waiting)
    else this.#gets.remove(waiting)
    return true
  }

  #serve(): void {
    for (;;) {
      if (this.size < this.capacity && this.#puts.size > 0) {
        const put = this.#puts.take()!
        this.#items.push(put.item)
        put.accept()
      } else if (this.size > 0 && this.#gets.size > 0) {
        this.#gets.take()!.hand(this.#takeItem())
      } else {
        return
      }
    }
  }

  #takeItem(): T {
    const item = this.#items[this.#head++]!
    // Half of the array at once: so each item is moved a constant number of times.
    if (2 * this.#head > this.#items.length) {
      this.#items.splice(0, this.#head)
      this.#head = 0
    }
    return item
  }
}
