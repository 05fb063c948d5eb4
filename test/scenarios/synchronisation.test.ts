import { compareRepair, explore, type ExploreReport, type Parameters, type Program, replay } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { scenarios } from '../../src/scenarios/index.js'
import { exploreBothWays, expectLawToHold } from '../laws/both-strategies.js'

async function load(name: string): Promise<Program> {
  return (await scenarios.find((scenario) => scenario.name === name)!.load()).default
}

const kinds = ({ violations }: ExploreReport) => violations.map(({ kind }) => kind)

/** How the steps of a violation read, one line each. */
function stepsOf(subject: Program, { violations }: ExploreReport, index = 0): string[] {
  return replay(subject, violations[index].token).steps.map(({ thread, label }) => `${thread}: ${label}`)
}

const REPAIRS: readonly [broken: string, repaired: string, params: Parameters][] = [
  ['nested-lock', 'nested-lock-reentrant', {}],
  ['publisher-missed', 'publisher', {}],
  ['publisher-if', 'publisher', {}],
  ['oversold', 'oversold-repaired', {}],
  ['oversold-bounded', 'oversold-repaired', {}],
  ['stop-tree-orphan', 'stop-tree', {}],
  ['barrier-impatient', 'barrier', {}],
  ['philosophers', 'philosophers-arbiter', { n: 3 }],
]

describe('What goes wrong is found in all states and in all traces alike', () => {
  test.each(REPAIRS)('%s, and %s repairs it', async (broken, repaired, params) => {
    const before = await exploreBothWays(await load(broken), params)
    const after = await expectLawToHold(await load(repaired), params)
    expect(before.verdict).toBe('violated')
    expect(compareRepair(before, after).verdict).toBe('repaired')
  })
})

describe('The nested lock', () => {
  test('waits for itself after one step', async () => {
    const { violations } = await explore(await load('nested-lock'))
    expect(violations).toMatchObject([
      {
        kind: 'deadlock',
        message: 'deadlock: transfer waits for account, which it holds itself',
        preemptions: 0,
        steps: 1,
        criticalStep: 0,
        isLeast: true,
      },
    ])
  })
})

describe('The publisher', () => {
  test('is not heard by subscribers who come too late', async () => {
    const subject = await load('publisher-missed')
    const report = await explore(subject)
    expect(kinds(report)).toEqual(['deadlock', 'deadlock', 'deadlock'])
    expect(report.violations[0]).toMatchObject({ preemptions: 0, steps: 7, isLeast: true })
    expect(stepsOf(subject, report)).toEqual([
      'publisher: acquire',
      'publisher: notifyAll',
      'publisher: release',
      'subscriber 1: acquire',
      'subscriber 1: wait',
      'subscriber 2: acquire',
      'subscriber 2: wait',
    ])
  })

  test('is heard by one who does not ask again, while another has read', async () => {
    const subject = await load('publisher-if')
    const report = await explore(subject)
    expect(report.violations).toMatchObject([
      { kind: 'property', message: 'nobody reads what is not there', preemptions: 1, isLeast: true },
    ])
    expect(stepsOf(subject, report)).toContain('publisher: notify')
  })

  test('notifies whichever subscriber is chosen: either may read first', async () => {
    const { outcomes, violations } = await explore(await load('publisher'), { params: { subscribers: 1 } })
    expect(violations).toEqual([])
    expect(outcomes).toMatchObject([{ final: { unread: 0 } }])
  })
})

