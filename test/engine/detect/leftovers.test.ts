import { explore, type ExploreReport, program, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

const strategies = ['graph', 'dpor', 'random'] as const
const exploreWith = (strategy: (typeof strategies)[number], declare: (p: Vocabulary) => void) =>
  explore(
    program('leaving', {}, (_params, p) => declare(p)),
    { strategy, samples: 200 },
  )
const told = ({ warnings = [] }: ExploreReport) =>
  warnings.map(({ kind, object, thread }) => [kind, object, thread].join(' ')).sort()

describe('Warnings tell', () => {
  test.each(strategies)('who never releases a lock, and how often it comes to that (%s)', async (strategy) => {
    const report = await exploreWith(strategy, (p) => {
      const lock = p.lock('lock')
      const winner = p.atomic('winner', '')
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          if (!(yield* lock.tryAcquire())) return
          if ((yield* winner.exchange(name)) === '') return
          yield* lock.release()
        })
    })
    expect(told(report)).toEqual(['never-released lock A', 'never-released lock B'])
    const [first, second] = report.warnings!
    if (strategy === 'graph') expect(first.probability! + second.probability!).toBeCloseTo(1, 12)
    else expect(first.executions! + second.executions!).toBe(report.counts.executions)
    expect(report.outcomes.every(({ leftovers }) => leftovers?.length === 1)).toBe(true)
  })

  test('who reads or writes for ever, and who holds a re-entrant lock', async () => {
    const report = await exploreWith('graph', (p) => {
      const shared = p.readerWriterLock('shared')
      const again = p.rlock('again')
      p.thread('A', function* () {
        yield* shared.acquireRead()
        yield* again.acquire()
        yield* again.acquire()
        yield* again.release()
      })
    })
    expect(report.verdict).toBe('holds')
    expect(told(report)).toEqual(['never-released again A', 'never-released shared A'])
    expect(report.warnings![0]).toMatchObject({ interleavings: '1', probability: 1 })
  })

  test('nothing of locks in a deadlock, whose violation says it all', async () => {
    const report = await exploreWith('graph', (p) => {
      const lock = p.lock('lock')
      p.thread('A', () => lock.acquire())
      p.thread('B', () => lock.acquire())
    })
    expect(report.violations.map(({ kind }) => kind)).toEqual(['deadlock', 'deadlock'])
    expect(report.warnings).toBeUndefined()
  })

  test.each(['graph', 'dpor'] as const)('whom nobody joins in any execution (%s)', async (strategy) => {
    const report = await exploreWith(strategy, (p) => {
      const flag = p.atomic('flag', 0)
      const nothing = (): Steps<void> => p.yieldNow()
      p.thread('main', function* () {
        const joined = yield* p.spawn('joined', nothing)
        const sometimes = yield* p.spawn('sometimes', nothing)
        yield* p.spawn('never', nothing)
        yield* p.spawn('daemon', nothing, { daemon: true })
        const timed = yield* p.spawn('timed', nothing)
        yield* joined.join()
        if ((yield* flag.read()) === 1) yield* sometimes.join()
        yield* timed.join({ timeout: 1 })
      })
      p.thread('other', () => flag.write(1))
    })
    expect(told(report)).toEqual(['never-joined  never'])
    expect(report.warnings![0].message).toMatch(
      /^nobody joins never, spawned at .*leftovers\.test\.ts:\d+, in any execution$/,
    )
  })

  test('tasks of an event loop that leak', async () => {
    const report = await exploreWith('graph', (p) => {
      const loop = p.eventLoop('loop')
      p.thread('main', () =>
        loop.run(function* () {
          yield* loop.task('forgotten', function* () {
            throw new Error('nobody asks')
          })
          yield* loop.sleep(0)
          yield* loop.sleep(0)
        }),
      )
    })
    expect(told(report)).toEqual(['leaked-task loop forgotten'])
    expect(report.warnings![0].message).toContain('nobody asks')
  })
})
