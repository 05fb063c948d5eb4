import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../../src/engine/random.js'
import { SEED } from './support/seed.js'

const draw = (random: Random, bounds: readonly number[]) => bounds.map((bound) => random.below(bound))
const bounds = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 50 })

describe('Random numbers', () => {
  test('of the same seed are the same', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer()), bounds, (seed, given) => {
        expect(draw(new Random(seed), given)).toEqual(draw(new Random(seed), given))
      }),
      { seed: SEED },
    )
  })

  test('go on from a state as if they had never stopped, also when it has travelled as JSON', () => {
    fc.assert(
      fc.property(fc.string(), bounds, bounds, (seed, first, second) => {
        const random = new Random(seed)
        draw(random, first)
        const state = JSON.parse(JSON.stringify(random.state)) as typeof random.state
        const expected = draw(random, second)

        expect(draw(new Random('another seed', state), second)).toEqual(expected)
      }),
      { seed: SEED },
    )
  })

  test('stay below their bound and meet every number', () => {
    const random = new Random(1)
    const met = new Map<number, number>()
    for (let i = 0; i < 6000; i++) {
      const drawn = random.below(6)
      met.set(drawn, (met.get(drawn) ?? 0) + 1)
    }
    expect([...met.keys()].toSorted()).toEqual([0, 1, 2, 3, 4, 5])
    for (const often of met.values()) expect(Math.abs(often - 1000)).toBeLessThan(200)
  })

  test('are for ever these', () => {
    expect(draw(new Random('entrelacs'), [100, 100, 100, 100, 100, 1000, 1_000_000])).toEqual(GOLDEN)
  })
})

const GOLDEN = [35, 92, 36, 58, 32, 22, 439087]
