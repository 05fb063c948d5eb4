import { explore } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { PUBLISHED_CLASSES } from '../../support/reads-from-programs.js'

describe('There are as many reads-from classes as are published', () => {
  test.each(PUBLISHED_CLASSES.map((one) => [one.title, one.classes, one] as const))(
    'for %s: %i',
    { timeout: 600_000 },
    async (_title, classes, { build }) => {
      const { complete, counts } = await explore(build(), { equivalence: 'reads-from' })
      expect(complete).toBe(true)
      expect(counts.blocked).toBe(0)
      expect(counts.executions! + counts.assumeFailed!).toBe(classes)
    },
  )
})
