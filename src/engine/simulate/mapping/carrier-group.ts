import type { Carrier } from './carrier.js'
import { FifoQueue } from './fifo-queue.js'

/** The carriers of one process, and the queue that all of them take from: user threads stay within their process. */
export class CarrierGroup {
  readonly carriers: Carrier[] = []
  readonly queue = new FifoQueue()

  /** How many carriers run or could run. */
  get active(): number {
    let active = 0
    for (const { isParked } of this.carriers) if (!isParked) active++
    return active
  }

  /** One that waits for work, if there is one. */
  get idle(): Carrier | undefined {
    return this.carriers.find((carrier) => carrier.isIdle)
  }
}
