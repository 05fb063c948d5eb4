import fc from 'fast-check'
import { type Atomic, explore, type ExploreReport, program, type Program, type Steps, UsageError } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { buildProgram } from '../../oracle/build-program.js'
import { printProgram } from '../../oracle/print-program.js'
import { anyTraceProgram } from '../../oracle/random-programs.js'
import { leastCosts, type TraceCosts } from '../../oracle/trace-costs.js'
import { SEED } from '../support/seed.js'
import { lostUpdate, philosophers } from '../support/small-programs.js'

type Atomics = readonly Atomic<number>[]
type Body = (cells: Atomics) => Steps<void>

/** Threads over atomics that are all 0 at first. */
function over(cells: number, ...bodies: readonly Body[]): Program {
  return program('litmus', {}, (_params, p) => {
    const atomics = Array.from({ length: cells }, (_, i) => p.atomic(`x${i}`, 0))
    bodies.forEach((body, i) =>
      p.thread(`T${i}`, function* () {
        yield* body(atomics)
      }),
    )
  })
}

function repeated(threads: number, body: (thread: number) => Body): Body[] {
  return Array.from({ length: threads }, (_, i) => body(i))
}

/** Every thread adds 1 to each of so many cells: ainc, binc and cinc of GenMC's tests. */
const increments = (cells: number, threads: number) =>
  over(
    cells,
    ...repeated(
      threads,
      () =>
        function* (atomics) {
          for (const cell of atomics) yield* cell.add(1)
        },
    ),
  )

const compareAndSwap = (threads: number) =>
  over(
    1,
    ...repeated(
      threads,
      (i) =>
        function* ([x]) {
          yield* x!.compareExchange(0, 100 + i)
        },
    ),
  )

const writers = (threads: number) =>
  over(
    1,
    ...repeated(
      threads,
      (i) =>
        function* ([x]) {
          yield* x!.write(i)
        },
    ),
  )

const lockedIncrements = (threads: number) =>
  program('lockinc', {}, (_params, p) => {
    const lock = p.lock('m')
    const x = p.cell('x', 0)
    for (let i = 0; i < threads; i++)
      p.thread(`T${i}`, function* () {
        yield* lock.acquire()
        yield* x.write((yield* x.read()) + 1)
        yield* lock.release()
      })
  })

const peterson = program('peterson', {}, (_params, p) => {
  const flags = [p.atomic('f1', 0), p.atomic('f2', 0)]
  const turn = p.atomic('turn', 0)
  const x = p.atomic('x', 0)
  for (const me of [0, 1])
    p.thread(`T${me}`, function* () {
      yield* flags[me].write(1)
      yield* turn.write(1 - me)
      const other = yield* flags[1 - me].read()
      yield* p.assume(other !== 1 || (yield* turn.read()) !== 1 - me)
      yield* x.write(me)
      yield* x.read()
      yield* flags[me].write(0)
    })
})

const dekker = over(
  3,
  ...repeated(
    2,
    (me) =>
      function* (cells) {
        yield* cells[me]!.write(1)
        if ((yield* cells[1 - me]!.read()) !== 0) return
        yield* cells[2]!.write(me)
        yield* cells[2]!.read()
      },
  ),
)

const publish = over(
  2,
  function* ([x, flag]) {
    yield* x!.write(42)
    yield* flag!.write(1)
  },
  function* ([x, flag]) {
    for (let i = 0; i < 41; i++)
      if ((yield* flag!.read()) === 1) {
        yield* x!.read()
        return
      }
  },
)

const sieve: Body = function* (cells) {
  for (let i = 0; i < 5; i++) {
    if ((yield* cells[i]!.read()) !== 0) continue
    yield* cells[i]!.write(1)
    for (let j = 2 * i + 2; j < 5; j += i + 2) yield* cells[j]!.write(2)
  }
}

const write: Body = function* ([x]) {
  yield* x!.write(1)
}
const read: Body = function* ([x]) {
  yield* x!.read()
}
const writeTwice: Body = function* ([x]) {
  yield* x!.write(1)
  yield* x!.write(2)
}
const readTwice: Body = function* ([x]) {
  yield* x!.read()
  yield* x!.read()
}

function executions({ bounds }: ExploreReport): number[] {
  return bounds!.map((counts) => counts.executions)
}

