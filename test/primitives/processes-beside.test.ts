import {
  explore,
  type ExploreReport,
  program,
  type Program,
  type ProgramOptions,
  replay,
  StatefulObject,
  type Steps,
  type TimedObject,
  type WorldAccess,
  type WorldView,
} from 'entrelacs'
import { describe, expect, test } from 'vitest'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

const seen = ({ outcomes }: ExploreReport) =>
  outcomes.map(({ final, results, errors, waiting }) => JSON.stringify({ final, results, errors, waiting })).sort()
const found = ({ violations }: ExploreReport) => violations.map(({ kind, message }) => `${kind}: ${message}`).sort()

/** Explores all states, a reduced graph and all traces: all of them find the same. */
async function allWays(subject: Program, modes: { readonly twins?: boolean } = {}): Promise<ExploreReport> {
  const graph = await explore(subject, modes)
  for (const options of [{ strategy: 'dpor' }, { reduction: true }, { strategy: 'dpor', preemptions: 99 }] as const) {
    const other = await explore(subject, { ...modes, ...options })
    expect(other.complete).toBe(true)
    expect(seen(other)).toEqual(seen(graph))
    expect(found(other)).toEqual(found(graph))
  }
  return graph
}

const mainOf = (setup: (p: Vocabulary) => () => Steps<unknown>, options?: ProgramOptions) =>
  program('beside', {}, (_params, p) => void p.thread('main', setup(p)), options)

/** The same program, of which every execution is a violation. */
const failing = (subject: Program): Program => ({
  ...subject,
  declare(sink, params) {
    subject.declare(sink, params)
    sink.property({ name: 'none', when: 'finally', holds: () => false, place: undefined })
  },
})

/** A timer in one word: the nanoseconds that are left, 0 when it rings or is not set. */
class EggTimer extends StatefulObject<number> implements TimedObject {
  readonly kind = 'egg timer'

  set(seconds: number): Steps<void> {
    return this.perform({ name: 'set', args: [seconds], step: () => ({ state: seconds * 1e9, result: undefined }) })
  }

  wait(): Steps<void> {
    return this.perform({
      name: 'wait',
      ways: (left) => (left === 0 ? 1 : 0),
      step: (state) => ({ state, result: undefined }),
    })
  }

  untilNext(world: WorldView): number | null {
    const left = this.stateIn(world)
    return left === 0 ? null : left
  }

  advance(world: WorldAccess, nanoseconds: number): void {
    const left = this.stateIn(world)
    if (left > 0) world.setValue(this.word, left - nanoseconds)
  }
}

/** What the main thread returns in every outcome, or its error, or what it waits with. */
async function resultsOf(subject: Program, modes: { readonly twins?: boolean } = {}): Promise<unknown[]> {
  const { outcomes } = await allWays(subject, modes)
  const results = outcomes.map(
    ({ results: all, errors, waiting }) => errors?.['main'] ?? waiting?.['main'] ?? all?.['main'],
  )
  return [...new Set(results.map((result) => JSON.stringify(result)))].sort().map((text) => JSON.parse(text) as unknown)
}

/** Lets a process tell the main thread something: what it returns is what the main thread returns. */
const told = (tell: (p: Vocabulary) => () => Steps<unknown>, options?: ProgramOptions) =>
  mainOf((p) => {
    const answer = p.cell<unknown>('answer', null, { shared: true, holds: 'data' })
    const body = tell(p)
    const child = p.process('child', function* () {
      yield* answer.write(yield* body())
    })
    return function* () {
      yield* child.start()
      yield* child.join()
      return [yield* child.exitCode(), yield* answer.read()]
    }
  }, options)

