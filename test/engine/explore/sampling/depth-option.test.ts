import { explore, UsageError } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { lostUpdate } from '../../support/small-programs.js'

describe('The option depth', () => {
  test.each([0, -1, 1.5, Number.NaN, Infinity, '2' as unknown as number])('cannot be %s', async (depth) => {
    const exploring = explore(lostUpdate(2), { strategy: 'pct', depth })
    await expect(exploring).rejects.toThrow(UsageError)
    await expect(exploring).rejects.toMatchObject({
      code: 'usage/not-a-count',
      message: `depth must be a whole number of at least 1, not ${depth}`,
    })
  })

  test('stands in the report of the strategy that knows it', async () => {
    const given = { depth: 2, samples: 50 }
    expect(await explore(lostUpdate(2), { ...given, strategy: 'pct' })).toMatchObject({ depth: 2 })
    expect(await explore(lostUpdate(2), { ...given, strategy: 'pos' })).toMatchObject({ depth: null })
    expect(await explore(lostUpdate(2), given)).toMatchObject({ depth: null, seed: null })
  })
})
