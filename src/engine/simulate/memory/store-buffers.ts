import type { MemoryConfig } from './memory-config.js'

/** The store misses that each core has under way (not used if there can be none). They are done in order. */
export class StoreBuffers {
  readonly #room: number
  /** When each of the last `room` store misses of a core is done, in a ring. */
  readonly #done: Float64Array
  readonly #next: Int32Array
  readonly #lastDone: Float64Array

  constructor({ cores, store }: MemoryConfig) {
    this.#room = store.outstanding
    this.#done = new Float64Array(cores * store.outstanding)
    this.#next = new Int32Array(cores)
    this.#lastDone = new Float64Array(cores)
  }

  /** Takes a store whose line is there `wait` ps from now. Returns how long the core waits until there is room for it. */
  add(core: number, now: number, wait: number): number {
    const next = this.#next[core]!
    const slot = core * this.#room + next
    const stall = Math.max(0, this.#done[slot]! - now)
    const done = Math.max(this.#lastDone[core]!, now + stall + wait)
    this.#done[slot] = done
    this.#lastDone[core] = done
    this.#next[core] = next + 1 === this.#room ? 0 : next + 1
    return stall
  }

  /** How long it takes until all stores of the core are done. */
  drain(core: number, now: number): number {
    return Math.max(0, this.#lastDone[core]! - now)
  }
}
