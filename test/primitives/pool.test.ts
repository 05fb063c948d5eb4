import {
  explore,
  type ExploreReport,
  MaybeEncodingError,
  PicklingError,
  program,
  type Steps,
  type Strategy,
  type Vocabulary,
} from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exploreBothWays, expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import {
  type AnyMultiprocessingPool,
  callsBackBeforeItIsReady,
  joinWaitsForAllJobs,
  mapsInOrder,
  replacesWorkersThatDie,
  terminateEndsAllJobs,
} from '../laws/pools.js'

const both = ['graph', 'dpor'] as const

const subject = (body: (p: Vocabulary) => () => Steps<unknown>) =>
  program('subject', {}, (_params, p) => {
    p.thread('main', body(p))
  })

/** What the main thread can return, found by the exhaustive strategies, which must agree; nothing may go wrong. */
async function returned(
  body: (p: Vocabulary) => () => Steps<unknown>,
  strategies: readonly Strategy[] = both,
): Promise<string[]> {
  const found: string[][] = []
  for (const strategy of strategies) {
    const report = await explore(subject(body), { strategy })
    expect(report).toMatchObject({ verdict: 'holds', complete: true, violations: [] })
    found.push(returnedIn(report))
  }
  for (const others of found) expect(others).toEqual(found[0])
  return found[0]!
}

const returnedIn = ({ outcomes }: ExploreReport) =>
  [...new Set(outcomes.map(({ results }) => JSON.stringify(results?.['main'])))].sort()
const found = ({ violations }: ExploreReport) => violations.map(({ kind, message }) => `${kind}: ${message}`)

function* square(n: number): Steps<number> {
  return n * n
}

function* caught(steps: Steps<unknown>): Steps<unknown> {
  try {
    return yield* steps
  } catch (error) {
    return (error as Error).name
  }
}

describe('The laws of multiprocessing pools', () => {
  const declare = (p: Vocabulary, processes: number): AnyMultiprocessingPool => p.pool('pool', processes)
  /** A broken twin: the real thing with some methods of its own. */
  const twin =
    (change: (pool: AnyMultiprocessingPool, p: Vocabulary) => Partial<AnyMultiprocessingPool>) =>
    (p: Vocabulary, processes: number): AnyMultiprocessingPool => {
      const pool = declare(p, processes)
      const real: AnyMultiprocessingPool = {
        applyAsync: (...args) => pool.applyAsync(...args),
        map: (...args) => pool.map(...args),
        close: () => pool.close(),
        terminate: () => pool.terminate(),
        join: () => pool.join(),
      }
      return { ...real, ...change(pool, p) }
    }

  test('hold over all interleavings', async () => {
    for (const law of [
      joinWaitsForAllJobs,
      mapsInOrder,
      terminateEndsAllJobs,
      callsBackBeforeItIsReady,
      replacesWorkersThatDie,
    ])
      await expectLawToHold(law(declare))
  })

  test('catch a join that only looks at what has begun', async () => {
    await expectLawToBeBroken(
      joinWaitsForAllJobs(
        twin((_pool, p) => ({ join: () => p.yieldNow() })),
        1,
      ),
      'property: each has run once',
    )
  })

  test('catch a map whose results stand as they come', async () => {
    const broken = twin((pool, p) => ({
      *map<T, R>(body: (item: T) => Steps<R>, items: Iterable<T>) {
        const come = p.atomic('come', [] as readonly R[])
        const results = []
        for (const item of items)
          results.push(
            yield* pool.applyAsync(() => body(item), [], {
              callback: (value) => come.update((before) => [...(before as readonly R[]), value] as never),
            }),
          )
        for (const result of results) yield* result.get()
        return (yield* come.read()) as unknown as R[]
      },
    }))
    await expectLawToBeBroken(mapsInOrder(broken), 'property: in order')
  })

  test('catch an end that lets jobs go on', async () => {
    await expectLawToBeBroken(
      terminateEndsAllJobs(twin((pool) => ({ terminate: () => pool.close() }))),
      'property: no job runs after the end',
    )
  })

  test('catch a result that is ready before somebody is called back', async () => {
    const broken = twin((pool, p) => ({
      *applyAsync(body, args, { callback } = {}) {
        const result = yield* pool.applyAsync(body, args)
        const helper = yield* p.spawn(function* () {
          yield* callback!(yield* result.get())
        })
        return { ...result, helper, get: () => result.get() }
      },
    }))
    await expectLawToBeBroken(callsBackBeforeItIsReady(broken), 'property: the callback has run')
  })

  test('catch a pool that breaks when a worker dies', async () => {
    const broken = (p: Vocabulary): AnyMultiprocessingPool => {
      const pool = p.processPool('pool', 1)
      return {
        *applyAsync<R>(body: () => Steps<R>) {
          const future = yield* pool.submit(body)
          return { get: () => future.result() }
        },
        map: (...args) => pool.map(...args),
        close: () => pool.shutdown({ wait: false }),
        terminate: () => pool.shutdown({ cancelFutures: true }),
        join: () => pool.shutdown(),
      }
    }
    await expectLawToBeBroken(replacesWorkersThatDie(broken), 'property: the other job is done')
  })
})

