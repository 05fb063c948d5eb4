import { explore, type Future, program, type Program, type Steps, type ThreadBody, type Vocabulary } from 'entrelacs'
import { expect } from 'vitest'

/** Declares a future: the real thing, or a broken twin. */
export type DeclareFuture = (p: Vocabulary, name: string) => Future<number>

/** What laws of pools ask of a pool. */
export interface AnyPool {
  submit<R>(body: ThreadBody<R>): Steps<Future<R>>
  map<T, R>(body: (item: T) => Steps<R>, items: Iterable<T>): Steps<R[]>
  shutdown(): Steps<void>
}

/** Declares a pool of so many workers: the real thing, or a broken twin. */
export type DeclarePool = (p: Vocabulary, maxWorkers: number) => AnyPool

/** Of two threads that complete a future one succeeds, and its value stays. */
export function completesOnce(declare: DeclareFuture): Program {
  return program('a future completes once', {}, (_params, p) => {
    const future = declare(p, 'future')
    const threads = [1, 2].map((value) =>
      p.thread(`completes with ${value}`, function* () {
        try {
          yield* future.setResult(value)
          return { succeeded: true, result: yield* future.result() }
        } catch {
          return { succeeded: false, result: yield* future.result() }
        }
      }),
    )
    p.finally('one succeeds, and everybody sees its value', (final) => {
      const results = threads.map((thread) => final.result(thread)!)
      const winners = results.flatMap(({ succeeded }, i) => (succeeded ? [i + 1] : []))
      return winners.length === 1 && results.every(({ result }) => result === winners[0])
    })
  })
}

/** Whenever a callback is added, it runs once, and after the future is done. */
export function callbacksRunOnce(declare: DeclareFuture): Program {
  return program('callbacks run once', {}, (_params, p) => {
    const future = declare(p, 'future')
    const runs = p.atomic('runs', 0)
    const early = p.atomic('early', 0)
    function* callback() {
      yield* runs.add(1)
      if (!(yield* future.done())) yield* early.add(1)
    }
    for (const name of ['adds one', 'adds another']) p.thread(name, () => future.addDoneCallback(callback))
    p.thread('completes', () => future.setResult(1))
    p.finally('each has run once, and none too early', (final) => final(runs) === 2 && final(early) === 0)
  })
}

/** Never more jobs run at a time than there are workers, although there is one more. */
export function runsAtMostAsManyJobsAsWorkers(declare: DeclarePool, workers = 2): Program {
  return program('as many jobs as workers', {}, (_params, p) => {
    const pool = declare(p, workers)
    const running = p.atomic('running', 0, { shared: true })
    p.thread('main', function* () {
      for (let i = 0; i <= workers; i++)
        yield* pool.submit(function* () {
          yield* running.add(1)
          yield* running.add(-1)
        })
    })
    p.always('no more than that', (now) => now(running) <= workers)
  })
}

/** `map` returns results in the order of the items. */
export function mapKeepsOrder(declare: DeclarePool): Program {
  return program('map keeps order', {}, (_params, p) => {
    const pool = declare(p, 2)
    const main = p.thread('main', () =>
      pool.map(
        function* (item) {
          yield* p.yieldNow()
          return 10 * item
        },
        [1, 2],
      ),
    )
    p.finally('in order', (final) => final.result(main)?.join() === '10,20')
  })
}

/** When `shutdown` returns, every job has ended. */
export function shutdownWaits(declare: DeclarePool): Program {
  return program('shutdown waits', {}, (_params, p) => {
    const pool = declare(p, 2)
    const ended = p.atomic('ended', 0, { shared: true })
    const main = p.thread('main', function* () {
      for (let i = 0; i < 2; i++) yield* pool.submit(() => ended.add(1))
      yield* pool.shutdown()
      return yield* ended.read()
    })
    p.finally('both had ended', (final) => final.result(main) === 2)
  })
}

/** Every job runs once. */
export function runsEachJobOnce(declare: DeclarePool): Program {
  return program('each job runs once', {}, (_params, p) => {
    const pool = declare(p, 2)
    const runs = p.atomic('runs', 0, { shared: true })
    p.thread('main', function* () {
      for (const unit of [1, 10]) yield* pool.submit(() => runs.add(unit))
    })
    p.finally('one and ten', (final) => final(runs) === 11)
  })
}

/** What jobs change in their memory, whoever submits them does not see. */
export function changesNothingOfItsSubmitters(declare: DeclarePool): Program {
  return program('memories of their own', {}, (_params, p) => {
    const pool = declare(p, 2)
    const own = p.atomic('own', 0)
    p.thread('main', function* () {
      for (let i = 0; i < 2; i++) yield* pool.submit(() => own.add(1))
      yield* pool.shutdown()
    })
    p.always('nothing has changed', (now) => now(own) === 0)
  })
}

/** A law holds over all interleavings, found by both exhaustive strategies. */
export async function expectLaw(law: Program): Promise<void> {
  for (const strategy of ['graph', 'dpor'] as const)
    expect(await explore(law, { strategy }), `${law.name}, ${strategy}`).toMatchObject({
      verdict: 'holds',
      complete: true,
      violations: [],
    })
}

/** A broken twin is caught by both exhaustive strategies. */
export async function expectCaught(law: Program): Promise<void> {
  for (const strategy of ['graph', 'dpor'] as const) {
    const { verdict, violations } = await explore(law, { strategy })
    expect({ strategy, verdict }).toEqual({ strategy, verdict: 'violated' })
    expect(violations.map(({ kind }) => kind)).toContain('property')
  }
}
