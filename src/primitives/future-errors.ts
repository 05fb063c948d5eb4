import { EntrelacsError } from '../engine/errors.js'

/**
 * What the futures of a thread pool end with whose initializer has failed, and what submitting to it throws: Python's
 * `concurrent.futures.thread.BrokenThreadPool`.
 */
export class BrokenThreadPool extends EntrelacsError {
  constructor(message = 'a thread initializer failed, the thread pool is not usable anymore') {
    super('future/broken-thread-pool', message)
  }
}

// One class each for what Python calls the same in both of its libraries.
export { CancelledError, InvalidStateError, TimeoutError } from './event-loop/loop-errors.js'
