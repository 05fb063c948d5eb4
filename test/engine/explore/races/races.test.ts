import { explore, type ExploreOptions, type Program, program, replay, type Violation } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exploreText } from '../../../../src/report/explore-text.js'
import { describeRace } from '../../../../src/report/cause.js'
import { makeStyle } from '../../../../src/report/report-style.js'
import { withoutPlaces } from '../../../report/support/subjects.js'

const STRATEGIES: readonly ExploreOptions[] = [
  { strategy: 'graph' },
  { strategy: 'dpor' },
  { reduction: true },
  { bitstate: 1 << 16 },
  { preemptions: 9 },
  { equivalence: 'reads-from' },
  { strategy: 'random', samples: 100 },
  { strategy: 'pct', samples: 100 },
  { strategy: 'pos', samples: 100 },
  { strategy: 'surw', samples: 100 },
]

const races = (violations: readonly Violation[]) => violations.filter(({ kind }) => kind === 'race')

/** What is accessed, by whom, in the order of the schedule that is shown. */
const told = ({ race, schedule }: Violation) =>
  `${race?.object}: ${race?.first.thread} ${race?.first.operation}, ${race?.second.thread} ${race?.second.operation} (${schedule})`

/** Nobody is ever about to access `x` while another one is. */
const behindFlag = program('behind a flag', {}, (_params, p) => {
  const x = p.cell('x', 0)
  const flag = p.cell('flag', 0)
  p.thread('A', function* () {
    yield* x.write(1)
    yield* flag.write(1)
  })
  p.thread('B', function* () {
    if ((yield* flag.read()) === 1) yield* x.write(2)
  })
})

/** The same with a flag that orders. */
const behindAtomic = program('behind an atomic flag', {}, (_params, p) => {
  const x = p.cell('x', 0)
  const flag = p.atomic('flag', 0)
  p.thread('A', function* () {
    yield* x.write(1)
    yield* flag.write(1)
  })
  p.thread('B', function* () {
    if ((yield* flag.read()) === 1) yield* x.write(2)
  })
})

describe('A race behind a flag that is plain itself', () => {
  test.each(STRATEGIES)('is found, though the two accesses never come next both (%j)', async (options) => {
    const { violations } = await explore(behindFlag, options)
    expect(races(violations).map(told)).toEqual(['x: A write, B write (A A B B)', 'flag: A write, B read (A A B)'])
  })

  test.each(STRATEGIES)('is none where the flag orders (%j)', async (options) => {
    const { violations } = await explore(behindAtomic, options)
    expect(violations).toEqual([])
  })
})

