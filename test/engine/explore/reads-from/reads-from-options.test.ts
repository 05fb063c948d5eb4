import { explore, program, type ExploreOptions, type Program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { Exploration } from '../../../../src/engine/explore/exploration.js'
import { lastzero, writersAndReader } from '../../support/published-programs.js'
import { PUBLISHED_COUNTS } from '../../support/published-counts.js'
import { lostUpdate } from '../../support/small-programs.js'

const READS_FROM: ExploreOptions = { equivalence: 'reads-from' }

/** Two threads write what nobody reads while the program runs; a property may look at it in the end. */
const twoWriters = (asks: 'finally' | 'always' | 'nothing'): Program =>
  program('two writers', {}, (_params, p) => {
    const [x, y] = [p.atomic('x', 0), p.atomic('y', 0)]
    for (const value of [1, 2])
      p.thread(`T${value}`, function* () {
        yield* x.write(value)
        yield* y.write(7)
      })
    if (asks === 'finally') p.finally('x is 2', (final) => final(x) === 2)
    if (asks === 'always') p.always('x is small', (now) => now(x) < 3)
  })

describe('Equivalence reads-from goes with dpor alone', () => {
  test('which it means if no strategy is named', async () => {
    const report = await explore(twoWriters('nothing'), READS_FROM)
    expect(report).toMatchObject({ strategy: 'dpor', equivalence: 'reads-from', complete: true })
  })

  test('and is not named in the report where traces are explored', async () => {
    const report = await explore(twoWriters('nothing'), { equivalence: 'mazurkiewicz' })
    expect(report).toMatchObject({ strategy: 'dpor', counts: { executions: 4 } })
    expect(report).not.toHaveProperty('equivalence')
  })

  test.each<[string, ExploreOptions, string]>([
    ['graph', { ...READS_FROM, strategy: 'graph' }, 'usage/equivalence-needs-dpor'],
    ['random', { ...READS_FROM, strategy: 'random' }, 'usage/equivalence-needs-dpor'],
    ['traces by graph', { equivalence: 'mazurkiewicz', strategy: 'graph' }, 'usage/equivalence-needs-dpor'],
    ['preemptions', { ...READS_FROM, preemptions: 1 }, 'usage/equivalence-and-bound'],
    ['delays', { ...READS_FROM, delays: 1, strategy: 'dpor' }, 'usage/equivalence-and-bound'],
    ['virtual time', { ...READS_FROM, time: 'virtual' }, 'usage/reads-from-time'],
    ['another one', { equivalence: 'reads' as 'reads-from' }, 'usage/unknown-equivalence'],
  ])('not with %s', async (_title, options, code) => {
    await expect(explore(twoWriters('nothing'), options)).rejects.toMatchObject({ name: 'UsageError', code })
  })
})

describe('Equivalence reads-from refuses', () => {
  test('properties that must always hold', async () => {
    await expect(explore(twoWriters('always'), READS_FROM)).rejects.toMatchObject({
      code: 'usage/reads-from-always',
      message: expect.stringContaining('“x is small”') as string,
    })
  })

  test.each([true, false])('daemons (declared: %s)', async (isDeclared) => {
    const subject = program('daemon', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      if (isDeclared) p.thread('D', () => x.write(1), { daemon: true })
      p.thread('A', function* () {
        if (!isDeclared) yield* p.spawn('D', () => x.write(1), { daemon: true })
        yield* x.read()
      })
    })
    await expect(explore(subject, READS_FROM)).rejects.toMatchObject({ code: 'usage/reads-from-daemon' })
  })
})

describe('What is shown at the end', () => {
  test('is what all executions of a class have in common', async () => {
    const { counts, outcomes } = await explore(twoWriters('nothing'), READS_FROM)
    expect(counts.executions).toBe(1)
    expect(outcomes).toMatchObject([{ final: { y: 7 }, undetermined: ['x'], holds: true, executions: 1 }])
    expect(outcomes[0]!.final).not.toHaveProperty('x')
  })

  test('is told apart if a property reads it', async () => {
    const { counts, outcomes, verdict, violations } = await explore(twoWriters('finally'), READS_FROM)
    expect(counts.executions).toBe(2)
    expect(outcomes.map(({ final, holds }) => [final, holds])).toEqual([
      [{ x: 1, y: 7 }, false],
      [{ x: 2, y: 7 }, true],
    ])
    expect(outcomes.some((outcome) => 'undetermined' in outcome)).toBe(false)
    expect(verdict).toBe('violated')
    expect(violations).toMatchObject([{ kind: 'property', schedule: 'T2 T2 T1 T1', isLeast: true }])
  })

  test('is told apart even if the property reads it only after another word', async () => {
    const subject = program('a word after another', {}, (_params, p) => {
      const [x, y] = [p.atomic('x', 0), p.atomic('y', 0)]
      for (const value of [1, 2])
        p.thread(`T${value}`, function* () {
          yield* x.write(value)
          yield* y.write(value)
        })
      p.finally('not both 2', (final) => final(x) !== 2 || final(y) !== 2)
    })
    const { counts, violations } = await explore(subject, READS_FROM)
    expect(counts.executions).toBe(4)
    expect(violations).toMatchObject([{ kind: 'property' }])
  })
})

