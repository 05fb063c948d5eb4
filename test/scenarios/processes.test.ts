import { explore, type ExploreReport, type Parameters } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { scenarios } from '../../src/scenarios/index.js'

/** What both strategies find in a scenario. */
async function exploreBothWays(name: string, params: Parameters = {}): Promise<ExploreReport> {
  const { default: subject } = await scenarios.find((scenario) => scenario.name === name)!.load()
  const graph = await explore(subject, { params })
  const dpor = await explore(subject, { params, strategy: 'dpor' })
  expect([graph.complete, dpor.complete]).toEqual([true, true])
  expect(seen(dpor)).toEqual(seen(graph))
  expect(found(dpor)).toEqual(found(graph))
  return graph
}

const seen = ({ outcomes }: ExploreReport) =>
  outcomes.map(({ final, waiting, holds }) => JSON.stringify({ final, waiting, holds })).sort()
const found = ({ violations }: ExploreReport) => violations.map(({ kind, message }) => `${kind}: ${message}`).sort()

describe('A counter that two processes increment', () => {
  test('is one counter for each process: the parent’s stays at 0 in every interleaving', async () => {
    const report = await exploreBothWays('own-memory')
    expect(found(report)).toEqual(['property: the parent sees both increments'])
    expect(report.outcomes.map(({ final, probability }) => [final['counter'], probability])).toEqual([[0, 1]])
    expect(report.violations[0].criticalStep).toBe(0)
  })

  test.each(['own-memory-shared', 'own-memory-queue', 'own-memory-manager'])('holds in %s', async (name) => {
    expect(await exploreBothWays(name)).toMatchObject({ verdict: 'holds', violations: [] })
  })

  test('loses increments at a manager without a lock', async () => {
    const report = await exploreBothWays('own-memory-manager', { locked: false })
    expect(found(report)).toEqual(['property: the parent sees both increments'])
    expect(new Set(report.outcomes.map(({ holds }) => holds))).toEqual(new Set([true, false]))
  })
})

describe('A process that crashes', () => {
  test('leaves the program alive, which sees it by the exit code', async () => {
    const report = await exploreBothWays('process-crash')
    expect(report).toMatchObject({ verdict: 'holds', violations: [] })
    expect(report.outcomes.map(({ final }) => final)).toEqual([{ result: 42, worker: -6 }])
  })
})

describe('A lock that another thread holds', () => {
  test('is held for ever in the child of a fork', async () => {
    const report = await exploreBothWays('fork-held-lock')
    expect(report.violations.map(({ kind }) => kind)).toEqual(['deadlock'])
    expect(report.outcomes.find(({ waiting }) => waiting !== undefined)!.waiting).toEqual({
      parent: 'join worker',
      worker: 'acquire log in worker',
    })
  })

  test('is free in a child that was spawned', async () => {
    expect(await exploreBothWays('fork-held-lock-spawned')).toMatchObject({ verdict: 'holds', violations: [] })
  })
})

describe('A process that holds a lock', () => {
  test('and is terminated keeps it for ever', async () => {
    const report = await exploreBothWays('killed-holder')
    expect(report.violations.map(({ kind }) => kind)).toEqual(['deadlock'])
    expect(report.violations[0].message).toContain('parent waits for file, which worker holds')
    expect(report.outcomes.find(({ waiting }) => waiting !== undefined)!.final).toMatchObject({
      file: 'worker',
      worker: -15,
    })
  })

  test('and is asked to stop gives it back', async () => {
    expect(await exploreBothWays('killed-holder-asked')).toMatchObject({ verdict: 'holds', violations: [] })
  })
})

describe('A counter that jobs of a pool of processes increment', () => {
  test.each([1, 2])('is one for each of %i workers: the parent’s stays at 0 in every interleaving', async (workers) => {
    const report = await exploreBothWays('process-pool', { workers })
    expect(found(report)).toEqual(['property: two even numbers were found'])
    expect(new Set(report.outcomes.map(({ final }) => final['found']))).toEqual(new Set([0]))
  })

  test('is right in the parent if the jobs return what they have counted', async () => {
    expect(await exploreBothWays('process-pool-results')).toMatchObject({ verdict: 'holds', violations: [] })
  })
})

describe('A payment over a network that loses messages', () => {
  test('is booked twice if the answer was lost, or came too late', async () => {
    const report = await exploreBothWays('lost-message')
    expect(found(report)).toEqual(['property: at most one payment is booked'])
    expect(report.violations[0].preemptions).toBe(0)
  })

  test('is booked once if requests have numbers', async () => {
    expect(await exploreBothWays('lost-message-numbered')).toMatchObject({ verdict: 'holds', violations: [] })
    expect(await exploreBothWays('lost-message-numbered', { tries: 3 })).toMatchObject({ verdict: 'holds' })
  })
})

describe('Map and reduce on a cluster', () => {
  test.each([1, 2, 3])('gives the sum on %i nodes, whichever sum comes first', async (nodes) => {
    expect(await exploreBothWays('map-reduce-cluster', { nodes })).toMatchObject({ verdict: 'holds', violations: [] })
  })
})

describe('A multiprocessing pool whose results are asked for after its end', () => {
  test.each([1, 2])(
    'leaves who asks in a deadlock, with %i workers, unless all jobs happen to be done',
    async (workers) => {
      const report = await exploreBothWays('pool-left-early', { workers })
      expect(report.violations.map(({ kind }) => kind)).toEqual(['deadlock'])
      expect(report.violations[0].message).toContain('main waits (get pool’s mapAsync')
      expect(new Set(report.outcomes.map(({ holds }) => holds))).toEqual(new Set([true, false]))
    },
  )

  test('has them all if it is closed and joined before', async () => {
    expect(await exploreBothWays('pool-closed-and-joined')).toMatchObject({ verdict: 'holds', violations: [] })
    expect(await exploreBothWays('pool-closed-and-joined', { workers: 2 })).toMatchObject({ verdict: 'holds' })
  })
})
