import { EntrelacsError } from '../engine/errors.js'
import type { ErrorKinds } from './attempt.js'

/** Thrown inside a thread that asks a sequence for what is not there, or puts where there is no room: Python's `IndexError`. */
export class IndexError extends EntrelacsError {
  constructor(message: string) {
    super('sequence/index', message)
  }
}

/** Thrown inside a thread that names a value which a sequence does not contain: Python's `ValueError`. */
export class ValueError extends EntrelacsError {
  constructor(message: string) {
    super('sequence/value', message)
  }
}

/** What operations on sequences fail with. */
export const SEQUENCE_ERRORS: ErrorKinds = { IndexError, ValueError }