describe('A multiprocessing pool', () => {
  test('runs jobs in memories of their own, also where it forks: it was made before', async () => {
    const counting = (start: 'spawn' | 'fork', maxTasksPerChild?: number) =>
      returned((p) => {
        const counter = p.cell('counter', 0)
        const pool = p.pool('pool', 1, { start, ...(maxTasksPerChild === undefined ? {} : { maxTasksPerChild }) })
        return function* () {
          yield* counter.write(5)
          const seen = yield* pool.map(
            function* () {
              const before = yield* counter.read()
              yield* counter.write(before + 1)
              return before
            },
            [1, 2],
            { chunksize: 1 },
          )
          return [seen, yield* counter.read()]
        }
      })
    expect(await counting('spawn')).toEqual(['[[0,1],5]'])
    expect(await counting('fork')).toEqual(['[[0,1],5]'])
    // Who takes the place of another one is forked from what is there then.
    expect(await counting('spawn', 1)).toEqual(['[[0,0],5]'])
    expect(await counting('fork', 1)).toEqual(['[[0,5],5]'])
  })

  test('cuts items into a quarter of each worker’s share, rounded up', async () => {
    const sizes = async (items: number, processes: number) => {
      const firstOfJobs = await returned(
        (p) => {
          // Each worker does one job: its name tells jobs apart.
          const pool = p.pool('pool', processes, { maxTasksPerChild: 1 })
          return () =>
            pool.use(function* () {
              const names = yield* pool.map(
                function* () {
                  yield* p.yieldNow()
                  return p.currentThread().name
                },
                Array.from({ length: items }),
              )
              return [...new Set(names)].map((name) => names.filter((other) => other === name).length)
            })
        },
        ['graph'],
      )
      return firstOfJobs
    }
    expect(await sizes(4, 1)).toEqual(['[1,1,1,1]'])
    expect(await sizes(5, 1)).toEqual(['[2,2,1]'])
    expect(await sizes(9, 1)).toEqual(['[3,3,3]'])
  })

  test('takes results as they come, or in the order of the items', async () => {
    const iterating = (method: 'imap' | 'imapUnordered') =>
      returned((p) => {
        const pool = p.pool('pool', 2)
        return () =>
          pool.use(function* () {
            return yield* (yield* pool[method](square, [1, 2])).toArray()
          })
      })
    expect(await iterating('imap')).toEqual(['[1,4]'])
    expect(await iterating('imapUnordered')).toEqual(['[1,4]', '[4,1]'])
  })

  test('hands results out one by one, with an end, and goes on after an item that has failed', async () => {
    const sums = await returned((p) => {
      const pool = p.pool('pool', 1)
      const total = p.atomic('total', 0)
      return () =>
        pool.use(function* () {
          yield* (yield* pool.imap(square, [1, 2, 3], { chunksize: 2 })).forEach((value) => total.add(value))
          return yield* total.read()
        })
    })
    expect(sums).toEqual(['14'])
    const failing = await returned((p) => {
      const pool = p.pool('pool', 1)
      return () =>
        pool.use(function* () {
          const results = yield* pool.imap(
            function* (n: number) {
              if (n === 1) throw new RangeError('one')
              return n
            },
            [1, 2],
          )
          return [yield* caught(results.next()), yield* results.next(), yield* results.next(), yield* results.next()]
        })
    })
    expect(failing).toEqual(['["RangeError",{"done":false,"value":2},{"done":true},{"done":true}]'])
  })

  test('keeps the first error that comes back, once all jobs have', async () => {
    const errors = await returned((p) => {
      const pool = p.pool('pool', 2)
      const ran = p.atomic('ran', 0, { shared: true })
      return () =>
        pool.use(function* () {
          const result = yield* pool.mapAsync(
            function* (n: number) {
              yield* ran.add(1)
              throw new Error(String(n))
            },
            [1, 2],
            { chunksize: 1 },
          )
          const message = yield* caughtMessage(result.get())
          return [message, yield* result.successful(), yield* ran.read()]
        })
    })
    expect(errors).toEqual(['["1",false,2]', '["2",false,2]'])
  })

  test('refuses what cannot be sent, in both directions, with the errors of CPython', async () => {
    const kinds = await returned((p) => {
      const cell = p.cell('cell', 0)
      const pool = p.pool('pool', 1)
      return () =>
        pool.use(function* () {
          const argument = yield* caughtError(pool.apply((x: typeof cell) => x.read(), [cell]))
          const result = yield* caughtError(
            pool.apply(function* () {
              return cell
            }),
          )
          expect(argument).toBeInstanceOf(PicklingError)
          expect(result).toBeInstanceOf(MaybeEncodingError)
          expect((result as Error).message).toMatch(
            /^the result of job 1 of pool’s apply 2 of main is a Cell: only plain/,
          )
          return null
        })
    })
    expect(kinds).toEqual(['null'])
  })

  test('may be left at any moment if nobody closes it: jobs may not have run', async () => {
    const left = program('left', {}, (_params, p) => {
      const pool = p.pool('pool', 1)
      const ran = p.atomic('ran', 0, { shared: true })
      p.thread('main', function* () {
        yield* pool.applyAsync(() => ran.add(1))
      })
      p.finally('the job has run', (final) => final(ran) === 1)
    })
    const { outcomes, violations } = await exploreBothWays(left)
    expect([...new Set(outcomes.map(({ final }) => final['ran']))].sort()).toEqual([0, 1])
    expect(violations.map(({ message }) => message)).toEqual(['the job has run'])
  })

  test('of a process of its own ends with that process', async () => {
    const nested = program('nested', {}, (_params, p) => {
      const ran = p.atomic('ran', 0, { shared: true })
      const child = p.process('child', function* () {
        const pool = p.pool('pool', 1)
        yield* pool.apply(() => ran.add(1))
        yield* pool.applyAsync(() => ran.add(10))
      })
      p.thread('main', function* () {
        yield* child.start()
        yield* child.join()
        return [yield* ran.read(), yield* child.exitCode()]
      })
    })
    const report = await exploreBothWays(nested)
    expect(report.violations).toEqual([])
    expect(returnedIn(report)).toEqual(['[1,0]', '[11,0]'])
  })
})

