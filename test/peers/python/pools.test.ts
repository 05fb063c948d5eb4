import { explore, type ExploreOptions, type Pool, program, type Steps, type Vocabulary } from 'entrelacs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SEED } from '../../engine/support/seed.js'
import { findPython, type Result } from './python.js'

const python = findPython((text) => console.warn(text))
const SEQUENCES = Number(process.env['ENTRELACS_RUNS'] ?? 500)
// All interleavings of so many are explored, which takes longer than CPython takes for all; of the others, some.
const EXHAUSTED = Number(process.env['ENTRELACS_RUNS'] ?? 100)
const SAMPLES = 3

type Call = readonly [name: string, ...args: unknown[]]
type Client = Readonly<Record<string, (...args: never[]) => Steps<unknown>>>
interface Sequence {
  /** After how many jobs a worker leaves. */
  readonly atMost: number | null
  readonly calls: readonly Call[]
}

// What Python's exceptions are called here.
const KINDS: Readonly<Record<string, string>> = { RangeError: 'ValueError', MisuseError: 'ValueError' }
const named = (error: unknown): string => KINDS[(error as Error).name] ?? (error as Error).name

function* kind(steps: Steps<unknown>): Steps<string | null> {
  try {
    yield* steps
    return null
  } catch (error) {
    return named(error)
  }
}

/** Numbers in the place of names, in the order in which they come. */
function numbered(names: readonly string[]): number[] {
  const met = [...new Set(names)]
  return names.map((name) => met.indexOf(name))
}

/** The calls of the driver, on our pool. */
function client(p: Vocabulary, atMost: number | null): Client {
  const counter = p.cell('counter', 0)
  const [started, go] = [p.event('started', { shared: true }), p.event('go', { shared: true })]
  const pool = p.pool('pool', 1, { start: 'fork', ...(atMost === null ? {} : { maxTasksPerChild: atMost }) })

  function* square(number: number): Steps<number> {
    yield* p.yieldNow()
    if (number < 0) throw new RangeError(String(number))
    return number * number
  }
  function* add(one: number, other: number): Steps<number> {
    return one + other
  }
  function* count(): Steps<number> {
    const next = (yield* counter.read()) + 1
    yield* counter.write(next)
    return next
  }
  function* block(): Steps<void> {
    yield* started.set()
    yield* go.wait()
  }
  const sizes = (chunksize: number | null) => (chunksize === null ? {} : { chunksize })
  function* items(iterator: Awaited<ReturnType<typeof iterate>>, most: number): Steps<unknown[]> {
    const found: unknown[] = []
    for (let i = 0; i < most; i++)
      try {
        const next = yield* iterator.next()
        found.push(next.done ? 'end' : next.value)
      } catch (error) {
        found.push(named(error))
      }
    return found
  }
  const iterate = () => undefined as never as ReturnType<Pool['imap']> extends Steps<infer I> ? I : never
  function* refused(): Steps<unknown[]> {
    return [
      yield* kind(pool.apply(square, [1])),
      yield* kind(pool.mapAsync(square, [])),
      yield* kind(pool.imap(square, [1])),
      yield* kind(pool.use(() => p.yieldNow())),
    ]
  }
  function* blocked(jobs: number) {
    yield* started.clear()
    yield* go.clear()
    const results = [yield* pool.applyAsync(block as () => Steps<unknown>)]
    yield* started.wait()
    for (let number = 0; number < jobs; number++) results.push(yield* pool.applyAsync(square, [number]))
    return results
  }
  function* noted(hand: (note: (what: unknown) => Steps<unknown>) => Steps<{ wait(): Steps<void> }>) {
    const seen = p.atomic('seen', [] as readonly unknown[])
    const result = yield* hand((what) => seen.update((before) => [...before, what] as never))
    yield* result.wait()
    return yield* seen.read()
  }

  return {
    apply: (number: number) => pool.apply(square, [number]),
    *async_(number: number) {
      const result = yield* pool.applyAsync(square, [number])
      yield* result.wait()
      return [yield* result.ready(), yield* result.successful(), yield* kind(result.get())]
    },
    map: (numbers: readonly number[], chunksize: number | null) => pool.map(square, numbers, sizes(chunksize)),
    starmap: (pairs: readonly [number, number][], chunksize: number | null) =>
      pool.starmap(add, pairs, sizes(chunksize)),
    *mapped(numbers: readonly number[], chunksize: number | null) {
      let successful: boolean | null = null
      const seen = yield* noted(function* (note) {
        const result = yield* pool.mapAsync(square, numbers, {
          ...sizes(chunksize),
          callback: (value) => note(value),
          errorCallback: (error) => note(named(error)),
        })
        yield* result.wait()
        successful = yield* result.successful()
        return result
      })
      return [seen, successful]
    },
    called: (number: number) =>
      noted((note) =>
        pool.applyAsync(square, [number], {
          callback: (value) => note(value),
          errorCallback: (error) => note(named(error)),
        }),
      ),
    *imap(numbers: readonly number[], chunksize: number) {
      return yield* items((yield* pool.imap(square, numbers, { chunksize })) as never, numbers.length + 2)
    },
    *unordered(numbers: readonly number[], chunksize: number) {
      return yield* items((yield* pool.imapUnordered(square, numbers, { chunksize })) as never, numbers.length + 2)
    },
    *who(times: number, chunksize: number | null) {
      const name = function* () {
        yield* p.yieldNow()
        return p.currentThread().name
      }
      return numbered(yield* pool.map(name, Array.from({ length: times }), sizes(chunksize)))
    },
    *count(times: number) {
      const counted: number[] = []
      for (let i = 0; i < times; i++) counted.push(yield* pool.apply(count))
      return counted
    },
    parent: () => counter.read(),
    count_here: count,
    argument: () => pool.apply(square as (what: unknown) => Steps<number>, [square]),
    unnamed: () =>
      pool.apply(function* () {
        return square
      }),
    *crash(exits: boolean) {
      const lost = yield* pool.applyAsync(() => (exits ? p.exit(2) : p.abort()))
      const later = yield* pool.apply(square, [2])
      return [later, yield* lost.ready(), yield* kind(lost.successful())]
    },
    *queued(jobs: number) {
      const [blocking, ...results] = yield* blocked(jobs)
      const iterator = yield* pool.imap(
        square,
        Array.from({ length: jobs }, (_, number) => number),
      )
      const seen: boolean[] = []
      for (const result of results) seen.push(yield* result.ready())
      const kinds = [
        yield* kind(blocking!.get({ timeout: 1 })),
        yield* kind(blocking!.successful()),
        jobs > 0 ? yield* kind(iterator.next({ timeout: 1 })) : null,
      ]
      yield* go.set()
      const found: unknown[] = [seen, kinds, (yield* blocking!.get()) ?? null]
      const values: unknown[] = []
      for (const result of results) values.push(yield* result.get())
      return [...found, values, yield* items(iterator as never, jobs + 1)]
    },
    join_early: () => pool.join(),
    *close(jobs: number) {
      const results = yield* blocked(jobs)
      yield* pool.close()
      yield* pool.close()
      const kinds = yield* refused()
      yield* go.set()
      yield* pool.join()
      yield* pool.terminate()
      yield* pool.join()
      const values: unknown[] = []
      for (const result of results) values.push((yield* result.get()) ?? null)
      return [kinds, values]
    },
    *terminate(jobs: number) {
      const results = yield* blocked(jobs)
      yield* pool.terminate()
      const kinds = yield* refused()
      yield* pool.terminate()
      yield* pool.close()
      yield* pool.join()
      const ready: boolean[] = []
      for (const result of results) ready.push(yield* result.ready())
      return [kinds, ready]
    },
    *context(number: number) {
      const [done, results] = yield* pool.use(function* () {
        const first = yield* pool.applyAsync(square, [number])
        yield* first.wait()
        return [first, yield* blocked(1)] as const
      })
      const kinds = yield* refused()
      const ready: boolean[] = []
      for (const result of results) ready.push(yield* result.ready())
      return [kinds, yield* done.successful(), ready]
    },
  }
}

