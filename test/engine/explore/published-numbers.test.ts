import { explore, type ExploreReport, type Outcome, program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { solve } from '../support/linear-equations.js'
import { lostUpdate, philosophers, upAndDown } from '../support/small-programs.js'

function interleavingsOf(outcomes: readonly Outcome[], select: (outcome: Outcome) => boolean): string {
  return String(outcomes.filter(select).reduce((sum, { interleavings }) => sum + BigInt(interleavings!), 0n))
}

function probabilityOf(outcomes: readonly Outcome[], select: (outcome: Outcome) => boolean): number {
  return outcomes.filter(select).reduce((sum, { probability }) => sum + probability!, 0)
}

const fails = ({ holds }: Outcome) => !holds

/** Equal to 12 significant digits. */
function expectDigits(actual: number | null, expected: number): void {
  expect(Math.abs(actual! - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected))
}

function expectProbabilitiesToAddUp({ outcomes, divergence, dropped }: ExploreReport): void {
  expect(dropped).toBeNull()
  expectDigits(probabilityOf(outcomes, () => true) + divergence!, 1)
}

describe('The lost update', () => {
  test.each([
    [2, '6', '4', 1 / 2],
    [3, '90', '84', 5 / 6],
    [4, '2520', '2496', 23 / 24],
  ])('of %i threads: %s interleavings, %s of them wrong', async (threads, all, wrong, probability) => {
    const report = await explore(lostUpdate(threads))

    expect(report).toMatchObject({ verdict: 'violated', complete: true, counts: { interleavings: all } })
    expect(interleavingsOf(report.outcomes, fails)).toBe(wrong)
    expectDigits(probabilityOf(report.outcomes, fails), probability)
    expect(report.violations).toMatchObject([{ kind: 'property', interleavings: wrong, preemptions: 1, isLeast: true }])
    expectDigits(report.violations[0]!.probability, probability)
    expectProbabilitiesToAddUp(report)
  })

  test('of two threads is lost for good at the second step of its schedule', async () => {
    expect((await explore(lostUpdate(2))).violations).toMatchObject([
      { schedule: 'T0 T1 T1 T0', preemptions: 1, steps: 4, criticalStep: 2 },
    ])
  })
})

describe('Threads that do not touch each other', () => {
  const aside = (threads: number, steps: number) =>
    program('aside', {}, (_params, p) => {
      for (let i = 0; i < threads; i++)
        p.thread(`T${i}`, function* () {
          for (let k = 0; k < steps; k++) yield* p.yieldNow()
        })
    })

  test.each([
    [2, 26],
    [2, 27],
    [2, 100],
    [3, 11],
    [3, 30],
    [5, 6],
  ])('%i of %i steps each have as many interleavings as the multinomial coefficient says', async (threads, steps) => {
    const report = await explore(aside(threads, steps))
    const expected = factorial(BigInt(threads * steps)) / factorial(BigInt(steps)) ** BigInt(threads)

    expect(report.counts.interleavings).toBe(String(expected))
    expectProbabilitiesToAddUp(report)
  })
})

function factorial(n: bigint): bigint {
  return n < 2n ? 1n : n * factorial(n - 1n)
}

describe('The dining philosophers', () => {
  test.each([
    [2, '6', '2', 1 / 2],
    [3, '168', '6', 1 / 3],
    [4, '98184', '24', 11 / 48],
    [5, '66468720', '120', 19 / 120],
  ])('at a table for %i: %s interleavings, %s of them deadlock', async (count, all, deadlocked, probability) => {
    const report = await explore(philosophers(count, 'left first'))

    expect(report).toMatchObject({ verdict: 'violated', complete: true, counts: { interleavings: all } })
    expect(report.violations).toMatchObject([
      { kind: 'deadlock', interleavings: deadlocked, preemptions: 1, steps: count, isLeast: true },
    ])
    expectDigits(report.violations[0]!.probability, probability)
    expect(interleavingsOf(report.outcomes, fails)).toBe(deadlocked)
    expectProbabilitiesToAddUp(report)
  })

  test.each([2, 3, 4, 5])('who take their forks in order hold, at a table for %i', async (count) => {
    const report = await explore(philosophers(count, 'ordered'))

    expect(report).toMatchObject({ verdict: 'holds', complete: true, violations: [] })
    expectProbabilitiesToAddUp(report)
  })
})

describe('A counter that is driven up to a limit and down to its opposite', () => {
  const LIMIT = 3

  test('need never end, and its outcomes have the probabilities of the Markov chain', async () => {
    const report = await explore(upAndDown(LIMIT))
    const expected = endsByMarkovChain(LIMIT)

    expect(report).toMatchObject({
      verdict: 'violated',
      complete: true,
      divergence: 0,
      counts: { interleavings: 'unbounded' },
    })
    expect(report.violations.map(({ kind }) => kind)).toEqual(['endless'])
    expect(report.violations[0]!.schedule).toMatch(/\[[^\]]*up[^\]]*\]$/)
    expect(report.violations[0]!.schedule).toMatch(/\[[^\]]*down[^\]]*\]$/)
    expect(report.outcomes.map(({ final }) => final['x']).toSorted()).toEqual([...expected.keys()].toSorted())
    for (const { final, probability } of report.outcomes) expectDigits(probability, expected.get(final['x'] as number)!)
    expectProbabilitiesToAddUp(report)
  })

  test.each([1, 2, 5, 12])('has these probabilities at limit %i, too', async (limit) => {
    const { outcomes } = await explore(upAndDown(limit))
    const expected = endsByMarkovChain(limit)

    expect(outcomes).toHaveLength(expected.size)
    for (const { final, probability } of outcomes) expectDigits(probability, expected.get(final['x'] as number)!)
  })
})

