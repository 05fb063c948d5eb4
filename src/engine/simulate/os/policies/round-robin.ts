import type { MakePolicy, Policy, SchedulingView } from '../policy.js'
import { type QueuePlacement, RunQueues } from '../run-queues.js'

/** What round-robin can be told. */
export interface RoundRobinOptions {
  /** How long a thread runs before its turn is over, in picoseconds. Linux: 100 ms for SCHED_RR. */
  readonly quantum: number
  readonly queues?: QueuePlacement
}

/** Everybody in turn, for a quantum each. */
export function roundRobin({ quantum, queues = 'per-core' }: RoundRobinOptions): MakePolicy {
  return (view) => new InTurn('round-robin', view, quantum, queues)
}

/** Whoever came first, until it blocks or ends. */
export function fifo({ queues = 'per-core' }: { readonly queues?: QueuePlacement } = {}): MakePolicy {
  return (view) => new InTurn('fifo', view, Infinity, queues)
}

class InTurn implements Policy {
  readonly name: string
  readonly #queues: RunQueues
  readonly #quantum: number

  constructor(name: string, view: SchedulingView, quantum: number, placement: QueuePlacement) {
    this.name = name
    this.#queues = new RunQueues(view, placement)
    this.#quantum = quantum
  }

  enqueue(thread: number, core: number): void {
    this.#queues.push(thread, core)
  }

  pick(core: number): number {
    return this.#queues.take(core)
  }

  hasWaiting(core: number): boolean {
    return this.#queues.hasWaiting(core)
  }

  steal(core: number): number {
    return this.#queues.steal(core)
  }

  load(core: number): number {
    return this.#queues.length(core)
  }

  slice(): number {
    return this.#quantum
  }

  ran(): void {}

  expires(): boolean {
    return true
  }

  preempts(): boolean {
    return false
  }

  leaves(): void {}
}