describe('A worker of a multiprocessing pool that dies', () => {
  test.each([
    ['crashes', (p: Vocabulary) => p.abort()],
    ['exits', (p: Vocabulary) => p.exit(3)],
  ])('because it %s leaves whoever waits for its job in a deadlock', async (_title, ending) => {
    const lost = subject((p) => {
      const pool = p.pool('pool', 1)
      return () => pool.use(() => pool.apply(() => ending(p)))
    })
    const report = await exploreBothWays(lost)
    expect(report.violations.map(({ kind }) => kind)).toEqual(['deadlock'])
    expect(report.outcomes[0]!.waiting).toMatchObject({ main: 'get pool’s apply 1 of main' })
  })

  test('lets a limited wait go on', async () => {
    const limited = await returned((p) => {
      const pool = p.pool('pool', 1)
      return () =>
        pool.use(function* () {
          const result = yield* pool.applyAsync(() => p.abort())
          return [yield* caught(result.get({ timeout: 1 })), yield* result.ready()]
        })
    })
    expect(limited).toEqual(['["TimeoutError",false]'])
  })

  test('in its initializer is an error, and not replaced', async () => {
    const failing = subject((p) => {
      const pool = p.pool('pool', 1, {
        *initializer(what: string) {
          throw new Error(what)
        },
        initargs: ['not today'],
      })
      return () => pool.use(() => pool.apply(square, [1]))
    })
    const report = await exploreBothWays(failing)
    expect(found(report).map((text) => text.split(':')[0])).toEqual(['deadlock', 'error'])
    expect(report.outcomes[0]!.errors).toEqual({ pool_0: 'Error: not today' })
  })
})

describe('Callbacks of a multiprocessing pool', () => {
  test('run in its result handler, before the result is ready', async () => {
    const names = await returned((p) => {
      const pool = p.pool('pool', 1)
      const seen = p.cell('seen', '')
      return () =>
        pool.use(function* () {
          const result = yield* pool.applyAsync(square, [2], { callback: () => seen.write(p.currentThread().name) })
          yield* result.wait()
          return yield* seen.read()
        })
    })
    expect(names).toEqual(['"pool result handler"'])
  })

  test('may hand in jobs', async () => {
    const chained = await returned((p) => {
      const pool = p.pool('pool', 1)
      const done = p.event('done')
      const last = p.cell('last', 0)
      return () =>
        pool.use(function* () {
          yield* pool.applyAsync(square, [2], {
            callback: (value) =>
              pool.applyAsync(square, [value], {
                *callback(next) {
                  yield* last.write(next)
                  yield* done.set()
                },
              }),
          })
          yield* done.wait()
          return yield* last.read()
        })
    })
    expect(chained).toEqual(['16'])
  })

  test('that fail end it: nothing is ever ready any more', async () => {
    const failing = subject((p) => {
      const pool = p.pool('pool', 1)
      return () =>
        pool.use(function* () {
          const result = yield* pool.applyAsync(square, [2], {
            *callback() {
              throw new Error('called back')
            },
          })
          yield* result.get()
        })
    })
    const report = await exploreBothWays(failing)
    expect(report.violations.map(({ kind }) => kind)).toEqual(['deadlock', 'error'])
    expect(report.outcomes[0]!.errors).toEqual({ 'pool result handler': 'Error: called back' })
  })
})

