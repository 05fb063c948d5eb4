import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SEED } from '../engine/support/seed.js'
import { printProgram } from './print-program.js'
import {
  type Body,
  type CellName,
  type ProgramTree,
  type Property,
  type Statement,
  type ThreadTree,
} from './program-tree.js'
import { anyTraceProgram } from './random-programs.js'
import { enumerateIfSmall, enumerateTraces, traceOfSchedule, tracesOfInterleavings } from './trace-enumerator.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 300)

const LIMITS = { traces: 20_000 }

function read(cell: CellName): Statement {
  return { kind: 'read', cell, into: 'x' }
}

function write(cell: CellName, value = 1): Statement {
  return { kind: 'write', cell, value: { local: null, plus: value } }
}

function locked(locks: readonly number[], ...body: Body): Statement {
  return { kind: 'locked', locks, reversed: true, body }
}

function tryLocked(...body: Body): Statement {
  return { kind: 'tryLocked', lock: 0, body, otherwise: [] }
}

function compareExchange(expected: number, value: number): Statement {
  return {
    kind: 'compareExchange',
    cell: 'a0',
    expected: { local: null, plus: expected },
    value: { local: null, plus: value },
    into: 'y',
  }
}

const increment: Body = [read('c0'), { kind: 'write', cell: 'c0', value: { local: 'x', plus: 1 } }]

const anything: Property = { sumOf: [], is: 'equal', value: 0 }

function programOf(bodies: readonly Body[], others: Partial<ProgramTree> = {}): ProgramTree {
  const threads = bodies.map((body, i): ThreadTree => ({ name: `T${i}`, body, returns: null }))
  const cells = (['c0', 'c1', 'a0'] as const).map((name) => ({ name, initial: 0 }))
  return { cells, items: [0, 0], locks: 9, threads, property: anything, ...others }
}

function copies(count: number, body: (index: number) => Body): Body[] {
  return Array.from({ length: count }, (_, index) => body(index))
}

function countsOf(tree: ProgramTree) {
  const traces = enumerateTraces(tree, LIMITS)
  const count = (kind: string): number => traces.filter(({ end }) => end === kind).length
  return { complete: count('complete'), deadlocked: count('deadlocked'), assumeFailed: count('assumeFailed') }
}

function complete(count: number) {
  return { complete: count, deadlocked: 0, assumeFailed: 0 }
}

describe('The enumerator finds as many traces as are published', () => {
  test.each([
    [2, 4, 2],
    [3, 36, 30],
    [4, 576, 552],
  ])('for the lost update of %i threads: %i, of which %i are wrong', (threads, all, wrong) => {
    const property: Property = { sumOf: ['c0'], is: 'equal', value: threads }
    const traces = enumerateTraces(
      programOf(
        copies(threads, () => increment),
        { property },
      ),
      LIMITS,
    )
    expect(traces).toHaveLength(all)
    expect(traces.filter(({ outcome }) => outcome?.holds === false)).toHaveLength(wrong)
  })

  test.each([2, 3, 4, 5])('for %i dining philosophers', (count) => {
    const table = programOf(copies(count, (i) => [locked([i, (i + 1) % count])]))
    expect(countsOf(table)).toEqual({ complete: 2 ** count - 2, deadlocked: 1, assumeFailed: 0 })
  })

  test.each([
    [2, 2],
    [3, 5],
    [4, 14],
    [5, 43],
    [6, 144],
  ])('for casrot(%i): %i', (threads, all) => {
    expect(countsOf(programOf(copies(threads, (i) => [compareExchange(i, i + 1)])))).toEqual(complete(all))
  })

  test.each([2, 8])('for readers(%i): two to that power', (count) => {
    expect(countsOf(programOf([[write('c0')], ...copies(count, () => [read('c0')])]))).toEqual(complete(2 ** count))
  })

  test.each<[name: string, all: number, bodies: Body[]]>([
    [
      'SB',
      3,
      [
        [write('c0'), read('c1')],
        [write('c1'), read('c0')],
      ],
    ],
    [
      'LB',
      3,
      [
        [read('c1'), write('c0')],
        [read('c0'), write('c1')],
      ],
    ],
    [
      'MP',
      3,
      [
        [write('c0'), write('c1')],
        [read('c1'), read('c0')],
      ],
    ],
    [
      '2+2W',
      3,
      [
        [write('c0'), write('c1')],
        [write('c1'), write('c0')],
      ],
    ],
    [
      'CoRR',
      6,
      [
        [write('c0'), write('c0', 2)],
        [read('c0'), read('c0')],
      ],
    ],
    ['IRIW', 15, [[write('c0')], [read('c0'), read('c1')], [read('c1'), read('c0')], [write('c1')]]],
  ])('for the litmus program %s: %i', (_name, all, bodies) => {
    expect(countsOf(programOf(bodies))).toEqual(complete(all))
  })

  test('for locks that are tried: failing is reading', () => {
    const unlocking = copies(3, () => [tryLocked(...increment)])
    expect(countsOf(programOf(unlocking))).toEqual(complete(21))
    const keeping = copies(3, () => [tryLocked(...increment, { kind: 'throw', message: 'kept' })])
    expect(countsOf(programOf(keeping))).toEqual(complete(3))
    const waiting = [[locked([0], ...increment)], ...copies(2, () => [tryLocked(...increment)])]
    expect(countsOf(programOf(waiting))).toEqual(complete(15))
  })
})

