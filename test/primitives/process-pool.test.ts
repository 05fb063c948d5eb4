import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BrokenProcessPool,
  explore,
  type ExploreReport,
  type Future,
  PicklingError,
  program,
  type Program,
  type Steps,
  type Strategy,
  type Vocabulary,
} from 'entrelacs'
import { describe, expect, test } from 'vitest'
import {
  type AnyPool,
  changesNothingOfItsSubmitters,
  expectCaught,
  expectLaw,
  mapKeepsOrder,
  runsAtMostAsManyJobsAsWorkers,
  runsEachJobOnce,
  shutdownWaits,
} from '../laws/futures.js'
import processPoolProgram from './process-pool-program.js'

const both = ['graph', 'dpor'] as const

/** What the main thread can return, found by both exhaustive strategies, which must agree; nothing may go wrong. */
async function returned(
  body: (p: Vocabulary) => () => Steps<unknown>,
  strategies: readonly Strategy[] = both,
): Promise<string[]> {
  const subject = program('subject', {}, (_params, p) => {
    p.thread('main', body(p))
  })
  const found: string[][] = []
  for (const strategy of strategies) {
    const report = await explore(subject, { strategy })
    expect(report).toMatchObject({ verdict: 'holds', complete: true, violations: [] })
    found.push([...new Set(report.outcomes.map(({ results }) => JSON.stringify(results!['main'])))].sort())
  }
  for (const others of found) expect(others).toEqual(found[0])
  return found[0]!
}

function* caught(steps: () => Steps<unknown>): Steps<unknown> {
  try {
    return yield* steps()
  } catch (error) {
    return (error as Error).name
  }
}

