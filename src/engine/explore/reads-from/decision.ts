import { NO_SOURCE } from './event-graph.js'
import type { Floor } from './floors.js'
import { Going } from './going.js'
import type { Unfolding } from './unfolding.js'

/**
 * A point at which the classes that contain the first `base` events part. For an operation that reads, by where it reads
 * from; for one that waits for its word and takes it, by who is the first to take it; for a choice, by its way. Sources
 * that are not there yet, and others that could take the word, are found while the first ones are explored; each is
 * named by its number in the unfolding, and nothing is taken twice.
 */
export class Decision {
  readonly base: number
  readonly kind: Going
  readonly thread: number
  readonly node: number
  /** Sources among the first events and ways, in pairs, and how many have been taken. */
  readonly options: readonly number[]
  /** The floor of the deciding thread before. */
  readonly floor: Floor
  nextOption = 0
  /** Events that were found later, how many have been taken, and which way of the deciding operation comes next. */
  readonly found: number[] = []
  nextFound = 0
  nextWay = 0
  /** 1 + the latest deciding event on the same word before that is another thread's, or 0. */
  otherBefore = 0
  /** The schedule of the first events, if it has been changed. */
  order: Int32Array | null = null
  readonly #known = new Set<number>()

  constructor(base: number, kind: Going, thread: number, node: number, options: readonly number[], floor: Floor) {
    this.base = base
    this.kind = kind
    this.thread = thread
    this.node = node
    this.options = options
    this.floor = floor
  }

  /** Whether the deciding operation may go on waiting although nobody else changes its word. */
  get mayWait(): boolean {
    return this.kind === Going.Taking && this.options.at(-2) === NO_SOURCE
  }

  /** An estimate of the memory held, in bytes. */
  get bytes(): number {
    return 200 + this.options.length * 8 + this.found.length * 40 + (this.order?.byteLength ?? 0)
  }

  /** Notes an event that may be read from, or that may take the word first. */
  find(number: number, unfolding: Unfolding): void {
    if (this.#known.has(number)) return
    this.#known.add(number)
    unfolding.retain(number)
    this.found.push(number)
  }

  /** Nothing is left to be decided. */
  close(unfolding: Unfolding): void {
    for (const number of this.found) unfolding.release(number)
  }
}
