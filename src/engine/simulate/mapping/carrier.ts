import type { CarrierGroup } from './carrier-group.js'
import { FifoQueue } from './fifo-queue.js'

export const NOBODY = -1

/** A thread of the operating system that carries threads of the program, one at a time. */
export class Carrier {
  readonly kernelThread: number
  readonly group: CarrierGroup
  /** Whom it carries. */
  current = NOBODY
  /** Those who wait for it. */
  readonly queue = new FifoQueue()
  picks = 0
  /** Since when it carries the current one, for slices. */
  since = 0
  /** It is changing to whom it carries. */
  isSwitching = false
  /** It waits: for work, or along with whom it carries. */
  isParked = false

  constructor(kernelThread: number, group: CarrierGroup) {
    this.kernelThread = kernelThread
    this.group = group
  }

  /** Whether it waits for work. */
  get isIdle(): boolean {
    return this.isParked && this.current === NOBODY
  }
}
