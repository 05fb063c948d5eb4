import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Occupancy } from '../../../../src/engine/simulate/memory/occupancy.js'
import { SEED } from '../../support/seed.js'

/** Picoseconds one by one. */
class Ticks {
  readonly #busy = new Set<number>()

  take(at: number, duration: number): number {
    let last = at - 1
    for (let left = duration; left > 0; left--) {
      do last++
      while (this.#busy.has(last))
      this.#busy.add(last)
    }
    return duration === 0 ? 0 : last + 1 - duration - at
  }

  get busy(): number {
    return this.#busy.size
  }
}

const requests = (mostAhead: number) =>
  fc.array(
    fc.record({
      pause: fc.integer({ min: 0, max: 6 }),
      ahead: fc.integer({ min: 0, max: mostAhead }),
      duration: fc.integer({ min: 0, max: 7 }),
    }),
    { maxLength: 200, size: 'max' },
  )

function agree(sequence: readonly { pause: number; ahead: number; duration: number }[]): void {
  const occupancy = new Occupancy()
  const ticks = new Ticks()
  let now = 0
  const delays = sequence.map(({ pause, ahead, duration }) => {
    now += pause
    return [occupancy.take(now, now + ahead, duration, duration * 2), ticks.take(now + ahead, duration)]
  })
  expect(delays.map(([delay]) => delay)).toEqual(delays.map(([, expected]) => expected))
  expect(occupancy.busy).toBe(ticks.busy)
  expect(occupancy.bytes).toBe(sequence.reduce((sum, { duration }) => sum + duration * 2, 0))
}

describe('Something that serves one at a time', () => {
  test.each([0, 20, 1000])(
    'takes the first free time, as ticks one by one do, with requests up to %i ps ahead',
    (most) => {
      fc.assert(fc.property(requests(most), agree), { seed: SEED, numRuns: 300 })
    },
  )

  test('is busy until one moment if requests come in the order of time', () => {
    const occupancy = new Occupancy()
    expect([0, 0, 3, 30].map((at) => occupancy.take(at, at, 10, 0))).toEqual([0, 10, 17, 0])
  })

  test('uses the free time between what others have asked for before', () => {
    const occupancy = new Occupancy()
    for (const at of [100, 115, 130]) occupancy.take(0, at, 10, 0)
    // 5 ps from 110 on and 5 from 125 on.
    expect(occupancy.take(0, 105, 10, 0)).toBe(15)
    expect(occupancy.take(0, 0, 100, 0)).toBe(0)
    expect(occupancy.take(0, 0, 1, 0)).toBe(140)
  })
})
