import { EntrelacsError } from '../../engine/errors.js'

/**
 * Thrown inside a task at the operation it waits at, when it is cancelled: Python's `asyncio.CancelledError`. A task may
 * clean up (`finally`), even wait meanwhile, or catch it and go on. Python's `except Exception` does not catch it; `catch` does.
 * Also thrown inside a thread that asks for the result of a `Future` that was cancelled: `concurrent.futures.CancelledError`.
 */
export class CancelledError extends EntrelacsError {
  constructor(message = 'cancelled') {
    super('loop/cancelled', message)
  }
}

/** Thrown inside a task by `waitFor` and `timeout`, and inside a thread by waiting for a `Future`, when the time is over: Python's `TimeoutError`. */
export class TimeoutError extends EntrelacsError {
  constructor(message = 'the time is over') {
    super('loop/timeout', message)
  }
}

/** Thrown inside a thread that asks for what a future does not have yet, or completes it twice: Python's `asyncio.InvalidStateError`. */
export class InvalidStateError extends EntrelacsError {
  constructor(message = 'the future is not in that state') {
    super('loop/invalid-state', message)
  }
}

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
