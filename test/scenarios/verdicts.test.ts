import {
  explore,
  type ExploreReport,
  type Parameters,
  type Program,
  type Replay,
  replay,
  type Violation,
} from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { scenarios } from '../../src/scenarios/index.js'
import { countOneMeal, leftFirst, smallerFirst } from './philosophers-model.js'

async function load(name: string): Promise<Program> {
  const entry = scenarios.find((scenario) => scenario.name === name)
  if (entry === undefined) throw new Error(`there is no scenario ${name}`)
  return (await entry.load()).default
}

async function exploreScenario(name: string, params: Parameters = {}): Promise<ExploreReport> {
  return explore(await load(name), { params })
}

const kinds = (report: ExploreReport) => report.violations.map(({ kind }) => kind)
const total = (values: readonly (number | null)[]) => values.reduce<number>((sum, value) => sum + (value ?? NaN), 0)
const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))

/** The one violation of a kind. */
function theOne(report: ExploreReport, kind: Violation['kind']): Violation {
  const [first, ...others] = report.violations.filter((violation) => violation.kind === kind)
  expect(others).toEqual([])
  return first
}

function expectToHold(report: ExploreReport): void {
  expect(report).toMatchObject({ verdict: 'holds', complete: true, violations: [], divergence: 0 })
  expect(report.outcomes.every(({ holds }) => holds)).toBe(true)
}

describe('The bank account', () => {
  test('loses a transfer in 4 of 6 interleavings, 1 in 2 under a random scheduler', async () => {
    const report = await exploreScenario('bank-account')
    expect(report).toMatchObject({ verdict: 'violated', complete: true, counts: { interleavings: '6' } })
    expect(kinds(report)).toEqual(['property', 'race'])
    expect(theOne(report, 'property')).toMatchObject({
      message: 'both transfers count',
      interleavings: '4',
      probability: 0.5,
      preemptions: 1,
      steps: 4,
      criticalStep: 2,
      isLeast: true,
    })
  })

  test('ends with one of three balances', async () => {
    const { outcomes } = await exploreScenario('bank-account')
    expect(
      outcomes.map(({ final, holds, interleavings, probability }) => [final, holds, interleavings, probability]),
    ).toEqual([
      [{ balance: 1000 }, false, '2', 0.25],
      [{ balance: 7000 }, false, '2', 0.25],
      [{ balance: 6000 }, true, '2', 0.5],
    ])
  })

  test('loses other amounts as well', async () => {
    const { outcomes } = await exploreScenario('bank-account', { opening: 0, deposit: 3, withdrawal: 8 })
    expect(outcomes.map(({ final }) => final['balance']).sort()).toEqual([-5, -8, 3])
  })

  test('holds with a lock, in both orders', async () => {
    const report = await exploreScenario('bank-account-locked')
    expectToHold(report)
    expect(report.counts.interleavings).toBe('2')
    expect(report.outcomes).toMatchObject([{ final: { balance: 6000 }, probability: 1 }])
  })
})

describe('The lost update', () => {
  // (2n)! / 2ⁿ orders of n threads with two steps each. Nothing is lost only if the threads run one after the other:
  // n! orders, and after each read the random scheduler must go on with the same thread among those that have not ended.
  test.each([
    [2, '6'],
    [3, '90'],
    [4, '2520'],
    [5, '113400'],
  ])('of %i threads has %s interleavings, and keeps all increments in very few', async (threads, interleavings) => {
    const report = await exploreScenario('lost-update', { threads })
    expect(interleavings).toBe(String(factorial(2 * threads) / 2 ** threads))
    expect(report.counts.interleavings).toBe(interleavings)
    const wrong = theOne(report, 'property')
    expect(wrong.interleavings).toBe(String(Number(interleavings) - factorial(threads)))
    expect(wrong.probability).toBeCloseTo(1 - 1 / factorial(threads), 12)
    expect(wrong).toMatchObject({ preemptions: 1, isLeast: true })
    expect(kinds(report)).toEqual(['property', 'race'])
  })

  test('ends with every number of increments kept from 1 on', async () => {
    const { outcomes } = await exploreScenario('lost-update', { threads: 4 })
    expect(outcomes.map(({ final }) => final['counter']).sort()).toEqual([1, 2, 3, 4])
    expect(total(outcomes.map(({ probability }) => probability))).toBeCloseTo(1, 12)
  })

  test('of two threads that increment twice can lose all increments but two', async () => {
    const report = await exploreScenario('lost-update', { times: 2 })
    expect(report.counts.interleavings).toBe('70')
    expect(report.outcomes.map(({ final }) => final['counter']).sort()).toEqual([2, 3, 4])
  })
})

