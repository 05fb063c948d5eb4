import { explore, type ExploreReport, type Strategy } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { scenarios } from '../../src/scenarios/index.js'

const STRATEGIES: readonly Strategy[] = ['graph', 'dpor']

async function exploreScenario(name: string, strategy: Strategy): Promise<ExploreReport> {
  const { default: program } = await scenarios.find((scenario) => scenario.name === name)!.load()
  return explore(program, { strategy })
}

describe.each(STRATEGIES)('Under strategy %s', (strategy) => {
  test.each([
    'kernel-level-threads',
    'gather',
    'blocked-loop-to-thread',
    'tasks-lost-update-locked',
    'cancelled-task-finally',
  ])('%s holds', async (name) => {
    expect(await exploreScenario(name, strategy)).toMatchObject({ verdict: 'holds', complete: true, violations: [] })
  })

  test('three tasks of 2, 3 and 1 s end after 3 s, the shortest first', async () => {
    const { outcomes, time } = await exploreScenario('gather', strategy)
    expect(time).toBe('virtual')
    expect(outcomes.map(({ final, results }) => [final, results?.['main']])).toEqual([
      [{ now: 3, done: ['C', 'A', 'B'] }, [2, 3, 1]],
    ])
  })

  test('a blocking call of one user-level thread stops them all', async () => {
    const { violations, outcomes } = await exploreScenario('user-level-threads', strategy)
    expect(violations.map(({ kind }) => kind)).toEqual(['deadlock'])
    expect(outcomes.map(({ waiting }) => waiting)).toEqual([
      {
        'kernel thread': 'gather "reader", "writer" user-level scheduler',
        reader: 'acquire pipe',
        writer: 'start user-level scheduler',
      },
    ])
  })

  test('a long task keeps the loop from everybody', async () => {
    const { violations } = await exploreScenario('blocked-loop', strategy)
    expect(violations.map(({ kind, message }) => [kind, message])).toEqual([
      ['property', 'whoever computes does not keep the loop'],
    ])
  })

  test('two tasks that wait between read and write lose an update in every execution', async () => {
    const { violations, outcomes } = await exploreScenario('tasks-lost-update', strategy)
    expect(violations.map(({ kind, message }) => [kind, message])).toEqual([['property', 'both visits count']])
    expect(outcomes.map(({ final }) => final['visitors']).sort()).toEqual([1])
  })

  test('a cancelled task leaves its lock taken, and the next one waits for ever', async () => {
    const { violations, outcomes } = await exploreScenario('cancelled-task', strategy)
    expect(violations.map(({ kind }) => kind)).toEqual(['deadlock'])
    expect(outcomes.find(({ holds }) => !holds)).toMatchObject({ final: { lock: 'slow' } })
  })
})
