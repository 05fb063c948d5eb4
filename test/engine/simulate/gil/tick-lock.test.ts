import { describe, expect, test } from 'vitest'
import { GIL_VERSIONS, type TicksConfig } from '../../../../src/engine/simulate/gil/gil-config.js'
import { TickLock } from '../../../../src/engine/simulate/gil/tick-lock.js'
import { BLOCKS } from '../../../../src/engine/simulate/os/work.js'
import { timeToAsking } from '../../../../src/engine/simulate/program/interpreter.js'
import { MICROSECOND, NANOSECOND } from './support/computer.js'
import { BUILTIN, Hand, READ, SPIN } from './support/hand.js'

const [A, B, C] = [0, 1, 2]

function lockWith(changes: Partial<TicksConfig> = {}) {
  const hand = new Hand()
  // A tick is 10 ns.
  const lock = new TickLock(hand, { ...GIL_VERSIONS['2.7'], ...changes })
  return { hand, lock }
}

/** A holds the lock, B waits for it, and the last operation of 34 has used up A's ticks. */
function released() {
  const { hand, lock } = lockWith()
  lock.enter(A)
  lock.enter(B)
  for (let i = 0; i < 34; i++) lock.performed(A, READ)
  return { hand, lock }
}

describe('A lock with ticks', () => {
  test('is given back after 100 ticks, which wakes a waiter', () => {
    const { hand, lock } = lockWith()
    lock.enter(A)
    expect(lock.enter(B)).toBe(BLOCKS)

    for (let i = 0; i < 33; i++) lock.performed(A, READ)
    expect(hand.woken()).toEqual([])
    lock.performed(A, READ)
    expect(hand.woken()).toEqual([B])
    expect(hand.observer.of(A).ticked).toBe(1)
  })

  test('is taken again by its holder after the call that wakes a waiter, if that has not come: it was woken in vain', () => {
    const { hand, lock } = released()
    hand.woken()

    expect(timeToAsking(lock.enter(A))).toBeGreaterThanOrEqual(0)
    expect(lock.enter(A)).toBe(0)
    expect(lock.enter(B)).toBe(BLOCKS)
    expect(hand.observer.of(B)).toMatchObject({ wasted: 1, waits: 1, switches: 0 })
  })

  test('is the waiter’s that comes before the holder is back from the call that wakes it', () => {
    const { hand, lock } = released()
    lock.enter(A)

    expect(lock.enter(B)).toBe(0)
    expect(lock.enter(A)).toBe(BLOCKS)
    expect(hand.observer.of(B).switches).toBe(1)
  })

  test('is given back again a hundred ticks later, without anybody having to ask', () => {
    const { hand, lock } = released()
    lock.enter(A)
    lock.enter(A)
    lock.enter(B)
    hand.woken()

    // One of the 102 ticks before was one of these already.
    for (let i = 0; i < 33; i++) lock.performed(A, READ)
    expect(hand.woken()).toEqual([])
    lock.performed(A, READ)
    expect(hand.woken()).toEqual([B])
    expect(hand.kernel.pending).toBe(0)
  })

  test('stays where it is while nobody waits', () => {
    const { hand, lock } = lockWith()
    lock.enter(A)

    for (let i = 0; i < 1000; i++) lock.performed(A, READ)
    expect(lock.enter(A)).toBe(0)
    expect(hand.observer.of(A).ticked).toBe(0)
  })

  test('lets interpreted code compute to its end while nobody waits, and up to its ticks as soon as somebody does', () => {
    const { hand, lock } = lockWith()
    lock.enter(A)
    expect(lock.atMost()).toBe(Infinity)

    lock.enter(B)
    expect(hand.wasCut()).toEqual([A])
    lock.performed(A, SPIN)
    lock.enter(A)
    const most = lock.atMost()
    expect(most).toBe(101 * 10 * NANOSECOND)
    hand.until(most)
    lock.performed(A, SPIN)
    expect(hand.woken()).toEqual([B])
  })

  test('counts the ticks of interpreted code that was cut off when somebody came, without giving the lock back for that', () => {
    const { hand, lock } = lockWith()
    lock.enter(A)
    lock.atMost()
    hand.until(30 * MICROSECOND)
    lock.enter(B)

    lock.performed(A, SPIN)
    expect(hand.woken()).toEqual([])
  })

  test('takes a builtin function for one tick, however long it takes', () => {
    const { hand, lock } = lockWith()
    lock.enter(A)
    lock.enter(B)
    hand.until(1000 * MICROSECOND)

    for (let i = 0; i < 100; i++) lock.performed(A, BUILTIN)
    expect(hand.woken()).toEqual([])
    lock.performed(A, BUILTIN)
    expect(hand.woken()).toEqual([B])
  })

  test('takes calls that wake somebody to last as long as it is told on average, some much longer', () => {
    const { lock } = lockWith()
    const durations = Array.from({ length: 2000 }, () => {
      lock.enter(A)
      lock.enter(B)
      for (let i = 0; i < 35; i++) lock.performed(A, READ)
      const duration = timeToAsking(lock.enter(A))
      lock.enter(A)
      lock.enter(B)
      return duration
    }).filter((duration) => duration >= 0)
    const mean = durations.reduce((sum, duration) => sum + duration, 0) / durations.length

    expect(durations.length).toBeGreaterThan(1000)
    expect(mean / MICROSECOND).toBeGreaterThan(3.7)
    expect(mean / MICROSECOND).toBeLessThan(4.3)
    expect(Math.max(...durations)).toBeGreaterThan(15 * MICROSECOND)
  })

  test('is free for anybody once its holder waits for something else, or ends', () => {
    const { hand, lock } = lockWith()
    lock.enter(A)
    lock.enter(B)
    lock.enter(C)

    lock.leave(A)
    expect(hand.woken()).toEqual([B])
    expect(lock.enter(B)).toBe(0)
    lock.ended(B)
    expect(hand.woken()).toEqual([C])
    expect(lock.enter(C)).toBe(0)
  })

  test('wakes the next if the waiter that was woken ends on its way', () => {
    const { hand, lock } = lockWith()
    lock.enter(A)
    lock.enter(B)
    lock.enter(C)
    lock.leave(A)
    hand.woken()

    lock.ended(B)
    expect(hand.woken()).toEqual([C])
  })
})
