import { IntPages } from '../int-pages.js'

/** Ways are fewer than 2^15 and threads fewer than 2^16. */
const THREAD_BITS = 16
const THREAD_MASK = (1 << THREAD_BITS) - 1

/** A step of a schedule in one integer. */
export function packStep(thread: number, way: number): number {
  return (way << THREAD_BITS) | thread
}

export function threadOf(step: number): number {
  return step & THREAD_MASK
}

export function wayOf(step: number): number {
  return step >>> THREAD_BITS
}

/** Many schedules that share their beginnings, as a tree; node 0 is the schedule without steps. */
export class ScheduleTree {
  readonly #parents = new IntPages()
  readonly #steps = new IntPages()

  constructor() {
    this.add(-1, 0)
  }

  get bytes(): number {
    return this.#parents.bytes + this.#steps.bytes
  }

  /** The schedule `parent` with one more step. */
  add(parent: number, step: number): number {
    this.#parents.push(parent)
    this.#steps.push(step)
    return this.#parents.length - 1
  }

  step(node: number): number {
    return this.#steps.get(node)
  }

  /** The nodes from the root to a node. */
  pathTo(node: number): number[] {
    const path: number[] = []
    for (let at = node; at !== -1; at = this.#parents.get(at)) path.push(at)
    return path.reverse()
  }
}
