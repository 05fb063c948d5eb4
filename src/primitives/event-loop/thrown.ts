import { MisuseError } from '../../engine/errors.js'
import type { PlainData } from '../../engine/interner.js'
import {
  CancelledError,
  ExceptionGroup,
  InvalidStateError,
  LoopClosedError,
  QueueEmpty,
  QueueFull,
  TaskDestroyed,
  TimeoutError,
} from './loop-errors.js'

/** An error as plain data, so that it can go from the task that failed to the one that waits for it. */
export type Thrown = {
  /** Its kind; null if what was thrown is no error. */
  readonly name: string | null
  readonly message: string
  /** What was thrown, if it is no error. */
  readonly value?: PlainData
  /** The errors of an `ExceptionGroup`. */
  readonly errors?: readonly Thrown[]
}

// Errors that arrive as what they were; any other is an `Error` with the name and the message of the one that was thrown.
const KINDS: Readonly<Record<string, new (message: string) => Error>> = {
  CancelledError,
  InvalidStateError,
  LoopClosedError,
  MisuseError,
  QueueEmpty,
  QueueFull,
  TaskDestroyed,
  TimeoutError,
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
}

export const CANCELLED: Thrown = thrownBy(new CancelledError())

/** What was thrown, as plain data. */
export function thrownBy(error: unknown): Thrown {
  if (error instanceof ExceptionGroup)
    return { name: error.name, message: error.message, errors: error.errors.map(thrownBy) }
  if (error instanceof Error) return { name: error.name, message: error.message }
  return { name: null, message: String(error), value: error as PlainData }
}

/** What to throw where the error arrives. */
export function errorOf({ name, message, value, errors }: Thrown): unknown {
  if (name === null) return value
  if (errors !== undefined) return new ExceptionGroup(message, errors.map(errorOf))
  const Kind = Object.hasOwn(KINDS, name) ? KINDS[name]! : undefined
  if (Kind !== undefined) return new Kind(message)
  const error = new Error(message)
  error.name = name
  return error
}

export function isCancellation(thrown: Thrown | null): boolean {
  return thrown?.name === 'CancelledError'
}