describe('The critical section', () => {
  test.each([
    [2, '2'],
    [3, '6'],
    [4, '24'],
  ])('of %i threads holds with its lock, in %s orders', async (threads, interleavings) => {
    const report = await exploreScenario('critical-section', { threads })
    expectToHold(report)
    expect(report.counts.interleavings).toBe(interleavings)
  })

  test('is violated without it', async () => {
    const report = await exploreScenario('critical-section', { lock: false })
    expect(kinds(report)).toEqual(['property'])
    expect(report).toMatchObject({ verdict: 'violated', counts: { interleavings: '6' } })
    expect(theOne(report, 'property')).toMatchObject({
      message: 'at most one thread is inside',
      interleavings: '4',
      probability: 0.5,
      preemptions: 1,
      steps: 2,
    })
  })
})

describe('The philosophers', () => {
  test.each([
    [2, '6', '2'],
    [3, '168', '6'],
    [4, '98184', '24'],
    [5, '66468720', '120'],
  ])('at a table for %i have %s interleavings, %s of them deadlocked', async (n, interleavings, deadlocked) => {
    const counted = countOneMeal(leftFirst(n))
    expect([counted.interleavings, counted.deadlocked].map(String)).toEqual([interleavings, deadlocked])
    const report = await exploreScenario('philosophers', { n })
    expect(report.counts.interleavings).toBe(interleavings)
    expect(kinds(report)).toEqual(['deadlock'])
    expect(theOne(report, 'deadlock')).toMatchObject({ interleavings: deadlocked, preemptions: 1, steps: n })
  })

  test('at a table for five deadlock with probability 19/120', async () => {
    expect(theOne(await exploreScenario('philosophers'), 'deadlock').probability).toBeCloseTo(19 / 120, 14)
  })

  test('tell who waits for whom', async () => {
    const { outcomes } = await exploreScenario('philosophers', { n: 3 })
    expect(outcomes.find(({ holds }) => !holds)).toMatchObject({
      final: { 'fork 1': 'P1', 'fork 2': 'P2', 'fork 3': 'P3' },
      waiting: { P1: 'acquire fork 2', P2: 'acquire fork 3', P3: 'acquire fork 1' },
    })
  })

  test.each([2, 3, 4, 5])('at a table for %i hold if they respect an order of forks', async (n) => {
    const counted = countOneMeal(smallerFirst(n))
    const report = await exploreScenario('philosophers-ordered', { n })
    expectToHold(report)
    expect(report.counts.interleavings).toBe(String(counted.interleavings))
    expect(counted.deadlocked).toBe(0n)
  })

  test('who eat twice deadlock too, and hold with an order', async () => {
    expect(kinds(await exploreScenario('philosophers', { n: 3, meals: 2 }))).toEqual(['deadlock'])
    expectToHold(await exploreScenario('philosophers-ordered', { n: 3, meals: 2 }))
  })
})

describe('Join and spawn', () => {
  // s1 and s2 start the helpers h1 and h2; j1 and j2 wait for them. s1 comes first and j2 last; of the rest, s2 before
  // h2 and j1, h1 before j1: three orders if s2 is the first of them, two if h1 is.
  test('holds if every helper is waited for', async () => {
    const report = await exploreScenario('join-and-spawn')
    expectToHold(report)
    expect(report.counts.interleavings).toBe('5')
    expect(report.outcomes).toMatchObject([{ final: { parts: [10, 20] }, results: { main: 30 } }])
  })

  // Without joins: s2, the two reads and h2 after s2 in three orders, and h1 anywhere among them.
  test('adds up too early if nobody waits', async () => {
    const report = await exploreScenario('join-and-spawn', { join: false })
    expect(report).toMatchObject({ verdict: 'violated', counts: { interleavings: '15' } })
    expect(kinds(report)).toEqual(['property', 'race'])
    expect(theOne(report, 'property')).toMatchObject({ interleavings: '10', preemptions: 0 })
    expect(report.outcomes.map(({ results }) => results?.['main']).sort()).toEqual([0, 10, 20, 30])
  })
})

describe('The ticket sellers', () => {
  test('can share ten tickets in 286 ways, and every ticket is sold once', async () => {
    const { outcomes } = await exploreScenario('ticket-sellers')
    expect(outcomes).toHaveLength((13 * 12 * 11) / 6)
    expect(outcomes.map(({ results }) => total(Object.values(results ?? {}) as number[]))).toEqual(
      outcomes.map(() => 10),
    )
    expect(outcomes.every(({ final }) => final['tickets left'] === 0)).toBe(true)
  })

  test('share them with probabilities that sum to 1', async () => {
    const report = await exploreScenario('ticket-sellers')
    expect(total(report.outcomes.map(({ probability }) => probability))).toBeCloseTo(1, 12)
    expect(report.divergence).toBe(0)
  })

  // 4¹⁰ orders of selling, and 4! of finding out that nothing is left.
  test('sell in 4¹⁰ · 4! interleavings, and one sells them all in 4 · 4! of them', async () => {
    const report = await exploreScenario('ticket-sellers')
    expect(report.counts.interleavings).toBe(String(4 ** 10 * 24))
    expect(kinds(report)).toEqual(['property'])
    const violation = theOne(report, 'property')
    expect(violation).toMatchObject({ message: 'no seller sells them all', interleavings: '96', preemptions: 0 })
    expect(violation.probability).toBeCloseTo(4 / 4 ** 10, 15)
  })
})

