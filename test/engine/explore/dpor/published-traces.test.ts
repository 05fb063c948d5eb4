import { explore } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { PUBLISHED_COUNTS, SLOW_COUNTS, type PublishedCount } from '../../support/published-counts.js'
import { countTraces } from '../../support/sleep-sets.js'

/** Set ENTRELACS_SLOW to count the largest programs as well. */
const COUNTS = process.env['ENTRELACS_SLOW'] === undefined ? PUBLISHED_COUNTS : [...PUBLISHED_COUNTS, ...SLOW_COUNTS]

function expectedOf({ executions, deadlocked = 0, assumeFailed = 0 }: PublishedCount) {
  return { executions, deadlocked, assumeFailed }
}

function titled(counts: readonly PublishedCount[]): [string, number, PublishedCount][] {
  return counts.map((published) => [published.title, published.executions, published])
}

describe('dpor executes as many traces as are published', () => {
  test.each(titled(COUNTS))('for %s: %i', { timeout: 600_000 }, async (_title, _executions, published) => {
    const report = await explore(published.build(), { strategy: 'dpor' })
    expect(report.complete).toBe(true)
    expect(report.counts).toMatchObject({ ...expectedOf(published), blocked: 0 })
  })
})

describe('Sleep sets alone complete as many', () => {
  const small = COUNTS.filter(({ isLarge }) => isLarge !== true)
  test.each(titled(small))('for %s: %i', (_title, _executions, published) => {
    const { complete, deadlocked, assumeFailed } = countTraces(published.build())!
    expect({ executions: complete + deadlocked, deadlocked, assumeFailed }).toEqual(expectedOf(published))
  })
})
