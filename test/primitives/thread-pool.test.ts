import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrokenThreadPool, explore, type Future, program, replay, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import {
  type AnyPool,
  expectCaught,
  expectLaw,
  mapKeepsOrder,
  runsAtMostAsManyJobsAsWorkers,
  shutdownWaits,
} from '../laws/futures.js'
import poolProgram from './pool-program.js'

const ofMain = (report: Awaited<ReturnType<typeof explore>>) => report.outcomes.map(({ results }) => results!['main'])

describe('A thread pool', () => {
  test('runs jobs in threads of its own, one at a time for each', async () => {
    const naming = program('naming', {}, (_params, p) => {
      const pool = p.threadPool('pool', { maxWorkers: 2, threadNamePrefix: 'worker' })
      p.thread('main', () =>
        pool.map(
          function* (item) {
            yield* p.yieldNow()
            return `${item}:${p.currentThread().name}`
          },
          ['a', 'b'],
        ),
      )
    })
    const report = await explore(naming)
    expect(report.verdict).toBe('holds')
    const found = [...new Set(ofMain(report).map((names) => (names as string[]).join(' ')))].sort()
    expect(found).toEqual([
      'a:worker_0 b:worker_0',
      'a:worker_0 b:worker_1',
      'a:worker_1 b:worker_0',
      'a:worker_1 b:worker_1',
    ])
  })

  test('starts a second worker only if the first does not count as free', async () => {
    const lazy = (isAwaited: boolean) =>
      program('lazy', {}, (_params, p) => {
        const pool = p.threadPool('pool', { maxWorkers: 2 })
        p.thread('main', function* () {
          const first = yield* pool.submit(() => p.yieldNow())
          if (isAwaited) yield* first.result()
          yield* pool.submit(() => p.yieldNow())
        })
      })
    const workers = async (isAwaited: boolean) => {
      const { outcomes, verdict } = await explore(lazy(isAwaited))
      expect(verdict).toBe('holds')
      return new Set(outcomes.map(({ final }) => (final['pool'] as { workers: number }).workers))
    }
    // The worker becomes free a step after its job's future is done: whoever waits for that may still be too early.
    expect([...(await workers(true))].sort()).toEqual([1, 2])
    expect([...(await workers(false))].sort()).toEqual([1, 2])
  })

  test('keeps what a job throws for whoever asks for its result', async () => {
    const failing = program('failing', {}, (_params, p) => {
      const pool = p.threadPool('pool', { maxWorkers: 1 })
      p.thread('main', function* () {
        const future = yield* pool.submit(function* () {
          yield* p.yieldNow()
          throw new TypeError('in a job')
        })
        try {
          yield* future.result()
        } catch (error) {
          return [error instanceof TypeError, (error as Error).message]
        }
      })
    })
    const report = await explore(failing)
    expect(report).toMatchObject({ verdict: 'holds', violations: [] })
    expect(ofMain(report)).toEqual([[true, 'in a job']])
  })

  test('refuses jobs after its shutdown: misuse', async () => {
    const late = program('late', {}, (_params, p) => {
      const pool = p.threadPool('pool', { maxWorkers: 1 })
      p.thread('main', function* () {
        yield* pool.shutdown()
        yield* pool.submit(() => p.yieldNow())
      })
    })
    expect((await explore(late)).violations.map(({ kind }) => kind)).toContain('misuse')
  })

  test('cancels waiting jobs at its shutdown if told so', async () => {
    const cancelling = program('cancelling', {}, (_params, p) => {
      const pool = p.threadPool('pool', { maxWorkers: 1 })
      const ran = p.atomic('ran', 0)
      p.thread('main', function* () {
        const futures = []
        for (let i = 0; i < 2; i++) futures.push(yield* pool.submit(() => ran.add(1)))
        yield* pool.shutdown({ cancelFutures: true })
        const cancelled = []
        for (const future of futures) cancelled.push(yield* future.cancelled())
        return cancelled.filter(Boolean).length
      })
      p.finally('what was not cancelled has run', (final) => final(ran) >= 0)
    })
    for (const strategy of ['graph', 'dpor'] as const) {
      const report = await explore(cancelling, { strategy })
      expect(report.verdict).toBe('holds')
      const pairs = report.outcomes.map(({ final, results }) => [final['ran'], results!['main']])
      expect(new Set(pairs.map(String))).toEqual(new Set(['0,2', '1,1', '2,0']))
    }
  })

  test('is broken by an initializer that fails', async () => {
    const broken = program('broken', {}, (_params, p) => {
      const pool = p.threadPool('pool', {
        maxWorkers: 1,
        *initializer() {
          yield* p.yieldNow()
          throw new Error('not today')
        },
      })
      p.thread('main', function* () {
        const future = yield* pool.submit(() => p.yieldNow())
        const kinds = [(yield* future.exception()) instanceof BrokenThreadPool]
        try {
          yield* pool.submit(() => p.yieldNow())
        } catch (error) {
          kinds.push(error instanceof BrokenThreadPool)
        }
        return kinds
      })
    })
    const report = await explore(broken)
    expect(report.verdict).toBe('holds')
    expect(ofMain(report)).toEqual([[true, true]])
  })

  test('initialises every worker, whose thread-local data stays with it', async () => {
    const local = program('local', {}, (_params, p) => {
      const own = p.threadLocal('own')
      const pool = p.threadPool('pool', { maxWorkers: 1, initializer: () => own.set('jobs', 0) })
      function* job() {
        const jobs = (yield* own.get<number>('jobs')) + 1
        yield* own.set('jobs', jobs)
        return jobs
      }
      p.thread('main', () => pool.map(job, [1, 2]))
    })
    expect(ofMain(await explore(local))).toEqual([[1, 2]])
  })

  test('can be made by a thread', async () => {
    const made = program('made', {}, (_params, p) => {
      p.thread('main', function* () {
        const factor = (yield* p.choose(2)) + 1
        const pool = p.threadPool('pool', { maxWorkers: 2 })
        return yield* pool.use(() =>
          pool.map(
            function* (item) {
              yield* p.yieldNow()
              return factor * item
            },
            [1, 2],
          ),
        )
      })
    })
    for (const strategy of ['graph', 'dpor'] as const) {
      const report = await explore(made, { strategy })
      expect(report.verdict).toBe('holds')
      expect(new Set(ofMain(report).map(String))).toEqual(new Set(['1,2', '2,4']))
    }
  })

  test('that is never shut down keeps nobody waiting', async () => {
    const left = program('left', {}, (_params, p) => {
      const pool = p.threadPool('pool', { maxWorkers: 2 })
      const ran = p.atomic('ran', 0)
      p.thread('main', function* () {
        yield* pool.submit(() => ran.add(1))
      })
      p.finally('the job has run although nobody waited', (final) => final(ran) === 1)
    })
    for (const strategy of ['graph', 'dpor'] as const) expect((await explore(left, { strategy })).verdict).toBe('holds')
    expect((await explore(left, { reduction: true })).verdict).toBe('holds')
  })
})