describe('The published counts within preemption bounds 0, 1, 2, … are met', () => {
  test.each<[string, Program, number[]]>([
    ['ainc(2)', increments(1, 2), [2]],
    ['ainc(4)', increments(1, 4), [24]],
    ['ainc(6)', increments(1, 6), [720]],
    ['binc(2)', increments(2, 2), [2, 4]],
    ['binc(3)', increments(2, 3), [6, 24, 36]],
    ['binc(4)', increments(2, 4), [24, 168, 432, 576]],
    ['cinc(2)', increments(3, 2), [2, 6, 8]],
    ['cinc(3)', increments(3, 3), [6, 42, 120, 192, 216]],
    ['cinc(4)', increments(3, 4), [24, 312, 1704, 5160, 9792, 12_960, 13_824]],
    ['cas(2)', compareAndSwap(2), [2]],
    ['cas(5)', compareAndSwap(5), [5]],
    ['lockinc(2)', lockedIncrements(2), [2]],
    ['lockinc(5)', lockedIncrements(5), [120]],
    ['peterson', peterson, [2, 2, 4]],
    ['dekker_f', dekker, [2, 3]],
    ['publish', publish, [2, 42]],
    ['eratosthenes(5)', over(5, sieve, sieve), [2, 18, 68, 156, 260, 340, 382, 396, 398]],
    ['CoRR', over(1, writeTwice, readTwice), [2, 4, 6]],
    ['CoRR0', over(1, write, read, read), [4]],
  ])('%s', async (_name, tested, expected) => {
    const most = expected.length - 1
    const exact = await explore(tested, { preemptions: most })
    expect(executions(exact).slice(0, most + 1)).toEqual(expected)
    expect(exact.counts.executions).toBe(expected.at(-1))
    expect(exact).toMatchObject({ strategy: 'dpor', counts: { blocked: 0 } })

    const ample = await explore(tested, { preemptions: 100 })
    expect(executions(ample).at(-1)).toBe(expected.at(-1))
    expect(ample).toMatchObject({ complete: true, stopped: null })
  })

  test.each([
    [0, 1],
    [1, 6],
    [2, 20],
    [3, 49],
    [4, 98],
    [5, 169],
    [6, 259],
    [7, 360],
  ])('writers(6) with at most %i delays: %i', async (delays, expected) => {
    const report = await explore(writers(6), { delays })

    expect(report.counts.executions).toBe(expected)
    expect(report.bounds!.at(-1)).toEqual({
      kind: 'delays',
      bound: delays,
      executions: expected,
      deadlocked: 0,
      assumeFailed: 0,
    })
    expect(report).toMatchObject({ complete: false, verdict: 'unknown', stopped: { reason: 'delays' } })
  })

  test('writers(6) with any number of delays: all orders', async () => {
    const report = await explore(writers(6), { delays: 15 })

    expect(report.counts.executions).toBe(720)
    expect(report).toMatchObject({ complete: true, verdict: 'holds', stopped: null })
  })
})

describe('A bound', () => {
  test('that leaves something out proves nothing, and says so', async () => {
    const report = await explore(increments(2, 2), { preemptions: 0 })

    expect(report).toMatchObject({ complete: false, verdict: 'unknown', stopped: { reason: 'preemptions' } })
    expect(report.stopped!.message).toBe('only schedules with at most 0 preemptions were explored')
  })

  test('that leaves nothing out is a proof', async () => {
    expect(await explore(increments(2, 2), { preemptions: 1 })).toMatchObject({ complete: true, verdict: 'holds' })
  })

  test.each<[string, object, string]>([
    ['negative', { preemptions: -1 }, 'usage/not-whole'],
    ['broken', { delays: 1.5 }, 'usage/not-whole'],
    ['no number', { delays: Number.NaN }, 'usage/not-whole'],
    ['one of two', { preemptions: 1, delays: 1 }, 'usage/two-bounds'],
    ['for the graph', { preemptions: 1, strategy: 'graph' }, 'usage/bound-needs-dpor'],
    ['for samples', { delays: 1, strategy: 'random' }, 'usage/bound-needs-dpor'],
  ])('that is %s is refused', async (_what, options, code) => {
    const refused = explore(lostUpdate(2), options)
    await expect(refused).rejects.toThrow(UsageError)
    await expect(refused).rejects.toMatchObject({ code })
  })

  test('on memory or on what is visited holds, too', async () => {
    const large = philosophers(7, 'ordered')
    expect(await explore(large, { preemptions: 9, maxStates: 500 })).toMatchObject({
      verdict: 'unknown',
      complete: false,
      stopped: { reason: 'states' },
    })
    expect(await explore(large, { preemptions: 9, maxMemory: 4_000_000 })).toMatchObject({
      verdict: 'unknown',
      complete: false,
      stopped: { reason: 'memory' },
    })
  })

  test('does not keep the wish to stop from being heard', async () => {
    const stopping = AbortSignal.timeout(200)
    const report = await explore(increments(4, 6), { preemptions: 50, signal: stopping })

    expect(report).toMatchObject({ verdict: 'unknown', complete: false, stopped: { reason: 'aborted' } })
  })
})

