import { grownTo } from '../dpor/grown-array.js'

/** Below which event an operation must not read, and for which operation of its thread that holds. */
export interface Floor {
  readonly event: number
  readonly owner: number
}

/**
 * By thread: the event below which its pending operation must not read, because the classes in which it does are explored
 * elsewhere. A floor goes with one operation of the thread, known by the event before it (`latest`, counted from 1).
 */
export class Floors {
  #events = new Int32Array(8)
  #owners = new Int32Array(8)

  /** The floor of a thread that has come as far as `latest`; −1 if it has none. */
  of(thread: number, latest: number): number {
    return this.#owners[thread] === latest + 1 ? this.#events[thread]! : -1
  }

  /** The pending operation of a thread is not to read from any event before this one. */
  raise(thread: number, latest: number, event: number): void {
    this.restore(thread, { event, owner: latest + 1 })
  }

  /** What is said about a thread, to be restored. */
  save(thread: number): Floor {
    return { event: this.#events[thread] ?? 0, owner: this.#owners[thread] ?? 0 }
  }

  /** Puts a floor back. */
  restore(thread: number, { event, owner }: Floor): void {
    if (thread >= this.#events.length) {
      this.#events = grownTo(this.#events, thread * 2)
      this.#owners = grownTo(this.#owners, thread * 2)
    }
    this.#events[thread] = event
    this.#owners[thread] = owner
  }
}
