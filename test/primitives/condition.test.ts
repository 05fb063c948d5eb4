import {
  type Condition,
  explore,
  type Lock,
  program,
  type Program,
  replay,
  type RLock,
  StatefulObject,
  type Steps,
  type Vocabulary,
} from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exploreBothWays, expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import { mutualExclusion, sectionOf } from '../laws/mutual-exclusion.js'
import { noLostWakeUp } from '../laws/no-lost-wake-up.js'
import { labels, run } from './support.js'

/** Frees its lock first and begins to wait after that. */
class LeakyCondition extends StatefulObject<readonly string[]> {
  readonly kind = 'leaky condition'
  readonly #lock: Lock

  constructor(name: string, word: number, lock: Lock) {
    super(name, word)
    this.#lock = lock
  }

  hold<R>(body: () => Steps<R>): Steps<R> {
    return this.#lock.hold(body)
  }

  *wait(): Steps<boolean> {
    yield* this.#lock.release()
    yield* this.perform({
      name: 'wait',
      step: (waiting, _way, self) => ({ state: [...waiting, self], result: undefined }),
    })
    yield* this.perform({
      name: 'wake',
      ways: (waiting, self) => (waiting.includes(self) ? 0 : 1),
      step: (waiting) => ({ state: waiting, result: undefined }),
    })
    yield* this.#lock.acquire()
    return true
  }

  notify(): Steps<void> {
    return this.perform({ name: 'notify', step: (waiting) => ({ state: waiting.slice(1), result: undefined }) })
  }
}

/** A number of permits, guarded by a condition: what a semaphore is in CPython. */
function permits(p: Vocabulary, condition: Pick<Condition, 'hold' | 'wait' | 'notify'>) {
  const left = p.atomic('left', 0)
  return {
    await: () =>
      condition.hold(function* () {
        while ((yield* left.read()) === 0) yield* condition.wait()
        yield* left.add(-1)
      }),
    give: () =>
      condition.hold(function* () {
        yield* left.add(1)
        yield* condition.notify()
      }),
  }
}

const LOCKS: readonly [string, (p: Vocabulary) => Lock | RLock | undefined][] = [
  ['a lock', (p) => p.lock('lock')],
  ['a re-entrant lock', (p) => p.rlock('lock')],
  ['a re-entrant lock of its own', () => undefined],
]

describe.each(LOCKS)('A condition over %s', (_what, lockOf) => {
  test('keeps threads apart', async () => {
    await expectLawToHold(mutualExclusion((p) => sectionOf(p.condition('condition', lockOf(p))), 3))
  })

  test.each([1, 2])('loses no wake-up of %i threads that wait in a loop', async (waiters) => {
    await expectLawToHold(noLostWakeUp((p) => permits(p, p.condition('condition', lockOf(p))), waiters))
  })

  test('loses none either where a wait may end without a notify', async () => {
    const spurious = noLostWakeUp((p) => permits(p, p.condition('condition', lockOf(p), { spurious: 1 })), 2)
    await expectLawToHold(spurious)
  })

  test('gives the lock back before it goes on, as often as it was taken', async () => {
    const waiting = program('waiting', {}, (_params, p) => {
      const condition = p.condition('condition', lockOf(p))
      const inside = p.atomic('inside', 0)
      const section = function* () {
        yield* inside.add(1)
        yield* inside.add(-1)
      }
      p.thread('waits', () =>
        condition.hold(function* () {
          yield* condition.wait({ timeout: 1 })
          yield* section()
        }),
      )
      p.thread('notifies', () =>
        condition.hold(function* () {
          yield* condition.notifyAll()
          yield* section()
        }),
      )
      p.always('at most one is inside', (now) => now(inside) <= 1)
    })
    await expectLawToHold(waiting)
  })

  test.each(['wait', 'notify', 'notifyAll'] as const)('must be held to %s', async (operation) => {
    const misusing = program('misusing', {}, (_params, p) => {
      const condition = p.condition('condition', lockOf(p))
      const owner = p.thread('owner', () => condition.acquire())
      p.thread('other', function* () {
        yield* owner.join()
        yield* condition[operation]()
      })
    })
    const { violations } = await exploreBothWays(misusing)
    const does = operation === 'wait' ? 'waits for' : 'notifies'
    const message = `a thread ${does} condition “condition” without holding its lock`
    expect(violations).toMatchObject([{ kind: 'misuse', message, steps: 3 }])
  })
})