describe('The error in a child thread', () => {
  test('is found although the parent takes the work for complete', async () => {
    const report = await exploreScenario('child-error')
    expect(kinds(report)).toEqual(['error'])
    expect(report.violations).toMatchObject([
      { message: 'child: Error: thrown in the child thread', interleavings: '1', probability: 1, criticalStep: 0 },
    ])
    expect(report.outcomes).toMatchObject([{ final: { result: 'taken for complete' } }])
  })

  test('holds where it is carried to the parent', async () => {
    const report = await exploreScenario('child-error-carried')
    expectToHold(report)
    expect(report.outcomes).toMatchObject([{ final: { result: 'failed' } }])
  })
})

describe('Up and down', () => {
  test('need never end under a fair scheduler', async () => {
    const report = await exploreScenario('up-and-down')
    expect(report).toMatchObject({ verdict: 'violated', complete: true, counts: { interleavings: 'unbounded' } })
    expect(kinds(report)).toEqual(['endless'])
  })

  test('end under a random one, with either winning 1 time in 2', async () => {
    const report = await exploreScenario('up-and-down')
    expect(report.divergence).toBe(0)
    expect(report.outcomes.map(({ final }) => final['counter']).sort()).toEqual([-3, 3])
    for (const { probability, interleavings } of report.outcomes) {
      expect(probability).toBeCloseTo(0.5, 12)
      expect(interleavings).toBe('unbounded')
    }
  })

  test.each([1, 2, 5])('with the limit %i do the same', async (limit) => {
    const report = await exploreScenario('up-and-down', { limit })
    expect(kinds(report)).toEqual(['endless'])
    expect(total(report.outcomes.map(({ probability }) => probability))).toBeCloseTo(1, 12)
  })
})

describe('Customers behind one lock', () => {
  test.each([2, 3])('%i of them: each may be passed over for ever', async (customers) => {
    const report = await exploreScenario('starvation', { customers })
    expect(report).toMatchObject({ verdict: 'violated', complete: true })
    expect(kinds(report)).toEqual(Array.from({ length: customers }, () => 'starvation'))
    expect(report.violations[0]).toMatchObject({ preemptions: 1, steps: 6 })
  })

  test.each([2, 3])('%i of them are all served in turn with numbers', async (customers) => {
    const report = await exploreScenario('starvation-tickets', { customers })
    expect(report).toMatchObject({ verdict: 'holds', complete: true, violations: [], divergence: 1 })
  })
})

/** What a replay shows, in the words of a violation. */
function isShown({ kind, message }: Violation, run: Replay): boolean {
  const last = run.steps.at(-1)
  switch (kind) {
    case 'property':
      return [...(run.outcome?.failed ?? []), ...(last?.failing ?? [])].includes(message)
    case 'deadlock':
      return run.isOver && run.outcome?.waiting !== null && run.blocked.length > 0
    case 'error':
      return Object.entries(run.outcome?.errors ?? {}).some(([thread, error]) => `${thread}: ${error}` === message)
    case 'race':
      return isRace(run)
    case 'endless':
    case 'livelock':
    case 'starvation':
      return run.repeatsFrom !== null
    case 'misuse':
      return last?.misuse === message
  }
}

function isRace({ steps }: Replay): boolean {
  const [first, second] = steps.slice(-2)
  const operations = [first.operation, second.operation]
  return (
    first.plain &&
    second.plain &&
    first.object === second.object &&
    first.thread !== second.thread &&
    operations.includes('write')
  )
}

describe('Every violation of the gallery', () => {
  const variants: readonly [string, Parameters][] = [
    ...scenarios.map(({ name }): [string, Parameters] => [name, {}]),
    ['critical-section', { lock: false, threads: 3 }],
    ['join-and-spawn', { join: false, helpers: 3 }],
    ['lost-update', { threads: 3, times: 2 }],
    ['philosophers', { n: 4, meals: 2 }],
    ['up-and-down', { limit: 5 }],
  ]

  test.each(variants)('of %s %j is replayed by its token', async (name, params) => {
    const program = await load(name)
    const { violations } = await explore(program, { params })
    for (const violation of violations) {
      const run = replay(program, violation.token)
      expect(isShown(violation, run)).toBe(true)
      expect(run).toMatchObject({
        holds: false,
        preemptions: violation.preemptions,
        differsAt: null,
        token: violation.token,
      })
      expect(run.steps.map(({ thread }) => thread).join(' ')).toBe(violation.schedule.replaceAll(/[[\]]/g, ''))
      expect(run.steps).toHaveLength(violation.steps)
    }
  })

  test('is gone in the scenario that repairs it', async () => {
    for (const { name, repairedBy } of scenarios) {
      if (repairedBy === undefined) continue
      expect({ name, verdict: (await exploreScenario(name)).verdict }).toEqual({ name, verdict: 'violated' })
      expect({ name, verdict: (await exploreScenario(repairedBy)).verdict }).toEqual({ name, verdict: 'holds' })
    }
  })
})
