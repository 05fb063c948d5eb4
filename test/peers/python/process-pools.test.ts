import { explore, type Future, program, type Steps, type Vocabulary } from 'entrelacs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SEED } from '../../engine/support/seed.js'
import { findPython, type Result } from './python.js'

const python = findPython((text) => console.warn(text))
// All interleavings of each are explored: five hundred take more than a minute.
const SEQUENCES = Number(process.env['ENTRELACS_RUNS'] ?? 200)

type Call = readonly [name: string, ...args: unknown[]]
type Client = Readonly<Record<string, (...args: never[]) => Steps<unknown>>>

// What Python's exceptions are called here.
const KINDS: Readonly<Record<string, string>> = { RangeError: 'ValueError', MisuseError: 'RuntimeError' }
const named = (error: unknown): string => KINDS[(error as Error).name] ?? (error as Error).name

/** The calls of the driver, on our pool. Time passes when all that can happen has happened: what the driver has to wait for. */
function client(p: Vocabulary): Client {
  const counter = p.cell('counter', 0)
  const [started, go] = [p.event('started', { shared: true }), p.event('go', { shared: true })]
  const pool = p.processPool('pool', 1, { start: 'fork' })

  function* square(number: number): Steps<number> {
    yield* p.yieldNow()
    if (number < 0) throw new RangeError(String(number))
    return number * number
  }
  function* kindOf(future: Future<unknown>): Steps<string | null> {
    const error = yield* future.exception()
    return error === null ? null : named(error)
  }
  function* refusal(): Steps<string | null> {
    try {
      yield* pool.submit(square, 1)
      return null
    } catch (error) {
      return named(error)
    }
  }
  /** A job that blocks the worker, and others behind it. */
  function* blocked(jobs: number): Steps<readonly [Future<unknown>, readonly Future<number>[]]> {
    yield* started.clear()
    yield* go.clear()
    const blocking = yield* pool.submit(function* () {
      yield* started.set()
      yield* go.wait()
    })
    yield* started.wait()
    const futures: Future<number>[] = []
    for (let number = 0; number < jobs; number++) futures.push(yield* pool.submit(square, number))
    yield* p.sleep(1)
    return [blocking, futures]
  }
  function* resultsOf(futures: readonly Future<number>[]): Steps<unknown[]> {
    const results: unknown[] = []
    for (const future of futures) results.push((yield* future.cancelled()) ? null : yield* future.result())
    return results
  }

  return {
    *square(number: number) {
      return yield* (yield* pool.submit(square, number)).result()
    },
    *exception(number: number) {
      return yield* kindOf(yield* pool.submit(square, number))
    },
    map: (numbers: readonly number[], chunksize: number) => pool.map(square, numbers, { chunksize }),
    *count(times: number) {
      const counted: number[] = []
      for (let i = 0; i < times; i++) {
        const job = yield* pool.submit(function* () {
          const count = (yield* counter.read()) + 1
          yield* counter.write(count)
          return count
        })
        counted.push(yield* job.result())
      }
      return counted
    },
    parent: () => counter.read(),
    *argument() {
      return yield* kindOf(yield* pool.submit(square as (what: unknown) => Steps<number>, square))
    },
    *unnamed() {
      const job = yield* pool.submit(function* () {
        yield* p.yieldNow()
        return square
      })
      return yield* kindOf(job)
    },
    *late() {
      const future = yield* pool.submit(square, 2)
      yield* future.result()
      return [yield* future.cancel(), yield* future.done(), yield* future.running(), yield* future.cancelled()]
    },
    *callback(number: number) {
      const seen = p.atomic('seen', [] as readonly boolean[])
      const future = yield* pool.submit(square, number)
      yield* future.addDoneCallback(function* (done) {
        const isFine = (yield* done.exception()) === null
        yield* seen.update((before) => [...before, isFine])
      })
      yield* future.exception()
      yield* p.sleep(1)
      return yield* seen.read()
    },
    *queued(jobs: number, isReversed: boolean) {
      const [blocking, futures] = yield* blocked(jobs)
      const running: boolean[] = []
      for (const future of futures) running.push(yield* future.running())
      const cancelled: boolean[] = []
      for (const future of isReversed ? futures.toReversed() : futures) cancelled.push(yield* future.cancel())
      yield* go.set()
      yield* blocking.result()
      return [running, cancelled, yield* resultsOf(futures)]
    },
    *crash() {
      const kinds = [yield* kindOf(yield* pool.submit(() => p.abort())), yield* refusal()]
      yield* pool.shutdown()
      return kinds
    },
    *shutdown(jobs: number, cancelFutures: boolean) {
      const [, futures] = yield* blocked(jobs)
      yield* pool.shutdown({ wait: false, cancelFutures })
      yield* p.sleep(1)
      yield* go.set()
      yield* pool.shutdown({ cancelFutures })
      const refused = yield* refusal()
      return [refused, yield* resultsOf(futures)]
    },
  }
}

/** What every interleaving gives. */
async function ours(calls: readonly Call[]): Promise<unknown> {
  const { outcomes, complete } = await explore(
    program(
      'sequence',
      {},
      (_params, p) => {
        const object = client(p)
        p.thread('A', function* () {
          const results: Result[] = []
          for (const [name, ...args] of calls)
            try {
              results.push({ value: (yield* object[name]!(...(args as never[]))) ?? null })
            } catch (error) {
              results.push({ raises: named(error) })
            }
          return results
        })
      },
      { time: 'virtual' },
    ),
  )
  expect(complete).toBe(true)
  const found = new Set(outcomes.map(({ results }) => JSON.stringify(results?.['A'])))
  expect([...found], JSON.stringify(calls)).toHaveLength(1)
  return outcomes[0]!.results!['A']
}

const number = fc.integer({ min: -1, max: 3 })
const going = fc.oneof(
  fc.tuple(fc.constantFrom('square', 'exception', 'callback'), number),
  fc.tuple(fc.constant('map'), fc.array(number, { maxLength: 3 }), fc.nat(3)),
  fc.tuple(fc.constant('count'), fc.nat(2)),
  fc.constantFrom<Call>(['parent'], ['argument'], ['unnamed'], ['late']),
  fc.tuple(fc.constant('queued'), fc.nat(4), fc.boolean()),
) as fc.Arbitrary<Call>
const ending = fc.oneof(
  fc.constant<Call>(['crash']),
  fc.tuple(fc.constant('shutdown'), fc.nat(4), fc.boolean()) as fc.Arbitrary<Call>,
)
const sequence = fc
  .tuple(fc.array(going, { minLength: 1, maxLength: 4 }), fc.option(ending, { freq: 3 }))
  .map(([calls, end]) => (end === null ? calls : [...calls, end]))

test.skipIf(python === null)(
  'Random sequences of one client on a pool of one process come out as in CPython, in every interleaving',
  { timeout: 300_000 },
  async () => {
    const sequences = fc.sample(sequence, { seed: SEED, numRuns: SEQUENCES })
    const { results } = python!.ask('process-pools.py', sequences) as {
      readonly results: readonly (readonly Result[])[]
    }
    for (const [i, calls] of sequences.entries()) expect(await ours(calls), JSON.stringify(calls)).toEqual(results[i])
    const raised = new Set(results.flat().flatMap((result) => ('raises' in result ? [result.raises] : [])))
    expect([...raised]).toEqual(['ValueError'])
  },
)
