import { explore } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { EXAMPLES, untimed } from '../../support/observations.js'
import { draw, STRATEGIES } from './support/draw.js'

describe.each(STRATEGIES)('The same seed, strategy %s,', (strategy) => {
  test.each(EXAMPLES)('draws the same executions of $name', (subject) => {
    const once = draw(subject, strategy, { seed: 'a seed', count: 200 })
    expect(draw(subject, strategy, { seed: 'a seed', count: 200 })).toEqual(once)
    expect(draw(subject, strategy, { seed: 'another seed', count: 200 })).not.toEqual(once)
    expect(new Set(once.map(({ schedule }) => schedule)).size).toBeGreaterThan(5)
  })

  test.each(EXAMPLES)('gives the same report on $name', async (subject) => {
    const options = { strategy, seed: 7, samples: 100 }
    const report = await explore(subject, options)
    expect(untimed(await explore(subject, options))).toEqual(untimed(report))
    expect(report).toMatchObject({ strategy, complete: false, seed: '7', depth: strategy === 'pct' ? 3 : null })
    expect(report.counts.executions).toBe(100)
  })
})