test('Data races on cells are all found, in an execution of another class if need be', async () => {
  const subject = program('races', {}, (_params, p) => {
    const [x, flag] = [p.cell('x', 0), p.cell('flag', 0)]
    p.thread('A', function* () {
      yield* x.write(1)
      yield* flag.write(1)
    })
    p.thread('B', function* () {
      if ((yield* flag.read()) === 1) yield* x.write(2)
    })
  })
  const messages = async (options: ExploreOptions) =>
    (await explore(subject, options)).violations.map(({ kind, message }) => `${kind}: ${message}`)
  expect(await messages(READS_FROM)).toEqual(await messages({ strategy: 'graph' }))
})

describe('There are never more classes than traces', () => {
  test.each(PUBLISHED_COUNTS.filter(({ isLarge }) => isLarge !== true).map((one) => [one.title, one] as const))(
    'of %s',
    { timeout: 120_000 },
    async (_title, { build, executions, assumeFailed = 0, deadlocked = 0 }) => {
      const { counts, complete } = await explore(build(), READS_FROM)
      expect(complete).toBe(true)
      expect(counts.executions).toBeLessThanOrEqual(executions)
      expect(counts.assumeFailed).toBeLessThanOrEqual(assumeFailed)
      expect(counts.deadlocked).toBeLessThanOrEqual(deadlocked)
    },
  )
})

describe('A search that is ended early', () => {
  test('by the first failure shows it and no more', async () => {
    const { stopped, violations } = await explore(lostUpdate(3), { ...READS_FROM, until: 'first' })
    expect(stopped?.reason).toBe('first')
    expect(violations).toHaveLength(1)
  })

  test('by the bound on memory says so', async () => {
    const { complete, stopped, verdict } = await explore(lastzero(9), { ...READS_FROM, maxMemory: 400_000 })
    expect(complete).toBe(false)
    expect(stopped?.reason).toBe('memory')
    expect(verdict).toBe('unknown')
  })

  test('on request does so at the next pause', () => {
    const exploration = new Exploration(lastzero(10), READS_FROM)
    const work = exploration.run()
    let isAborted = false
    let step = work.next()
    for (; step.done !== true; step = work.next()) {
      const { phase, executions } = exploration.progress
      if (isAborted || phase !== 'searching' || executions === 0) continue
      exploration.abort()
      isAborted = true
    }
    expect(isAborted).toBe(true)
    expect(step.value).toMatchObject({ complete: false, stopped: { reason: 'aborted' } })
    expect(step.value.counts.executions).toBeLessThan(3_328)
  })
})

test('Two runs of the same program say the same', async () => {
  const run = async () => ({ ...(await explore(writersAndReader(4), READS_FROM)), elapsedMs: 0 })
  expect(await run()).toEqual(await run())
})

test('Work is cut into short stretches', () => {
  const work = new Exploration(lastzero(8), READS_FROM).run()
  let pauses = 0
  while (work.next().done !== true) pauses++
  expect(pauses).toBeGreaterThan(80)
})

test('A long execution is no trouble', { timeout: 30_000 }, async () => {
  const subject = program('long', {}, (_params, p) => {
    const [x, lock, cell] = [p.atomic('x', 0), p.lock('lock'), p.cell('cell', 0)]
    p.thread('adding', function* () {
      for (let i = 0; i < 10_000; i++) yield* x.add(1)
    })
    p.thread('locking', function* () {
      for (let i = 0; i < 3_000; i++) {
        yield* lock.acquire()
        yield* cell.write((yield* cell.read()) + 1)
        yield* lock.release()
      }
    })
  })
  const { counts, outcomes } = await explore(subject, READS_FROM)
  expect(counts.executions).toBe(1)
  expect(outcomes[0]!.final).toEqual({ x: 10_000, cell: 3_000 })
})
