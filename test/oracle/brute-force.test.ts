import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bruteForce, bruteForceIfSmall, TooManyInterleavings, type Truth, type TrueOutcome } from './brute-force.js'
import { plus, toNumber, ZERO } from './fraction.js'
import { type Body, type ProgramTree, type Statement, type ThreadTree } from './program-tree.js'
import { anyProgram } from './random-programs.js'
import { interleavingsBound } from './tree-size.js'

const readCounter: Statement = { kind: 'read', cell: 'c0', into: 'x' }
const throwBoom: Statement = { kind: 'throw', message: 'boom' }
const writeNext: Statement = { kind: 'write', cell: 'c0', value: { local: 'x', plus: 1 } }

function writeCounter(value: number): Statement {
  return { kind: 'write', cell: 'c0', value: { local: null, plus: value } }
}

function thread(name: string, ...body: Body): ThreadTree {
  return { name, body, returns: null }
}

/** A program over c0, initially 0, that is right if c0 ends as `expected`. */
function counting(expected: number, threads: ThreadTree[], locks = 0): ProgramTree {
  return {
    cells: [{ name: 'c0', initial: 0 }],
    items: [],
    locks,
    threads,
    property: { sumOf: ['c0'], is: 'equal', value: expected },
  }
}

function lostUpdate(threads: number): ProgramTree {
  const bodies = Array.from({ length: threads }, (_, i) => thread('ABCD'[i], readCounter, writeNext))
  return counting(threads, bodies)
}

function diningPhilosophers(count: number): ProgramTree {
  const philosophers = Array.from({ length: count }, (_, i) =>
    thread('ABCD'[i], { kind: 'locked', locks: [i, (i + 1) % count], reversed: true, body: [] }),
  )
  return counting(0, philosophers, count)
}

function total(truth: Truth, select: (outcome: TrueOutcome) => boolean) {
  const selected = truth.outcomes.filter(select)
  return {
    interleavings: selected.reduce((sum, outcome) => sum + outcome.interleavings, 0n),
    probability: selected.reduce((sum, outcome) => sum + toNumber(outcome.probability), 0),
  }
}

describe('The brute-force oracle agrees with published numbers', () => {
  test.each([
    { threads: 2, all: 6n, wrong: 4n, probability: 1 / 2 },
    { threads: 3, all: 90n, wrong: 84n, probability: 5 / 6 },
    { threads: 4, all: 2520n, wrong: 2496n, probability: 23 / 24 },
  ])('for the lost update of $threads threads', ({ threads, all, wrong, probability }) => {
    const truth = bruteForce(lostUpdate(threads))
    const bad = total(truth, (outcome) => !outcome.holds)
    expect(truth.interleavings).toBe(all)
    expect(bad.interleavings).toBe(wrong)
    expect(bad.probability).toBeCloseTo(probability, 12)
  })

  test.each([
    { philosophers: 2, all: 6n, deadlocked: 2n, probability: 1 / 2 },
    { philosophers: 3, all: 168n, deadlocked: 6n, probability: 1 / 3 },
  ])('for $philosophers dining philosophers', ({ philosophers, all, deadlocked, probability }) => {
    const truth = bruteForce(diningPhilosophers(philosophers))
    const stuck = total(truth, (outcome) => outcome.waiting !== null)
    expect(truth.interleavings).toBe(all)
    expect(stuck.interleavings).toBe(deadlocked)
    expect(stuck.probability).toBeCloseTo(probability, 12)
    expect(truth.violations.map(({ kind, preemptions }) => ({ kind, preemptions }))).toEqual([
      { kind: 'deadlock', preemptions: 1 },
    ])
  })
})

describe('The brute-force oracle finds the best schedule of a violation', () => {
  test('The lost update needs one preemption, and is settled once both threads have read', () => {
    expect(bruteForce(lostUpdate(2)).violations).toMatchObject([
      { kind: 'property', schedule: 'A B B A', preemptions: 1, steps: 4, criticalStep: 2, interleavings: 4n },
    ])
  })

  test('Three philosophers starve with one preemption, by a schedule that is not the round', () => {
    expect(bruteForce(diningPhilosophers(3)).violations).toMatchObject([
      { kind: 'deadlock', schedule: 'A C B', preemptions: 1, steps: 3, criticalStep: 3 },
    ])
  })

  test('A violation that every interleaving shows is settled before the first step', () => {
    const program = counting(7, [thread('A', readCounter), thread('B', readCounter)])
    expect(bruteForce(program).violations).toMatchObject([
      { kind: 'property', schedule: 'A B', preemptions: 0, steps: 2, criticalStep: 0 },
    ])
  })

  test('Two sets of blocked threads are two violations', () => {
    const holdForever: Statement = { kind: 'locked', locks: [0], reversed: false, body: [throwBoom] }
    const program = counting(0, [thread('A', holdForever), thread('B', holdForever)], 1)
    expect(bruteForce(program).violations).toMatchObject([
      { kind: 'deadlock', schedule: 'A', preemptions: 0, steps: 1, criticalStep: 1 },
      { kind: 'deadlock', schedule: 'B', preemptions: 0, steps: 1, criticalStep: 1 },
    ])
  })

  test('A dropped continuation is no continuation that lacks the violation', () => {
    const chooseOne: Body = [
      { kind: 'choose', ways: 2, into: 'x' },
      { kind: 'assume', condition: { local: 'x', is: 'equal', value: 1 } },
    ]
    expect(bruteForce(counting(7, [thread('A', ...chooseOne), thread('B')])).violations).toMatchObject([
      { kind: 'property', schedule: 'A A', preemptions: 0, steps: 2, criticalStep: 0 },
    ])
  })
})

