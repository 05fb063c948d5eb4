import type { Program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { RandomSearch } from '../../../../src/engine/explore/random-search.js'
import { Session } from '../../../../src/engine/session.js'
import { draw, failures } from './support/draw.js'
import { alternation, lateCheck, paddedLostUpdate, spinning } from './support/programs.js'
import { chanceOfAtMost, ERROR_RATE } from './support/statistics.js'

const COUNT = 20_000
const SEED = 'pct'

interface Bug {
  readonly title: string
  readonly subject: Program
  readonly threads: number
  readonly steps: number
  readonly depth: number
}

const bugs: readonly Bug[] = [
  { title: 'one order', subject: lateCheck(20), threads: 2, steps: 21, depth: 1 },
  { title: 'two orders', subject: paddedLostUpdate(4), threads: 2, steps: 20, depth: 2 },
  { title: 'three orders', subject: alternation, threads: 2, steps: 4, depth: 3 },
]

describe('Probabilistic concurrency testing', () => {
  test.each(bugs)('hits a bug of $title at least as often as is proven', ({ subject, threads, steps, depth }) => {
    const bound = 1 / (threads * steps ** (depth - 1))
    const hits = failures(draw(subject, 'pct', { seed: SEED, count: COUNT, depth }))
    expect(chanceOfAtMost(hits, COUNT, bound), `${hits} of ${COUNT}`).toBeGreaterThan(ERROR_RATE)
  })

  test.each(bugs.filter(({ depth }) => depth > 1))(
    'never hits a bug of $title with a smaller depth',
    ({ subject, depth }) => {
      expect(failures(draw(subject, 'pct', { seed: SEED, count: COUNT, depth: depth - 1 }))).toBe(0)
    },
  )

  test('looks for bugs of depth 3 if not told otherwise', () => {
    const given = draw(alternation, 'pct', { seed: SEED, count: 500, depth: 3 })
    expect(draw(alternation, 'pct', { seed: SEED, count: 500 })).toEqual(given)
  })

  test('hits by its depth what the random walk would need a million executions for', () => {
    const count = 200
    expect(failures(draw(lateCheck(20), 'random', { seed: SEED, count }))).toBe(0)
    expect(failures(draw(lateCheck(20), 'pct', { seed: SEED, count, depth: 1 }))).toBeGreaterThan(50)
  })

  test('runs threads to their ends, in every order, if the depth is 1', () => {
    const drawn = draw(paddedLostUpdate(1), 'pct', { seed: SEED, count: 200, depth: 1 })
    expect([...new Set(drawn.map(({ schedule }) => schedule))].toSorted()).toEqual(['AAAABBBB', 'BBBBAAAA'])
  })

  test('takes a depth beyond all steps', () => {
    expect(failures(draw(alternation, 'pct', { seed: SEED, count: 2000, depth: 2 ** 40 }))).toBeGreaterThan(0)
  })

  test.each([1, 2, 3, 10])('does not spin for ever on what a lower priority should do, depth %i', (depth) => {
    const search = new RandomSearch(new Session(spinning(5)), SEED, { strategy: 'pct', depth })
    // A random walk takes some 11 steps; were the learnt length to grow without end, it would be thousands.
    for (let i = 0; i < 2000 && search.steps < 2000 * 200; i++) for (const _pause of search.runOne());
    expect(search).toMatchObject({ executions: 2000, cut: 0 })
  })
})
