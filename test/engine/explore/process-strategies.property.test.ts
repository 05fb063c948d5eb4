import { explore, type ExplorationOptions, type ExploreReport, program, replay } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyProcessScript, programOfProcesses } from '../support/process-programs.js'
import { SEED } from '../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 25)
const MAX_STATES = 800

const outcomesOf = ({ outcomes }: ExploreReport) =>
  outcomes
    .map(({ final, results, errors, waiting, holds }) => JSON.stringify({ final, results, errors, waiting, holds }))
    .sort()

/** Explores random programs with processes, all states first; tells how many were compared. */
async function compare(options: ExplorationOptions, check: (found: string[], all: string[]) => void): Promise<number> {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(anyProcessScript, fc.constantFrom('free', 'virtual'), async (script, time) => {
      const subject = programOfProcesses(script, { time })
      const graph = await explore(subject, { maxStates: MAX_STATES })
      if (!graph.complete) return
      check(outcomesOf(await explore(subject, options)), outcomesOf(graph))
      for (const { token, steps } of graph.violations) expect(replay(subject, token).steps).toHaveLength(steps)
      compared++
    }),
    { seed: SEED, numRuns: RUNS },
  )
  return compared
}

describe('On random programs with processes', () => {
  test.each<[string, ExplorationOptions]>([
    ['a reduced graph', { reduction: true }],
    ['a bound that bounds nothing', { preemptions: 100 }],
    ['a filter for states', { bitstate: true }],
  ])('%s shows all outcomes', { timeout: 600_000 }, async (_title, options) => {
    const compared = await compare(options, (found, all) => expect(found).toEqual(all))
    expect(compared).toBeGreaterThan(RUNS / 2)
  })

  test.each(['random', 'pct', 'pos', 'surw'] as const)(
    '%s shows nothing but outcomes',
    { timeout: 600_000 },
    async (strategy) => {
      const compared = await compare({ strategy, samples: 50, seed: 1 } as ExplorationOptions, (found, all) => {
        expect(all).toEqual(expect.arrayContaining(found))
      })
      expect(compared).toBeGreaterThan(RUNS / 2)
    },
  )
})

test('Reads-from classes refuse processes, with a reason', async () => {
  const subject = program('one process', {}, (_params, p) => {
    const child = p.process('child', () => p.yieldNow())
    p.thread('main', () => child.start())
  })
  await expect(explore(subject, { strategy: 'dpor', equivalence: 'reads-from' })).rejects.toMatchObject({
    code: 'usage/reads-from-process',
  })
})
