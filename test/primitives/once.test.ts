import { program, StatefulObject, type Steps, type Vocabulary } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exploreBothWays, expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import { labels, run } from './support.js'

/** Says that it has happened as soon as it begins. */
class HastyOnce extends StatefulObject<boolean> {
  readonly kind = 'hasty once';

  *call(body: () => Steps<unknown>): Steps<void> {
    if (yield* this.perform<boolean>({ name: 'call', step: (isDone) => ({ state: true, result: isDone }) })) return
    yield* body()
  }
}

const initialising = (declare: (p: Vocabulary) => { call(body: () => Steps<unknown>): Steps<void> }, threads: number) =>
  program('initialising', {}, (_params, p) => {
    const once = declare(p)
    const made = p.atomic('made', 0)
    const all = Array.from({ length: threads }, (_, i) =>
      p.thread(`T${i}`, function* () {
        yield* once.call(function* () {
          yield* p.yieldNow()
          yield* made.add(1)
        })
        return yield* made.read()
      }),
    )
    p.finally('it is made once, and all see it', (final) => all.every((thread) => final.result(thread) === 1))
  })

describe('What happens once', () => {
  test.each([2, 3])('has happened for all of %i callers', async (threads) => {
    await expectLawToHold(initialising((p) => p.once('once'), threads))
  })

  test('would not have happened yet for some if nobody waited', async () => {
    const hasty = initialising(
      (p) => p.declare('hasty', 'once', (words) => new HastyOnce('once', words.data('done', false))),
      2,
    )
    await expectLawToBeBroken(hasty, 'property: it is made once, and all see it')
  })

  test('has not happened if it throws: the next caller tries', async () => {
    const { result, final } = await run((p) => {
      const once = p.once('once')
      return function* () {
        const seen: string[] = []
        try {
          yield* once.call(function* () {
            throw new Error('on purpose')
          })
        } catch (error) {
          seen.push((error as Error).message)
        }
        for (const name of ['second', 'third'])
          yield* once.call(function* () {
            seen.push(name)
          })
        return seen
      }
    })
    expect({ result, final }).toEqual({ result: ['on purpose', 'second'], final: { once: 'done' } })
  })

  test('waits for itself if it calls itself', async () => {
    const itself = program('itself', {}, (_params, p) => {
      const once = p.once('once')
      p.thread('A', () => once.call(() => once.call(() => p.yieldNow())))
    })
    expect((await exploreBothWays(itself)).violations).toMatchObject([
      { kind: 'deadlock', message: 'deadlock: A waits for once, which it holds itself' },
    ])
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const once = p.once('once')
      return function* () {
        yield* once.call(() => p.yieldNow())
        yield* once.call(() => p.yieldNow())
      }
    })
    expect(read).toEqual(['call: runs it', 'yieldNow', 'done', 'call: done already'])
  })
})