describe('A pool of processes', () => {
  test('runs jobs in memories of their own: the parent’s stays as it was', async () => {
    const counting = (start: 'spawn' | 'fork') =>
      returned((p) => {
        const counter = p.cell('counter', 0)
        const pool = p.processPool('pool', 1, { start })
        return function* () {
          yield* counter.write(5)
          const seen = yield* pool.map(
            function* () {
              const before = yield* counter.read()
              yield* counter.write(before + 1)
              return before
            },
            [1, 2],
          )
          return [seen, yield* counter.read()]
        }
      })
    // A worker keeps its memory from job to job; a forked one begins with its parent’s as it was.
    expect(await counting('spawn')).toEqual(['[[0,1],5]'])
    expect(await counting('fork')).toEqual(['[[5,6],5]'])
  })

  test('gives processes names and numbers of their own, also if a thread makes it', async () => {
    const naming = (p: Vocabulary) => p.processPool('pool', 2)
    function* names(p: Vocabulary, pool: ReturnType<typeof naming>): Steps<unknown> {
      const name = function* () {
        yield* p.yieldNow()
        return p.currentThread().name
      }
      const found = yield* pool.map(name, [1, 2])
      return [...found, new Set(pool.workers.map(({ pid }) => pid)).size]
    }
    const expected = ['["pool_0","pool_0",2]', '["pool_0","pool_1",2]', '["pool_1","pool_0",2]']
    const inSetup = await returned((p) => {
      const pool = naming(p)
      return () => names(p, pool)
    })
    expect(inSetup).toEqual([...expected, '["pool_1","pool_1",2]'])
    const inThread = await returned(
      (p) =>
        function* () {
          return yield* naming(p).use((pool) => names(p, pool))
        },
    )
    expect(inThread).toEqual(inSetup)
  })

  test('starts a second worker only if the first does not count as free, and all at once if it forks', async () => {
    const workers = async (start: 'spawn' | 'fork') => {
      const { outcomes } = await explore(
        program('lazy', {}, (_params, p) => {
          const pool = p.processPool('pool', 2, { start })
          p.thread('main', function* () {
            for (let i = 0; i < 2; i++) yield* (yield* pool.submit(() => p.yieldNow())).result()
          })
        }),
      )
      return [...new Set(outcomes.map(({ final }) => (final['pool'] as { workers: number }).workers))].sort()
    }
    expect(await workers('spawn')).toEqual([1, 2])
    expect(await workers('fork')).toEqual([2])
  })

  test('sends arguments and results as copies, and refuses what is no plain data', async () => {
    const found = await returned((p) => {
      const cell = p.cell('cell', 0)
      const pool = p.processPool('pool', 1)
      return function* () {
        const given = [1]
        const sum = yield* pool.submit(function* (numbers: number[]) {
          return { numbers, isFrozen: Object.isFrozen(numbers) }
        }, given)
        given.push(2)
        const argument = yield* pool.submit((x: typeof cell) => x.read(), cell)
        const result = yield* pool.submit(function* () {
          return cell
        })
        const refused = [yield* argument.exception(), yield* result.exception()] as Error[]
        expect(refused.every((error) => error instanceof PicklingError)).toBe(true)
        expect(refused.map(({ message }) => message)).toEqual([
          expect.stringMatching(/^the arguments of a job, at \[0\], is a Cell: only plain data can be sent/),
          expect.stringMatching(/^the result of .*job 3 of main is a Cell: only plain data can be sent/),
        ])
        return yield* sum.result()
      }
    })
    expect(found).toEqual(['{"isFrozen":true,"numbers":[1]}'])
  })

  test('keeps what a job throws for whoever asks, also an exit', async () => {
    const found = await returned((p) => {
      const pool = p.processPool('pool', 1)
      return function* () {
        const failing = yield* pool.submit(function* () {
          yield* p.yieldNow()
          throw new RangeError('in a job')
        })
        const leaving = yield* pool.submit(() => p.exit(3))
        return [
          yield* caught(() => failing.result()),
          ((yield* failing.exception()) as Error).message,
          (yield* leaving.exception()) !== null,
        ]
      }
    })
    expect(found).toEqual(['["RangeError","in a job",true]'])
  })

  test('maps in chunks that one worker takes as a whole', async () => {
    const found = await returned((p) => {
      const pool = p.processPool('pool', 2)
      return function* () {
        const names = yield* pool.map(
          function* () {
            yield* p.yieldNow()
            return p.currentThread().name
          },
          [1, 2, 3],
          { chunksize: 2 },
        )
        return names[0] === names[1] && names.length === 3
      }
    })
    expect(found).toEqual(['true'])
    const wrong = await returned((p) => {
      const pool = p.processPool('pool', 2)
      return () => caught(() => pool.map(() => p.yieldNow(), [1], { chunksize: 0 }))
    })
    expect(wrong).toEqual(['"ValueError"'])
  })

  test('throws what an item throws where its results would come, and runs the others', async () => {
    const found = await returned((p) => {
      const ran = p.sharedValue('ran')
      const pool = p.processPool('pool', 1)
      return () =>
        pool.use(function* () {
          const mapped = yield* caught(() =>
            pool.map(
              function* (n: number) {
                if (n === 2) throw new RangeError('two')
                yield* ran.getLock().hold(function* () {
                  yield* ran.write((yield* ran.read()) + 1)
                })
              },
              [1, 2],
            ),
          )
          return [mapped, yield* ran.read()]
        })
    })
    expect(found).toEqual(['["RangeError",1]'])
  })
})

