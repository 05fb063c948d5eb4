import { EntrelacsError } from '../engine/errors.js'

/**
 * Thrown inside a thread that asks for the result of a future that was cancelled, and inside a task of an event loop at the operation it
 * waits at when it is cancelled: Python's `CancelledError`. A task may clean up (`finally`), even wait meanwhile, or catch it
 * and go on. Python's `except Exception` does not catch asyncio's; `catch` does.
 */
export class CancelledError extends EntrelacsError {
  constructor(message = 'cancelled') {
    super('future/cancelled', message)
  }
}

/** Thrown inside a thread or a task that has waited for too long: Python's `TimeoutError`. */
export class TimeoutError extends EntrelacsError {
  constructor(message = 'the time is over') {
    super('future/timeout', message)
  }
}

/** Thrown inside a thread that asks for what a future does not have yet, or completes it twice: Python's `InvalidStateError`. */
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

/**
 * What the futures of a pool of processes end with one of whose workers has died, and what submitting to it throws: Python's
 * `concurrent.futures.process.BrokenProcessPool`.
 */
export class BrokenProcessPool extends EntrelacsError {
  constructor(
    message = 'a process in the process pool was terminated abruptly while the future was running or pending',
  ) {
    super('future/broken-process-pool', message)
  }
}

/** What cannot be sent to another process: an argument of a job or its result that is no plain data. Python's `pickle.PicklingError`. */
export class PicklingError extends EntrelacsError {
  constructor(message: string) {
    super('future/pickling', message)
  }
}

/** What a job of `p.pool` ends with whose result is no plain data: Python's `multiprocessing.pool.MaybeEncodingError`. */
export class MaybeEncodingError extends EntrelacsError {
  constructor(message: string) {
    super('pool/maybe-encoding', message)
  }
}
