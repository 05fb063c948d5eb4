import {
  CancelledError,
  type EventLoop,
  explore,
  type ExploreReport,
  program,
  type Program,
  type Steps,
  type TimeMode,
  type Vocabulary,
} from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { Random } from '../../src/engine/random.js'
import { exploreBothWays } from '../laws/both-strategies.js'

/** A program whose main thread runs a loop. */
function looping(
  body: (world: { p: Vocabulary; loop: EventLoop; note: (entry: unknown) => Steps<void> }) => () => Steps<unknown>,
  time: TimeMode = 'virtual',
): Program {
  return program(
    'looping',
    {},
    (_params, p) => {
      const loop = p.eventLoop('loop')
      if (time === 'virtual') p.clock()
      const log = p.atomic<readonly unknown[]>('log', [], { holds: 'data' })
      const note = function* (entry: unknown): Steps<void> {
        const at = time === 'virtual' ? [yield* loop.time()] : []
        yield* log.update((all) => [...all, [entry, ...at]])
      }
      const main = body({ p, loop, note })
      p.thread('main', () => loop.run(main))
    },
    { time },
  )
}

const logsOf = ({ outcomes }: ExploreReport) => outcomes.map(({ final }) => final['log'])

describe('In virtual time an event loop', () => {
  test('ends a gather of tasks of 2, 3 and 1 s after 3 s, the shortest first', async () => {
    const report = await exploreBothWays(
      looping(({ loop, note }) => () => {
        const task = (seconds: number) =>
          function* () {
            yield* loop.sleep(seconds)
            yield* note(seconds)
          }
        return loop.gather(task(2), task(3), task(1))
      }),
    )
    expect(report.outcomes.map(({ final }) => final)).toEqual([
      {
        now: 3,
        log: [
          [1, 1],
          [2, 2],
          [3, 3],
        ],
      },
    ])
  })

  test('has one clock in common with threads', async () => {
    const report = await exploreBothWays(
      looping(
        ({ p, loop, note }) =>
          function* () {
            const thread = function* () {
              yield* p.sleep(2)
              yield* note('thread')
            }
            const task = function* () {
              yield* loop.sleep(1)
              yield* note('task')
              yield* loop.sleep(2)
              yield* note('task')
            }
            yield* loop.gather(() => loop.toThread(thread), task)
          },
      ),
    )
    expect(logsOf(report)).toEqual([
      [
        ['task', 1],
        ['thread', 2],
        ['task', 3],
      ],
    ])
  })

  test('does nothing else while a task blocks it, and then finds what is overdue in order', async () => {
    const report = await exploreBothWays(
      looping(
        ({ p, loop, note }) =>
          function* () {
            const task = (seconds: number) =>
              function* () {
                yield* loop.sleep(seconds)
                yield* note(seconds)
              }
            const blocking = function* () {
              yield* p.sleep(5)
              yield* note('blocking')
            }
            yield* loop.gather(task(3), task(2), task(1), blocking)
          },
      ),
    )
    expect(logsOf(report)).toEqual([
      [
        ['blocking', 5],
        [1, 5],
        [2, 5],
        [3, 5],
      ],
    ])
  })

  test('finds timers of one moment in their order, and leaves open what was set at different ones', async () => {
    const sleeping = (...durations: readonly (readonly number[])[]) =>
      looping(({ loop, note }) => () => {
        const tasks = durations.map(
          (parts) =>
            function* () {
              for (const seconds of parts) yield* loop.sleep(seconds)
              yield* note(parts.join('+'))
            },
        )
        return loop.gather(...tasks)
      })
    const alike = logsOf(await exploreBothWays(sleeping([2], [1], [2], [2], [2], [2])))
    expect(alike).toHaveLength(1)
    const open = logsOf(await exploreBothWays(sleeping([1, 1], [2])))
    expect(open.map((log) => JSON.stringify(log)).sort()).toEqual(['[["1+1",2],["2",2]]', '[["2",2],["1+1",2]]'])
  })

  test('cancels a timeout that was not needed: it keeps nobody waiting', async () => {
    const report = await exploreBothWays(
      looping(
        ({ loop, note }) =>
          function* () {
            yield* loop.waitFor(() => loop.sleep(1), 60)
            yield* loop.timeout(60, () => loop.sleep(1))
            const task = yield* loop.task(() => loop.sleep(1))
            yield* loop.wait([task], { timeout: 60 })
            const handle = yield* loop.callLater(60, () => note('never'))
            yield* handle.cancel()
          },
      ),
    )
    expect(report.outcomes.map(({ final }) => final)).toEqual([{ now: 3, log: [] }])
  })

  test('calls later what is to be called later, after 0 s behind what is ready', async () => {
    const report = await exploreBothWays(
      looping(
        ({ loop, note }) =>
          function* () {
            yield* loop.callLater(2, () => note('later'))
            yield* loop.callLater(0, () => note('at once'))
            yield* loop.callSoon(() => note('soon'))
            yield* loop.sleep(3)
          },
      ),
    )
    expect(logsOf(report)).toEqual([
      [
        ['soon', 0],
        ['at once', 0],
        ['later', 2],
      ],
    ])
  })

  test('waits for the threads it has started, and says when all is over', async () => {
    const report = await exploreBothWays(
      looping(
        ({ p, loop }) =>
          function* () {
            const task = yield* loop.task(() => loop.toThread(() => p.sleep(4)))
            yield* loop.sleep(1)
            yield* task.cancel()
            try {
              yield* task
            } catch (error) {
              if (!(error instanceof CancelledError)) throw error
            }
          },
      ),
    )
    expect(report.outcomes.map(({ final }) => final['now'])).toEqual([4])
  })

  test('waits for ever where nothing is due', async () => {
    const report = await explore(
      looping(
        ({ loop }) =>
          () =>
            loop.sleep(Infinity),
      ),
    )
    expect(report.violations.map(({ kind }) => kind)).toEqual(['deadlock'])
    expect(report.outcomes[0]!.final['now']).toBe(0)
  })

  test('comes back to the same state if it does the same again and again', async () => {
    const beating = (time: TimeMode) =>
      program(
        'beating',
        {},
        (_params, p) => {
          const loop = p.eventLoop('loop')
          const beat = (seconds: number) =>
            function* () {
              for (;;) {
                yield* p.at('beat')
                yield* loop.sleep(seconds)
              }
            }
          p.thread('main', () => loop.run(() => loop.gather(beat(2), beat(3))))
        },
        { time },
      )
    for (const time of ['virtual', 'free'] as const) {
      const report = await explore(beating(time))
      expect(report.complete).toBe(true)
      expect(report.violations.map(({ kind }) => kind)).toEqual(['livelock'])
    }
  })

  test('cannot wait for longer than nanoseconds can be counted', async () => {
    for (const time of ['free', 'virtual'] as const) {
      const { outcomes } = await explore(
        looping(
          ({ loop }) =>
            () =>
              loop.sleep(1e9),
          time,
        ),
      )
      expect(outcomes[0]!.errors!['main']).toMatch(
        /^RangeError: a wait of an event loop cannot take 1000000000 seconds/,
      )
    }
  })

  test('says in a report what time means, where a task sleeps', async () => {
    expect(
      (
        await explore(
          looping(
            ({ loop }) =>
              () =>
                loop.sleep(1),
          ),
        )
      ).timed,
    ).toBe(true)
    expect(
      (
        await explore(
          looping(
            ({ loop }) =>
              () =>
                loop.sleep(0),
          ),
        )
      ).timed,
    ).toBeUndefined()
  })
})

