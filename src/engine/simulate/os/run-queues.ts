import type { SchedulingView } from './policy.js'

/** Which run queues there are: one for each core, or one for all of them. */
export type QueuePlacement = 'per-core' | 'global'

/** Threads that wait for a core, in the order in which they came: one queue for each core, or one for all. */
export class RunQueues {
  readonly #view: SchedulingView
  readonly #queues: number[][]
  readonly #isGlobal: boolean

  constructor(view: SchedulingView, placement: QueuePlacement) {
    this.#view = view
    this.#isGlobal = placement === 'global'
    this.#queues = Array.from({ length: this.#isGlobal ? 1 : view.cores }, () => [])
  }

  /** Those who wait for a core, the first first. */
  of(core: number): readonly number[] {
    return this.#queues[this.#isGlobal ? 0 : core]!
  }

  push(thread: number, core: number): void {
    this.#at(core).push(thread)
  }

  pushFirst(thread: number, core: number): void {
    this.#at(core).unshift(thread)
  }

  /** Takes the best that may run on the core: the one for which `isBetter` holds against all before it. −1 if there is none. */
  take(core: number, isBetter: (thread: number, than: number) => boolean = never): number {
    return this.#takeFrom(this.#at(core), core, isBetter)
  }

  hasWaiting(core: number): boolean {
    const queue = this.#at(core)
    for (let i = 0; i < queue.length; i++) if (this.#view.mayRunOn(queue[i]!, core)) return true
    return false
  }

  /** Takes one from the longest of the other queues who may run on this core; −1 if there is none. */
  steal(core: number, isBetter: (thread: number, than: number) => boolean = never): number {
    if (this.#isGlobal) return -1
    let from: number[] | null = null
    for (let other = 0; other < this.#queues.length; other++) {
      const queue = this.#queues[other]!
      if (other === core || (from !== null && queue.length <= from.length)) continue
      if (queue.some((thread) => this.#view.mayRunOn(thread, core))) from = queue
    }
    return from === null ? -1 : this.#takeFrom(from, core, isBetter)
  }

  remove(thread: number): void {
    for (const queue of this.#queues) {
      const at = queue.indexOf(thread)
      if (at >= 0) queue.splice(at, 1)
    }
  }

  length(core: number): number {
    return this.#at(core).length
  }

  #at(core: number): number[] {
    return this.#queues[this.#isGlobal ? 0 : core]!
  }

  #takeFrom(queue: number[], core: number, isBetter: (thread: number, than: number) => boolean): number {
    let best = -1
    for (let i = 0; i < queue.length; i++) {
      if (!this.#view.mayRunOn(queue[i]!, core)) continue
      if (best === -1 || isBetter(queue[i]!, queue[best]!)) best = i
    }
    if (best === -1) return -1
    const [thread] = queue.splice(best, 1)
    return thread!
  }
}

const never = (): boolean => false