describe('Misuse of a multiprocessing pool', () => {
  const misuses = async (body: (p: Vocabulary) => () => Steps<unknown>) => {
    const report = await exploreBothWays(subject(body))
    return [...new Set(report.violations.map(({ kind, message }) => `${kind}: ${message}`))]
  }

  test('is a job after its end', async () => {
    const late = (end: 'close' | 'terminate') =>
      misuses((p) => {
        const pool = p.pool('pool', 1)
        return function* () {
          yield* pool[end]()
          yield* pool.applyAsync(square, [1])
        }
      })
    expect(await late('close')).toEqual(['misuse: pool “pool” is not running any more: it was closed'])
    expect(await late('terminate')).toEqual(['misuse: pool “pool” is not running any more: it was terminated'])
  })

  test('is a join while it is running', async () => {
    expect(
      await misuses((p) => {
        const pool = p.pool('pool', 1)
        return () => pool.join()
      }),
    ).toEqual(['misuse: pool “pool” is joined while it is running: close or terminate it before'])
  })

  test('is another pool in one of its jobs: workers are daemons, which cannot have children', async () => {
    const [misuse, ...others] = await misuses((p) => {
      const pool = p.pool('pool', 1)
      return () =>
        pool.use(() =>
          pool.apply(function* () {
            return yield* p.pool('inner', 1).apply(square, [1])
          }),
        )
    })
    expect(misuse).toContain('misuse: process “inner_0” is started by “pool_0”, but daemons are not allowed to have')
    expect(others).toEqual([])
  })

  test('is a job that uses its own pool, which belongs to another process', async () => {
    const inner = subject((p) => {
      const pool = p.pool('pool', 1)
      return () => pool.apply(() => pool.apply(square, [1]))
    })
    await expect(explore(inner)).rejects.toThrow(/“pool worker handler”, which belongs to the main process/)
  })

  test('is a declaration by a thread of the main process', async () => {
    const late = subject(
      (p) =>
        function* () {
          return yield* p.pool('pool', 1).apply(square, [1])
        },
    )
    await expect(explore(late)).rejects.toMatchObject({ code: 'program/daemon-process-outside-setup' })
  })

  test('is named in setup', async () => {
    const declaring = (declare: (p: Vocabulary) => unknown) =>
      explore(
        program('bad', {}, (_params, p) => {
          declare(p)
          p.thread('main', () => p.yieldNow())
        }),
      )
    await expect(declaring((p) => p.pool('pool', 0))).rejects.toMatchObject({ code: 'program/bad-number' })
    await expect(declaring((p) => p.pool('pool', 1, { maxTasksPerChild: 0 }))).rejects.toMatchObject({
      code: 'program/bad-number',
    })
    await expect(declaring((p) => p.pool('pool', 1, { start: 'spwan' as 'spawn' }))).rejects.toMatchObject({
      code: 'program/start-method',
    })
    await expect(
      declaring((p) => {
        p.pool('pool', 1)
        p.threadPool('threads', { maxWorkers: 1 })
      }),
    ).rejects.toMatchObject({ code: 'program/pool-beside-daemon-process' })
  })
})

describe('In virtual time', () => {
  test.each(both)('jobs of two workers take theirs at the same time in %s', async (strategy) => {
    const timed = program(
      'timed',
      {},
      (_params, p) => {
        const pool = p.pool('pool', 2)
        const clock = p.clock()
        p.thread('main', () =>
          pool.use(function* () {
            const results = yield* pool.imapUnordered(
              function* (seconds: number) {
                yield* p.sleep(seconds)
                return seconds
              },
              [3, 2],
            )
            return [yield* results.toArray(), yield* clock.read()]
          }),
        )
      },
      { time: 'virtual' },
    )
    const report = await explore(timed, { strategy })
    expect(report).toMatchObject({ verdict: 'holds', complete: true })
    expect(returnedIn(report)).toEqual(['[[2,3],3]'])
  })
})

function* caughtError(steps: Steps<unknown>): Steps<unknown> {
  try {
    return yield* steps
  } catch (error) {
    return error
  }
}

function* caughtMessage(steps: Steps<unknown>): Steps<unknown> {
  return ((yield* caughtError(steps)) as Error).message
}
