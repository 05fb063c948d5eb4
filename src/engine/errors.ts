import type { Place } from './place.js'

/** What every error that Entrelacs throws on purpose carries besides its message. */
export interface ErrorDetails {
  /** Where in the user's file, when known. */
  readonly place?: Place | undefined
  /** What to do about it, as one sentence. */
  readonly hint?: string | undefined
}

/**
 * The base of every error that Entrelacs throws on purpose.
 *
 * `code` is stable across versions (`program/…`, `token/…`, `usage/…`); the message is for people and may change.
 *
 * @example
 * ```ts
 * import { EntrelacsError, replay } from 'entrelacs'
 * import lostUpdate from 'entrelacs/scenarios/lost-update'
 * try {
 *   replay(lostUpdate, 'not a token')
 * } catch (error) {
 *   if (error instanceof EntrelacsError) console.log(error.code) // token/malformed
 * }
 * ```
 */
export class EntrelacsError extends Error {
  readonly code: string
  readonly place: Place | undefined
  readonly hint: string | undefined

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message)
    this.name = new.target.name
    this.code = code
    this.place = details.place
    this.hint = details.hint
  }
}

/** The user's program breaks a rule of the engine: never a finding about its concurrency. Codes start with `program/`. */
export class ProgramFault extends EntrelacsError {}

/** A token that cannot be followed. Codes start with `token/`. */
export class TokenError extends EntrelacsError {}

/** A wrong option, parameter or name. Codes start with `usage/`. */
export class UsageError extends EntrelacsError {}

/** A bound of the engine, not a fault: histories too long to follow (`limit/history`), values too large (`limit/values`). */
export class HistoryLimit extends EntrelacsError {}

/**
 * Ends the thread that throws it without any fuss: what `p.exit` throws. In the first thread of a process it is the exit of
 * the process.
 */
export class ThreadExit extends EntrelacsError {
  /** The exit code of the process. */
  readonly exitCode: number

  constructor(exitCode: number) {
    super('exit', `exit with code ${exitCode}`)
    this.exitCode = exitCode
  }
}

/**
 * Misuse of a shared object, thrown inside the thread that misused it (releasing a lock that nobody holds, say).
 * A thread may catch it; it is reported as a violation of kind `misuse` either way.
 */
export class MisuseError extends EntrelacsError {
  constructor(message: string) {
    super('misuse', message)
  }
}