describe('A race', () => {
  test.each(STRATEGIES)('is told apart from others by the places of its accesses (%j)', async (options) => {
    const twice = program('twice', {}, (_params, p) => {
      const x = p.cell('x', 0)
      p.thread('A', function* () {
        if ((yield* p.choose(2)) === 0) yield* x.write(1)
        else {
          yield* x.write(1)
        }
      })
      p.thread('B', () => x.read())
    })
    const found = races((await explore(twice, options)).violations)
    expect(found.map(({ message }) => message)).toEqual(
      Array.from({ length: 2 }, () => 'data race on cell “x”: write by A, read by B'),
    )
    expect(new Set(found.map(({ race }) => race?.first.place?.line ?? race?.second.place?.line)).size).toBe(2)
  })

  test('is told with the last synchronisation that its threads shared', async () => {
    const subject = program('before the race', {}, (_params, p) => {
      const lock = p.lock('lock')
      const x = p.cell('x', 0)
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          yield* lock.acquire()
          yield* lock.release()
          yield* x.write(1)
        })
    })
    const report = await explore(subject)
    const [{ race, token, schedule }] = report.violations
    expect(schedule).toBe('A A A B B B')
    expect(race).toMatchObject({
      object: 'x',
      kind: 'cell',
      first: { thread: 'A', operation: 'write', step: 3 },
      second: { thread: 'B', operation: 'write', step: 6 },
      lastSync: {
        from: { thread: 'A', operation: 'release', step: 2 },
        to: { thread: 'B', operation: 'acquire', step: 4 },
        object: 'lock',
        isBorn: false,
      },
    })
    expect(replay(subject, token).races).toEqual([race])
    const sentence = (language: 'en' | 'fr') => withoutPlaces(describeRace(race, makeStyle(language)))
    expect(sentence('en')).toBe(
      "A's write (here) and B's write (here) of x race: nothing orders them. The last time before that their threads synchronised was step 4, B's acquire of lock (here): it comes after A's release in step 2 (here).",
    )
    expect(sentence('fr')).toBe(
      "A (write (here)) et B (write (here)) accèdent à x sans que rien n'ordonne ces deux accès. Leurs fils se sont synchronisés pour la dernière fois au pas 4, B (acquire de lock (here)), qui vient après le pas 2, A (release (here)).",
    )
  })

  test('between a thread and its child is told with the start of the child', async () => {
    const subject = program('child', {}, (_params, p) => {
      const x = p.cell('x', 0)
      p.thread('A', function* () {
        yield* x.write(1)
        yield* p.spawn('child', () => x.write(2))
        yield* x.read()
      })
    })
    const { violations } = await explore(subject)
    expect(violations.map(told)).toEqual(['x: A read, child write (A A A child)'])
    expect(violations[0].race?.lastSync).toMatchObject({
      from: { thread: 'A', operation: 'spawn', step: 2 },
      to: { thread: 'child', step: 4 },
      isBorn: true,
    })
    expect(describeRace(violations[0].race, makeStyle('en'))).toMatch(
      /Their threads have synchronised only when child was started: it comes after A's spawn in step 2/,
    )
  })

  test('between siblings is none after a join', async () => {
    const subject = program('siblings', {}, (_params, p) => {
      const x = p.cell('x', 0)
      p.thread('A', function* () {
        const child = yield* p.spawn('one', () => x.write(1))
        yield* child.join()
        yield* p.spawn('two', () => x.write(2))
      })
    })
    expect((await explore(subject)).verdict).toBe('holds')
    expect((await explore(subject, { strategy: 'dpor' })).verdict).toBe('holds')
  })

  test('goes on being one through accesses that come later', async () => {
    // The later accesses of A race as well; the first one is not hidden by them.
    const subject = program('several', {}, (_params, p) => {
      const x = p.cell('x', 0)
      p.thread('A', function* () {
        yield* x.write(1)
        yield* x.read()
        yield* x.write(2)
      })
      p.thread('B', () => x.write(3))
    })
    const { violations, races: summary } = await explore(subject)
    expect(summary).toEqual({ found: 3, shown: 3, complete: true })
    // One step of B after all of A races with all three.
    const [, , last] = violations.toSorted((a, b) => a.steps - b.steps)
    expect(replay(subject, last.token).races.length).toBeGreaterThanOrEqual(1)
    const whole = replay(subject, 'e1.A3B1.vvvv', { adapt: true })
    expect(whole.races.map(({ first, second }) => [first.step, second.step])).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
    ])
    expect(whole.holds).toBe(false)
  })

  test('of an element names it', async () => {
    const subject: Program = program('elements', {}, (_params, p) => {
      const list = p.array('list', 3)
      p.thread('A', () => list.write(2, 1))
      p.thread('B', () => list.read(2))
    })
    const { violations } = await explore(subject)
    expect(violations).toMatchObject([
      {
        message: 'data race on element 2 of array “list”: write by A, read by B',
        race: { object: 'list', element: 2 },
      },
    ])
  })
})

/** Two threads that increment every element of an array: three races an element. */
const increments = (length: number) =>
  program('increments', {}, (_params, p) => {
    const list = p.array('list', length)
    for (const name of ['A', 'B'])
      p.thread(name, function* () {
        for (let i = 0; i < list.length; i++) yield* list.write(i, (yield* list.read(i)) + 1)
      })
  })

describe('Of very many races', () => {
  test('32 are shown, and the others are counted', async () => {
    const subject = program('many', {}, (_params, p) => {
      const x = p.cell('x', 0)
      for (let i = 0; i < 9; i++) p.thread(`T${i}`, () => x.write(i))
    })
    const report = await explore(subject)
    expect(report.races).toEqual({ found: 36, shown: 32, complete: true })
    expect(races(report.violations)).toHaveLength(32)
    const text = (language: 'en' | 'fr') => exploreText(report, { source: 'x', replays: [] }, makeStyle(language))
    expect(text('en')).toContain('\n\n4 further data races are not shown.\n')
    expect(text('fr')).toContain('\n\n4 autres accès concurrents ne sont pas montrés.\n')
  })

  test.each(STRATEGIES)('in a small program all are found (%j)', async (options) => {
    expect((await explore(increments(3), options)).races).toEqual({ found: 9, shown: 9, complete: true })
  })

  test('in a program that is too large for that, those that executions show are told, and that there may be others', async () => {
    const report = await explore(increments(10), { strategy: 'graph', maxStates: 1000 })
    expect(report.races).toEqual({ found: 30, shown: 30, complete: false })
    const text = (language: 'en' | 'fr') => exploreText(report, { source: 'x', replays: [] }, makeStyle(language))
    expect(text('en')).toContain('\n\nLooking for all data races took too much: there may be others.\n')
    expect(text('fr')).toContain(
      '\n\nChercher tous les accès concurrents aurait trop coûté : il peut y en avoir d’autres.\n',
    )
  })
})
