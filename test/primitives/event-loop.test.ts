import {
  CancelledError,
  ExceptionGroup,
  explore,
  InvalidStateError,
  program,
  type Steps,
  TimeoutError,
  type Vocabulary,
} from 'entrelacs'
import { describe, expect, test } from 'vitest'

type Loop = ReturnType<Vocabulary['eventLoop']>

/** What a program of one loop comes to. */
async function outcomesOf(main: (loop: Loop, p: Vocabulary) => () => Steps<unknown>) {
  const report = await explore(
    program('loop', {}, (_params, p) => {
      const loop = p.eventLoop('loop')
      const body = main(loop, p)
      p.thread('main', () => loop.run(body))
    }),
  )
  return {
    results: report.outcomes.map(({ results }) => results?.['main']),
    shown: report.outcomes.map(({ final }) => final['loop']),
    broken: report.violations.map(({ kind, message }) => `${kind}: ${message}`),
    report,
  }
}

const nameOf = (error: unknown) => (error as Error).name

describe('An event loop', () => {
  test('runs its tasks in one order only, if nothing comes from outside', async () => {
    const { report } = await outcomesOf(
      (loop) =>
        function* () {
          const body = function* () {
            yield* loop.sleep(0)
            yield* loop.sleep(0)
          }
          yield* loop.gather(body, body, body)
        },
    )
    expect(report).toMatchObject({ verdict: 'holds', counts: { interleavings: '1' } })
  })

  test('wakes the waiter of a gather after the callbacks of its children, hop by hop', async () => {
    const { results } = await outcomesOf((loop, p) => {
      const log = p.atomic('log', [] as readonly string[])
      const note = (text: string) => log.update((all) => [...all, text])
      return function* () {
        const child = yield* loop.task('child', function* () {
          yield* note('child')
          yield* loop.callSoon(function* () {
            yield* note('1')
            yield* loop.callSoon(function* () {
              yield* note('2')
              yield* loop.callSoon(function* () {
                yield* note('3')
              })
            })
          })
        })
        yield* loop.gather(child)
        yield* note('gathered')
        return yield* log.read()
      }
    })
    expect(results).toEqual([['child', '1', '2', 'gathered']])
  })

  test('gives timers no order but that of their deadlines', async () => {
    const { results } = await outcomesOf((loop, p) => {
      const log = p.atomic('log', [] as readonly number[])
      const sleep = (seconds: number) =>
        function* () {
          yield* loop.sleep(seconds)
          yield* log.update((all) => [...all, seconds])
        }
      return function* () {
        yield* loop.gather(sleep(2), sleep(3), sleep(1))
        return yield* log.read()
      }
    })
    expect(results.map(String).sort()).toEqual(['1,2,3', '2,1,3', '2,3,1'])
  })

  test('is blocked by a task that blocks, and not by one that waits for a thread', async () => {
    const blocking = (isInThread: boolean) =>
      outcomesOf((loop, p) => {
        const semaphore = p.semaphore('semaphore', 0)
        return function* () {
          const waiting = yield* loop.task('waiting', () =>
            isInThread ? loop.toThread(() => semaphore.acquire()) : semaphore.acquire(),
          )
          const releasing = yield* loop.task('releasing', () => semaphore.release())
          yield* loop.gather(waiting, releasing)
          return 'end'
        }
      })
    expect((await blocking(false)).broken).toHaveLength(1)
    expect((await blocking(false)).report.violations).toMatchObject([{ kind: 'deadlock' }])
    expect(await blocking(true)).toMatchObject({ broken: [], results: ['end'] })
  })

  test('names the tasks of a deadlock and who keeps them waiting', async () => {
    const { report } = await outcomesOf((loop) => {
      const locks = [loop.lock('left'), loop.lock('right')]
      const body = (first: number) => () =>
        locks[first]!.hold(function* () {
          yield* loop.sleep(0)
          yield* locks[1 - first]!.acquire()
        })
      return function* () {
        yield* loop.gather(yield* loop.task('A', body(0)), yield* loop.task('B', body(1)))
      }
    })
    expect(report.violations.map(({ kind }) => kind)).toEqual(['deadlock'])
    expect(report.outcomes).toMatchObject([
      { final: { left: 'A', right: 'B' }, waiting: { A: 'acquire right', B: 'acquire left' } },
    ])
  })

  test('lets errors go from a task to whoever awaits it, by their kind', async () => {
    const { results, broken, shown } = await outcomesOf(
      (loop) =>
        function* () {
          const failing = yield* loop.task('failing', function* () {
            yield* loop.sleep(0)
            throw new RangeError('too far')
          })
          try {
            yield* failing
          } catch (error) {
            return [error instanceof RangeError, (error as Error).message]
          }
        },
    )
    expect({ results, broken, shown }).toEqual({ results: [[true, 'too far']], broken: [], shown: [undefined] })
  })

  test('throws errors among the results of a gather only if it is not asked to return them', async () => {
    const { results } = await outcomesOf(
      (loop) =>
        function* () {
          const failing = function* () {
            yield* loop.sleep(0)
            throw new TypeError('wrong')
          }
          const all = yield* loop.gather(failing, () => loop.sleep(0), { returnExceptions: true })
          try {
            yield* loop.gather(failing, failing)
          } catch (error) {
            return [all.map((one) => (one === undefined || one === null ? 'nothing' : nameOf(one))), nameOf(error)]
          }
        },
    )
    expect(results).toEqual([[['TypeError', 'nothing'], 'TypeError']])
  })

  test.each([
    [1, ['"in time"', '[true,true]']],
    [3, ['[true,true]']],
  ])('cancels what takes too long, and says so: %i s of 2 s without a clock', async (seconds, expected) => {
    const { results } = await outcomesOf(
      (loop) =>
        function* () {
          const slow = yield* loop.task('slow', () => loop.sleep(seconds))
          try {
            yield* loop.waitFor(slow, 2)
            return 'in time'
          } catch (error) {
            return [error instanceof TimeoutError, yield* slow.cancelled()]
          }
        },
    )
    expect([...new Set(results.map((result) => JSON.stringify(result)))].sort()).toEqual(expected)
  })

  test('ends a timeout block with TimeoutError, unless somebody else has cancelled the task', async () => {
    const { results } = await outcomesOf(
      (loop) =>
        function* () {
          const task = yield* loop.task('task', function* () {
            try {
              yield* loop.timeout(0, () => loop.sleep(Infinity))
            } catch (error) {
              return nameOf(error)
            }
          })
          return yield* task
        },
    )
    expect(results).toEqual(['TimeoutError'])
  })

  test('shields a task from the cancellation of whoever awaits it', async () => {
    const { results } = await outcomesOf(
      (loop) =>
        function* () {
          const inner = yield* loop.task('inner', function* () {
            yield* loop.sleep(0)
            yield* loop.sleep(0)
            return 'done'
          })
          const outer = yield* loop.task('outer', () => loop.shield(inner))
          yield* loop.sleep(0)
          yield* outer.cancel()
          yield* loop.wait([outer])
          return [yield* outer.cancelled(), yield* inner]
        },
    )
    expect(results).toEqual([[true, 'done']])
  })

  test('collects the errors of a task group and cancels its other tasks', async () => {
    const { results } = await outcomesOf((loop, p) => {
      const cancelled = p.atomic('cancelled', 0)
      return function* () {
        try {
          yield* loop.taskGroup(function* (group) {
            yield* group.task('patient', function* () {
              try {
                yield* loop.sleep(Infinity)
              } catch (error) {
                yield* cancelled.add(1)
                throw error
              }
            })
            yield* group.task('failing', function* () {
              yield* loop.sleep(0)
              throw new Error('one')
            })
          })
        } catch (error) {
          return [(error as ExceptionGroup).errors.map((one) => (one as Error).message), yield* cancelled.read()]
        }
      }
    })
    expect(results).toEqual([[['one'], 1]])
  })

  test('is told of futures by threads that are not its own', async () => {
    const { results, broken } = await outcomesOf(
      (loop, p) =>
        function* () {
          const future = yield* loop.future<string>()
          yield* p.spawn('outside', () => loop.callSoonThreadsafe(() => future.setResult('told')))
          return yield* future
        },
    )
    expect({ results, broken }).toEqual({ results: ['told'], broken: [] })
  })

  test('refuses results that are not there and results that are set twice', async () => {
    const { results } = await outcomesOf(
      (loop) =>
        function* () {
          const future = yield* loop.future<number>()
          const errors: boolean[] = []
          try {
            yield* future.result()
          } catch (error) {
            errors.push(error instanceof InvalidStateError)
          }
          yield* future.setResult(1)
          try {
            yield* future.setResult(2)
          } catch (error) {
            errors.push(error instanceof InvalidStateError)
          }
          return [errors, yield* future]
        },
    )
    expect(results).toEqual([[[true, true], 1]])
  })
})