describe('The brute-force oracle follows the rules of a step', () => {
  test('A program without operations has one interleaving of no steps', () => {
    const truth = bruteForce(counting(1, [thread('A'), thread('B')]))
    expect(truth.interleavings).toBe(1n)
    expect(truth.violations).toMatchObject([
      { kind: 'property', schedule: '', preemptions: 0, steps: 0, criticalStep: 0 },
    ])
  })

  test('The scheduler draws a thread first and then one of its ways', () => {
    const choice: Statement = { kind: 'choose', ways: 3, into: 'x' }
    const truth = bruteForce(counting(1, [thread('A', choice, writeNext), thread('B', writeCounter(9))]))
    const probability = (value: number): number => total(truth, (outcome) => outcome.final['c0'] === value).probability
    expect(truth.interleavings).toBe(9n)
    // The write of B is last if A is drawn twice: 1/4; else the write of A is, with one of three values.
    expect(probability(9)).toBeCloseTo(1 / 4, 12)
    expect([1, 2, 3].map(probability)).toEqual(Array.from({ length: 3 }, () => expect.closeTo(1 / 4, 12)))
  })

  test('A false assumption drops the execution and counts it apart', () => {
    const zero: Statement = { kind: 'assume', condition: { local: 'x', is: 'equal', value: 0 } }
    const truth = bruteForce(counting(9, [thread('A', readCounter, zero), thread('B', writeCounter(9))]))
    expect(truth.interleavings).toBe(2n)
    expect(truth.dropped?.interleavings).toBe(1n)
    expect(toNumber(truth.dropped?.probability ?? { numerator: 0n, denominator: 1n })).toBe(1 / 2)
  })

  test('A spawned thread can step after the step that spawned it, and a join waits for its value', () => {
    const child: ThreadTree = { name: 'C', body: [readCounter], returns: { local: 'x', plus: 5 } }
    const spawn: Statement = { kind: 'spawn', child, between: [writeCounter(1)], joinInto: 'y' }
    const parent: ThreadTree = { name: 'A', body: [spawn], returns: { local: 'y', plus: 0 } }
    const truth = bruteForce(counting(1, [parent]))
    expect(truth.outcomes.map(({ results, interleavings }) => ({ results, interleavings }))).toEqual([
      { results: { A: 6, C: 6 }, interleavings: 1n },
      { results: { A: 5, C: 5 }, interleavings: 1n },
    ])
  })

  test('Trying to acquire a held lock fails without waiting', () => {
    const trying: Statement = { kind: 'tryLocked', lock: 0, body: [writeCounter(1)], otherwise: [writeCounter(2)] }
    const truth = bruteForce(
      counting(1, [thread('A', { kind: 'locked', locks: [0], reversed: false, body: [trying] })]),
    )
    expect(truth.outcomes.map((outcome) => outcome.final)).toEqual([{ c0: 2 }])
  })

  test('A thread that throws ends at once and keeps its locks', () => {
    const program = counting(0, [thread('A', { kind: 'locked', locks: [0], reversed: false, body: [throwBoom] })], 1)
    expect(bruteForce(program).outcomes).toMatchObject([
      { final: { c0: 0, lock0: 'A' }, errors: { A: 'Error: boom' }, waiting: null },
    ])
  })

  test('A loop ends after its last round or when its condition holds at its head', () => {
    const loop = (until: number): Statement => ({
      kind: 'repeat',
      counter: 'i',
      times: 3,
      until: { local: 'x', is: 'equal', value: until },
      claimed: true,
      body: [readCounter, writeNext],
    })
    // The condition is about the value read, which is one behind the value written.
    expect(bruteForce(counting(0, [thread('A', loop(1))])).outcomes[0].final).toEqual({ c0: 2 })
    expect(bruteForce(counting(0, [thread('A', loop(9))])).outcomes[0].final).toEqual({ c0: 3 })
  })

  test('A program with more interleavings than the limit is refused', () => {
    expect(() => bruteForce(lostUpdate(4), 2519)).toThrow(TooManyInterleavings)
    expect(bruteForce(lostUpdate(4), 2520).interleavings).toBe(2520n)
  })
})

describe('Random programs', () => {
  test('have probabilities that sum to exactly one, and no more interleavings than their bound', () => {
    fc.assert(
      fc.property(anyProgram, (tree) => {
        const truth = bruteForceIfSmall(tree)
        if (truth === null) return
        const { outcomes, dropped, interleavings } = truth
        const probabilities = [...outcomes, ...(dropped === null ? [] : [dropped])].map(
          ({ probability }) => probability,
        )
        const sum = probabilities.reduce((a, b) => plus(a, b), ZERO)
        expect(sum).toEqual({ numerator: 1n, denominator: 1n })
        expect(Number(interleavings + (dropped?.interleavings ?? 0n))).toBeLessThanOrEqual(
          interleavingsBound(tree.threads),
        )
      }),
      { numRuns: 200, seed: 1 },
    )
  })
})
