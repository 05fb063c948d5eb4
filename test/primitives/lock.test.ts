import { explore, MisuseError, program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { alone } from '../engine/support/small-programs.js'
import { expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import { mutualExclusion, sectionOf } from '../laws/mutual-exclusion.js'
import { labels, run } from './support.js'

describe('A lock', () => {
  test('is taken by one thread at a time', async () => {
    const exclusive = program('exclusive', {}, (_params, p) => {
      const lock = p.lock('lock')
      const inside = p.atomic('inside', 0)
      for (const name of ['A', 'B', 'C'])
        p.thread(name, function* () {
          yield* lock.acquire()
          yield* inside.add(1)
          yield* inside.add(-1)
          yield* lock.release()
        })
      p.always('one at most', (now) => now(inside) <= 1)
      p.always('who is inside holds the lock', (now) => now(inside) === 0 || now(lock) !== undefined)
    })
    const report = await explore(exclusive)
    expect(report.verdict).toBe('holds')
    expect(report.counts.interleavings).toBe('6')
  })

  test('shows who holds it, and nothing while it is free', async () => {
    const holding = program('holding', {}, (_params, p) => {
      const lock = p.lock('lock')
      p.lock('free')
      p.thread('holder', () => lock.acquire())
      p.finally('the holder holds it', (final) => final(lock) === 'holder')
    })
    const report = await explore(holding)
    expect(report.verdict).toBe('holds')
    expect(report.outcomes[0]!.final).toEqual({ lock: 'holder' })
  })

  test('can be tried without waiting', async () => {
    const { result } = await run((p) => {
      const lock = p.lock('lock')
      return function* () {
        const first = yield* lock.tryAcquire()
        const second = yield* lock.tryAcquire()
        yield* lock.release()
        return [first, second, yield* lock.tryAcquire()]
      }
    })
    expect(result).toEqual([true, false, true])
  })

  test('is released however a body that holds it ends', async () => {
    const { result, final } = await run((p) => {
      const lock = p.lock('lock')
      return function* () {
        const inner = yield* lock.hold(function* () {
          yield* p.yieldNow()
          return 'result'
        })
        try {
          yield* lock.hold(function* () {
            yield* p.yieldNow()
            throw new Error('on purpose')
          })
        } catch (error) {
          return [inner, (error as Error).message]
        }
      }
    })
    expect({ result, final }).toEqual({ result: ['result', 'on purpose'], final: {} })
  })

  test('throws a MisuseError inside the thread that releases it while it is free', async () => {
    const misusing = alone((p) => {
      const lock = p.lock('lock')
      return function* () {
        try {
          yield* lock.release()
        } catch (error) {
          return [error instanceof MisuseError, (error as MisuseError).code]
        }
      }
    })
    expect((await explore(misusing)).outcomes).toMatchObject([{ results: { A: [true, 'misuse'] } }])
  })

  test('does not tell who gets it next', async () => {
    const waiting = program('waiting', {}, (_params, p) => {
      const lock = p.lock('lock')
      const first = p.atomic('first', '')
      for (const name of ['A', 'B', 'C'])
        p.thread(name, () =>
          lock.hold(function* () {
            yield* first.compareExchange('', name)
          }),
        )
    })
    const { outcomes } = await explore(waiting)
    expect(outcomes.map(({ final }) => final['first'])).toEqual(['A', 'B', 'C'])
    for (const { probability } of outcomes) expect(probability).toBeCloseTo(1 / 3, 14)
  })

  test('keeps threads apart that wait, try, or give up after a while', async () => {
    await expectLawToHold(mutualExclusion((p) => sectionOf(p.lock('lock')), 3))
    const patient = mutualExclusion((p) => {
      const lock = p.lock('lock')
      return {
        *enter() {
          if (!(yield* lock.acquire({ timeout: 1 })) && !(yield* lock.tryAcquire())) yield* lock.acquire()
        },
        leave: () => lock.release(),
      }
    }, 3)
    await expectLawToHold(patient)
  })

  test('would not if looking and taking were two steps', async () => {
    const racy = mutualExclusion((p) => {
      const lock = p.lock('lock')
      const taken = p.atomic('taken', false)
      return {
        *enter() {
          yield* lock.acquire()
          yield* p.assume(!(yield* taken.read()))
          yield* lock.release()
          yield* taken.write(true)
        },
        leave: () => taken.write(false),
      }
    }, 2)
    await expectLawToBeBroken(racy, 'property: at most one is inside')
  })

  test('with a timeout may be got or not, and says which', async () => {
    const timed = program('timed', {}, (_params, p) => {
      const lock = p.lock('lock')
      p.thread('holder', () => lock.hold(() => p.yieldNow()))
      p.thread('timed', function* () {
        const isMine = yield* lock.acquire({ timeout: 1 })
        if (isMine) yield* lock.release()
        return isMine
      })
    })
    const { outcomes } = await expectLawToHold(timed)
    expect(outcomes.map(({ results }) => results?.['timed']).sort()).toEqual([false, true])
  })

  test('tells whether it is locked', async () => {
    const { result } = await run((p) => {
      const lock = p.lock('lock')
      return function* () {
        return [yield* lock.locked(), yield* lock.hold(() => lock.locked()), yield* lock.locked()]
      }
    })
    expect(result).toEqual([false, true, false])
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const lock = p.lock('lock')
      return function* () {
        yield* lock.acquire()
        yield* lock.tryAcquire()
        yield* lock.acquire({ timeout: 0.5 })
        yield* lock.release()
        yield* lock.locked()
      }
    })
    expect(read).toEqual([
      'acquire',
      'tryAcquire → false',
      'acquire (timeout 0.5): timed out',
      'release',
      'locked → false',
    ])
  })
})
