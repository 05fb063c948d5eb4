import { describe, expect, test } from 'vitest'
import { chanceOfAtMost, chiSquaredTail, twoSided, uniformity } from './support/statistics.js'

describe('The statistics that the tests of sampling rest on', () => {
  test('know binomial tails that can be counted by hand', () => {
    expect(chanceOfAtMost(1, 4, 1 / 2)).toBeCloseTo(5 / 16, 12)
    expect(chanceOfAtMost(0, 3, 1 / 3)).toBeCloseTo(8 / 27, 12)
    expect(chanceOfAtMost(10_000, 10_000, 0.3)).toBeCloseTo(1, 9)
    expect(twoSided(0, 4, 1 / 2)).toBeCloseTo(1 / 8, 12)
    expect(twoSided(4, 4, 1 / 2)).toBeCloseTo(1 / 8, 12)
  })

  // From the tables of the chi-squared distribution.
  test.each([
    [3.841459, 1, 0.05],
    [11.070498, 5, 0.05],
    [20.515006, 5, 0.001],
    [56.060909, 34, 0.01],
    [112.021986, 89, 0.05],
    [40_000, 89, 0],
  ])('know that chi-squared is at least %f with %i degrees of freedom in %f of all cases', (value, degrees, tail) => {
    expect(chiSquaredTail(value, degrees)).toBeCloseTo(tail, 6)
  })

  test('tell even from uneven draws', () => {
    const cells = ['a', 'b', 'c', 'd']
    const even = Array.from({ length: 4000 }, (_, i) => cells[i % 4])
    expect(uniformity(even, 4)).toBe(1)
    expect(uniformity([...even, ...new Array<string>(400).fill('a')], 4)).toBeLessThan(1e-6)
    expect(uniformity(even, 5)).toBeLessThan(1e-6)
  })
})