describe('Jobs, which are closures of the threads that submit them,', () => {
  test('are known in every fresh session: each outcome’s violation is replayed', async () => {
    const { violations } = await explore(poolProgram)
    expect(violations.map(({ kind }) => kind)).toEqual(['property'])
    const shown = replay(poolProgram, violations[0]!.token)
    expect(shown.outcome?.failed).toEqual([violations[0]!.message])
  })

  test.each(['graph', 'dpor'] as const)('are known after a checkpoint of %s', async (strategy) => {
    const folder = mkdtempSync(join(tmpdir(), 'pool-'))
    try {
      const checkpoint = join(folder, 'kept')
      const params = { jobs: 3 }
      const whole = await explore(poolProgram, { strategy, params })
      const stop = new AbortController()
      let entered = 0
      const first = await explore(poolProgram, {
        strategy,
        params,
        checkpoint,
        checkpointEvery: 0.001,
        signal: stop.signal,
        // Sampling, which comes first, runs the program's own code a hundred times or so.
        monitor: {
          enter: () => {
            if (++entered === 400) stop.abort()
          },
          leave: () => {},
        },
      })
      expect(first.complete).toBe(false)
      const resumed = await explore(poolProgram, { strategy, params, checkpoint })
      expect(resumed.counts.states).toBe(whole.counts.states)
      expect(resumed.counts.interleavings).toBe(whole.counts.interleavings)
      expect(resumed.counts.executions).toBe(whole.counts.executions)
      expect(resumed.outcomes.length).toBe(whole.outcomes.length)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('The laws of pools', () => {
  test('hold over all interleavings', async () => {
    for (const law of [runsAtMostAsManyJobsAsWorkers, mapKeepsOrder, shutdownWaits])
      await expectLaw(law((p, maxWorkers) => p.threadPool('pool', { maxWorkers })))
  })

  test('catch a pool that starts a thread for every job', async () => {
    await expectCaught(
      runsAtMostAsManyJobsAsWorkers((p): AnyPool => {
        const pool = p.threadPool('pool', { maxWorkers: 1 })
        return Object.assign(pool, {
          *submit<R>(body: () => Steps<R>): Steps<Future<R>> {
            yield* p.spawn(body)
            return p.future<R>('never')
          },
        })
      }),
    )
  })

  test('catch a map that returns results as they come', async () => {
    await expectCaught(
      mapKeepsOrder((p, maxWorkers): AnyPool => {
        const pool = p.threadPool('pool', { maxWorkers })
        return Object.assign(pool, {
          *map<T, R>(body: (item: T) => Steps<R>, items: Iterable<T>): Steps<R[]> {
            const futures = []
            for (const item of items) futures.push(yield* pool.submit(() => body(item)))
            const found: R[] = []
            yield* p.asCompleted(futures, function* (future) {
              found.push(yield* future.result())
            })
            return found
          },
        })
      }),
    )
  })

  test('catch a shutdown that does not wait', async () => {
    await expectCaught(
      shutdownWaits((p, maxWorkers): AnyPool => {
        const pool = p.threadPool('pool', { maxWorkers })
        return {
          submit: (body) => pool.submit(body),
          map: (body, items) => pool.map(body, items),
          shutdown: () => pool.shutdown({ wait: false }),
        }
      }),
    )
  })
})
