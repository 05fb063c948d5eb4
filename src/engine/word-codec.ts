import { ProgramFault } from './errors.js'
import type { Interner } from './interner.js'
import { WordKind } from './layout.js'

/** Translates between plain data and words. */
export class WordCodec {
  readonly #interner: Interner

  constructor(interner: Interner) {
    this.#interner = interner
  }

  /**
   * The word for `value`.
   *
   * @param what how an error names the value, such as "the value written to cell “x”".
   * @throws ProgramFault `program/int-overflow` or `program/not-an-integer` for an integer word, `program/not-plain-data` otherwise.
   */
  encode(kind: number, value: unknown, what: string): number {
    if (kind === WordKind.Value) return this.#interner.intern(value, what)
    if (typeof value === 'number' && (value | 0) === value) return value | 0
    if (typeof value === 'number' && Number.isInteger(value)) throw overflow(what, value)
    throw new ProgramFault(
      'program/not-an-integer',
      `${what} is ${describe(value)}, but the object holds 32-bit integers`,
      {
        hint: "an object whose initial value is an integer holds integers; declare it with { holds: 'data' } to hold any plain data",
      },
    )
  }

  /** The plain data that a word stands for. */
  decode(kind: number, word: number): unknown {
    return kind === WordKind.Value ? this.#interner.valueOf(word) : word
  }
}

/** The fault of an integer that does not fit in 32 bits. */
export function overflow(what: string, value: number): ProgramFault {
  return new ProgramFault('program/int-overflow', `${what} is ${value}, which does not fit in a 32-bit integer`, {
    hint: "keep it between −2,147,483,648 and 2,147,483,647, or declare the object with { holds: 'data' }",
  })
}

function describe(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  return Array.isArray(value) ? 'an array' : `a ${typeof value === 'object' ? value.constructor?.name : typeof value}`
}
