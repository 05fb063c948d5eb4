import { explore, program, replay, Thread, type Vocabulary } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/engine/session.js'
import { alone } from '../engine/support/small-programs.js'
import { run } from './support.js'

const kinds = async (subject: ReturnType<typeof program>) => {
  const graph = (await explore(subject)).violations.map(({ kind, message }) => `${kind}: ${message}`)
  const dpor = (await explore(subject, { strategy: 'dpor' })).violations
  expect(dpor.map(({ kind, message }) => `${kind}: ${message}`)).toEqual(graph)
  return graph
}

describe('A thread that is created first and started later', () => {
  test('does nothing before, is alive then, and is not alive after', async () => {
    const { result } = await run((p) => {
      const child = p.newThread('child', function* () {
        yield* p.yieldNow()
        return 'result'
      })
      return function* () {
        const before = yield* child.isAlive()
        yield* child.start()
        const joined = yield* child.join()
        return [before, joined, yield* child.isAlive(), child.name, child.daemon]
      }
    })
    expect(result).toEqual([false, 'result', false, 'child', false])
  })

  test('never started leaves nobody waiting', async () => {
    const { outcomes, verdict } = await explore(
      program('never', {}, (_params, p) => {
        p.thread('never', () => p.yieldNow(), { start: false })
        p.thread('main', () => p.yieldNow())
      }),
    )
    expect(verdict).toBe('holds')
    expect(outcomes).toMatchObject([{ final: {}, holds: true }])
  })

  test('can be created by one thread and started by another, and depends on what its creator had read', async () => {
    const handed = program('handed', {}, (_params, p) => {
      p.thread('creator', function* () {
        const given = yield* p.choose(2)
        const child = p.newThread('child', function* () {
          yield* p.yieldNow()
          return given
        })
        const starter = yield* p.spawn('starter', () => child.start())
        yield* starter.join()
        return [given, yield* child.join()]
      })
    })
    for (const strategy of ['graph', 'dpor'] as const) {
      const { outcomes } = await explore(handed, { strategy })
      expect(outcomes.map(({ results }) => results!['creator']).sort()).toEqual([
        [0, 0],
        [1, 1],
      ])
    }
  })

  test('is misused by whoever starts it twice, joins it before, or joins itself', async () => {
    const misused = (use: (child: Thread, p: Vocabulary) => Generator<unknown, unknown>) =>
      alone((p) => {
        const child = p.newThread('child', () => p.yieldNow())
        return function* () {
          yield* use(child, p)
        }
      })
    expect(
      await kinds(
        misused(function* (child) {
          yield* child.start()
          yield* child.start()
        }),
      ),
    ).toEqual(['misuse: thread “child” is started again: threads can only be started once'])
    expect(await kinds(misused((child) => child.join()))).toEqual([
      'misuse: thread “child” is joined before it is started',
    ])
    expect(await kinds(misused((_child, p) => p.currentThread().join()))).toEqual([
      'misuse: thread “A” joins itself, which could never end',
    ])
    expect(await kinds(misused((_child, p) => p.mainThread().join({ timeout: 1 })))).toEqual([
      'misuse: thread “A” joins itself, which could never end',
    ])
  })

  test('that two threads race to start is misused by the second, whichever it is', async () => {
    const raced = program('raced', {}, (_params, p) => {
      const child = p.newThread('child', () => p.yieldNow())
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          try {
            yield* child.start()
            return 'started'
          } catch {
            return 'too late'
          }
        })
    })
    for (const strategy of ['graph', 'dpor'] as const) {
      const { outcomes } = await explore(raced, { strategy })
      expect(outcomes.map(({ results }) => [results!['A'], results!['B']])).toEqual(
        expect.arrayContaining([
          ['started', 'too late'],
          ['too late', 'started'],
        ]),
      )
      expect(outcomes).toHaveLength(2)
    }
  })

  test('can be joined for no longer than a timeout', async () => {
    const impatient = program('impatient', {}, (_params, p) => {
      const child = p.thread('child', function* () {
        yield* p.yieldNow()
        return 'result'
      })
      p.thread('main', () => child.join({ timeout: 1 }))
    })
    for (const strategy of ['graph', 'dpor'] as const) {
      const { outcomes } = await explore(impatient, { strategy })
      expect(outcomes.map(({ results }) => results!['main']).sort()).toEqual(['result', undefined])
    }
  })
})

