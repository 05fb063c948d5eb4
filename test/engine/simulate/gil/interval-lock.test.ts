import { describe, expect, test } from 'vitest'
import { GIL_VERSIONS, type IntervalConfig } from '../../../../src/engine/simulate/gil/gil-config.js'
import { IntervalLock } from '../../../../src/engine/simulate/gil/interval-lock.js'
import { BLOCKS } from '../../../../src/engine/simulate/os/work.js'
import { MICROSECOND, MILLISECOND } from './support/computer.js'
import { ACQUIRE, BUILTIN, CALL, Hand, PROGRESS, READ, SPIN, WRITE } from './support/hand.js'

const [A, B, C, D] = [0, 1, 2, 3]

function lockOf(version: '3.9' | '3.12', changes: Partial<IntervalConfig> = {}) {
  const hand = new Hand()
  const lock = new IntervalLock(hand, { ...GIL_VERSIONS[version], timerSlack: 0, ...changes })
  return { hand, lock }
}

/** A holds the lock and computes; B has waited for an interval and has just asked for it. */
function asked(version: '3.9' | '3.12' = '3.12') {
  const { hand, lock } = lockOf(version)
  lock.enter(A, SPIN)
  lock.enter(B, READ)
  hand.until(5 * MILLISECOND)
  hand.woken()
  lock.enter(B, READ)
  return { hand, lock }
}

