import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectedVisits, type TransientChain } from '../../../src/engine/explore/expected-visits.js'
import { finish } from '../support/finish.js'
import { solve } from '../support/linear-equations.js'
import { SEED } from '../support/seed.js'

/** A chain that leaves from every state with some chance, by integer weights. */
const chain: fc.Arbitrary<TransientChain> = fc.integer({ min: 1, max: 9 }).chain((count) =>
  fc
    .record({
      weights: fc.array(fc.array(fc.nat(3), { minLength: count, maxLength: count }), {
        minLength: count,
        maxLength: count,
      }),
      exits: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: count, maxLength: count }),
      entries: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: count, maxLength: count }),
    })
    .map(({ weights, exits, entries }) => {
      const totals = weights.map((row, i) => row.reduce((sum, weight) => sum + weight, exits[i]!))
      const inner = weights.map(
        (row, i) => new Map(row.flatMap((weight, j) => (weight === 0 ? [] : [[j, weight / totals[i]!] as const]))),
      )
      return {
        inner,
        exits: Float64Array.from(exits, (exit, i) => exit / totals[i]!),
        entries: Float64Array.from(entries),
      }
    }),
)

/** visits = entries + visits · inner, solved by dense elimination. */
function bySolving({ inner, entries }: TransientChain): number[] {
  const matrix = inner.map((_, to) => inner.map((row, from) => (from === to ? 1 : 0) - (row.get(to) ?? 0)))
  return solve(matrix, [...entries])
}

function expectClose(actual: Float64Array, expected: readonly number[]): void {
  expected.forEach((value, i) =>
    expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(1e-12 * Math.max(value, 1e-300)),
  )
}

describe('Expected visits', () => {
  test('are the solution of the linear equations', () => {
    fc.assert(
      fc.property(chain, (given) => expectClose(finish(expectedVisits(given)), bySolving(given))),
      { seed: SEED, numRuns: 500 },
    )
  })

  test('leave the chain that they are asked about alone', () => {
    fc.assert(
      fc.property(chain, (given) => {
        const before = structuredClone(given)
        finish(expectedVisits(given))
        expect(given).toEqual(before)
      }),
      { seed: SEED, numRuns: 50 },
    )
  })

  test('keep their digits where leaving is very unlikely', () => {
    const rare = 1e-14
    const visits = finish(
      expectedVisits({
        inner: [new Map([[1, 1]]), new Map([[0, 1 - rare]])],
        exits: Float64Array.of(0, rare),
        entries: Float64Array.of(1, 0),
      }),
    )
    expectClose(visits, [1 / rare, 1 / rare])
  })

  test('of a random walk between two ends are those of the textbook', () => {
    // A fair walk on 1 … n − 1 that starts at s visits k (n − s) · 2 / n times for k ≤ s, (n − k) · 2 s / n times beyond.
    const n = 60
    const start = 20
    const inner = Array.from({ length: n - 1 }, (_, i) => {
      const row = new Map<number, number>()
      if (i > 0) row.set(i - 1, 0.5)
      if (i < n - 2) row.set(i + 1, 0.5)
      return row
    })
    const exits = Float64Array.from(inner, (_, i) => (i === 0 || i === n - 2 ? 0.5 : 0))
    const entries = Float64Array.from(inner, (_, i) => (i === start - 1 ? 1 : 0))
    const expected = inner.map((_, i) =>
      i + 1 <= start ? (2 * (i + 1) * (n - start)) / n : (2 * start * (n - i - 1)) / n,
    )
    expectClose(finish(expectedVisits({ inner, exits, entries })), expected)
  })
})
