import { CancelledError, explore, Future, InvalidStateError, perform, program, TimeoutError } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { AddCallback } from '../../src/primitives/future-operations.js'
import { type FutureState, PENDING } from '../../src/primitives/future-state.js'
import { TransitionOperation } from '../../src/primitives/transition.js'
import { callbacksRunOnce, completesOnce, expectCaught, expectLaw } from '../laws/futures.js'
import { labels, run } from './support.js'

describe('A future', () => {
  test('has the result that it is completed with', async () => {
    const { result, final } = await run((p) => {
      const future = p.future<number>('future')
      return function* () {
        const before = [yield* future.done(), yield* future.running(), yield* future.cancelled()]
        yield* future.setResult(5)
        return [before, yield* future.result(), yield* future.exception(), yield* future.done()]
      }
    })
    expect(result).toEqual([[false, false, false], 5, null, true])
    expect(final).toEqual({ future: { result: 5 } })
  })

  test('throws the very error that it is completed with', async () => {
    class OwnError extends RangeError {
      override readonly name = 'OwnError'
    }
    const { result, final } = await run((p) => {
      const future = p.future('future')
      return function* () {
        yield* future.setException(new OwnError('too far'))
        const found = yield* future.exception()
        try {
          yield* future.result()
        } catch (error) {
          return [error instanceof OwnError, error === found, (error as Error).message]
        }
      }
    })
    expect(result).toEqual([true, true, 'too far'])
    expect(final).toEqual({ future: { error: 'OwnError: too far' } })
  })

  test('keeps everybody waiting until it is done', async () => {
    const waiting = program('waiting', {}, (_params, p) => {
      const future = p.future<string>('future')
      const waiters = ['A', 'B'].map((name) => p.thread(name, () => future.result()))
      p.thread('C', () => future.setResult('done'))
      p.finally('both have it', (final) => waiters.every((waiter) => final.result(waiter) === 'done'))
    })
    const report = await explore(waiting)
    expect(report.verdict).toBe('holds')
    expect(report.counts.interleavings).toBe('2')
  })

  test('cannot be completed twice, nor after it was cancelled', async () => {
    const { result } = await run((p) => {
      const once = p.future('once')
      const cancelled = p.future('cancelled')
      return function* () {
        const kinds: unknown[] = []
        yield* once.setResult(1)
        kinds.push(yield* cancelled.cancel(), yield* once.cancel())
        for (const future of [once, cancelled])
          try {
            yield* future.setException(new Error('late'))
          } catch (error) {
            kinds.push(error instanceof InvalidStateError)
          }
        try {
          yield* cancelled.result()
        } catch (error) {
          kinds.push(error instanceof CancelledError)
        }
        return kinds
      }
    })
    expect(result).toEqual([true, false, true, true, true])
  })

  test('can be waited for no longer than a timeout', async () => {
    const impatient = program('impatient', {}, (_params, p) => {
      const future = p.future<string>('future')
      p.thread('A', function* () {
        try {
          return yield* future.result({ timeout: 1 })
        } catch (error) {
          return error instanceof TimeoutError ? 'too late' : 'something else'
        }
      })
      p.thread('B', () => future.setResult('in time'))
    })
    const { outcomes } = await explore(impatient)
    expect(outcomes.map(({ results }) => results!['A']).sort()).toEqual(['in time', 'too late'])
  })

  test('runs callbacks in order, in the thread that completes it, and goes on after one that fails', async () => {
    const calling = program('calling', {}, (_params, p) => {
      const future = p.future('future')
      const log = p.atomic('log', [] as readonly string[])
      const note = (text: string) => {
        const line = `${text} in ${p.currentThread().name}`
        return log.update((before) => [...before, line])
      }
      p.thread('adds', function* () {
        yield* future.addDoneCallback(() => note('first'))
        yield* future.addDoneCallback(function* () {
          yield* p.yieldNow()
          throw new Error('on purpose')
        })
        yield* future.addDoneCallback(() => note('last'))
      })
      p.thread('completes', () => future.setResult(1))
    })
    const { outcomes, verdict } = await explore(calling)
    expect(verdict).toBe('holds')
    const logs = outcomes.map(({ final }) => (final['log'] as string[]).join(', ')).sort()
    expect(logs).toEqual([
      'first in adds, last in adds',
      'first in completes, last in adds',
      'first in completes, last in completes',
      'last in adds, first in completes',
    ])
  })

  test('that is run although it was run before is misused', async () => {
    const { violations } = await explore(
      program('twice', {}, (_params, p) => {
        const future = p.future('future')
        for (const name of ['A', 'B']) p.thread(name, () => future.setRunningOrNotifyCancel())
      }),
    )
    expect(violations.map(({ kind, message }) => [kind, message])).toEqual([
      ['misuse', 'a future that is running is run'],
    ])
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const future = p.future('future')
      return function* () {
        yield* future.setRunningOrNotifyCancel()
        yield* future.cancel()
        yield* future.addDoneCallback(() => p.yieldNow())
        yield* future.setResult([1])
        yield* future.result()
        yield* future.exception()
      }
    })
    expect(read).toEqual([
      'run',
      'cancel → false',
      'addDoneCallback',
      'setResult [1]',
      'yieldNow',
      'result → [1]',
      'exception → null',
    ])
  })
})

