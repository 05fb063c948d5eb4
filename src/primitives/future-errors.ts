import { EntrelacsError } from '../engine/errors.js'

/** Thrown inside a thread that asks for the result of a future that was cancelled: Python's `concurrent.futures.CancelledError`. */
export class CancelledError extends EntrelacsError {
  constructor(message = 'the future was cancelled') {
    super('future/cancelled', message)
  }
}

/** Thrown inside a thread that has waited for a future for too long: Python's `TimeoutError`. */
export class TimeoutError extends EntrelacsError {
  constructor(message = 'the time is over') {
    super('future/timeout', message)
  }
}

/** Thrown inside a thread that completes a future twice: Python's `concurrent.futures.InvalidStateError`. */
export class InvalidStateError extends EntrelacsError {
  constructor(message = 'the future is not in that state') {
    super('future/invalid-state', message)
  }
}

/**
 * What the futures of a thread pool end with whose initializer has failed, and what submitting to it throws: Python's
 * `concurrent.futures.thread.BrokenThreadPool`.
 */
export class BrokenThreadPool extends EntrelacsError {
  constructor(message = 'a thread initializer failed, the thread pool is not usable anymore') {
    super('future/broken-thread-pool', message)
  }
}