describe('Futures of a pool of processes', () => {
  test('can be cancelled before they are handed over, and that is before a worker takes them', async () => {
    const found = await returned(
      (p) => {
        const pool = p.processPool('pool', 1)
        const event = p.event('never', { shared: true })
        return function* () {
          // The worker runs the first, two more wait in the call queue; the fourth has no room there until that one ends.
          const futures: Future<unknown>[] = []
          for (let i = 0; i < 4; i++) futures.push(yield* pool.submit(() => event.wait()))
          const cancelled: boolean[] = []
          for (const future of futures.slice(1)) cancelled.push(yield* future.cancel())
          yield* event.set()
          yield* pool.shutdown()
          return cancelled
        }
      },
      ['graph'],
    )
    // The last one can be handed over if another one was cancelled, but not as the fourth.
    const ways = ['true', 'false'].flatMap((a) =>
      ['true', 'false'].flatMap((b) => ['true', 'false'].map((c) => [a, b, c])),
    )
    const possible = ways.map(String).filter((way) => way !== 'false,false,false')
    expect(found.map((text) => (JSON.parse(text) as boolean[]).join()).sort()).toEqual(possible.sort())
  })

  test('cannot be cancelled in the call queue although no worker has begun them: the extra job of CPython', async () => {
    const found = await returned((p) => {
      const pool = p.processPool('pool', 1)
      const begun = p.sharedValue('begun')
      const event = p.event('go', { shared: true })
      return function* () {
        const futures: Future<unknown>[] = []
        for (let i = 0; i < 2; i++)
          futures.push(
            yield* pool.submit(function* () {
              yield* begun.write(i + 1)
              yield* event.wait()
            }),
          )
        const seen = [yield* futures[1]!.running(), yield* futures[1]!.cancel(), yield* begun.read()]
        yield* event.set()
        return seen
      }
    })
    expect(found).toContain('[true,false,0]')
    expect(found).toContain('[true,false,1]')
    expect(found.filter((text) => text.startsWith('[true,true'))).toEqual([])
  })

  test('call back in the pool’s manager, with the submitter’s memory', async () => {
    const report = await explore(
      program('callback', {}, (_params, p) => {
        const seen = p.cell('seen', null as string | null)
        const pool = p.processPool('pool', 1)
        p.thread('main', () =>
          pool.use(function* () {
            const future = yield* pool.submit(() => p.yieldNow())
            yield* future.addDoneCallback(() => seen.write(p.currentThread().name))
          }),
        )
      }),
    )
    expect(new Set(report.outcomes.map(({ final }) => final['seen']))).toEqual(new Set(['main', 'pool manager']))
  })

  test('are waited for together, as they come', async () => {
    const found = await returned((p) => {
      const pool = p.processPool('pool', 2)
      return function* () {
        const futures: Future<number>[] = []
        for (const n of [1, 2])
          futures.push(
            yield* pool.submit(function* (m: number) {
              yield* p.yieldNow()
              return m
            }, n),
          )
        const order: number[] = []
        yield* p.asCompleted(futures, function* (future) {
          order.push(yield* future.result())
        })
        const { done, notDone } = yield* p.wait(futures)
        return [...order, done.length, notDone.length]
      }
    })
    expect(found).toEqual(['[1,2,2,0]', '[2,1,2,0]'])
  })
})

describe('In virtual time', () => {
  test.each(both)('jobs take theirs at the same time in %s, and the shorter one is done first', async (strategy) => {
    const timed = program(
      'timed',
      {},
      (_params, p) => {
        const pool = p.processPool('pool', 2)
        const clock = p.clock()
        p.thread('main', () =>
          pool.use(function* () {
            const futures: Future<number>[] = []
            for (const seconds of [3, 2])
              futures.push(
                yield* pool.submit(function* () {
                  yield* p.sleep(seconds)
                  return seconds
                }),
              )
            const order: number[] = []
            yield* p.asCompleted(futures, function* (future) {
              order.push(yield* future.result(), yield* clock.read())
            })
            return order
          }),
        )
      },
      { time: 'virtual' },
    )
    const report = await explore(timed, { strategy })
    expect(report).toMatchObject({ verdict: 'holds', complete: true })
    expect(report.outcomes.map(({ results }) => results!['main'])).toEqual([[2, 2, 3, 3]])
  })
})

