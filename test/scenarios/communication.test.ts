import { explore, type ExploreReport, type Parameters, type Strategy } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { scenarios } from '../../src/scenarios/index.js'

const STRATEGIES: readonly Strategy[] = ['graph', 'dpor']

async function exploreScenario(name: string, strategy: Strategy, params: Parameters = {}): Promise<ExploreReport> {
  const { default: program } = await scenarios.find((scenario) => scenario.name === name)!.load()
  return explore(program, { strategy, params })
}

/** What is found, with the fewest preemptions and steps that show it. */
const found = ({ violations }: ExploreReport) =>
  violations.map(({ kind, message, preemptions, steps }) => `${kind}: ${message} · ${preemptions}, ${steps}`).sort()

/** What goes wrong in a scenario; nothing in those that hold. */
const VERDICTS: Readonly<Record<string, readonly string[]>> = {
  'file-check-then-create': ['property: who takes the report for theirs has written it · 1, 6'],
  'file-created-exclusively': [],
  therac: ['property: never the full beam without the target · 1, 6', 'race: data race on cell “prescribed” · 0, 2'],
  'therac-interlock': [],
  'unsafe-set': [
    'property: one thread is told that fig is new · 1, 8',
    'property: the set holds what was added · 1, 8',
    'race: data race on cell “members” · 1, 3',
  ],
  'locked-set': [],
  'three-queues': [],
  'empty-then-get': [
    'deadlock: deadlock: subscriber 1 waits (get queue) · 1, 13',
    'deadlock: deadlock: subscriber 2 waits (get queue) · 1, 13',
  ],
  'get-nowait': [],
  'forgotten-task-done': ['deadlock: deadlock: main waits (join queue) · 0, 8'],
  'task-done': [],
  'work-stealing': [
    'error: owner: IndexError: deque “tasks” is empty · 1, 9',
    'error: thief: IndexError: deque “tasks” is empty · 1, 9',
    'property: every task is done once · 1, 9',
  ],
  'work-stealing-safe': [],
  'producer-consumer': [],
  'worker-pool': [],
  pipeline: [],
  'map-reduce': [],
  'circuit-breaker': [],
  emitter: [],
  temperatures: [],
}

describe.each(STRATEGIES)('By strategy %s,', (strategy) => {
  test.each(Object.entries(VERDICTS))('in %s is found what is wrong, and nothing else', async (name, wrong) => {
    const report = await exploreScenario(name, strategy)
    expect(found(report)).toEqual(wrong)
    expect(report).toMatchObject({ verdict: wrong.length === 0 ? 'holds' : 'violated', complete: true })
    expect(report.violations.every(({ isLeast, kind }) => isLeast || kind === 'race')).toBe(true)
  })

  test('a pool with a sentinel too few leaves a worker waiting', async () => {
    const report = await exploreScenario('worker-pool', strategy, { sentinels: 1 })
    expect(report.violations.map(({ kind, message }) => `${kind}: ${message}`).sort()).toEqual([
      'deadlock: deadlock: worker 1 waits (get queue)',
      'deadlock: deadlock: worker 2 waits (get queue)',
    ])
  })

  test('a pipeline with more room and more pages stores them in the same order', async () => {
    const report = await exploreScenario('pipeline', strategy, { room: 2, pages: 3 })
    expect(report.outcomes.map(({ results }) => results?.['stores'])).toEqual([['PAGE 1', 'PAGE 2', 'PAGE 3']])
  })
})

describe('What can come of it', () => {
  const outcomes = async (name: string, params: Parameters = {}) =>
    (await exploreScenario(name, 'graph', params)).outcomes

  test('subscribers that look first get stuck in 84 of 428 interleavings, one of them', async () => {
    const all = await outcomes('empty-then-get')
    const stuck = all.filter(({ holds }) => !holds)
    expect(stuck.map(({ waiting }) => Object.values(waiting ?? {}))).toEqual(stuck.map(() => ['get queue']))
    const count = (some: typeof all) => some.reduce((sum, { interleavings }) => sum + Number(interleavings), 0)
    expect([count(stuck), count(all)]).toEqual([84, 428])
  })

  test('a task that is never done keeps join waiting in every interleaving', async () => {
    const [only, ...others] = await outcomes('forgotten-task-done')
    expect(others).toEqual([])
    expect(only).toMatchObject({
      final: { queue: { items: [], unfinished: 1 } },
      waiting: { main: 'join queue' },
      interleavings: '120',
      probability: 1,
    })
  })

  test('owner and thief share three tasks in every way that there is', async () => {
    const shares = (await outcomes('work-stealing-safe')).map(({ results }) =>
      [results?.['owner'], results?.['thief']].map((done) => (done as readonly number[]).length),
    )
    expect(shares.map(String).sort()).toEqual(['0,3', '1,2', '2,1', '3,0'])
  })

  test('a file made by two who saw none holds the text of one of them, or both, or either’s first', async () => {
    const texts = (await outcomes('file-check-then-create')).map(({ final }) => JSON.stringify(final['disk']))
    expect([...new Set(texts)].sort()).toEqual([
      '{"report.txt":"by A"}',
      '{"report.txt":"by Aby B"}',
      '{"report.txt":"by B"}',
      '{"report.txt":"by Bby A"}',
    ])
  })

  test('the operator’s edit is heeded in full, or not at all, unless it comes while the machine sets up', async () => {
    const treated = ({ final }: { readonly final: Readonly<Record<string, unknown>> }) =>
      `${String(final['beam'])}, target ${String(final['target in place'])}`
    expect((await outcomes('therac')).map(treated).sort()).toEqual([
      'full, target false',
      'full, target true',
      'weak, target false',
    ])
    expect((await outcomes('therac-interlock')).map(treated).sort()).toEqual([
      'full, target true',
      'weak, target false',
    ])
  })

  test('callers of a service that is down are answered, told so, or refused', async () => {
    const answers = (await outcomes('circuit-breaker')).flatMap(({ results }) => Object.values(results ?? {}).flat())
    expect([...new Set(answers)].sort()).toEqual(['answered', 'down', 'refused'])
  })

  test('handlers of two events interleave, those of one do not change places', async () => {
    const logs = (await outcomes('emitter')).map(({ final }) => final['log'] as readonly string[])
    expect(logs).toContainEqual(['north: noted', 'south: noted', 'north: cooling', 'south: cooling', 'north: alarm'])
  })

  test.each([
    [30, [40, 35]],
    [36, [40]],
    [50, []],
  ])('with a threshold of %i degrees there are alarms for %j', async (threshold, alarms) => {
    const all = await outcomes('temperatures', { threshold })
    expect(all.map(({ results }) => results?.['alarm'])).toEqual([alarms])
  })
})
