import { program, type Program, type Steps, type Vocabulary } from 'entrelacs'

/** What becomes of jobs that were handed in, as laws ask for it. */
interface AnyResult<R> {
  get(): Steps<R>
}

/** What laws of multiprocessing pools ask of one. */
export interface AnyMultiprocessingPool {
  applyAsync<R>(
    body: () => Steps<R>,
    args?: readonly [],
    callbacks?: { readonly callback?: (result: R) => Steps<unknown> },
  ): Steps<AnyResult<R>>
  map<T, R>(body: (item: T) => Steps<R>, items: Iterable<T>): Steps<R[]>
  close(): Steps<void>
  terminate(): Steps<void>
  join(): Steps<void>
}

/** Declares a pool of so many workers: the real thing, or a broken twin. */
export type DeclareMultiprocessingPool = (p: Vocabulary, processes: number) => AnyMultiprocessingPool

/** When `join` returns after `close`, every job has run once and its result is there. */
export function joinWaitsForAllJobs(declare: DeclareMultiprocessingPool, processes = 2): Program {
  return program('join waits for all jobs', {}, (_params, p) => {
    const pool = declare(p, processes)
    const ran = p.atomic('ran', 0, { shared: true })
    const main = p.thread('main', function* () {
      for (const unit of [1, 10]) yield* pool.applyAsync(() => ran.add(unit))
      yield* pool.close()
      yield* pool.join()
      return yield* ran.read()
    })
    p.finally('each has run once', (final) => final.result(main) === 11)
  })
}

/** `map` returns the results in the order of the items, whichever worker is done first. */
export function mapsInOrder(declare: DeclareMultiprocessingPool): Program {
  return program('maps in order', {}, (_params, p) => {
    const pool = declare(p, 2)
    const main = p.thread('main', function* () {
      const results = yield* pool.map(
        function* (item: number) {
          return 10 * item
        },
        [1, 2],
      )
      yield* pool.close()
      return results
    })
    p.finally('in order', (final) => final.result(main)?.join() === '10,20')
  })
}

/** Once `terminate` has returned, no job runs any more. */
export function terminateEndsAllJobs(declare: DeclareMultiprocessingPool): Program {
  return program('terminate ends all jobs', {}, (_params, p) => {
    const pool = declare(p, 1)
    const ended = p.atomic('ended', false, { shared: true })
    const late = p.atomic('late', 0, { shared: true })
    p.thread('main', function* () {
      for (let i = 0; i < 2; i++)
        yield* pool.applyAsync(function* () {
          if (yield* ended.read()) yield* late.add(1)
        })
      yield* pool.terminate()
      yield* ended.write(true)
    })
    p.always('no job runs after the end', (now) => now(late) === 0)
  })
}

/** A result is ready only after its callback has run, in the memory of whoever uses the pool. */
export function callsBackBeforeItIsReady(declare: DeclareMultiprocessingPool): Program {
  return program('calls back before it is ready', {}, (_params, p) => {
    const pool = declare(p, 1)
    const seen = p.atomic('seen', 0)
    const main = p.thread('main', function* () {
      const job = function* () {
        return 7
      }
      const result = yield* pool.applyAsync(job, [], { callback: (value) => seen.write(value) })
      yield* result.get()
      yield* pool.close()
      return yield* seen.read()
    })
    p.finally('the callback has run', (final) => final.result(main) === 7)
  })
}

/** A worker that dies takes its job with it, and only that: another one does the rest. */
export function replacesWorkersThatDie(declare: DeclareMultiprocessingPool): Program {
  return program('replaces workers that die', {}, (_params, p) => {
    const pool = declare(p, 1)
    const main = p.thread('main', function* () {
      yield* pool.applyAsync(() => p.abort())
      const result = yield* pool.applyAsync(function* () {
        return 5
      })
      return yield* result.get()
    })
    p.finally('the other job is done', (final) => final.result(main) === 5)
  })
}
