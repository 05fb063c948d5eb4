import { explore, program, StatefulObject, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exploreBothWays, expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import { mutualExclusion } from '../laws/mutual-exclusion.js'
import { labels, run } from './support.js'

/** Forgets that it was taken twice: the first release frees it. */
class CarelessRLock extends StatefulObject<string | null> {
  readonly kind = 'careless rlock'

  acquire(): Steps<void> {
    return this.perform({
      name: 'acquire',
      ways: (owner, self) => (owner === null || owner === self ? 1 : 0),
      step: (_owner, _way, self) => ({ state: self, result: undefined }),
    })
  }

  release(): Steps<void> {
    return this.perform({ name: 'release', step: () => ({ state: null, result: undefined }) })
  }
}

/** A section within a section, both under one lock. */
const nested = (lock: { acquire(): Steps<void>; release(): Steps<void> }) => ({
  *enter() {
    yield* lock.acquire()
    yield* lock.acquire()
    yield* lock.release()
  },
  leave: () => lock.release(),
})

describe('A re-entrant lock', () => {
  test('keeps threads apart, also while it is taken once more', async () => {
    await expectLawToHold(mutualExclusion((p) => nested(p.rlock('lock')), 3))
  })

  test('would not if the first release freed it', async () => {
    const careless = mutualExclusion(
      (p) => nested(p.declare('careless', 'lock', (words) => new CarelessRLock('lock', words.data('owner', null)))),
      2,
    )
    await expectLawToBeBroken(careless, 'property: at most one is inside')
  })

  test('shows who holds it and how often', async () => {
    const { final } = await run((p) => {
      const lock = p.rlock('lock')
      p.rlock('free')
      return function* () {
        yield* lock.acquire()
        yield* lock.acquire()
      }
    })
    expect(final).toEqual({ lock: { owner: 'A', count: 2 } })
  })

  test('is free when it has been released as often as it was taken', async () => {
    const { result, final } = await run((p) => {
      const lock = p.rlock('lock')
      return function* () {
        const taken = [yield* lock.tryAcquire(), yield* lock.acquire({ timeout: 0 })]
        yield* lock.hold(() => p.yieldNow())
        yield* lock.release()
        yield* lock.release()
        return taken
      }
    })
    expect({ result, final }).toEqual({ result: [true, true], final: {} })
  })

  test.each([
    ['that another thread holds', true, 'rlock “lock” is released, but another thread holds it'],
    ['that nobody holds', false, 'rlock “lock” is released, but nobody holds it'],
  ])('%s must not be released', async (_what, isHeld, message) => {
    const misusing = program('misusing', {}, (_params, p) => {
      const lock = p.rlock('lock')
      const owner = p.thread('owner', () => (isHeld ? lock.acquire() : p.yieldNow()))
      p.thread('other', function* () {
        yield* owner.join()
        yield* lock.release()
      })
    })
    const { violations } = await exploreBothWays(misusing)
    expect(violations).toMatchObject([{ kind: 'misuse', message }])
  })

  test('is not taken by another thread meanwhile, whether it tries, waits or gives up', async () => {
    const trying = program('trying', {}, (_params, p) => {
      const lock = p.rlock('lock')
      const owner = p.thread('owner', () => lock.acquire())
      p.thread('tries', function* () {
        yield* owner.join()
        return [yield* lock.tryAcquire(), yield* lock.acquire({ timeout: 1 })]
      })
      p.thread('waits', function* () {
        yield* owner.join()
        yield* lock.acquire()
      })
    })
    const { outcomes } = await exploreBothWays(trying)
    expect(outcomes).toMatchObject([{ results: { tries: [false, false] }, waiting: { waits: 'acquire lock' } }])
  })

  test('tells who keeps others waiting', async () => {
    const waiting = program('waiting', {}, (_params, p) => {
      const lock = p.rlock('lock')
      const owner = p.thread('owner', () => lock.acquire())
      p.thread('waits', function* () {
        yield* owner.join()
        yield* lock.acquire()
      })
    })
    const { violations } = await explore(waiting)
    expect(violations).toMatchObject([
      { kind: 'deadlock', message: 'deadlock: waits waits for lock, which owner holds' },
    ])
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const lock = p.rlock('lock')
      return function* () {
        yield* lock.acquire()
        yield* lock.tryAcquire()
        yield* lock.acquire({ timeout: 2 })
        yield* lock.release()
      }
    })
    expect(read).toEqual(['acquire', 'tryAcquire → true', 'acquire (timeout 2)', 'release'])
  })
})