describe('A pool of processes that is shut down', () => {
  test('runs what was handed in, cancels what was not handed over if told so, and takes no more: misuse', async () => {
    const cancelling = program('cancelling', {}, (_params, p) => {
      const pool = p.processPool('pool', 1)
      const ran = p.sharedValue('ran')
      const main = p.thread('main', function* () {
        const futures: Future<unknown>[] = []
        for (let i = 0; i < 2; i++)
          futures.push(
            yield* pool.submit(() =>
              ran.getLock().hold(function* () {
                yield* ran.write((yield* ran.read()) + 1)
              }),
            ),
          )
        yield* pool.shutdown({ cancelFutures: true })
        let cancelled = 0
        for (const future of futures) if (yield* future.cancelled()) cancelled++
        return cancelled
      })
      p.finally('each has run or was cancelled', (final) => (final.result(main) ?? 0) + final(ran) === 2)
    })
    for (const strategy of both) {
      const report = await explore(cancelling, { strategy })
      expect(report).toMatchObject({ verdict: 'holds', violations: [] })
      expect(new Set(report.outcomes.map(({ results }) => results!['main']))).toEqual(new Set([0, 1, 2]))
    }
    const late = program('late', {}, (_params, p) => {
      const pool = p.processPool('pool', 1)
      p.thread('main', function* () {
        yield* pool.shutdown()
        yield* pool.submit(() => p.yieldNow())
      })
    })
    const { violations } = await explore(late)
    expect(violations.map(({ kind }) => kind)).toContain('misuse')
  })

  test('or never, keeps nobody waiting', async () => {
    const left = program('left', {}, (_params, p) => {
      const pool = p.processPool('pool', 2)
      const ran = p.atomic('ran', 0, { shared: true })
      p.thread('main', function* () {
        yield* pool.submit(() => ran.add(1))
      })
      p.finally('the job has run although nobody waited', (final) => final(ran) === 1)
    })
    for (const strategy of both) expect((await explore(left, { strategy })).verdict).toBe('holds')
    expect((await explore(left, { reduction: true })).verdict).toBe('holds')
  })

  test('by a process of its own that leaves', async () => {
    const nested = program('nested', {}, (_params, p) => {
      const ran = p.atomic('ran', 0, { shared: true })
      const child = p.process('child', function* () {
        const pool = p.processPool('pool', 1)
        yield* pool.submit(() => ran.add(1))
      })
      p.thread('main', function* () {
        yield* child.start()
        yield* child.join()
        return [yield* ran.read(), yield* child.exitCode()]
      })
    })
    for (const strategy of both) {
      const report = await explore(nested, { strategy })
      expect(report.verdict).toBe('holds')
      expect(report.outcomes.map(({ results }) => results!['main'])).toEqual([[1, 0]])
    }
  })

  test('is refused beside daemon processes, which a program that waits for workers never ends', async () => {
    const beside = program('beside', {}, (_params, p) => {
      p.processPool('pool', 1)
      p.process('daemon', () => p.yieldNow(), { daemon: true })
      p.thread('main', () => p.yieldNow())
    })
    await expect(explore(beside)).rejects.toMatchObject({ code: 'program/pool-beside-daemon-process' })
  })
})

describe('A pool of processes is broken', () => {
  const broken = (ending: (p: Vocabulary) => Steps<unknown>, initializer = false) =>
    returned((p) => {
      const options = initializer ? { initializer: () => ending(p) } : {}
      const pool = p.processPool('pool', 1, options)
      return function* () {
        const first = yield* pool.submit(initializer ? () => p.yieldNow() : () => ending(p))
        // Whether the worker has died by then is open.
        const second = yield* caught(() => pool.submit(() => p.yieldNow()))
        const found = [(yield* first.exception()) instanceof BrokenProcessPool]
        if (typeof second === 'object') found.push((yield* (second as Future).exception()) instanceof BrokenProcessPool)
        else expect(second).toBe('BrokenProcessPool')
        expect(yield* caught(() => pool.submit(() => p.yieldNow()))).toBe('BrokenProcessPool')
        yield* pool.shutdown()
        return found.every(Boolean)
      }
    })

  test('by a worker that crashes: whatever is pending ends so, and nothing is accepted', async () => {
    expect(await broken((p) => p.abort())).toEqual(['true'])
  })

  test('by an initializer that fails', async () => {
    expect(
      await broken(function* (p) {
        yield* p.yieldNow()
        throw new Error('not today')
      }, true),
    ).toEqual(['true'])
  })

  test('by somebody who kills a worker, idle or not, and the other workers are terminated', async () => {
    const report = await explore(
      program('killed', {}, (_params, p) => {
        const pool = p.processPool('pool', 2, { start: 'fork' })
        const event = p.event('never', { shared: true })
        p.thread('main', function* () {
          const future = yield* pool.submit(() => event.wait())
          yield* pool.workers[0]!.kill()
          const error = yield* future.exception()
          yield* pool.shutdown()
          return [error instanceof BrokenProcessPool, yield* pool.workers[0]!.exitCode()]
        })
      }),
    )
    expect(report).toMatchObject({ verdict: 'holds', violations: [] })
    expect(new Set(report.outcomes.map(({ results }) => String(results!['main'])))).toEqual(new Set(['true,-9']))
  })

  test('but not for those whose results were noted before, or who were cancelled', async () => {
    const found = await returned((p) => {
      const pool = p.processPool('pool', 1)
      return function* () {
        const good = yield* pool.submit(function* () {
          return 1
        })
        const cancelled = yield* pool.submit(() => p.abort())
        const isCancelled = yield* cancelled.cancel()
        return [yield* caught(() => good.result()), isCancelled, yield* caught(() => cancelled.result())]
      }
    })
    // A result that was sent comes before the death is seen.
    expect(found).toEqual(['[1,false,"BrokenProcessPool"]', '[1,true,"CancelledError"]'])
  })
})

