import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Histogram } from '../../../../src/engine/simulate/results/histogram.js'

const duration = fc.oneof(fc.nat(100), fc.nat(), fc.maxSafeNat())

test('Count, least and largest are exact, and quantiles are within 1/64 of the truth', () => {
  fc.assert(
    fc.property(
      fc.array(duration, { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (all, share) => {
        const histogram = new Histogram()
        for (const each of all) histogram.add(each)
        const sorted = all.toSorted((a, b) => a - b)
        const truth = sorted[Math.max(1, Math.ceil(share * all.length)) - 1]
        expect([histogram.count, histogram.min, histogram.max]).toEqual([all.length, sorted[0], sorted.at(-1)])
        expect(Math.abs(histogram.quantile(share) - truth)).toBeLessThanOrEqual(truth < 64 ? 0 : truth / 64)
      },
    ),
    { numRuns: 2000 },
  )
})

test('Quantiles of much are as right as those of little', () => {
  const histogram = new Histogram()
  for (let i = 1; i <= 100_000; i++) histogram.add(i * 1000)
  for (const share of [0.01, 0.5, 0.99, 0.999]) {
    const truth = share * 100_000 * 1000
    expect(Math.abs(histogram.quantile(share) - truth)).toBeLessThanOrEqual(truth / 64)
  }
})

test('Of nothing everything is 0', () => {
  const { count, sum, min, max } = new Histogram()
  expect([count, sum, min, max, new Histogram().quantile(0.5)]).toEqual([0, 0, 0, 0, 0])
})