/** What every interleaving gives that is looked at: all of them, or some that are drawn. */
async function ours({ calls, atMost }: Sequence, options: ExploreOptions): Promise<unknown> {
  const { outcomes, complete } = await explore(
    program(
      'sequence',
      {},
      (_params, p) => {
        const object = client(p, atMost)
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
    options,
  )
  expect(complete).toBe(options.strategy === undefined)
  const found = new Set(outcomes.map(({ results }) => JSON.stringify(results?.['A'])))
  expect([...found], JSON.stringify(calls)).toHaveLength(1)
  return outcomes[0]!.results!['A']
}

const number = fc.integer({ min: -1, max: 3 })
const numbers = fc.array(number, { maxLength: 4 })
const chunksize = fc.option(fc.integer({ min: -1, max: 3 }), { freq: 2 })
const going = fc.oneof(
  fc.tuple(fc.constantFrom('apply', 'async_', 'called'), number),
  fc.tuple(fc.constantFrom('map', 'mapped'), numbers, chunksize),
  fc.tuple(fc.constant('starmap'), fc.array(fc.tuple(number, number), { maxLength: 3 }), chunksize),
  fc.tuple(fc.constantFrom('imap', 'unordered'), numbers, fc.nat(3)),
  fc.tuple(fc.constant('who'), fc.nat(9), fc.option(fc.integer({ min: 1, max: 3 }))),
  fc.tuple(fc.constant('count'), fc.nat(3)),
  fc.constantFrom<Call>(['parent'], ['count_here'], ['argument'], ['unnamed'], ['join_early']),
  fc.tuple(fc.constant('queued'), fc.nat(2)),
) as fc.Arbitrary<Call>
const ending = fc.oneof(
  fc.tuple(fc.constant('crash'), fc.boolean()),
  fc.tuple(fc.constantFrom('close', 'terminate'), fc.nat(2)),
  fc.tuple(fc.constant('context'), number),
) as fc.Arbitrary<Call>
const sequence = fc
  .tuple(
    fc.array(going, { minLength: 1, maxLength: 3 }),
    fc.option(ending, { freq: 2 }),
    fc.option(fc.integer({ min: 1, max: 3 }), { freq: 1 }),
  )
  .map(([calls, end, atMost]): Sequence => ({ atMost, calls: end === null ? calls : [...calls, end] }))

/** How many items make a job if nobody says so: each worker does one. */
const SHARES = Array.from({ length: 13 }, (_, items): Sequence => ({ atMost: 1, calls: [['who', items, null]] }))

test.skipIf(python === null)(
  'Random sequences of one client on a multiprocessing pool of one process come out as in CPython',
  { timeout: 300_000 },
  async () => {
    const sequences = [...SHARES, ...fc.sample(sequence, { seed: SEED, numRuns: SEQUENCES })]
    const { results } = python!.ask('pools.py', sequences) as { readonly results: readonly (readonly Result[])[] }
    for (const [i, some] of sequences.entries()) {
      const options: ExploreOptions = i < EXHAUSTED ? {} : { strategy: 'random', samples: SAMPLES, seed: SEED }
      expect(await ours(some, options), JSON.stringify(some)).toEqual(results[i])
    }
    const raised = new Set(results.flat().flatMap((result) => ('raises' in result ? [result.raises] : [])))
    expect([...raised].sort()).toEqual(['MaybeEncodingError', 'PicklingError', 'ValueError'])
  },
)