describe('The time of an event loop', () => {
  const telling = (declaresClock: boolean) =>
    program('telling', {}, (_params, p) => {
      const loop = p.eventLoop('loop')
      if (declaresClock) p.clock('watch')
      p.thread('main', () =>
        loop.run(function* () {
          yield* loop.sleep(0.5)
          return yield* loop.time()
        }),
      )
    })

  test('is what the program’s clock shows', async () => {
    const { outcomes } = await explore(telling(true), { time: 'virtual' })
    expect(outcomes).toMatchObject([{ final: { watch: 0.5 }, results: { main: 0.5 } }])
  })

  test('cannot be had where it is free, or without a clock', async () => {
    await expect(explore(telling(false))).rejects.toMatchObject({
      code: 'program/no-clock',
      message: 'there is no clock that event loop “loop” could read where time is free',
      hint: "declare the program with { time: 'virtual' }, or explore it with --time virtual",
    })
    await expect(explore(telling(false), { time: 'virtual' })).rejects.toMatchObject({
      code: 'program/no-clock',
      message: 'there is no clock that event loop “loop” could read',
      hint: 'declare one in the setup: p.clock()',
    })
  })
})

describe('Random programs of tasks, in virtual time', () => {
  const seen = ({ outcomes }: ExploreReport) =>
    [...new Set(outcomes.map(({ final, errors, waiting }) => JSON.stringify([final, errors, waiting == null])))].sort()

  /** Tasks and threads that sleep once or twice, for so short that they often wake up at one moment. */
  const sleepers = (random: Random): Program => {
    const bodies = Array.from({ length: 2 + random.below(2) }, () =>
      Array.from({ length: 1 + random.below(2) }, () => ({ kind: random.below(4), seconds: 1 + random.below(2) })),
    )
    return looping(({ p, loop, note }) => {
      const rest = ({ kind, seconds }: { kind: number; seconds: number }): Steps<unknown> =>
        kind === 0 ? loop.toThread(() => p.sleep(seconds)) : loop.sleep(seconds)
      return () =>
        loop.gather(
          ...bodies.map(
            (parts, i) =>
              function* () {
                for (const part of parts) yield* rest(part)
                yield* note(i)
              },
          ),
        )
    })
  }

  test('come to the same whatever the strategy', { timeout: 300_000 }, async () => {
    const random = new Random('sleepers')
    let several = 0
    for (let i = 0; i < 10; i++) {
      const subject = sleepers(random)
      const graph = await explore(subject)
      expect(graph.complete).toBe(true)
      if (graph.outcomes.length > 1) several++
      for (const options of [{ strategy: 'dpor' }, { reduction: true }] as const)
        expect(seen(await explore(subject, options))).toEqual(seen(graph))
    }
    expect(several).toBeGreaterThan(2)
  })
})