describe('The end of run', () => {
  test('cancels the tasks that are left, lets them clean up, and shows them', async () => {
    const { results, shown, broken, report } = await outcomesOf((loop, p) => {
      const cleaned = p.atomic('cleaned', false)
      return function* () {
        yield* loop.task('left', function* () {
          try {
            yield* loop.sleep(10)
          } catch (error) {
            if (error instanceof CancelledError) yield* cleaned.write(true)
            throw error
          }
        })
        yield* loop.sleep(0)
        return 'main'
      }
    })
    expect({ results, broken }).toEqual({ results: ['main', 'main'].slice(0, results.length), broken: [] })
    expect(shown).toContainEqual({ leaked: { left: 'pending when run ended, cancelled' } })
    expect(report.outcomes.every(({ final }) => final['loop'] === undefined || final['cleaned'] === true)).toBe(true)
  })

  test('cancels several tasks in any order', async () => {
    const { report } = await outcomesOf((loop, p) => {
      const log = p.atomic('log', [] as readonly string[])
      return function* () {
        for (const name of ['A', 'B', 'C'])
          yield* loop.task(name, function* () {
            try {
              yield* loop.sleep(Infinity)
            } finally {
              yield* log.update((all) => [...all, name])
            }
          })
        yield* loop.sleep(0)
      }
    })
    expect(report.outcomes.map(({ final }) => String(final['log'])).sort()).toEqual([
      'A,B,C',
      'A,C,B',
      'B,A,C',
      'B,C,A',
      'C,A,B',
      'C,B,A',
    ])
  })

  test('shows tasks whose error nobody has asked for', async () => {
    const { shown, broken } = await outcomesOf(
      (loop) =>
        function* () {
          yield* loop.task('forgotten', function* () {
            yield* loop.sleep(0)
            throw new Error('unseen')
          })
          for (let i = 0; i < 3; i++) yield* loop.sleep(0)
        },
    )
    expect({ shown, broken }).toEqual({
      shown: [{ leaked: { forgotten: 'never awaited, failed: Error: unseen' } }],
      broken: [],
    })
  })

  test('destroys what is still pending when everything is over', async () => {
    const { shown, broken } = await outcomesOf(
      (loop) =>
        function* () {
          yield* loop.task('left', function* () {
            try {
              yield* loop.sleep(Infinity)
            } finally {
              yield* loop.task('late', () => loop.sleep(Infinity))
            }
          })
          yield* loop.sleep(0)
        },
    )
    expect(shown).toEqual([{ leaked: { left: 'pending when run ended, cancelled', late: 'destroyed while pending' } }])
    expect(broken).toEqual([])
  })

  test('waits for the threads of toThread', async () => {
    const { report } = await outcomesOf((loop, p) => {
      const written = p.atomic('written', false)
      return function* () {
        yield* loop.task('left', () => loop.toThread('worker', () => written.write(true)))
        yield* loop.sleep(0)
      }
    })
    expect(report.verdict).toBe('holds')
    expect(new Set(report.outcomes.map(({ final }) => final['written']))).toEqual(new Set([false, true]))
  })
})