/** What a thread is about to do: read the counter, change it, or nothing any more. */
type Position = 'read' | 'change' | 'ended'

interface ChainState {
  readonly x: number
  readonly up: Position
  readonly down: Position
}

/**
 * The probability of every final value of x, from the program's definition alone: states are x and both threads'
 * positions, one of the threads that have not ended steps with equal chance, and the chance to be absorbed at a final
 * state solves a system of linear equations.
 */
function endsByMarkovChain(limit: number): Map<number, number> {
  const states = reachableStates(limit)
  const indexOf = new Map(states.map((state, i) => [JSON.stringify(state), i]))
  const matrix = states.map((state, i) => {
    const row = new Array<number>(states.length).fill(0)
    row[i] = 1
    const next = successors(state, limit)
    for (const target of next) row[indexOf.get(JSON.stringify(target))!]! -= 1 / next.length
    return row
  })
  const finals = [...new Set(states.filter(hasEnded).map(({ x }) => x))]
  return new Map(
    finals.map((x) => [
      x,
      solve(
        matrix,
        states.map((state) => (hasEnded(state) && state.x === x ? 1 : 0)),
      )[0]!,
    ]),
  )
}

function hasEnded({ up, down }: ChainState): boolean {
  return up === 'ended' && down === 'ended'
}

function reachableStates(limit: number): ChainState[] {
  const states: ChainState[] = [{ x: 0, up: 'read', down: 'read' }]
  const seen = new Set(states.map((state) => JSON.stringify(state)))
  for (const state of states)
    for (const next of successors(state, limit)) {
      const key = JSON.stringify(next)
      if (!seen.has(key)) states.push(next)
      seen.add(key)
    }
  return states
}

function successors({ x, up, down }: ChainState, limit: number): ChainState[] {
  const next: ChainState[] = []
  if (up === 'read') next.push({ x, up: x >= limit ? 'ended' : 'change', down })
  if (up === 'change') next.push({ x: x + 1, up: 'read', down })
  if (down === 'read') next.push({ x, up, down: x <= -limit ? 'ended' : 'change' })
  if (down === 'change') next.push({ x: x - 1, up, down: 'read' })
  return next
}
