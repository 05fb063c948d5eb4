import { EntrelacsError } from '../engine/errors.js'
import type { ErrorKinds } from './attempt.js'

/** Thrown inside a thread that creates, exclusively, a file that is there already: Python's `FileExistsError`. */
export class FileExistsError extends EntrelacsError {
  constructor(message: string) {
    super('file/exists', message)
  }
}

/** Thrown inside a thread that reads or removes a file that is not there: Python's `FileNotFoundError`. */
export class FileNotFoundError extends EntrelacsError {
  constructor(message: string) {
    super('file/not-found', message)
  }
}

/** What operations on files fail with. */
export const FILE_ERRORS: ErrorKinds = { FileExistsError, FileNotFoundError }
