import { explore, type Program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { lostUpdate, philosophers } from '../../support/small-programs.js'
import { draw, failures, schedules } from './support/draw.js'
import { aside, deadlock01, reorder } from './support/programs.js'
import { ERROR_RATE, twoSided, uniformity } from './support/statistics.js'

const COUNT = 40_000
const SEED = 'random walk'

async function exactChance(subject: Program): Promise<number> {
  const { outcomes } = await explore(subject, { strategy: 'graph' })
  return outcomes.filter(({ holds }) => !holds).reduce((sum, { probability }) => sum + probability!, 0)
}

describe('The random walk', () => {
  const subjects: readonly (readonly [string, Program, number])[] = [
    ['the lost update of two threads', lostUpdate(2), 1 / 2],
    ['the lost update of three threads', lostUpdate(3), 5 / 6],
    ['the lost update of four threads', lostUpdate(4), 23 / 24],
    ['reorder with one setter', reorder(1), 1 / 4],
    ['reorder with two setters', reorder(2), 20 / 81],
    ['reorder with three setters', reorder(3), 57 / 256],
    ['two locks in opposite orders', deadlock01, 1 / 2],
    ['two philosophers', philosophers(2, 'left first'), 1 / 2],
    ['three philosophers', philosophers(3, 'left first'), 1 / 3],
    ['four philosophers', philosophers(4, 'left first'), 11 / 48],
    ['five philosophers', philosophers(5, 'left first'), 19 / 120],
  ]

  test.each(subjects)('fails as often as the graph says: %s', async (_name, subject, published) => {
    const chance = await exactChance(subject)
    expect(chance).toBeCloseTo(published, 12)

    const hits = failures(draw(subject, 'random', { seed: SEED, count: COUNT }))
    expect(twoSided(hits, COUNT, chance), `${hits} of ${COUNT}`).toBeGreaterThan(ERROR_RATE)
  })

  test('draws every order of threads that step once equally often', () => {
    const drawn = schedules(draw(aside(1, 1, 1), 'random', { seed: SEED, count: COUNT }))
    expect(uniformity(drawn, 6)).toBeGreaterThan(ERROR_RATE)
  })

  test('is told from a scheduler that is off by three in a hundred', () => {
    const hits = failures(draw(lostUpdate(2), 'random', { seed: SEED, count: COUNT }))
    expect(twoSided(hits, COUNT, 0.53)).toBeLessThan(ERROR_RATE)
    expect(twoSided(hits, COUNT, 0.47)).toBeLessThan(ERROR_RATE)
  })
})
