import { explore, type ExploreReport, formatData, type Program } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SEED } from '../engine/support/seed.js'
import { KINDS } from '../laws/kinds.js'
import { anyScript, programOf } from '../laws/worlds.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 25)
const TITLES = ['future', 'thread that is to be started', 'timer', 'thread pool', 'census of threads', 'thread-local']

/** What must not depend on how a program is explored. */
function found({ outcomes, violations }: ExploreReport) {
  const kinds = violations.map(({ kind, message }) => `${kind}: ${message}`)
  return {
    outcomes: outcomes
      .map(({ final, results, errors, waiting }) => formatData([final, results, errors, waiting]))
      .sort(),
    violations: kinds.sort(),
  }
}

async function expectAgreement(program: Program): Promise<void> {
  const graph = await explore(program)
  expect(graph.complete).toBe(true)
  const dpor = await explore(program, { strategy: 'dpor' })
  expect(found(dpor), 'dpor').toEqual(found(graph))
  expect(found(await explore(program, { reduction: true })), 'with reduction').toEqual(found(graph))
  expect(found(await explore(program, { preemptions: 40 })), 'bounded').toEqual(found(graph))
}

for (const kind of KINDS.filter(({ title }) => TITLES.includes(title)))
  describe(`Random programs with a ${kind.title}`, () => {
    test('come out the same under every strategy', async () => {
      await fc.assert(
        fc.asyncProperty(anyScript(kind), async (script) => {
          const acts = script.threads.reduce((total, { length }) => total + length, 0)
          fc.pre(acts <= (kind.title === 'thread pool' ? 3 : 5))
          await expectAgreement(programOf(kind, script))
        }),
        { seed: SEED, numRuns: RUNS },
      )
    })
  })