describe('The enumerator follows the rules of what depends on what', () => {
  test('A false assumption stops its thread alone, and its traces are counted apart', () => {
    const assume: Statement = { kind: 'assume', condition: { local: 'x', is: 'equal', value: 1 } }
    const counts = countsOf(programOf([[read('c0'), assume], [write('c0'), write('c1')], [read('c1')]]))
    expect(counts).toEqual({ complete: 2, deadlocked: 0, assumeFailed: 2 })
  })

  test('Who waits for a thread that a false assumption stops is not deadlocked', () => {
    const assume: Statement = { kind: 'assume', condition: { local: 'x', is: 'equal', value: 1 } }
    const join: Statement = { kind: 'join', thread: 'T0', into: 'x' }
    expect(countsOf(programOf([[assume], [join]]))).toEqual({ complete: 0, deadlocked: 0, assumeFailed: 1 })
  })

  test('Every way of a choice is a trace', () => {
    expect(countsOf(programOf([[{ kind: 'choose', ways: 3, into: 'x' }], [write('c0')]]))).toEqual(complete(3))
  })

  test('Releasing a lock that is free reads it', () => {
    const unlock: Statement = { kind: 'unlock', lock: 0 }
    expect(countsOf(programOf([[unlock], [unlock]]))).toEqual(complete(1))
    // Before the acquire, between acquire and release, or after them.
    expect(countsOf(programOf([[unlock], [locked([0])]]))).toEqual(complete(3))
  })

  test('A join depends on the last step of the thread alone', () => {
    const join: Statement = { kind: 'join', thread: 'T0', into: 'x' }
    expect(
      countsOf(
        programOf([
          [write('c0'), write('c0')],
          [write('c1'), join],
        ]),
      ),
    ).toEqual(complete(1))
  })

  test('A property of every state orders the writes to its words, but no reads', () => {
    const always: Property[] = [{ sumOf: ['c0', 'c1'], is: 'less', value: 2 }]
    expect(countsOf(programOf([[write('c0')], [write('c1')], [read('a0')]]))).toEqual(complete(1))
    expect(countsOf(programOf([[write('c0')], [write('c1')], [read('a0')]], { always }))).toEqual(complete(2))
  })

  test('A daemon steps before or after the ends of the others, and dies with the last one', () => {
    const [waitedFor, other] = programOf([[write('c0')], [write('c1')]]).threads
    const daemon: ThreadTree = { name: 'D', body: [{ kind: 'yieldNow' }], returns: null, daemon: true }
    expect(countsOf(programOf([], { threads: [waitedFor, daemon] }))).toEqual(complete(2))
    // Beside two that end: before both, between them in either order, or not at all.
    expect(countsOf(programOf([], { threads: [waitedFor, other, daemon] }))).toEqual(complete(4))
  })
})

describe('The trace of a schedule', () => {
  const lostUpdate = programOf([increment, increment])

  test('is the same for schedules that differ in the order of independent steps only', () => {
    const textOf = (schedule: string): string =>
      traceOfSchedule(
        lostUpdate,
        [...schedule].map((thread) => ({ thread: [Number(thread)], way: 0 })),
      ).text
    expect(textOf('0110')).toBe(textOf('1010'))
    expect(textOf('0110')).not.toBe(textOf('0101'))
  })

  test('is refused if the schedule stops on the way or cannot be followed', () => {
    const first = { thread: [0], way: 0 }
    expect(() => traceOfSchedule(lostUpdate, [first])).toThrow('threads can step')
    expect(() => traceOfSchedule(lostUpdate, [first, first, first])).toThrow('Step 3')
    expect(() => traceOfSchedule(lostUpdate, [{ thread: [0], way: 1 }])).toThrow('Step 1')
    expect(() => traceOfSchedule(lostUpdate, [{ thread: [0, 0], way: 0 }])).toThrow('Step 1')
  })
})

test(
  'On random programs, the enumerator finds the traces of all interleavings, each once',
  { timeout: 600_000 },
  () => {
    let compared = 0
    const findsAll = fc.property(anyTraceProgram, (tree) => {
      const traces = enumerateIfSmall(tree, { traces: 3000, steps: 100_000 })
      const expected = traces === null ? null : tracesOfInterleavings(tree, 5000)
      if (traces === null || expected === null) return
      compared++
      expect(traces.map(({ text }) => text).sort(), printProgram(tree)).toEqual([...expected.keys()].sort())
      for (const { text, outcome, schedule } of traces) {
        expect(outcome).toEqual(expected.get(text)!.outcome)
        expect(traceOfSchedule(tree, schedule).text).toBe(text)
      }
    })
    fc.assert(findsAll, { seed: SEED, numRuns: RUNS })
    expect(compared).toBeGreaterThan(RUNS * 0.8)
  },
)
