import { EntrelacsError } from '../engine/errors.js'
import type { ErrorKinds } from './attempt.js'

/** Thrown inside a thread that puts into a full queue and does not wait, or waits no longer: Python's `queue.Full`. */
export class Full extends EntrelacsError {
  constructor(message: string) {
    super('queue/full', message)
  }
}

/** Thrown inside a thread that gets from an empty queue and does not wait, or waits no longer: Python's `queue.Empty`. */
export class Empty extends EntrelacsError {
  constructor(message: string) {
    super('queue/empty', message)
  }
}

/** What operations on queues fail with. */
export const QUEUE_ERRORS: ErrorKinds = { Full, Empty, TypeError }
