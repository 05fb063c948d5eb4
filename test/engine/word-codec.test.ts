import { ProgramFault } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Interner } from '../../src/engine/interner.js'
import { WordKind } from '../../src/engine/layout.js'
import { WordCodec } from '../../src/engine/word-codec.js'
import { SEED } from './support/seed.js'

const codec = new WordCodec(new Interner())

describe('A word', () => {
  test('of an integer is the integer itself', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        expect(codec.encode(WordKind.Int, value, 'x')).toBe(value)
        expect(codec.decode(WordKind.Int, value)).toBe(value)
      }),
      { seed: SEED },
    )
    expect(Object.is(codec.encode(WordKind.Int, -0, 'x'), 0)).toBe(true)
  })

  test('of data stands for an equal value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const canonical = JSON.parse(JSON.stringify(value)) as unknown
        expect(codec.decode(WordKind.Value, codec.encode(WordKind.Value, value, 'x'))).toEqual(canonical)
      }),
      { seed: SEED },
    )
  })

  test.each([2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e300])('cannot hold the integer %d', (value) => {
    expect(() => codec.encode(WordKind.Int, value, 'the sum')).toThrow(ProgramFault)
    expect(() => codec.encode(WordKind.Int, value, 'the sum')).toThrow(
      expect.objectContaining({ code: 'program/int-overflow', message: expect.stringContaining('the sum') as string }),
    )
  })

  test.each([0.5, Number.NaN, Infinity, '1', true, null, undefined, [], {}, 1n, new Map(), Object.create(null)])(
    'of an integer cannot hold %o',
    (value: unknown) => {
      expect(() => codec.encode(WordKind.Int, value, 'the sum')).toThrow(ProgramFault)
      expect(() => codec.encode(WordKind.Int, value, 'the sum')).toThrow(
        expect.objectContaining({ code: 'program/not-an-integer' }),
      )
    },
  )
})
