import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StateTable } from '../../../src/engine/explore/state-table.js'
import { finish } from '../support/finish.js'
import { Random } from '../../../src/engine/random.js'
import { SEED } from '../support/seed.js'

/** Hashes of few different low bits, so that they collide in the table, and some at the edges of the range. */
const lane = fc.oneof(
  fc.integer({ min: -4, max: 4 }),
  fc.integer({ min: 0, max: 8 }).map((n) => n << 28),
  fc.integer({ min: 0, max: 8 }).map((n) => n << 14),
  fc.integer(),
)

type Action = { readonly place: readonly [number, number] } | { readonly forget: number } | { readonly grow: true }

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 30, arbitrary: fc.tuple(lane, lane).map((place): Action => ({ place })) },
  { weight: 2, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }).map((forget): Action => ({ forget })) },
  { weight: 1, arbitrary: fc.constant<Action>({ grow: true }) },
)

/** The table as the search uses it: beside a map that knows everything exactly. */
class Pair {
  readonly table = new StateTable()
  readonly map = new Map<string, number>()
  count = 0

  place(hash1: number, hash2: number): void {
    const key = `${hash1} ${hash2}`
    expect(this.table.place(hash1, hash2, this.count), key).toBe(this.map.get(key) ?? -1)
    if (!this.map.has(key)) this.map.set(key, this.count++)
  }

  /** Forgets all states so far: the search forgets at the beginning of a layer, when its next state is the first it keeps. */
  forget(): void {
    this.table.forgetBefore(this.count)
    this.map.clear()
  }
}

describe('The table of states', () => {
  test('knows what a map knows, through forgetting and growing', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
        const pair = new Pair()
        for (const step of actions) {
          if ('place' in step) pair.place(...step.place)
          else if ('forget' in step) pair.forget()
          else finish(pair.table.grow())
        }
      }),
      { seed: SEED, numRuns: 300 },
    )
  })

  test('knows what a map knows for very many states, and grows when it is crowded', () => {
    const pair = new Pair()
    const random = new Random(SEED)
    const lanes: [number, number][] = []
    for (let i = 0; i < 60_000; i++) {
      const known = i > 0 && random.below(3) === 0 ? lanes[random.below(lanes.length)]! : null
      const lane_ = known ?? [random.below(2 ** 32) | 0, random.below(2 ** 32) | 0]
      lanes.push(lane_)
      pair.place(...lane_)
      if (i % 500 === 0 && pair.table.isCrowded) finish(pair.table.grow())
    }
    expect(pair.count).toBeGreaterThan(30_000)
  })

  test('forgets for good, through more sweeps than an entry can tell apart', () => {
    const pair = new Pair()
    const random = new Random(SEED)
    for (let sweep = 0; sweep < 100; sweep++) {
      for (let i = 0; i < 50 + random.below(400); i++) pair.place(random.below(3) << 20, random.below(300))
      if (pair.table.isCrowded) finish(pair.table.grow())
      pair.forget()
    }
  })

  test('does not take a state of a sweep long past for one of the present sweep', () => {
    const pair = new Pair()
    for (let sweep = 0; sweep < 200; sweep++) {
      // The same state every 15 sweeps, and in between only states in other slots.
      pair.place(Math.imul((sweep % 15) + 1, 0x9e3779b1), 5)
      pair.forget()
    }
    expect(pair.count).toBe(200)
  })

  test('grows by itself in the middle of a layer if nobody asks it to', () => {
    const pair = new Pair()
    for (let i = 0; i < 5000; i++) pair.place(Math.imul(i, 0x9e3779b1), i)
    for (let i = 0; i < 5000; i++) pair.place(Math.imul(i, 0x9e3779b1), i)
    expect(pair.count).toBe(5000)
  })

  test('tells apart states that share lane 1, or lane 2 and the slot', () => {
    const first = new Pair()
    const second = new Pair()
    for (let i = 0; i < 2000; i++) {
      first.place(7, i)
      second.place(i << 20, 7)
    }
    expect([first.count, second.count]).toEqual([2000, 2000])
  })

  test('is not full before it holds very many', () => {
    const table = new StateTable()
    expect([table.isFull, table.isCrowded]).toEqual([false, false])
    expect(table.bytes).toBeLessThan(1_000_000)
  })
})
