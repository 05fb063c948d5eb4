import { EntrelacsError } from '../engine/errors.js'
import type { ErrorKinds } from './attempt.js'

/** Thrown inside a thread that receives from a connection whose other end is closed: Python's `EOFError`. */
export class EOFError extends EntrelacsError {
  constructor(message: string) {
    super('process/eof', message)
  }
}

/** Thrown inside a thread that uses a connection which is closed or goes the other way: Python's `OSError`. */
export class OSError extends EntrelacsError {
  constructor(message: string, code = 'process/os') {
    super(code, message)
  }
}

/** Thrown inside a thread that sends to a connection whose other end is closed: Python's `BrokenPipeError`. */
export class BrokenPipeError extends OSError {
  constructor(message: string) {
    super(message, 'process/broken-pipe')
  }
}

/**
 * Thrown inside a thread that receives from a connection whose other end was closed before all that had been sent to it was
 * received: Python's `ConnectionResetError`.
 */
export class ConnectionResetError extends OSError {
  constructor(message: string) {
    super(message, 'process/connection-reset')
  }
}

/** Thrown inside a thread that asks a dictionary for a key it does not have: Python's `KeyError`. */
export class KeyError extends EntrelacsError {
  constructor(message: string) {
    super('process/key', message)
  }
}

/** What operations on connections fail with. */
export const CONNECTION_ERRORS: ErrorKinds = { EOFError, OSError, BrokenPipeError, ConnectionResetError }