describe('An uncaught error', () => {
  test('is told to whoever asks, and reported all the same', async () => {
    const failing = program('failing', {}, (_params, p) => {
      p.thread('main', function* () {
        const child = yield* p.spawn('child', function* () {
          yield* p.yieldNow()
          throw new TypeError('on purpose')
        })
        yield* child.join()
        return yield* child.exception()
      })
    })
    const { outcomes, violations } = await explore(failing)
    expect(outcomes[0]!.results!['main']).toBe('TypeError: on purpose')
    expect(violations.map(({ kind }) => kind)).toEqual(['error'])
  })
})

describe('A class that extends Thread', () => {
  class Counter extends Thread<number> {
    readonly upTo: number

    constructor(p: Vocabulary, name: string, upTo: number, start = false) {
      super(p, name, { start })
      this.upTo = upTo
    }

    override *run() {
      return this.upTo * 2
    }
  }

  test('does what its method run says, in setup and in a thread', async () => {
    const classes = program('classes', {}, (_params, p) => {
      const early = new Counter(p, 'early', 1, true)
      p.thread('main', function* () {
        const late = new Counter(p, 'late', 2)
        yield* late.start()
        return [yield* early.join(), yield* late.join()]
      })
    })
    const { outcomes, verdict } = await explore(classes)
    expect(verdict).toBe('holds')
    expect(outcomes[0]!.results).toEqual({ early: 2, main: [2, 4], late: 4 })
  })

  test('cannot keep what it does in fields of its own', async () => {
    class Remembering extends Thread {
      seen = 0;
      override *run() {
        this.seen = 1
      }
    }
    const subject = program('remembering', {}, (_params, p) => {
      expect(new Remembering(p, 'remembers', { start: true }).name).toBe('remembers')
    })
    await expect(explore(subject)).rejects.toMatchObject({ code: 'program/mutates-value' })
  })
})

describe('Threads among others', () => {
  test('know who they are, who is main, and who is alive', async () => {
    const { outcomes } = await explore(
      program('census', {}, (_params, p) => {
        p.newThread('unstarted', () => p.yieldNow())
        p.thread('main', function* () {
          const child = yield* p.spawn('child', function* () {
            yield* p.yieldNow()
            return [p.currentThread().name, p.mainThread().name]
          })
          const both = [yield* p.enumerate(), yield* p.activeCount()]
          return [...both, yield* child.join(), yield* p.enumerate(), p.currentThread().name]
        })
      }),
    )
    const found = outcomes.map(({ results }) => results!['main'])
    expect(found).toContainEqual([['main', 'child'], 2, ['child', 'main'], ['main'], 'main'])
  })

  // One execution on a session: sampling follows two thousand threads at most.
  test('can be five thousand, falling to one', { timeout: 120_000 }, async () => {
    const { default: activeCount } = await import('../../src/scenarios/active-count.js')
    const session = new Session(activeCount, { threads: 5000 })
    let worker = 1
    while (!session.world.hasEnded(0)) session.step(session.ways(0) > 0 ? 0 : worker++, 0)
    expect(session.resultOf(0)).toEqual({ alive: 1, hasRisen: false })
    expect(worker).toBe(5001)
  })

  test('show where they are in their lives at every step of a replay', async () => {
    const { default: life } = await import('../../src/scenarios/life-of-a-thread.js')
    const failing = program('life', {}, (params, p) => {
      life.declare((p as unknown as { engine: Parameters<typeof life.declare>[0] }).engine, params)
      p.finally('shown', () => false)
    })
    const { violations } = await explore(failing)
    const { steps } = replay(failing, violations[0]!.token, { states: true })
    const lives = steps.map(({ threadStates }) => [threadStates!['worker'], threadStates!['main']])
    expect(lives[0]).toEqual(['new', 'running'])
    expect(lives[1]).toEqual(['blocked', 'running'])
    expect(lives[3]).toEqual(['runnable', 'blocked'])
    expect(lives[4]).toEqual(['running', 'blocked'])
    expect(lives.at(-2)).toEqual(['dead', 'runnable'])
    expect(lives.at(-1)).toEqual(['dead', 'dead'])
    expect(replay(failing, violations[0]!.token).steps[0]!.threadStates).toBeUndefined()
  })
})
