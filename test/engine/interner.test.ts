import { ProgramFault } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Interner } from '../../src/engine/interner.js'
import { SEED } from './support/seed.js'

const plainData = fc.letrec((tie) => ({
  data: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(undefined, null, true, false, 0, -0, Number.NaN, Infinity, '', '"', '[', 'number 1', 'true'),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.array(tie('data'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie('data'), { maxKeys: 4 }),
  ),
})).data

/** Equal in the sense of the interner: −0 is 0, NaN is NaN, the order of keys does not count, missing keys do. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`)
      .toSorted()
      .join()}}`
  if (typeof value === 'string') return JSON.stringify(value)
  return typeof value === 'bigint' ? `${value}n` : String(value)
}

/** The same value built of other objects, with its keys in reverse order. */
function rebuilt(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rebuilt)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, part]) => [key, rebuilt(part)]),
    )
  return value === 0 ? -value : value
}

describe('An interner', () => {
  test('gives equal values equal ids and hashes, and different values different ones', () => {
    fc.assert(
      fc.property(fc.array(plainData, { maxLength: 12 }), (values) => {
        const interner = new Interner()
        const seen = new Map<string, number>()
        for (const value of values) {
          const id = interner.intern(value, 'a value')
          expect(interner.intern(rebuilt(value), 'the same')).toBe(id)
          expect(seen.get(canonical(value)) ?? id).toBe(id)
          seen.set(canonical(value), id)
        }
        expect(new Set(seen.values()).size).toBe(seen.size)
        expect(new Set([...seen.values()].map((id) => `${interner.hash1[id]} ${interner.hash2[id]}`)).size).toBe(
          seen.size,
        )
      }),
      { seed: SEED, numRuns: 500 },
    )
  })

  test('gives back an equal value', () => {
    fc.assert(
      fc.property(plainData, (value) => {
        const interner = new Interner()
        expect(canonical(interner.valueOf(interner.intern(value, 'a value')))).toBe(canonical(value))
      }),
      { seed: SEED, numRuns: 500 },
    )
  })

  test('gives hashes that do not depend on what was interned before', () => {
    fc.assert(
      fc.property(fc.array(plainData, { minLength: 1, maxLength: 8 }), (values) => {
        const one = new Interner()
        const other = new Interner()
        const hashes = (interner: Interner, value: unknown) => {
          const id = interner.intern(value, 'a value')
          return [interner.hash1[id], interner.hash2[id]]
        }
        const forwards = values.map((value) => hashes(one, value))
        const backwards = values.toReversed().map((value) => hashes(other, value))
        expect(forwards).toEqual(backwards.toReversed())
      }),
      { seed: SEED, numRuns: 200 },
    )
  })

  test('takes −0 for 0 and NaN for NaN', () => {
    const interner = new Interner()
    expect(interner.intern(-0, 'a')).toBe(interner.intern(0, 'a'))
    expect(Object.is(interner.valueOf(interner.intern(-0, 'a')), 0)).toBe(true)
    expect(interner.intern([Number.NaN], 'a')).toBe(interner.intern([Number.NaN], 'a'))
    expect(interner.intern(0n, 'a')).not.toBe(interner.intern(0, 'a'))
    expect(interner.intern('0', 'a')).not.toBe(interner.intern(0, 'a'))
    expect(interner.intern({ a: undefined }, 'a')).not.toBe(interner.intern({}, 'a'))
  })

  test('keeps a frozen copy that shares equal parts, and leaves the original alone', () => {
    const interner = new Interner()
    const original = { list: [1, { deep: true }], again: { deep: true } }
    const copy = interner.valueOf(interner.intern(original, 'a')) as typeof original
    original.list.push(2)

    expect(copy).toEqual({ list: [1, { deep: true }], again: { deep: true } })
    expect(copy.list[1]).toBe(copy.again)
    expect(Object.isFrozen(original)).toBe(false)
    for (const part of [copy, copy.list, copy.again]) expect(Object.isFrozen(part)).toBe(true)
  })

  test('does not lose a key called __proto__', () => {
    const interner = new Interner()
    const odd = JSON.parse('{"__proto__": {"x": 1}}') as object
    const copy = interner.valueOf(interner.intern(odd, 'a')) as object
    expect(Object.keys(copy)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(interner.intern(odd, 'a')).not.toBe(interner.intern({}, 'a'))
  })

  test('takes objects without a prototype for plain ones', () => {
    const interner = new Interner()
    const bare = Object.assign(Object.create(null) as object, { x: 1 })
    expect(interner.intern(bare, 'a')).toBe(interner.intern({ x: 1 }, 'a'))
  })

  test('accepts a value in which the same part stands twice without containing itself', () => {
    const part = { x: 1 }
    expect(() => new Interner().intern([part, part, { part }], 'a')).not.toThrow()
  })

  test('accepts a value of many thousand parts', () => {
    const interner = new Interner()
    const large = Array.from({ length: 50_000 }, (_, i) => ({ i }))
    expect(interner.valueOf(interner.intern(large, 'a'))).toEqual(large)
  })

  class Point {
    readonly x = 1
  }
  const cycle: unknown[] = [1]
  cycle.push({ back: cycle })
  const holed = [1]
  holed[2] = 3

  test.each([
    ['a function', { f: [() => 1] }, 'f[0]', 'function'],
    ['a symbol', [Symbol('s')], '[0]', 'symbol'],
    ['a symbol as key', { deep: { [Symbol('s')]: 1 } }, 'deep', 'symbol'],
    ['a class instance', { a: { b: new Point() } }, 'a.b', 'Point'],
    ['a Map', [[new Map()]], '[0][0]', 'Map'],
    ['a Set', { set: new Set() }, 'set', 'Set'],
    ['a Date', { when: new Date(0) }, 'when', 'Date'],
    ['a typed array', { bytes: new Uint8Array(1) }, 'bytes', 'Uint8Array'],
    ['a hole', { list: holed }, 'list[1]', 'hole'],
    ['a cycle', { cycle }, 'cycle[1].back', 'contains itself'],
  ])('refuses %s and says where it stands', (_what, value, path, why) => {
    const interner = new Interner()
    expect(() => interner.intern(value, 'the test’s value')).toThrow(ProgramFault)
    expect(() => interner.intern(value, 'the test’s value')).toThrow(
      expect.objectContaining({ code: 'program/not-plain-data' }),
    )
    for (const part of ['the test’s value', `at ${path}`, why])
      expect(() => interner.intern(value, 'the test’s value')).toThrow(part)
  })
})