describe('The seats', () => {
  test('are oversold by a semaphore that says nothing of a release too many', async () => {
    const report = await explore(await load('oversold'))
    expect(kinds(report)).toEqual(['property'])
    expect(report.violations[0]).toMatchObject({ preemptions: 1, steps: 9, isLeast: true })
  })

  test('are told of by a bounded one, with the shortest schedule', async () => {
    const subject = await load('oversold-bounded')
    const report = await explore(subject)
    const misuse = report.violations.findIndex(({ kind }) => kind === 'misuse')
    expect(report.violations[misuse]).toMatchObject({
      message: 'bounded semaphore “free seats” is released, but 1 of its 1 permits are back already',
      preemptions: 0,
      steps: 5,
      isLeast: true,
    })
    expect(stepsOf(subject, report, misuse).at(-1)).toBe('careless visitor: release')
  })

  // Where another visitor has taken the seat meanwhile, the release too many looks like any other.
  test('may be oversold all the same', async () => {
    expect(kinds(await explore(await load('oversold-bounded')))).toContain('property')
  })
})

describe('The tree of threads', () => {
  test('leaves its leaves behind in every run if a branch does not tell them', async () => {
    const report = await explore(await load('stop-tree-orphan'))
    expect(report.violations).toMatchObject([
      {
        kind: 'deadlock',
        message: 'deadlock: leaf 1 waits (wait stop leaf 1); leaf 2 waits (wait stop leaf 2)',
        criticalStep: 0,
      },
    ])
  })

  test.each([1, 2])('of %i branches stops', async (branches) => {
    await expectLawToHold(await load('stop-tree'), { branches })
  })
})

describe('The barrier', () => {
  test('breaks for all if one gives up: none runs, or all do', async () => {
    const { violations, outcomes } = await explore(await load('barrier-impatient'))
    expect(violations.map(({ message }) => message)).toEqual(
      [1, 2, 3, 4].map((i) => `runner ${i}: BrokenBarrierError: barrier “start” is broken`),
    )
    for (const { results, errors } of outcomes)
      expect([Object.keys(results ?? {}).length, Object.keys(errors ?? {}).length]).toEqual(
        errors === undefined ? [4, 0] : [0, 4],
      )
  })

  // 4! orders of coming, and none, one, two or three who wait when the referee looks; after that, none.
  test('gives four runners numbers in any order, and lets the referee see how many wait', async () => {
    const { outcomes } = await explore(await load('barrier'))
    expect(outcomes).toHaveLength(24 * 4)
    expect(new Set(outcomes.map(({ results }) => results!['referee']))).toEqual(new Set([0, 1, 2, 3]))
  })
})

describe('Philosophers', () => {
  test.each([2, 3, 4])('at a table for %i with an arbiter do not deadlock', async (n) => {
    expect(await explore(await load('philosophers-arbiter'), { params: { n } })).toMatchObject({
      verdict: 'holds',
      divergence: 0,
    })
  })

  test('who put forks back never deadlock, but need not end under a fair scheduler', async () => {
    const report = await explore(await load('philosophers-try-lock'))
    expect(kinds(report)).toEqual(['endless'])
    expect(report).toMatchObject({ complete: true, divergence: 0 })
    expect(report.outcomes.every(({ waiting }) => waiting === undefined)).toBe(true)
  })
})

describe('The polite diners', () => {
  test('hand the spoon over for ever, and nobody can end: a livelock', async () => {
    const report = await explore(await load('polite-diners'))
    expect(report).toMatchObject({ complete: true, divergence: 1, outcomes: [] })
    expect(kinds(report)).toEqual(['livelock'])
    const { repeatsFrom, steps } = replay(await load('polite-diners'), report.violations[0].token)
    const repeated = steps.slice(repeatsFrom! - 1)
    expect(new Set(repeated.map(({ thread }) => thread))).toEqual(new Set(['Anne', 'Bruno']))
  })

  test('both eat if each insists when it gets the spoon back', async () => {
    const report = await explore(await load('polite-diners-insisting'))
    expect(report).toMatchObject({ verdict: 'holds', complete: true, divergence: 0 })
  })
})

describe('Locks taken in two orders', () => {
  test('deadlock, with the shortest schedule', async () => {
    const { violations } = await exploreBothWays(await load('philosophers'), { n: 2 })
    expect(violations).toMatchObject([{ kind: 'deadlock', preemptions: 1, steps: 2, isLeast: true }])
  })
})
