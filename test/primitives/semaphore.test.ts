import { explore, program, Semaphore, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import { noLostWakeUp } from '../laws/no-lost-wake-up.js'
import { neverAboveBound, neverMoreThanPermits } from '../laws/semaphore-bound.js'
import { labels, run } from './support.js'

/** Looks for a permit and takes it in two steps. */
class HastySemaphore extends Semaphore {
  override *tryAcquire(): Steps<boolean> {
    const left = yield* this.perform({ name: 'look', step: (state) => ({ state, result: state }) })
    if (left === 0) return false
    yield* this.perform({ name: 'take', step: (state) => ({ state: state - 1, result: undefined }) })
    return true
  }
}

/** Hands two permits over as one if they are released at once. */
class ForgetfulSemaphore extends Semaphore {
  override release(): Steps<void> {
    return this.perform({ name: 'release', step: () => ({ state: 1, result: undefined }) })
  }
}

describe('A semaphore', () => {
  test.each([
    [1, 2],
    [2, 2],
  ])('of %i permits lets no more inside, and gets all of them back', async (permits, threads) => {
    await expectLawToHold(neverMoreThanPermits((p) => p.semaphore('s', permits), permits, threads))
  })

  test('would let more inside if looking and taking were two steps', async () => {
    const hasty = neverMoreThanPermits(
      (p) => p.declare('hasty', 's', (words) => new HastySemaphore('s', words.int('permits', 1))),
      1,
      1,
    )
    await expectLawToBeBroken(hasty, 'property: as many as there are permits at most')
  })

  test('forgets no release', async () => {
    await expectLawToHold(noLostWakeUp((p) => signalOf(p.semaphore('s', 0)), 2))
  })

  test('would leave threads waiting if it did', async () => {
    const forgetful = noLostWakeUp(
      (p) => signalOf(p.declare('forgetful', 's', (words) => new ForgetfulSemaphore('s', words.int('permits', 0)))),
      2,
    )
    await expectLawToBeBroken(forgetful, 'deadlock')
  })

  test('is given back however a body that holds it ends', async () => {
    const { result, final } = await run((p) => {
      const semaphore = p.semaphore('s', 2)
      return function* () {
        try {
          yield* semaphore.hold(function* () {
            yield* p.yieldNow()
            throw new Error('on purpose')
          })
        } catch (error) {
          return [(error as Error).message, yield* semaphore.hold(() => semaphore.tryAcquire())]
        }
      }
    })
    expect({ result, final }).toEqual({ result: ['on purpose', true], final: { s: 1 } })
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const semaphore = p.semaphore('s')
      return function* () {
        yield* semaphore.acquire()
        yield* semaphore.tryAcquire()
        yield* semaphore.acquire({ timeout: 1 })
        yield* semaphore.release(2)
      }
    })
    expect(read).toEqual(['acquire', 'tryAcquire → false', 'acquire (timeout 1): timed out', 'release 2'])
  })
})

describe('A bounded semaphore', () => {
  test('never has more permits than its bound', async () => {
    const report = await explore(neverAboveBound((p) => p.boundedSemaphore('s', 1), 1, 2))
    expect(report.violations.map(({ kind }) => kind)).not.toContain('property')
    await expectLawToHold(neverMoreThanPermits((p) => p.boundedSemaphore('s', 2), 2, 2))
  })

  test('differs in that from a semaphore', async () => {
    await expectLawToBeBroken(
      neverAboveBound((p) => p.semaphore('s', 1), 1, 2),
      'property: no more permits than its bound',
    )
  })

  test('forgets no release', async () => {
    await expectLawToHold(
      noLostWakeUp((p) => {
        const semaphore = p.boundedSemaphore('s', 1)
        return { await: () => semaphore.hold(() => p.yieldNow()), give: () => p.yieldNow() }
      }, 3),
    )
  })

  test.each([
    [1, 'bounded semaphore “s” is released, but 2 of its 2 permits are back already'],
    [3, 'bounded semaphore “s” is released 3 times, but 2 of its 2 permits are back already'],
  ])('tells of %i releases too many, with the shortest schedule', async (permits, message) => {
    const tooMany = program('too many', {}, (_params, p) => {
      const semaphore = p.boundedSemaphore('s', 2)
      p.thread('A', () => semaphore.release(permits))
    })
    const { violations } = await explore(tooMany)
    expect(violations).toMatchObject([{ kind: 'misuse', message, steps: 1, isLeast: true }])
  })

  test.each([-1, 0.5])('cannot have %d permits', async (permits) => {
    const wrong = program('wrong', {}, (_params, p) => {
      p.boundedSemaphore('s', permits)
    })
    await expect(explore(wrong)).rejects.toMatchObject({ code: 'program/bad-number' })
  })
})

function signalOf(semaphore: Semaphore) {
  return { await: () => semaphore.acquire(), give: () => semaphore.release() }
}
