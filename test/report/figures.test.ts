import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatBound, formatOdds, formatWhole } from '../../src/report/figures.js'

const THIN = '\u202f'

describe('A whole number', () => {
  test.each([
    [0, '0', '0'],
    [999, '999', '999'],
    [1000, '1,000', `1${THIN}000`],
    [66468720, '66,468,720', `66${THIN}468${THIN}720`],
    [
      '123456789012345678901',
      '123,456,789,012,345,678,901',
      `123${THIN}456${THIN}789${THIN}012${THIN}345${THIN}678${THIN}901`,
    ],
  ])('%s is grouped by thousands', (value, english, french) => {
    expect(formatWhole(value, 'en')).toBe(english)
    expect(formatWhole(value, 'fr')).toBe(french)
  })

  test('beyond 21 digits is rounded to a power of ten', () => {
    expect(formatWhole('4450000000000000000000', 'en')).toBe('4.450e21')
  })

  test('keeps all its digits otherwise', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 21n - 1n }), (value) => digitsOf(value) === String(value)))
  })

  test('that is no number stays as it is', () => {
    expect(formatWhole('unbounded', 'en')).toBe('unbounded')
  })

  function digitsOf(value: bigint): string {
    return formatWhole(String(value), 'en').replaceAll(',', '')
  }
})

describe('A probability', () => {
  test.each([
    [0, 'never', 'jamais'],
    [1, 'always', 'toujours'],
    [1 / 2, '1 in 2', '1 sur 2'],
    [1 / 3, '1 in 3', '1 sur 3'],
    [19 / 120, '19 in 120', '19 sur 120'],
    [263 / 576, '263 in 576', '263 sur 576'],
    [1 / 262144, '1 in 262,144', `1 sur 262${THIN}144`],
    [0.1 + 0.2, '3 in 10', '3 sur 10'],
    [0.123456789, '12.3%', '12,3 %'],
    [0.00512345678, '0.512%', '0,512 %'],
    [3.14159e-7, '3.1e-5%', '3,1e-5 %'],
    [1 - 1e-16, 'always', 'toujours'],
  ])('of %f reads as a person says it', (probability, english, french) => {
    expect(formatOdds(probability, 'en')).toBe(english)
    expect(formatOdds(probability, 'fr')).toBe(french)
  })

  test('that is a fraction with a small denominator is shown as that fraction', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1000 }), fc.nat(), (denominator, seed) => {
        const numerator = 1 + (seed % (denominator - 1))
        const shared = divisor(numerator, denominator)
        const expected = `${numerator / shared} in ${formatWhole(denominator / shared, 'en')}`
        expect(formatOdds(numerator / denominator, 'en')).toBe(expected)
      }),
    )
  })

  test('is never or always only if it is', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1 - 1e-14, noNaN: true }), (probability) => {
        expect(formatOdds(probability, 'en')).not.toMatch(/never|always|^0[.0]*%$/)
      }),
    )
  })

  function divisor(a: number, b: number): number {
    return b === 0 ? a : divisor(b, a % b)
  }
})

describe('A bound', () => {
  test.each([
    [4.58e-16, 'below 1e-15', 'moins de 1e-15'],
    [1e-12, 'below 1e-12', 'moins de 1e-12'],
    [0, 'below 1e-18', 'moins de 1e-18'],
  ])('of %f is shown as the next power of ten', (probability, english, french) => {
    expect(formatBound(probability, 'en')).toBe(english)
    expect(formatBound(probability, 'fr')).toBe(french)
  })

  test('is never below what it bounds', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-17, max: 1, noNaN: true }), (probability) => {
        const bound = Number(formatBound(probability, 'en').replace('below ', ''))
        expect(bound).toBeGreaterThanOrEqual(probability * (1 - 1e-9))
      }),
    )
  })
})
