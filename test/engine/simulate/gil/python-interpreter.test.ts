import { program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { FREE_OS } from '../../../../src/engine/simulate/os/os-config.js'
import { GIL_VERSIONS, type GilVersion } from '../../../../src/engine/simulate/gil/gil-config.js'
import { MILLISECOND, NANOSECOND, run } from './support/computer.js'

const LOCKED = ['2.7', '3.9', '3.12'] as const satisfies GilVersion[]

/** One thread does something that takes 3 ms of waiting and does not need the lock; another one computes for 2 ms. */
function beside(how: 'sleep' | 'lock' | 'event') {
  return program(`beside ${how}`, {}, (_, p) => {
    const lock = p.lock('lock')
    const event = p.event('event')
    p.thread('holder', function* () {
      yield* lock.acquire()
      yield* p.sleep(0.003)
      yield* lock.release()
      yield* event.set()
    })
    p.thread('waiter', function* () {
      if (how === 'lock') yield* lock.hold(() => p.yieldNow())
      else if (how === 'event') yield* event.wait()
      else yield* p.sleep(0.003)
    })
    p.thread('worker', () => p.compute(2000))
  })
}

const inTurn = program('in turn', { times: 500 }, ({ times }, p) => {
  const lock = p.lock('lock')
  const counter = p.cell('counter', 0)
  for (const name of ['A', 'B', 'C'])
    p.thread(name, function* () {
      for (let i = 0; i < times; i++)
        yield* lock.hold(function* () {
          const seen = yield* counter.read()
          yield* p.call('f')
          yield* counter.write(seen + 1)
        })
    })
})

const offering = program('offering', {}, (_, p) => {
  const order = p.cell('order', '')
  p.thread('A', function* () {
    yield* p.yieldNow()
    yield* p.compute(1, { code: 'builtin' })
    yield* order.write(`${yield* order.read()}A`)
  })
  p.thread('B', function* () {
    yield* order.write(`${yield* order.read()}B`)
  })
})

describe('An interpreter', () => {
  test('takes the cost of its byte code for every operation, once', () => {
    const three = program('three', {}, (_, p) => {
      const cell = p.cell('cell', 0)
      p.thread('A', function* () {
        for (let i = 0; i < 100; i++) yield* cell.read()
      })
    })
    const time = (version: GilVersion | null) =>
      run(three, {}, { cores: 1, os: FREE_OS, ...(version === null ? {} : { gil: GIL_VERSIONS[version] }) }).time

    expect(time('3.12') - time(null)).toBe(100 * 30 * NANOSECOND)
    expect(time('none')).toBe(time('3.12'))
    expect(time('3.13t') - time(null)).toBe(100 * 42 * NANOSECOND)
  })

  test.each(LOCKED)('is left by whoever sleeps or waits, and entered again by them: CPython %s', (version) => {
    for (const how of ['sleep', 'lock', 'event'] as const)
      for (const twins of [false, true]) {
        const { time, hasEnded, total } = run(beside(how), {}, { cores: 2, gil: GIL_VERSIONS[version], twins })

        expect(hasEnded).toBe(true)
        // Side by side with the work, which is over before the sleep is.
        expect(time).toBeLessThan(3.2 * MILLISECOND)
        expect(total.voluntary).toBeGreaterThanOrEqual(2)
      }
  })

  test.each(LOCKED)('keeps nothing that locks keep from going wrong: CPython %s', (version) => {
    for (const twins of [false, true])
      expect(run(inTurn, {}, { cores: 2, gil: GIL_VERSIONS[version], twins }).final.counter).toBe(1500)
  })

  test.each(LOCKED)('is offered to others by `yieldNow`: CPython %s', (version) => {
    const { final } = run(offering, {}, { cores: 1, os: FREE_OS, gil: GIL_VERSIONS[version] })

    expect(final.order).toBe('BA')
  })

  test.each(LOCKED)('comes to rest if nobody can go on: CPython %s', (version) => {
    const stuck = program('stuck', {}, (_, p) => {
      const [a, b] = [p.lock('a'), p.lock('b')] as const
      const meet = p.barrier('meet', 2)
      for (const [first, second] of [
        [a, b],
        [b, a],
      ] as const)
        p.thread(`${first.name}${second.name}`, function* () {
          yield* first.acquire()
          yield* meet.wait()
          yield* second.acquire()
        })
    })
    const { time, hasEnded } = run(stuck, {}, { cores: 2, gil: GIL_VERSIONS[version], until: 1000 * MILLISECOND })

    expect(hasEnded).toBe(false)
    expect(time).toBeLessThan(20 * MILLISECOND)
  })

  test.each(LOCKED)('goes on after the threads of a process that was killed: CPython %s', (version) => {
    const killed = program('killed', {}, (_, p) => {
      const spin = function* () {
        for (;;) yield* p.compute(1000)
      }
      const child = p.process('child', function* () {
        yield* p.spawn(spin)
        yield* p.spawn(spin)
        yield* spin()
      })
      p.thread('main', function* () {
        yield* child.start()
        yield* p.sleep(0.02)
        yield* child.kill()
        yield* child.join()
        yield* p.compute(1000)
      })
    })
    // They share the lock of the main thread, or they would not be in its way.
    const { hasEnded, time } = run(
      killed,
      {},
      {
        cores: 2,
        gil: { ...GIL_VERSIONS[version], perInterpreter: false },
        subInterpreters: true,
        until: 1000 * MILLISECOND,
      },
    )

    expect(hasEnded).toBe(true)
    expect(time).toBeLessThan(70 * MILLISECOND)
  })

  test('costs threads nothing but byte code while only one of them has something to do', () => {
    const { total } = run(
      program('alone', {}, (_, p) => {
        p.thread('A', () => p.compute(100_000))
      }),
      {},
      { cores: 1, gil: GIL_VERSIONS['3.12'] },
    )

    expect(total).toMatchObject({ waits: 0, requests: 0, forced: 0, wasted: 0, waited: 0 })
  })

  test('adds up what the lock costs each thread', () => {
    const { total, account, time } = run(
      program('pair', {}, (_, p) => {
        p.thread('A', () => p.compute(20_000))
        p.thread('B', () => p.compute(20_000))
      }),
      {},
      { cores: 2, gil: { ...GIL_VERSIONS['3.12'], timerSlack: 0 } },
    )
    const [a, b] = [account('A'), account('B')]

    expect(total.waited).toBe(a.waited + b.waited)
    // One of them computes and the other one waits, until one has come to its end.
    expect(total.waited).toBeLessThan(time)
    expect(total.waited).toBeGreaterThan(time - 5.1 * MILLISECOND)
    expect(total.switches).toBe(total.forced + 2)
    expect(total.requests).toBe(total.forced)
    expect(total.forced).toBeGreaterThanOrEqual(6)
    expect(total.voluntary).toBe(0)
  })
})