describe('Workers of a pool of processes', () => {
  test('are initialised once each, with arguments', async () => {
    const found = await returned((p) => {
      const base = p.cell('base', 0)
      const inits = p.atomic('inits', 0, { shared: true })
      const pool = p.processPool('pool', 2, {
        *initializer(n: number) {
          yield* base.write(n)
          yield* inits.add(1)
        },
        initargs: [10],
        start: 'fork',
      })
      return () =>
        pool.use(function* () {
          const results = yield* pool.map(
            function* (n: number) {
              return n + (yield* base.read())
            },
            [1, 2],
          )
          yield* pool.shutdown()
          return [results, yield* base.read(), yield* inits.read()]
        })
    })
    expect(found).toEqual(['[[11,12],0,2]'])
  })

  test('of a pool of threads, too, take arguments', async () => {
    const found = await returned((p) => {
      const base = p.atomic('base', 0)
      const pool = p.threadPool('pool', { maxWorkers: 1, initializer: (n: number) => base.write(n), initargs: [10] })
      return () =>
        pool.map(
          function* (n) {
            return n + (yield* base.read())
          },
          [1, 2],
          { chunksize: 2 },
        )
    })
    expect(found).toEqual(['[11,12]'])
  })
})

describe('A program with a pool of processes', () => {
  // How many steps were taken is not compared: what is gone on with is walked again.
  const counted = ({ counts: { states, interleavings, executions, deadlocked }, outcomes }: ExploreReport) => ({
    states,
    interleavings,
    executions,
    deadlocked,
    outcomes: outcomes.length,
  })

  test.each(both)('goes on from a checkpoint of %s', async (strategy) => {
    const folder = mkdtempSync(join(tmpdir(), 'pool-'))
    try {
      const checkpoint = join(folder, 'kept')
      const params = { jobs: 3, workers: 1 }
      const whole = await explore(processPoolProgram, { strategy, params })
      const stop = new AbortController()
      let entered = 0
      const first = await explore(processPoolProgram, {
        strategy,
        params,
        checkpoint,
        checkpointEvery: 0.001,
        signal: stop.signal,
        monitor: {
          enter: () => {
            if (++entered === 400) stop.abort()
          },
          leave: () => {},
        },
      })
      expect(first.complete).toBe(false)
      expect(counted(await explore(processPoolProgram, { strategy, params, checkpoint }))).toEqual(counted(whole))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('counts the same with two workers', async () => {
    const alone = await explore(processPoolProgram, { strategy: 'dpor' })
    const together = await explore(processPoolProgram, { strategy: 'dpor', workers: 2 })
    expect(counted(together)).toEqual(counted(alone))
  })

  test('is refused among twins if it forks', async () => {
    const forking: Program = program('forking', {}, (_params, p) => {
      p.processPool('pool', 1, { start: 'fork' })
      p.thread('main', () => p.yieldNow())
    })
    await expect(explore(forking, { twins: true })).rejects.toMatchObject({ code: 'program/fork-with-twins' })
  })

  test('names bad numbers of workers and bad start methods', async () => {
    const declaring = (workers: number, start: string) =>
      explore(
        program('bad', {}, (_params, p) => {
          p.processPool('pool', workers, { start: start as 'spawn' })
          p.thread('main', () => p.yieldNow())
        }),
      )
    await expect(declaring(0, 'spawn')).rejects.toMatchObject({ code: 'program/bad-number' })
    await expect(declaring(1, 'spwan')).rejects.toMatchObject({ code: 'program/start-method' })
  })
})

describe('A job that says p.at', () => {
  /** Jobs that wait in a loop, and go on for longer than claims are compared. */
  const waiting = (declare: (p: Vocabulary) => AnyPool) =>
    program('waiting', {}, (_params, p) => {
      const flag = p.atomic('flag', 0, { shared: true })
      const pool = declare(p)
      p.thread('main', () =>
        pool.map(
          function* (n: number) {
            for (;;) {
              yield* p.at('wait')
              if ((yield* flag.read()) === 1) break
            }
            for (let i = 0; i < 6; i++) yield* p.yieldNow()
            return n
          },
          [1, 2],
        ),
      )
      p.thread('setter', () => flag.write(1))
    })

  test.each([
    ['threads', (p: Vocabulary): AnyPool => p.threadPool('pool', { maxWorkers: 1 })],
    ['processes', (p: Vocabulary): AnyPool => p.processPool('pool', 1)],
  ])('speaks of itself alone, in a pool of %s: its worker runs others', async (_title, declare) => {
    const report = await explore(waiting(declare))
    expect(report).toMatchObject({ verdict: 'holds', complete: true, violations: [] })
    expect(report.outcomes.map(({ results }) => results!['main'])).toEqual([[1, 2]])
  })
})

describe('The course’s program', () => {
  test('prints the squares of five numbers, whatever four workers do', async () => {
    const squares = program('squares', {}, (_params, p) => {
      const pool = p.processPool('pool', 4)
      function* square(n: number) {
        return n ** 2
      }
      p.thread('main', () => pool.use(() => pool.map(square, [1, 2, 3, 4, 5])))
    })
    const report = await explore(squares)
    expect(report).toMatchObject({ verdict: 'holds', complete: true })
    expect(new Set(report.outcomes.map(({ results }) => String(results!['main'])))).toEqual(new Set(['1,4,9,16,25']))
  })
})

describe('The laws of pools of processes', () => {
  const declare = (p: Vocabulary, maxWorkers: number) => p.processPool('pool', maxWorkers)

  test('hold over all interleavings', async () => {
    for (const law of [mapKeepsOrder, shutdownWaits, runsEachJobOnce, changesNothingOfItsSubmitters])
      await expectLaw(law(declare))
    await expectLaw(runsAtMostAsManyJobsAsWorkers(declare, 1))
  })

  test('catch jobs that run in their submitter’s memory', async () => {
    await expectCaught(changesNothingOfItsSubmitters((p, maxWorkers) => p.threadPool('pool', { maxWorkers })))
  })

  test('catch a pool that runs a job twice', async () => {
    await expectCaught(
      runsEachJobOnce((p, maxWorkers): AnyPool => {
        const pool = declare(p, maxWorkers)
        return Object.assign(pool, {
          *submit<R>(body: () => Steps<R>): Steps<Future<R>> {
            return yield* submitTo(pool, function* () {
              yield* body()
              return yield* body()
            })
          },
        })
      }),
    )
  })
})

/** The method itself, wherever an object has been given another one. */
function submitTo<R>(pool: ReturnType<Vocabulary['processPool']>, body: () => Steps<R>): Steps<Future<R>> {
  const prototype = Object.getPrototypeOf(pool) as typeof pool
  return prototype.submit.call(pool, body) as Steps<Future<R>>
}
