import { explore, type ExploreReport, type Parameters } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { scenarios } from '../../src/scenarios/index.js'

const STRATEGIES = ['graph', 'dpor'] as const

async function exploreScenario(
  name: string,
  strategy: (typeof STRATEGIES)[number],
  params: Parameters = {},
): Promise<ExploreReport> {
  const { default: program } = await scenarios.find((scenario) => scenario.name === name)!.load()
  return explore(program, { strategy, params })
}

/** Scenarios about the computer, whose outcomes are the same however long things take, with what is wrong in them. */
const VERDICTS: readonly (readonly [string, Parameters, readonly string[]])[] = [
  ['priority-inversion', {}, ['property: nothing is reset']],
  ['thread-creation', {}, []],
  ['thread-creation', { of: 'fork' }, []],
  ['thread-creation', { of: 'spawn' }, []],
  ['thread-creation', { of: 'forkserver' }, []],
  ['downloads', {}, []],
  ['downloads', { threads: false }, []],
  ['prime-factors', {}, []],
  ['prime-factors', { by: 'one' }, []],
  ['prime-factors', { by: 'processes' }, []],
  ['two-queues', {}, []],
  ['two-queues', { counters: 2 }, []],
  ['false-sharing', {}, []],
  ['false-sharing', { apart: 8 }, []],
  ['counting-in-python', {}, ['property: no count is lost', 'race: data race on cell “x”']],
  ['counting-in-python', { call: true }, ['property: no count is lost', 'race: data race on cell “x”']],
]

describe.each(STRATEGIES)('By strategy %s,', (strategy) => {
  test.each(VERDICTS)('in %s %j is found what is wrong, and nothing else', async (name, params, wrong) => {
    const report = await exploreScenario(name, strategy, params)
    const found = report.violations.map(({ kind, message }) => `${kind}: ${message.split(':')[0]}`)
    expect([...new Set(found)].sort()).toEqual(wrong)
    expect(report).toMatchObject({ verdict: wrong.length === 0 ? 'holds' : 'violated', complete: true })
    expect(report.warnings ?? []).toEqual([])
  })
})
