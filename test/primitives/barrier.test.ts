import { BrokenBarrierError, explore, program, StatefulObject, type Steps, type Vocabulary } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { barrierReleasesAll, barrierReleasesAllOrNone } from '../laws/barrier-all-or-none.js'
import { exploreBothWays, expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import { labels, run } from './support.js'

interface Count {
  readonly come: number
}

/** Lets go from a number of threads on and begins again when the last has come: without waiting until the others have left. */
class CountingBarrier extends StatefulObject<Count> {
  readonly kind = 'counting barrier'
  readonly #parties: number
  readonly #starts: number

  constructor(name: string, word: number, parties: number, starts = parties) {
    super(name, word)
    this.#parties = parties
    this.#starts = starts
  }

  *wait({ timeout }: { readonly timeout?: number } = {}): Steps<number> {
    const index = yield* this.perform<number>({
      name: 'come',
      step: ({ come }) => ({ state: { come: come + 1 }, result: come }),
    })
    // Gives up and says so to nobody else.
    if (timeout !== undefined && !(yield* this.#isFull())) throw new Error('timed out')
    yield* this.perform({
      name: 'go',
      ways: ({ come }) => (come % this.#parties === 0 || come % this.#parties >= this.#starts ? 1 : 0),
      step: (state) => ({ state, result: undefined }),
    })
    return index
  }

  #isFull(): Steps<boolean> {
    return this.perform({ name: 'look', step: (state) => ({ state, result: state.come === this.#parties }) })
  }
}

const counting =
  (parties: number, starts = parties) =>
  (p: Vocabulary) =>
    p.declare(
      'counting',
      'barrier',
      (words) => new CountingBarrier('barrier', words.data('come', { come: 0 }), parties, starts),
    )

const waitOrBreak = (barrier: { wait(): Steps<number> }) =>
  function* () {
    try {
      return yield* barrier.wait()
    } catch (error) {
      return error instanceof BrokenBarrierError ? error.name : 'another error'
    }
  }

describe('A barrier', () => {
  test.each([
    [1, 2],
    [2, 1],
    [2, 2],
    [3, 1],
  ])('for %i threads releases all of them together, %i times', async (parties, rounds) => {
    await expectLawToHold(barrierReleasesAll((p) => p.barrier('barrier', parties), parties, rounds))
  })

  test('with an action does the same', async () => {
    const acting = barrierReleasesAll((p) => p.barrier('barrier', 2, { action: () => p.yieldNow() }), 2, 2)
    await expectLawToHold(acting)
  })

  test('would let threads through too early if it let them go one short', async () => {
    await expectLawToBeBroken(barrierReleasesAll(counting(3, 2), 3), 'property: nobody is through before all have come')
  })

  test('would keep a thread if the next round began before all had left', async () => {
    await expectLawToBeBroken(barrierReleasesAll(counting(2), 2, 2), 'deadlock')
  })

  test.each([2, 3])('releases all of %i threads or none, whenever a timeout fires', async (parties) => {
    const { outcomes } = await expectLawToHold(barrierReleasesAllOrNone((p) => p.barrier('barrier', parties), parties))
    expect(outcomes.map(({ results }) => new Set(Object.values(results ?? {})))).toEqual(
      expect.arrayContaining([new Set(['through']), new Set(['broken'])]),
    )
  })

  test('would release some if who gives up did not break it', async () => {
    await expectLawToBeBroken(barrierReleasesAllOrNone(counting(2), 2), 'property: all or none')
  })

  test('runs its action once, in one of the threads, before anybody is released', async () => {
    const acting = program('acting', {}, (_params, p) => {
      const acted = p.atomic('acted', 0)
      const barrier = p.barrier('barrier', 2, { action: () => acted.add(1) })
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          yield* barrier.wait()
          return yield* acted.read()
        })
    })
    expect((await expectLawToHold(acting)).outcomes).toMatchObject([{ results: { A: 1, B: 1 }, final: { acted: 1 } }])
  })

  test('breaks if its action throws: who ran it gets the error, the others learn that it is broken', async () => {
    const failing = program('failing', {}, (_params, p) => {
      const barrier = p.barrier('barrier', 2, {
        *action() {
          yield* p.yieldNow()
          throw new Error('on purpose')
        },
      })
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          try {
            return yield* barrier.wait()
          } catch (error) {
            return [(error as Error).message, yield* barrier.broken()]
          }
        })
    })
    const { outcomes } = await expectLawToHold(failing)
    const broken = ['barrier “barrier” is broken', true]
    expect(outcomes.map(({ results }) => results)).toEqual(
      expect.arrayContaining([
        { A: ['on purpose', true], B: broken },
        { A: broken, B: ['on purpose', true] },
      ]),
    )
  })

  test('keeps others waiting while its action runs, and says who does', async () => {
    const itself = program('itself', {}, (_params, p) => {
      const barrier = p.barrier('barrier', 1, { action: () => barrier.abort() })
      p.thread('A', () => barrier.wait())
    })
    const { violations } = await exploreBothWays(itself)
    expect(violations).toMatchObject([
      { kind: 'deadlock', message: 'deadlock: A waits for barrier, which it holds itself' },
    ])
  })

  test('that is aborted fails for all who wait and all who come, until it is reset', async () => {
    const aborting = program('aborting', {}, (_params, p) => {
      const barrier = p.barrier('barrier', 2)
      const first = p.thread('first', waitOrBreak(barrier))
      p.thread('aborts', function* () {
        yield* barrier.abort()
        yield* first.join()
        const late = yield* waitOrBreak(barrier)()
        const before = yield* barrier.broken()
        yield* barrier.reset()
        return [late, before, yield* barrier.broken(), yield* barrier.nWaiting()]
      })
    })
    const { outcomes } = await expectLawToHold(aborting)
    expect(outcomes).toMatchObject([
      { results: { first: 'BrokenBarrierError', aborts: ['BrokenBarrierError', true, false, 0] } },
    ])
  })

  test('that is reset fails for those who wait and is whole for those who come', async () => {
    const resetting = program('resetting', {}, (_params, p) => {
      const barrier = p.barrier('barrier', 2)
      p.thread('A', waitOrBreak(barrier))
      p.thread('resets', function* () {
        yield* p.assume((yield* barrier.nWaiting()) === 1)
        yield* barrier.reset()
        return yield* waitOrBreak(barrier)()
      })
      p.thread('B', waitOrBreak(barrier))
    })
    const { outcomes } = await exploreBothWays(resetting)
    expect(outcomes.map(({ results }) => results)).toEqual(
      expect.arrayContaining([
        { A: 'BrokenBarrierError', resets: 0, B: 1 },
        { A: 'BrokenBarrierError', resets: 1, B: 0 },
        { A: 0, resets: 1, B: 'BrokenBarrierError' },
      ]),
    )
  })

  test('shows how many are inside, and in which phase it is', async () => {
    const showing = program('showing', {}, (_params, p) => {
      const barrier = p.barrier('barrier', 3)
      p.thread('A', () => barrier.wait())
      p.thread('B', () => barrier.wait())
    })
    const { outcomes } = await explore(showing)
    expect(outcomes).toMatchObject([
      { final: { barrier: { phase: 'filling', inside: 2 } }, waiting: { A: 'wait barrier', B: 'wait barrier' } },
    ])
  })

  test('knows how many threads it is for', async () => {
    const { result } = await run((p) => {
      const barrier = p.barrier('barrier', 4)
      return function* () {
        yield* p.yieldNow()
        return barrier.parties
      }
    })
    expect(result).toBe(4)
    const wrong = program('wrong', {}, (_params, p) => {
      p.barrier('barrier', 0)
    })
    await expect(explore(wrong)).rejects.toMatchObject({ code: 'program/bad-number' })
  })

  test('reads in a trace as its operations are written', async () => {
    const alone = await labels((p) => {
      const barrier = p.barrier('barrier', 1, { action: () => p.yieldNow() })
      const pair = p.barrier('pair', 2)
      const one = p.barrier('one', 1)
      return function* () {
        yield* barrier.wait()
        yield* one.wait()
        yield* waitOrBreak({ wait: () => pair.wait({ timeout: 1 }) })()
        yield* waitOrBreak(pair)()
        yield* pair.reset()
        yield* pair.abort()
        yield* pair.nWaiting()
        yield* pair.broken()
      }
    })
    expect(alone).toEqual([
      'wait: comes as 0, acts',
      'yieldNow',
      'release all',
      'wait: comes as 0, releases all',
      'wait: comes as 0',
      'wait (timeout 1): timed out',
      'leave: broken',
      'wait: broken',
      'reset',
      'abort',
      'nWaiting → 0',
      'broken → true',
    ])
  })
})
