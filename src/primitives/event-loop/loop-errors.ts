import { EntrelacsError } from '../../engine/errors.js'

export { CancelledError, InvalidStateError, TimeoutError } from '../future-errors.js'

/** Thrown inside a task that puts into a full `LoopQueue` without waiting: Python's `asyncio.QueueFull`. */
export class QueueFull extends EntrelacsError {
  constructor(message = 'the queue is full') {
    super('loop/queue-full', message)
  }
}

/** Thrown inside a task that gets from an empty `LoopQueue` without waiting: Python's `asyncio.QueueEmpty`. */
export class QueueEmpty extends EntrelacsError {
  constructor(message = 'the queue is empty') {
    super('loop/queue-empty', message)
  }
}

/** Thrown inside a thread that hands something to a loop that is over: Python's `RuntimeError: Event loop is closed`. */
export class LoopClosedError extends EntrelacsError {
  constructor(message = 'the event loop is closed') {
    super('loop/closed', message)
  }
}

/** Thrown by a task group whose tasks have failed, with all their errors: Python's `ExceptionGroup`. */
export class ExceptionGroup extends EntrelacsError {
  readonly errors: readonly unknown[]

  constructor(message: string, errors: readonly unknown[]) {
    super('loop/exception-group', message)
    this.errors = errors
  }
}

/**
 * What ends a task that is still pending when its loop is over: Python's `GeneratorExit`. Its `finally` blocks run, but
 * nothing waits any more.
 */
export class TaskDestroyed extends EntrelacsError {
  constructor(message = 'the event loop is over, the task is destroyed while it is pending') {
    super('loop/task-destroyed', message)
  }
}