describe('Waiting for several futures', () => {
  const racing = (returnWhen: 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED') =>
    program(returnWhen, {}, (_params, p) => {
      const futures = ['a', 'b'].map((name) => p.future<number>(name))
      p.thread('A', () => futures[0]!.setResult(1))
      p.thread('B', () => futures[1]!.setException(new Error('on purpose')))
      p.thread('waits', function* () {
        const { done, notDone } = yield* p.wait(futures, { returnWhen })
        return `${done.map(({ name }) => name).join('')}|${notDone.map(({ name }) => name).join('')}`
      })
    })
  const found = async (returnWhen: 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED') => {
    const graph = await explore(racing(returnWhen))
    expect(graph.verdict).toBe('holds')
    const dpor = await explore(racing(returnWhen), { strategy: 'dpor' })
    const [ours, theirs] = [graph, dpor].map(({ outcomes }) => outcomes.map(({ results }) => results!['waits']).sort())
    expect(theirs).toEqual(ours)
    return [...new Set(ours)]
  }

  test('ends when all are done', async () => expect(await found('ALL_COMPLETED')).toEqual(['ab|']))
  test('ends when the first is done', async () => expect(await found('FIRST_COMPLETED')).toEqual(['ab|', 'a|b', 'b|a']))
  test('ends when one has failed', async () => expect(await found('FIRST_EXCEPTION')).toEqual(['ab|', 'b|a']))

  test('takes a cancelled one for done only when its pool has noticed, as Python does', async () => {
    const cancelled = program('cancelled', {}, (_params, p) => {
      const future = p.future('future')
      p.thread('A', function* () {
        yield* future.cancel()
        yield* p.wait([future])
      })
    })
    expect((await explore(cancelled)).violations.map(({ kind }) => kind)).toEqual(['deadlock'])
  })

  test('meets them in the order in which they are done, each once', async () => {
    const completed = program('as completed', {}, (_params, p) => {
      const futures = ['a', 'b'].map((name) => p.future<string>(name))
      for (const future of futures) p.thread(future.name.toUpperCase(), () => future.setResult(future.name))
      p.thread('collects', function* () {
        const collected: string[] = []
        yield* p.asCompleted([...futures, futures[0]!], function* (future) {
          collected.push(yield* future.result())
        })
        return collected.join('')
      })
    })
    for (const strategy of ['graph', 'dpor'] as const) {
      const { outcomes, verdict } = await explore(completed, { strategy })
      expect(verdict).toBe('holds')
      expect(outcomes.map(({ results }) => results!['collects']).sort()).toEqual(['ab', 'ba'])
    }
  })
})

describe('The laws of futures', () => {
  test('hold over all interleavings', async () => {
    await expectLaw(completesOnce((p, name) => p.future(name)))
    await expectLaw(callbacksRunOnce((p, name) => p.future(name)))
  })

  test('catch a future that can be completed again', async () => {
    class Overwritten extends Future<number> {
      override *setResult(value: number) {
        const overwriting = {
          name: 'setResult',
          step: (state: FutureState) => ({
            state: { ...state, status: 'finished' as const, outcome: { value } },
            result: undefined,
          }),
        }
        yield* perform(new TransitionOperation(this, this.word, overwriting, undefined))
      }
    }
    await expectCaught(
      completesOnce((p, name) =>
        p.declare('future', name, (words) => new Overwritten(name, words.data('state', PENDING), () => undefined)),
      ),
    )
  })

  test('catch a future that forgets callbacks added too late', async () => {
    const forgetful = callbacksRunOnce((p, name) => {
      const future = p.future<number>(name)
      return Object.assign(future, {
        *addDoneCallback(callback: unknown) {
          yield* perform(new AddCallback(future, future.word, callback))
        },
      })
    })
    await expectCaught(forgetful)
  })
})
