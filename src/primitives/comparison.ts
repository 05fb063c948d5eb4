/** Thrown where two values have no order, as Python's `<` does. */
export class Incomparable extends Error {
  constructor(a: unknown, b: unknown) {
    super(`nothing says which of ${describe(a)} and ${describe(b)} is less`)
  }
}

/** Python's `==` on plain data: by content, `true` equal to 1 and `1n` to 1; NaN counts as itself. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (isNumeric(a) && isNumeric(b)) return numberOf(a) == numberOf(b)
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((part, i) => isEqual(part, b[i]))
  return isRecord(a) && isRecord(b) && haveEqualEntries(a, b)
}

/**
 * Python's `<` on plain data: numbers by size, strings by code points, arrays like tuples, by the first elements that
 * differ.
 *
 * @throws Incomparable for anything else.
 */
export function isLess(a: unknown, b: unknown): boolean {
  if (isNumeric(a) && isNumeric(b)) return numberOf(a) < numberOf(b)
  if (typeof a === 'string' && typeof b === 'string') return isBefore(a, b)
  if (!Array.isArray(a) || !Array.isArray(b)) throw new Incomparable(a, b)
  const i = a.findIndex((part, index) => index >= b.length || !isEqual(part, b[index]))
  if (i === -1) return a.length < b.length
  return i < b.length && isLess(a[i], b[i])
}

type Numeric = number | bigint | boolean

function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
}

function numberOf(value: Numeric): number | bigint {
  return typeof value === 'boolean' ? Number(value) : value
}

// JavaScript's own order is by code units, which puts what lies beyond 16 bits before some of what does not.
function isBefore(a: string, b: string): boolean {
  let i = 0
  while (i < a.length && i < b.length && a[i] === b[i]) i++
  if (i === a.length || i === b.length) return a.length < b.length
  const inPair = i > 0 && /[\uD800-\uDBFF]/.test(a[i - 1]!)
  const at = inPair ? i - 1 : i
  return a.codePointAt(at)! < b.codePointAt(at)!
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function haveEqualEntries(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]))
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  if (isRecord(value)) return 'an object'
  return isNumeric(value) || typeof value === 'string' ? `a ${typeof value}` : String(value)
}