describe('Threads that are created in a process', () => {
  test('belong to it: they share its memory, and only they are counted there', async () => {
    const subject = told((p) => {
      const own = p.cell('own', 0)
      return function* () {
        const worker = p.newThread('worker', function* () {
          yield* own.write(7)
          return p.mainThread().name
        })
        const before = [yield* worker.isAlive(), yield* p.enumerate()]
        yield* worker.start()
        const main = yield* worker.join()
        return [before, yield* own.read(), main, yield* p.activeCount(), yield* worker.isAlive()]
      }
    })
    expect(await resultsOf(subject)).toEqual([[0, [[false, ['child']], 7, 'child', 1, false]]])
  })

  test('cannot be those of another process', async () => {
    const subject = told((p) => {
      const ours = p.newThread('ours', function* () {
        yield* p.yieldNow()
      })
      return () => ours.start()
    })
    await expect(explore(subject)).rejects.toMatchObject({
      code: 'program/thread-of-another-process',
      message: expect.stringContaining('thread “child” may start thread “ours”, which belongs to the main process'),
    })
  })

  test('have data of their own, which a fork hands on from who forks', async () => {
    const subject = (start: 'fork' | 'spawn') =>
      mainOf((p) => {
        const local = p.threadLocal('local')
        const answer = p.cell<unknown>('answer', null, { shared: true, holds: 'data' })
        const child = p.process(
          'child',
          function* () {
            try {
              yield* answer.write(yield* local.get('name'))
            } catch (error) {
              yield* answer.write((error as Error).name)
            }
            yield* local.set('name', 'child')
          },
          { start },
        )
        return function* () {
          yield* local.set('name', 'main')
          yield* child.start()
          yield* child.join()
          return [yield* answer.read(), yield* local.get('name')]
        }
      })
    expect(await resultsOf(subject('fork'))).toEqual([['main', 'main']])
    expect(await resultsOf(subject('spawn'))).toEqual([['AttributeError', 'main']])
  })
})

describe('A pool in a process', () => {
  const pooled = (isShut: boolean) =>
    told((p) => {
      const own = p.atomic('own', 0)
      return function* () {
        const pool = p.threadPool('pool', { maxWorkers: 2 })
        const first = yield* pool.submit(() => own.add(1))
        const second = yield* pool.submit(() => own.add(1))
        const { done } = yield* p.wait([first, second])
        if (isShut) yield* pool.shutdown()
        return [done.length, yield* own.read()]
      }
    })

  test.each([true, false])('works on its memory, and ends with it (shut down: %s)', async (isShut) => {
    expect(await resultsOf(pooled(isShut))).toEqual([[0, [2, 2]]])
  })

  test('must be declared there, by its first thread', async () => {
    const declaredInSetup = told((p) => {
      const pool = p.threadPool('pool', { maxWorkers: 1 })
      return () => pool.submit(() => p.yieldNow())
    })
    await expect(explore(declaredInSetup)).rejects.toMatchObject({ code: 'program/thread-of-another-process' })
    const declaredByAnother = told(
      (p) =>
        function* () {
          const other = yield* p.spawn('other', function* () {
            yield* p.threadPool('pool', { maxWorkers: 1 }).submit(() => p.yieldNow())
          })
          yield* other.join()
        },
    )
    await expect(explore(declaredByAnother)).rejects.toMatchObject({ code: 'program/pool-outside-first-thread' })
  })

  test('cannot be beside daemon processes', async () => {
    const subject = mainOf((p) => {
      p.threadPool('pool', { maxWorkers: 1 })
      const daemon = p.process('daemon', () => p.yieldNow(), { daemon: true })
      return () => daemon.start()
    })
    await expect(explore(subject)).rejects.toMatchObject({ code: 'program/pool-beside-daemon-process' })
  })
})