describe('The failure that is shown', () => {
  test('has the fewest preemptions, and is told before the search is over', async () => {
    const told: number[] = []
    const report = await explore(philosophers(4, 'left first'), {
      preemptions: 3,
      onViolation: ({ preemptions }) => told.push(preemptions),
    })

    expect(told).toEqual([1])
    expect(report.violations).toMatchObject([{ kind: 'deadlock', preemptions: 1, steps: 4, isLeast: true }])
  })

  test('is enough if it is all that was asked for', async () => {
    const report = await explore(lostUpdate(4), { delays: 9, until: 'first' })

    expect(report).toMatchObject({ verdict: 'violated', complete: false, stopped: { reason: 'first' } })
    expect(report.violations).toMatchObject([{ preemptions: 1, isLeast: true }])
  })

  test('needs the bound that it needs', async () => {
    expect(await explore(lostUpdate(2), { preemptions: 0 })).toMatchObject({ verdict: 'unknown', violations: [] })
    expect(await explore(lostUpdate(2), { preemptions: 1 })).toMatchObject({ verdict: 'violated' })
  })
})

test('Words that a property turns out to read late are dependent all the same', async () => {
  const late = program('late', {}, (_params, p) => {
    const [on, x, y] = [p.atomic('on', 0), p.atomic('x', 0), p.atomic('y', 0)]
    p.thread('A', () => x.write(1))
    p.thread('idle', () => p.yieldNow())
    p.thread('B', () => y.write(1))
    p.thread('C', () => on.write(1))
    p.always('few', (now) => now(on) === 0 || now(x) + now(y) < 3)
  })
  // The three writes in any order; the idle step at any time.
  expect((await explore(late, { preemptions: 5 })).counts.executions).toBe(6)
})

test('Accesses of daemons that outlive the program are no race', async () => {
  const outlived = program('outlived', {}, (_params, p) => {
    const x = p.cell('x', 0)
    p.thread('daemon', () => x.write(1), { daemon: true })
    p.thread('main', function* () {
      yield* p.yieldNow()
      yield* p.spawn('child', () => x.write(2), { daemon: true })
    })
  })

  expect(await explore(outlived, { preemptions: 5 })).toMatchObject({ verdict: 'holds', violations: [] })
})

describe('A step that changes nothing is independent of others like it', () => {
  const withLock = (...names: readonly ('acquire' | 'tryAcquire' | 'release')[]) =>
    program('lock', {}, (_params, p) => {
      const lock = p.lock('m')
      names.forEach((name, i) => p.thread(`T${i}`, () => lock[name]() as Steps<unknown>))
    })

  test.each<[string, Program, number]>([
    ['a failed tryAcquire', withLock('acquire', 'tryAcquire', 'tryAcquire'), 3],
    ['a release of a free lock', withLock('release', 'release'), 1],
    ['a failed compareExchange', compareAndSwap(3), 3],
  ])('%s', async (_what, tested, expected) => {
    expect((await explore(tested, { preemptions: 9 })).counts.executions).toBe(expected)
  })
})

test('The end of a thread whose result a property reads is a write like any other', async () => {
  const observed = program('observed', {}, (_params, p) => {
    const y = p.atomic('y', 0)
    const a = p.thread('A', function* () {
      yield* p.yieldNow()
      return 1
    })
    p.thread('B', () => y.write(1))
    p.always('few', (now) => (now.result(a) ?? 0) + now(y) < 3)
  })

  expect((await explore(observed, { preemptions: 5 })).counts.executions).toBe(2)
})

describe('On random programs, walking every interleaving gives the same counts', () => {
  const RUNS = 400

  for (const kind of ['preemptions', 'delays'] as const)
    test(`for every bound on ${kind}`, { timeout: 300_000 }, async () => {
      let compared = 0
      let needy = 0
      const agrees = fc.asyncProperty(anyTraceProgram, async (tree) => {
        const costs = leastCosts(tree, kind, 3_000)
        if (costs === null) return
        compared++
        const most = Math.max(0, ...costs.map(({ cost }) => cost))
        if (most > 1) needy++
        const report = await explore(buildProgram(tree), { [kind]: most })
        const told = `${kind} of\n${printProgram(tree)}\n`
        for (let bound = 0; bound <= most; bound++)
          expect(countsWithin(report, bound), `bound ${bound} on ${told}`).toEqual(expectedWithin(costs, bound))
      })
      await fc.assert(agrees, { seed: SEED, numRuns: RUNS })
      expect(compared).toBeGreaterThanOrEqual(300)
      expect(needy).toBeGreaterThanOrEqual(30)
    })

  function countsWithin({ bounds }: ExploreReport, bound: number) {
    const { executions: all, deadlocked, assumeFailed } = bounds!.findLast((counts) => counts.bound <= bound)!
    return { all, deadlocked, assumeFailed }
  }

  function expectedWithin(costs: readonly TraceCosts[], bound: number) {
    const within = costs.filter(({ cost }) => cost <= bound)
    const assumeFailed = within.filter(({ end }) => end === 'assumeFailed').length
    const deadlocked = within.filter(({ end }) => end === 'deadlocked').length
    return { all: within.length - assumeFailed, deadlocked, assumeFailed }
  }
})