describe('Misuse of an event loop', () => {
  test.each<[string, (loop: Loop, p: Vocabulary) => () => Steps<unknown>, RegExp]>([
    [
      'waiting in a thread',
      (loop, p) =>
        function* () {
          const thread = yield* p.spawn('outside', () => loop.sleep(1))
          yield* thread.join()
        },
      /sleep on event loop “loop” outside a task: only a task of the event loop can wait there/,
    ],
    [
      'waiting in a callback',
      (loop) =>
        function* () {
          yield* loop.callSoon('callback', () => loop.sleep(1))
          yield* loop.sleep(0)
        },
      /a callback of the event loop cannot wait/,
    ],
    [
      'setting an event from another thread',
      (loop, p) => {
        const event = loop.event('event')
        return function* () {
          yield* p.spawn('outside', () => event.set())
          yield* loop.toThread(() => p.yieldNow())
        }
      },
      /set on loop event “event” by a thread that is not the event loop's: hand it over with callSoonThreadsafe/,
    ],
    [
      'releasing a lock that is free',
      (loop) => {
        const lock = loop.lock('lock')
        return () => lock.release()
      },
      /release of an asyncio lock that nobody holds/,
    ],
    ['running it twice', (loop) => () => loop.run(() => loop.sleep(0)), /run on an event loop that is running/],
  ])('by %s is found', async (_title, main, message) => {
    const { broken } = await outcomesOf(main)
    expect(broken.some((one) => one.startsWith('misuse') && message.test(one))).toBe(true)
  })

  test('handing something to a loop that is over is an error of the thread that does it', async () => {
    const late = program('late', {}, (_params, p) => {
      const loop = p.eventLoop('loop')
      p.thread('main', function* () {
        yield* loop.run(() => loop.sleep(0))
        yield* loop.callSoonThreadsafe('late', () => p.yieldNow())
      })
    })
    const { violations } = await explore(late)
    expect(violations.map(({ kind, message }) => `${kind}: ${message}`)).toEqual([
      'error: main: LoopClosedError: the event loop is closed',
    ])
  })
})
