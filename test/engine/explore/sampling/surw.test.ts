import { program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { RandomSearch } from '../../../../src/engine/explore/random-search.js'
import { Session } from '../../../../src/engine/session.js'
import { draw, schedules } from './support/draw.js'
import { aside, spinning } from './support/programs.js'
import { ERROR_RATE, uniformity } from './support/statistics.js'

const COUNT = 40_000
const SEED = 'surw'

// A: one step, the spawn of Aa (two steps, between which it spawns Aaa of one), then two steps; B: two steps.
const family = program('family', {}, (_params, p) => {
  p.thread('A', function* () {
    yield* p.yieldNow()
    yield* p.spawn(function* () {
      yield* p.yieldNow()
      yield* p.spawn(() => p.yieldNow())
      yield* p.yieldNow()
    })
    yield* p.yieldNow()
    yield* p.yieldNow()
  })
  p.thread('B', function* () {
    yield* p.yieldNow()
    yield* p.yieldNow()
  })
})

// By the hook length formula for forests: 10! over the product of the numbers of steps that follow each step, itself
// included: A 8 7 2 1, Aa 4 3 1, Aaa 1, B 2 1.
const familyInterleavings = 3_628_800 / (8 * 7 * 2 * 4 * 3 * 2)

const subjects = [
  { title: 'two threads of 3 and 4 steps', subject: aside(3, 4), interleavings: 35 },
  { title: 'three threads of 2 steps', subject: aside(2, 2, 2), interleavings: 90 },
  { title: 'threads of 1 and 9 steps', subject: aside(1, 9), interleavings: 10 },
  { title: 'threads that are spawned', subject: family, interleavings: familyInterleavings },
]

describe('Selectively uniform random walk', () => {
  test.each(subjects)('draws all interleavings of $title equally often', ({ subject, interleavings }) => {
    const drawn = schedules(draw(subject, 'surw', { seed: SEED, count: COUNT }))
    expect(new Set(drawn).size).toBe(interleavings)
    expect(uniformity(drawn, interleavings)).toBeGreaterThan(ERROR_RATE)
  })

  test.each(subjects)('is told from the random walk, which does not: $title', ({ subject, interleavings }) => {
    const drawn = schedules(draw(subject, 'random', { seed: SEED, count: COUNT }))
    expect(uniformity(drawn, interleavings)).toBeLessThan(ERROR_RATE)
  })

  test('goes on where threads take more steps than they used to', () => {
    const search = new RandomSearch(new Session(spinning(5)), SEED, { strategy: 'surw' })
    for (let i = 0; i < 2000 && search.steps < 2000 * 50; i++) for (const _pause of search.runOne());
    expect(search).toMatchObject({ executions: 2000, cut: 0 })
  })
})