describe('A lock with an interval', () => {
  test('is free for whoever comes first, and for the holder ever after', () => {
    const { hand, lock } = lockOf('3.12')

    expect(lock.enter(A, READ)).toBe(0)
    expect(lock.enter(A, WRITE)).toBe(0)
    expect(hand.observer.of(A)).toMatchObject({ waits: 0, switches: 1 })
  })

  test('blocks everybody else, for whom a patience of one interval begins', () => {
    const { hand, lock } = lockOf('3.12')
    lock.enter(A, SPIN)

    expect(lock.enter(B, READ)).toBe(BLOCKS)
    hand.until(5 * MILLISECOND - 1)
    expect(hand.woken()).toEqual([])
    hand.until(5 * MILLISECOND)
    expect(hand.woken()).toEqual([B])
  })

  test('is never asked for while nobody waits, however long the holder has had it', () => {
    const { hand, lock } = lockOf('3.12')
    lock.enter(A, SPIN)

    hand.until(1000 * MILLISECOND)
    expect(hand.kernel.pending).toBe(0)
    expect(hand.wasCut()).toEqual([])
  })

  test('is asked for by a waiter only once the waiter runs again: its patience alone does nothing', () => {
    const { hand, lock } = lockOf('3.12')
    lock.enter(A, SPIN)
    lock.enter(B, READ)

    hand.until(9 * MILLISECOND)
    expect(hand.wasCut()).toEqual([])
    expect(lock.enter(B, READ)).toBe(BLOCKS)
    expect(hand.wasCut()).toEqual([A])
    expect(hand.observer.of(B).requests).toBe(1)
  })

  test('is not asked for by a waiter that has seen a switch meanwhile: its patience begins again', () => {
    const { hand, lock } = lockOf('3.12')
    lock.enter(A, SPIN)
    lock.enter(B, READ)
    hand.until(1 * MILLISECOND)
    lock.enter(C, READ)
    hand.until(2 * MILLISECOND)
    lock.leave(A)
    lock.enter(B, SPIN)

    hand.until(6 * MILLISECOND)
    lock.enter(C, READ)
    expect(hand.observer.of(C).requests).toBe(0)
    hand.until(11 * MILLISECOND)
    lock.enter(C, READ)
    expect(hand.observer.of(C).requests).toBe(1)
  })

  test('is given back where the holder looks next, and taken by the waiter that is woken', () => {
    const { hand, lock } = asked()

    lock.performed(A, SPIN)
    expect(hand.woken()).toEqual([B])
    expect(lock.enter(B, READ)).toBe(0)
    expect(hand.observer.of(A).forced).toBe(1)
    expect(hand.observer.of(B)).toMatchObject({ waited: 5 * MILLISECOND, waits: 1, switches: 1 })
  })

  test('is not for the holder that was asked until somebody else has had it', () => {
    const { hand, lock } = asked()
    lock.performed(A, SPIN)
    hand.woken()

    expect(lock.enter(A, SPIN)).toBe(BLOCKS)
    expect(hand.woken()).toEqual([])
    lock.enter(B, READ)
    expect(hand.woken()).toEqual([A])
    // It then waits as anybody does.
    expect(lock.enter(A, SPIN)).toBe(BLOCKS)
    hand.until(10 * MILLISECOND)
    expect(hand.woken()).toEqual([A])
  })

  test('lets a holder that was asked wait like anybody if somebody has had the lock before it looks', () => {
    const { hand, lock } = asked()
    lock.performed(A, SPIN)
    lock.enter(B, SPIN)
    hand.woken()

    expect(lock.enter(A, SPIN)).toBe(BLOCKS)
    hand.until(10 * MILLISECOND)
    expect(hand.woken()).toEqual([A])
  })

  test('may be taken again at once by who gave it back of its own accord: the waiter was woken in vain', () => {
    const { hand, lock } = lockOf('3.12')
    lock.enter(A, READ)
    lock.enter(B, READ)

    lock.leave(A)
    expect(hand.woken()).toEqual([B])
    expect(lock.enter(A, READ)).toBe(0)
    expect(lock.enter(B, READ)).toBe(BLOCKS)
    expect(hand.observer.of(A)).toMatchObject({ voluntary: 1, switches: 1 })
    expect(hand.observer.of(B)).toMatchObject({ wasted: 1, requests: 0, waits: 1 })
  })

  test('is asked for by a waiter that was woken in vain after another whole interval without a switch', () => {
    const { hand, lock } = lockOf('3.12')
    lock.enter(A, SPIN)
    lock.enter(B, READ)
    hand.until(4 * MILLISECOND)
    lock.leave(A)
    lock.enter(A, SPIN)
    lock.enter(B, READ)
    hand.woken()

    hand.until(8 * MILLISECOND)
    expect(hand.woken()).toEqual([])
    hand.until(9 * MILLISECOND)
    lock.enter(B, READ)
    expect(hand.observer.of(B).requests).toBe(1)
  })

  test('is no request of its holder any more once somebody has taken it', () => {
    const { hand, lock } = asked()
    lock.performed(A, SPIN)
    lock.enter(B, SPIN)
    hand.woken()

    lock.performed(B, CALL)
    expect(lock.enter(B, READ)).toBe(0)
    expect(hand.observer.of(B).forced).toBe(0)
  })

  test('obliges a holder that leaves of its own accord after it was asked, too', () => {
    const { hand, lock } = asked()
    lock.leave(A)
    hand.woken()

    expect(lock.enter(A, READ)).toBe(BLOCKS)
    lock.enter(B, READ)
    expect(hand.woken()).toEqual([A])
  })

  test('keeps a builtin function going to its end, and then looks', () => {
    const { hand, lock } = asked()

    expect(lock.enter(A, BUILTIN)).toBe(0)
    lock.performed(A, BUILTIN)
    expect(hand.woken()).toEqual([B])
  })

  test('is given back before interpreted code goes on, wherever the holder was when it was asked', () => {
    const { hand, lock } = asked()

    expect(lock.enter(A, SPIN)).toBe(BLOCKS)
    expect(hand.woken()).toEqual([B])
    expect(hand.observer.of(A).forced).toBe(1)
  })

  test.each([
    ['3.9', 'reading', READ, true],
    ['3.9', 'writing', WRITE, true],
    ['3.9', 'a call', CALL, true],
    ['3.9', 'taking a lock', ACQUIRE, true],
    ['3.9', 'what only tells the explorer something', PROGRESS, false],
    ['3.12', 'reading', READ, false],
    ['3.12', 'writing, where loops go back,', WRITE, true],
    ['3.12', 'a call', CALL, true],
    ['3.12', 'taking a lock', ACQUIRE, true],
    ['3.12', 'what only tells the explorer something', PROGRESS, false],
  ] as const)('of CPython %s: after %s a request is looked for: %4$s', (version, _what, operation, looks) => {
    const { hand, lock } = asked(version)

    lock.performed(A, operation)
    expect(hand.woken()).toEqual(looks ? [B] : [])
  })

  test('of CPython 3.12 is given back by a loop that only reads, after a few rounds', () => {
    const { hand, lock } = asked()

    for (let i = 0; i < 7; i++) lock.performed(A, READ)
    expect(hand.woken()).toEqual([])
    lock.performed(A, READ)
    expect(hand.woken()).toEqual([B])
  })

  test('wakes who came first, however often the patience of others has begun again since', () => {
    const { hand, lock } = lockOf('3.12')
    lock.enter(A, SPIN)
    for (const thread of [B, C, D]) lock.enter(thread, READ)
    hand.until(5 * MILLISECOND)
    // B waits again after C and D.
    for (const thread of [C, D, B]) lock.enter(thread, READ)
    hand.woken()

    lock.leave(A)
    expect(hand.woken()).toEqual([B])
  })

  test('wakes any of them if the system wakes any', () => {
    const first = new Set<number>()
    const { hand, lock } = lockOf('3.12', { wakes: 'any' })
    lock.enter(A, SPIN)
    for (const thread of [B, C, D]) lock.enter(thread, READ)
    for (let i = 0; i < 40; i++) {
      hand.woken()
      lock.leave(A)
      const [woken] = hand.woken()
      first.add(woken!)
      lock.enter(A, SPIN)
      lock.enter(woken!, READ)
    }

    expect([...first].toSorted()).toEqual([B, C, D])
  })

  test('asks after a microsecond if the interval is shorter', () => {
    const { hand, lock } = lockOf('3.12', { interval: 0 })
    lock.enter(A, SPIN)
    lock.enter(B, READ)

    hand.until(MICROSECOND - 1)
    expect(hand.woken()).toEqual([])
    hand.until(MICROSECOND)
    expect(hand.woken()).toEqual([B])
  })

  test('may end a wait later than asked for, by the slack of timers at most', () => {
    const ends = new Set<number>()
    const { hand, lock } = lockOf('3.12', { timerSlack: 50 * MICROSECOND })
    lock.enter(A, SPIN)
    for (let i = 0; i < 20; i++) {
      const began = hand.kernel.now
      lock.enter(B, READ)
      hand.kernel.run()
      ends.add(hand.kernel.now - began)
    }

    expect(ends.size).toBeGreaterThan(10)
    for (const end of ends) {
      expect(end).toBeGreaterThanOrEqual(5 * MILLISECOND)
      expect(end).toBeLessThan(5 * MILLISECOND + 50 * MICROSECOND)
    }
  })

  test('is free again when its holder ends', () => {
    const { hand, lock } = asked()

    lock.ended(A)
    expect(hand.woken()).toEqual([B])
    expect(lock.enter(B, READ)).toBe(0)
  })

  test('forgets a waiter that ends, and its patience', () => {
    const { hand, lock } = lockOf('3.12')
    lock.enter(A, SPIN)
    lock.enter(B, READ)

    lock.ended(B)
    expect(hand.kernel.pending).toBe(0)
    lock.leave(A)
    expect(hand.woken()).toEqual([])
  })

  test('wakes the next if the waiter that was woken ends on its way', () => {
    const { hand, lock } = lockOf('3.12')
    lock.enter(A, READ)
    lock.enter(B, READ)
    lock.enter(C, READ)
    lock.leave(A)
    hand.woken()

    lock.ended(B)
    expect(hand.woken()).toEqual([C])
  })

  test('lets a holder go on that waits for a switch if all who wanted the lock have ended', () => {
    const { hand, lock } = asked()
    lock.performed(A, SPIN)
    lock.enter(A, SPIN)
    hand.woken()

    lock.ended(B)
    expect(hand.woken()).toEqual([A])
    expect(lock.enter(A, SPIN)).toBe(0)
  })
})
