import { EntrelacsError, HistoryLimit, ProgramFault, TokenError, UsageError } from '../engine/errors.js'
import { type Place, placeOfError } from '../engine/place.js'

/** An error as it crosses from one thread to another. */
export interface PortableError {
  /** A stable code, or null for an internal error. */
  readonly code: string | null
  readonly message: string
  readonly hint: string | undefined
  readonly place: Place | undefined
  readonly stack: string | undefined
}

/** What crosses of an error. */
export function portableError(error: unknown): PortableError {
  if (error instanceof EntrelacsError)
    return { code: error.code, message: error.message, hint: error.hint, place: error.place, stack: undefined }
  const isError = error instanceof Error
  return {
    code: null,
    message: isError ? error.message : String(error),
    hint: undefined,
    place: placeOfError(error),
    stack: isError ? error.stack : undefined,
  }
}

/** The error that crossed, for whoever threw it to be told apart by its class again. */
export function errorOf({ code, message, hint, place, stack }: PortableError): Error {
  if (code !== null) return new (classOf(code))(code, message, { hint, place })
  const error = new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}

function classOf(code: string): new (...details: ConstructorParameters<typeof EntrelacsError>) => EntrelacsError {
  switch (code.slice(0, code.indexOf('/'))) {
    case 'program':
      return ProgramFault
    case 'limit':
      return HistoryLimit
    case 'usage':
      return UsageError
    case 'token':
      return TokenError
    default:
      return EntrelacsError
  }
}