describe('Virtual time', () => {
  const virtual = { time: 'virtual' } as const

  test('is one for all processes', async () => {
    const subject = mainOf((p) => {
      const now = p.clock()
      const answer = p.cell<unknown>('answer', null, { shared: true, holds: 'data' })
      const child = p.process('child', function* () {
        yield* p.sleep(2)
        yield* answer.write(yield* now.read())
      })
      return function* () {
        yield* child.start()
        const hasLeft = yield* child.join({ timeout: 1 })
        const early = yield* now.read()
        yield* child.join()
        return [hasLeft, early, yield* answer.read(), yield* now.read()]
      }
    }, virtual)
    expect(await resultsOf(subject)).toEqual([[false, 1, 2, 2]])
  })

  test('does not pass for who has been killed', async () => {
    const subject = mainOf((p) => {
      const now = p.clock()
      const sleeper = p.process('sleeper', () => p.sleep(60))
      return function* () {
        yield* sleeper.start()
        yield* p.sleep(1)
        yield* sleeper.terminate()
        yield* sleeper.join()
        yield* p.sleep(100)
        return [yield* now.read(), yield* sleeper.exitCode()]
      }
    }, virtual)
    expect(await resultsOf(subject)).toEqual([[101, -15]])
    const { violations } = await explore(failing(subject))
    const { steps } = replay(failing(subject), violations[0]!.token)
    expect(steps.filter(({ thread }) => thread === 'clock').map(({ label }) => label)).toEqual(['+1 s', '+100 s'])
  })

  test('brings the timers of every process’ own objects to their end', async () => {
    const subject = mainOf((p) => {
      const now = p.clock()
      const egg = p.declare('egg timer', 'egg', (words) => new EggTimer('egg', words.data('left', 0)))
      const ring = function* (seconds: number): Steps<unknown> {
        yield* egg.set(seconds)
        yield* egg.wait()
        return yield* now.read()
      }
      const heard = p.cell<unknown>('heard', null, { shared: true, holds: 'data' })
      const child = p.process('child', function* () {
        yield* heard.write(yield* ring(3))
        yield* egg.set(60)
      })
      return function* () {
        yield* child.start()
        const mine = yield* ring(2)
        yield* child.join()
        const atJoin = yield* now.read()
        yield* p.sleep(10)
        return [mine, yield* heard.read(), atJoin, yield* now.read()]
      }
    }, virtual)
    expect(await resultsOf(subject)).toEqual([[2, 3, 3, 13]])
    const { violations } = await explore(failing(subject))
    const { steps } = replay(failing(subject), violations[0]!.token)
    // The timer of the child, which has left, rings for nobody.
    expect(steps.filter(({ thread }) => thread === 'clock').map(({ label }) => label)).toEqual([
      '+2 s',
      '+1 s',
      '+10 s',
    ])
  })
})

describe('An event loop', () => {
  test('runs in a process, on its memory', async () => {
    const subject = told((p) => {
      const loop = p.eventLoop('loop')
      const own = p.cell('own', 0)
      return () =>
        loop.run(function* () {
          const add = function* () {
            const before = yield* own.read()
            yield* loop.sleep(0)
            yield* own.write(before + 1)
            return before
          }
          return [yield* loop.gather(add, add), yield* own.read()]
        })
    })
    expect(await resultsOf(subject)).toEqual([[0, [[0, 0], 1]]])
  })
})

describe('Calls that are recorded', () => {
  const drawn = (shared: boolean) =>
    mainOf((p) => {
      const next = p.atomic('next', 0, { shared })
      const counter = p.linearizable(
        'counter',
        { draw: () => next.add(1) },
        { initial: 0, methods: { draw: (count: number) => ({ state: count + 1, result: count }) } },
      )
      const child = p.process('child', () => counter.draw())
      return function* () {
        yield* child.start()
        yield* counter.draw()
        yield* child.join()
      }
    })

  test('are recorded in every process: an object that each has for itself is not linearizable', async () => {
    expect(found(await allWays(drawn(true)))).toEqual([])
    expect(found(await allWays(drawn(false)))).toEqual(['property: counter is linearizable'])
  })
})

describe('Twins', () => {
  const twins = { twins: true }

  test('can be shared between processes, or be each one’s own', async () => {
    const subject = (shared: boolean) =>
      mainOf((p) => {
        const lock = p.lock('lock', { shared })
        const count = p.cell('count', 0, { shared: true })
        const add = () =>
          lock.hold(function* () {
            yield* count.write((yield* count.read()) + 1)
          })
        const child = p.process('child', add)
        return function* () {
          yield* child.start()
          yield* add()
          yield* child.join()
          return yield* count.read()
        }
      })
    expect(await resultsOf(subject(true), twins)).toEqual([2])
    expect(await resultsOf(subject(false), twins)).toEqual([1, 2])
  })

  test('do not survive a fork, which is refused', async () => {
    const subject = mainOf((p) => {
      const child = p.process('child', () => p.yieldNow(), { start: 'fork' })
      return () => child.start()
    })
    await expect(explore(subject, twins)).rejects.toMatchObject({ code: 'program/fork-with-twins' })
  })
})
