import { program, replay, StatefulObject, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exploreBothWays, expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import { eventWakesAll } from '../laws/event-wakes-all.js'
import { noLostWakeUp } from '../laws/no-lost-wake-up.js'
import { labels, run } from './support.js'

interface Flag {
  readonly isSet: boolean
  readonly waiting: readonly string[]
}

/** Wakes one thread where all should be woken, and looks at the flag before it begins to wait. */
class LazyEvent extends StatefulObject<Flag> {
  readonly kind = 'lazy event'
  readonly #wakes: number

  constructor(name: string, word: number, wakes: number) {
    super(name, word)
    this.#wakes = wakes
  }

  *wait(): Steps<void> {
    if (yield* this.perform({ name: 'look', step: (flag) => ({ state: flag, result: flag.isSet }) })) return
    yield* this.perform({
      name: 'wait',
      step: (flag, _way, self) => ({ state: { ...flag, waiting: [...flag.waiting, self] }, result: undefined }),
    })
    yield* this.perform({
      name: 'wake',
      ways: ({ waiting }, self) => (waiting.includes(self) ? 0 : 1),
      step: (flag) => ({ state: flag, result: undefined }),
    })
  }

  set(): Steps<void> {
    return this.perform({
      name: 'set',
      step: ({ waiting }) => ({ state: { isSet: true, waiting: waiting.slice(this.#wakes) }, result: undefined }),
    })
  }
}

const lazy = (wakes: number) => (p: Parameters<Parameters<typeof program>[2]>[1]) =>
  p.declare(
    'lazy',
    'event',
    (words) => new LazyEvent('event', words.data('flag', { isSet: false, waiting: [] }), wakes),
  )

describe('An event', () => {
  test.each([1, 2, 3])('wakes all of %i threads, whenever they come', async (waiters) => {
    await expectLawToHold(eventWakesAll((p) => p.event('event'), waiters))
  })

  test('would leave one waiting if it woke only one', async () => {
    await expectLawToBeBroken(eventWakesAll(lazy(1), 2), 'deadlock')
  })

  test('would leave one waiting that looks before it begins to wait', async () => {
    const looking = noLostWakeUp((p) => {
      const event = lazy(Infinity)(p)
      return { await: () => event.wait(), give: () => event.set() }
    }, 1)
    await expectLawToBeBroken(looking, 'deadlock')
  })

  test('loses no wake-up', async () => {
    const setting = noLostWakeUp((p) => {
      const event = p.event('event')
      return { await: () => event.wait(), give: () => event.set() }
    }, 2)
    await expectLawToHold(setting)
  })

  test('wakes who waits when it is set, also if it is cleared before they step, and nobody who comes later', async () => {
    const pulse = program('pulse', {}, (_params, p) => {
      const event = p.event('event')
      p.thread('waits', () => event.wait())
      p.thread('pulses', function* () {
        yield* event.set()
        yield* event.clear()
      })
    })
    const { outcomes, violations } = await exploreBothWays(pulse)
    expect(outcomes.map(({ results, waiting }) => results?.['waits'] ?? waiting)).toEqual([
      { waits: 'wait event' },
      true,
    ])
    // It begins to wait (before, or in between, where it passes at once) and is woken after the clear at the latest.
    expect(violations).toMatchObject([{ kind: 'deadlock', preemptions: 0, steps: 3 }])
    const woken = replay(pulse, violations[0].token)
    expect(woken.steps.map(({ label }) => label)).toEqual(['set', 'clear', 'wait'])
  })

  test('with a timeout says whether it was set in time, and forgets who gave up', async () => {
    const timed = program('timed', {}, (_params, p) => {
      const event = p.event('event')
      p.thread('waits', function* () {
        return [yield* event.wait({ timeout: 1 }), yield* event.wait()]
      })
      p.thread('sets', () => event.set())
    })
    const { outcomes } = await expectLawToHold(timed)
    expect(outcomes.map(({ results }) => results?.['waits'])).toEqual(
      expect.arrayContaining([
        [true, true],
        [false, true],
      ]),
    )
  })

  test('shows whether it is set, and can be asked', async () => {
    const { result, final } = await run((p) => {
      const event = p.event('event')
      p.event('other')
      return function* () {
        const before = yield* event.isSet()
        yield* event.set()
        yield* event.set()
        return [before, yield* event.isSet(), yield* event.wait()]
      }
    })
    expect({ result, final }).toEqual({ result: [false, true, true], final: { event: true, other: false } })
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const event = p.event('event')
      return function* () {
        yield* event.wait({ timeout: 1 })
        yield* event.set()
        yield* event.wait()
        yield* event.clear()
        yield* event.isSet()
      }
    })
    expect(read).toEqual(['wait', 'wait (timeout 1): timed out', 'set', 'wait → true', 'clear', 'isSet → false'])
  })
})
