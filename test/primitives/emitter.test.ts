import { explore, program, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { expectLawToHold } from '../laws/both-strategies.js'
import { alone } from '../engine/support/small-programs.js'
import { labels, run } from './support.js'

describe('An emitter', () => {
  test('calls the handlers of an event in the order of their registration, with what was emitted', async () => {
    const { result } = await run((p) => {
      const log = p.cell<readonly unknown[]>('log', [])
      const noting = (name: string) =>
        function* (...payload: unknown[]) {
          yield* log.write([...(yield* log.read()), [name, ...payload]])
        }
      const emitter = p.emitter('e', { b: noting('b'), a: noting('a') }, { registered: [['hot', 'b']] })
      return function* () {
        yield* emitter.on('hot', 'a')
        yield* emitter.once('hot', 'b')
        yield* emitter.on('cold', 'b')
        const first = yield* emitter.emit('hot', 1, 'x')
        yield* emitter.off('hot', 'b')
        const second = yield* emitter.emit('hot')
        return [first, second, yield* emitter.emit('mild'), yield* emitter.listenerCount('hot'), yield* log.read()]
      }
    })
    expect(result).toEqual([true, true, false, 1, [['b', 1, 'x'], ['a', 1, 'x'], ['b', 1, 'x'], ['a']]])
  })

  test('takes down whom to call before it calls anybody', async () => {
    const { result } = await run((p) => {
      const calls = p.atomic('calls', 0)
      const emitter = p.emitter('e', {
        *leaves(): Steps<void> {
          yield* emitter.off('x', 'counts')
          yield* emitter.on('x', 'leaves')
        },
        *counts(): Steps<void> {
          yield* calls.add(1)
        },
      })
      return function* () {
        yield* emitter.on('x', 'leaves')
        yield* emitter.on('x', 'counts')
        yield* emitter.emit('x')
        return [yield* calls.read(), yield* emitter.listenerCount('x')]
      }
    })
    expect(result).toEqual([1, 2])
  })

  test('calls a handler that waits for one event once, whoever emits', async () => {
    const report = await expectLawToHold(
      program('once', {}, (_params, p) => {
        const calls = p.atomic('calls', 0)
        const emitter = p.emitter('e', { counts: () => calls.add(1) })
        p.thread('main', function* () {
          yield* emitter.once('x', 'counts')
          for (const name of ['A', 'B']) yield* p.spawn(name, () => emitter.emit('x'))
        })
        p.finally('it is called once', (final) => final(calls) === 1)
      }),
    )
    expect(report.outcomes.map(({ results }) => [results?.['A'], results?.['B']])).toEqual(
      expect.arrayContaining([
        [true, false],
        [false, true],
      ]),
    )
  })

  test('passes an error of a handler on to the thread that emits', async () => {
    const failing = alone((p) => {
      const emitter = p.emitter('e', {
        *fails() {
          throw new Error('on purpose')
        },
      })
      return function* () {
        yield* emitter.on('x', 'fails')
        yield* emitter.emit('x')
      }
    })
    expect((await explore(failing)).violations).toMatchObject([{ kind: 'error', message: 'A: Error: on purpose' }])
  })

  test('refuses handlers that it does not have', async () => {
    const unknown = alone((p) => {
      const emitter = p.emitter('e', { known: () => p.yieldNow() })
      return () => emitter.on('x', 'unknown' as 'known')
    })
    await expect(explore(unknown)).rejects.toMatchObject({ code: 'program/bad-handler' })
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const emitter = p.emitter('e', { rings: () => p.yieldNow() })
      return function* () {
        yield* emitter.once('hot', 'rings')
        yield* emitter.emit('hot', 42)
        yield* emitter.emit('hot', 43)
      }
    })
    expect(read).toEqual(['once "hot", "rings"', 'emit "hot", 42 → rings', 'yieldNow', 'emit "hot", 43: nobody'])
  })
})