describe('A condition', () => {
  test('that began to wait after it frees the lock would lose wake-ups', async () => {
    const leaky = noLostWakeUp((p) => {
      const lock = p.lock('lock')
      const condition = p.declare(
        'leaky',
        'condition',
        (words) => new LeakyCondition('condition', words.data('waiting', []), lock),
      )
      return permits(p, condition)
    }, 1)
    await expectLawToBeBroken(leaky, 'deadlock')
  })

  test('frees a re-entrant lock however often it was taken, and takes it as often again', async () => {
    const nested = program('nested', {}, (_params, p) => {
      const condition = p.condition('condition')
      const order = p.atomic('order', '')
      p.thread('waits', function* () {
        yield* condition.acquire()
        yield* condition.acquire()
        yield* condition.wait()
        yield* order.update((text) => `${text} woken`)
        yield* condition.release()
        yield* order.update((text) => `${text} released once`)
        yield* condition.release()
      })
      p.thread('notifies', function* () {
        yield* condition.acquire()
        yield* condition.notify()
        yield* condition.release()
        yield* condition.acquire()
        yield* order.update((text) => `${text} taken`)
        yield* condition.release()
      })
    })
    const { outcomes } = await exploreBothWays(nested)
    const orders = outcomes.filter(({ waiting }) => waiting === undefined).map(({ final }) => final['order'])
    expect(orders.sort()).toEqual([' taken woken released once', ' woken released once taken'])
  })

  /** Threads wait, one after the other; the last notifies. Whoever is woken says so. */
  function waitersAndNotify(waiters: number, notify: (condition: Condition) => Steps<void>): Program {
    return program('who is woken', {}, (_params, p) => {
      const lock = p.lock('lock')
      const condition = p.condition('condition', lock)
      const waiting = p.atomic('waiting', 0)
      for (let i = 1; i <= waiters; i++)
        p.thread(`W${i}`, function* () {
          yield* lock.acquire()
          yield* waiting.add(1)
          yield* condition.wait()
          yield* lock.release()
          return 'woken'
        })
      p.thread('notifies', function* () {
        yield* lock.acquire()
        yield* p.assume((yield* waiting.read()) === waiters)
        yield* notify(condition)
        yield* lock.release()
      })
    })
  }

  async function whoIsWoken(subject: Program): Promise<string[]> {
    const { outcomes } = await exploreBothWays(subject)
    return outcomes.map(({ results }) => Object.keys(results ?? {}).join(' ')).sort()
  }

  test('wakes any of those who wait, as many as it is told', async () => {
    expect(await whoIsWoken(waitersAndNotify(3, (condition) => condition.notify()))).toEqual(['W1', 'W2', 'W3'])
    expect(await whoIsWoken(waitersAndNotify(3, (condition) => condition.notify(2)))).toEqual([
      'W1 W2',
      'W1 W3',
      'W2 W3',
    ])
    expect(await whoIsWoken(waitersAndNotify(2, (condition) => condition.notify(5)))).toEqual(['W1 W2'])
    expect(await whoIsWoken(waitersAndNotify(2, (condition) => condition.notify(0)))).toEqual([''])
    expect(await whoIsWoken(waitersAndNotify(2, (condition) => condition.notifyAll()))).toEqual(['W1 W2'])
  })

  test('may wake without a notify if that is allowed, and only so often', async () => {
    const wakings = (spurious: number) =>
      program('spurious', {}, (_params, p) => {
        const condition = p.condition('condition', undefined, { spurious })
        p.thread('waits', () =>
          condition.hold(function* () {
            yield* condition.wait()
            return yield* condition.wait()
          }),
        )
      })
    expect((await exploreBothWays(wakings(0))).outcomes).toMatchObject([{ waiting: { waits: 'wait condition' } }])
    // Whether the one wake-up was the first wait's shows in whether there may be another.
    const once = await exploreBothWays(wakings(1))
    expect(once.outcomes.map(({ waiting }) => waiting)).toEqual([
      { waits: 'wait condition' },
      { waits: 'wait condition' },
    ])
    const { outcomes, violations } = await exploreBothWays(wakings(2))
    expect(outcomes.map(({ results }) => results?.['waits'])).toEqual(expect.arrayContaining([undefined, true]))
    expect(violations.map(({ kind }) => kind)).toEqual(['deadlock'])
  })

  test('may wake without a notify any number of times, for ever if nothing bounds it', async () => {
    const looping = program('looping', {}, (_params, p) => {
      const condition = p.condition('condition', undefined, { spurious: true })
      const ready = p.atomic('ready', false)
      p.thread('waits', () =>
        condition.hold(function* () {
          for (;;) {
            yield* p.at('asks')
            if (yield* ready.read()) return
            yield* condition.wait()
          }
        }),
      )
      p.thread('notifies', () =>
        condition.hold(function* () {
          yield* ready.write(true)
          yield* condition.notify()
        }),
      )
    })
    const report = await explore(looping)
    expect(report).toMatchObject({ complete: true, counts: { interleavings: 'unbounded' }, divergence: 0 })
    expect(report.outcomes).toMatchObject([{ final: { ready: true }, holds: true }])
    expect(report.violations.map(({ kind }) => kind)).toEqual(['endless'])
  })

  test('asks its predicate before it waits and after every wake-up, generator function or not', async () => {
    const counting = program('counting', {}, (_params, p) => {
      const condition = p.condition('condition')
      const items = p.atomic('items', 0)
      p.thread('waits', () =>
        condition.hold(function* () {
          const isThere = yield* condition.waitFor(function* () {
            return (yield* items.read()) === 2
          })
          return [isThere, yield* condition.waitFor(() => true)]
        }),
      )
      p.thread('adds', function* () {
        for (let i = 0; i < 2; i++)
          yield* condition.hold(function* () {
            yield* items.add(1)
            yield* condition.notify()
          })
      })
    })
    const { outcomes } = await expectLawToHold(counting)
    expect(outcomes).toMatchObject([{ results: { waits: [true, true] } }])
  })

  test('that waits for a predicate with a timeout gives up with what it says then', async () => {
    const timed = program('timed', {}, (_params, p) => {
      const condition = p.condition('condition')
      const ready = p.atomic('ready', false)
      p.thread('waits', () => condition.hold(() => condition.waitFor(() => ready.read(), { timeout: 1 })))
      p.thread('adds', () => condition.hold(() => ready.write(true)))
    })
    // Nobody notifies: it waits for its timeout, and finds out by itself.
    const { outcomes } = await expectLawToHold(timed)
    expect(outcomes.map(({ results }) => results?.['waits']).sort()).toEqual([false, true])
  })

  test('may waste a notify on a thread that has given up, as CPython does', async () => {
    const wasting = program('wasting', {}, (_params, p) => {
      const lock = p.lock('lock')
      const condition = p.condition('condition', lock)
      const waiting = p.atomic('waiting', 0)
      const wait = function* (options: { timeout?: number }) {
        yield* lock.acquire()
        yield* waiting.add(1)
        const isNotified = yield* condition.wait(options)
        yield* lock.release()
        return isNotified
      }
      p.thread('impatient', () => wait({ timeout: 1 }))
      p.thread('patient', () => wait({}))
      p.thread('notifies', function* () {
        yield* lock.acquire()
        yield* p.assume((yield* waiting.read()) === 2)
        yield* condition.notify()
        yield* lock.release()
      })
    })
    const { outcomes } = await exploreBothWays(wasting)
    expect(outcomes.map(({ results }) => [results?.['impatient'], results?.['patient']]).sort()).toEqual([
      [false, undefined],
      [false, true],
      [true, undefined],
    ])
  })

  test('shows who waits, and who holds a lock of its own', async () => {
    const showing = program('showing', {}, (_params, p) => {
      const condition = p.condition('condition')
      p.condition('free')
      const waits = p.thread('waits', () => condition.hold(() => condition.wait()))
      p.thread('holds', () => condition.acquire())
      p.finally('never', (final) => final.result(waits) === undefined)
    })
    const { outcomes } = await explore(showing)
    expect(outcomes.map(({ final }) => final)).toContainEqual({
      condition: { owner: 'holds', waiting: ['waits'] },
    })
  })

  test('is found missing a notify where nobody asks first, with the shortest schedule', async () => {
    const missed = program('missed', {}, (_params, p) => {
      const condition = p.condition('condition')
      p.thread('waits', () => condition.hold(() => condition.wait()))
      p.thread('notifies', () => condition.hold(() => condition.notify()))
    })
    const { violations } = await exploreBothWays(missed)
    expect(violations).toMatchObject([{ kind: 'deadlock', preemptions: 0, steps: 5, isLeast: true }])
    expect(replay(missed, violations[0].token).steps.map(({ label }) => label)).toEqual([
      'acquire',
      'notify',
      'release',
      'acquire',
      'wait',
    ])
  })

  test('cannot notify half a thread, nor wake spuriously less than never', async () => {
    const { result } = await run((p) => {
      const condition = p.condition('condition')
      return function* () {
        yield* condition.acquire()
        try {
          yield* condition.notify(0.5)
        } catch (error) {
          return (error as Error).message
        }
      }
    })
    expect(result).toBe('notify cannot wake 0.5 threads: give it an integer')
    const wrong = program('wrong', {}, (_params, p) => {
      p.condition('condition', undefined, { spurious: -1 })
    })
    await expect(explore(wrong)).rejects.toMatchObject({ code: 'program/bad-number' })
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const condition = p.condition('condition')
      return function* () {
        yield* condition.acquire()
        yield* condition.tryAcquire()
        yield* condition.wait({ timeout: 1 })
        yield* condition.notify()
        yield* condition.notify(2)
        yield* condition.notifyAll()
        yield* condition.release()
      }
    })
    expect(read).toEqual([
      'acquire',
      'tryAcquire → true',
      'wait',
      'wait (timeout 1): timed out',
      'acquire 2',
      'notify',
      'notify 2',
      'notifyAll',
      'release',
    ])
  })
})
