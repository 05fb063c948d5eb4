import type { Policy, SchedulingView } from './policy.js'
import { type QueuePlacement, RunQueues } from './run-queues.js'
import type { Reason } from './thread-state.js'

/** A policy with run queues, in the order of arrival, that never takes a core from anybody: others differ from it. */
export abstract class QueuedPolicy implements Policy {
  abstract readonly name: string
  readonly isGlobal: boolean
  protected readonly view: SchedulingView
  protected readonly queues: RunQueues

  constructor(view: SchedulingView, placement: QueuePlacement) {
    this.view = view
    this.queues = new RunQueues(view, placement)
    this.isGlobal = this.queues.isGlobal
  }

  created(_thread: number): void {
    this.queues.created()
  }

  enqueue(thread: number, core: number, _reason: Reason): void {
    this.queues.push(thread, core)
  }

  pick(core: number): number {
    return this.queues.take(core)
  }

  hasWaiting(core: number): boolean {
    return this.queues.hasWaiting(core)
  }

  steal(core: number, from: number): number {
    return this.queues.takeFrom(from, core)
  }

  load(core: number): number {
    return this.queues.length(core)
  }

  slice(_thread: number, _core: number): number {
    return Infinity
  }

  ran(_thread: number, _core: number, _duration: number): void {}

  expires(_thread: number, core: number): boolean {
    return this.hasWaiting(core)
  }

  preempts(_waking: number, _running: number, _core: number): boolean {
    return false
  }

  leaves(_thread: number, _core: number): void {}
}
