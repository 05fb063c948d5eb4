import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../../../../src/engine/random.js'
import { EventQueue } from '../../../../src/engine/simulate/kernel/event-queue.js'
import { SEED } from '../../support/seed.js'
import { codeOf } from './code-of.js'
import { SortedList } from './sorted-list.js'

/** How long events wait, as models schedule them. */
const delays = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 3 }),
  fc.constant(1000),
  fc.integer({ min: 0, max: 1e6 }),
  fc.integer({ min: 0, max: 1e15 }),
)

type Command =
  | { readonly kind: 'add'; readonly delay: number; readonly priority: number }
  | { readonly kind: 'take' | 'cancel'; readonly which: number }
  | { readonly kind: 'takeUntil'; readonly delay: number }

const command: fc.Arbitrary<Command> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('add' as const), delay: delays, priority: fc.nat(31) }), weight: 4 },
  { arbitrary: fc.record({ kind: fc.constant('take' as const), which: fc.constant(0) }), weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(10_000) }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('takeUntil' as const), delay: delays }), weight: 1 },
)

/** A queue and its oracle, which must answer alike. */
class Both {
  readonly queue = new EventQueue()
  readonly oracle = new SortedList()
  readonly #names = new Map<number, number>()
  readonly ids: number[] = []
  now = 0

  add(delay: number, priority: number): void {
    const time = this.now + delay
    const slot = this.queue.add(time, priority)
    this.#names.set(slot, this.ids.length)
    this.oracle.add(time, priority, this.ids.length)
    this.ids.push(this.queue.idOf(slot))
  }

  take(until = Infinity): void {
    expect(this.queue.nextTime).toBe(this.oracle.nextTime)
    const expected = this.oracle.take(until)
    const slot = this.queue.take(until)
    expect(slot === -1 ? undefined : this.#names.get(slot)).toBe(expected?.name)
    if (expected === undefined) return
    expect(this.queue.timeOf(slot)).toBe(expected.time)
    this.now = expected.time
  }

  cancel(name: number): void {
    expect(this.queue.cancel(this.ids[name])).toBe(this.oracle.cancel(name))
  }

  takeAll(): void {
    while (this.oracle.size > 0) this.take()
    expect(this.queue.take()).toBe(-1)
  }
}

function perform(both: Both, commands: readonly Command[]): void {
  for (const { kind, ...given } of commands as readonly (Command & Record<string, number>)[]) {
    if (kind === 'add') both.add(given.delay, given.priority)
    else if (kind === 'take') both.take()
    else if (kind === 'takeUntil') both.take(both.now + given.delay)
    else if (both.ids.length > 0) both.cancel(given.which % both.ids.length)
    expect(both.queue.size).toBe(both.oracle.size)
  }
}

describe('The event queue', () => {
  test('gives out what a sorted list gives out: by time, priority class and sequence, without the cancelled', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const both = new Both()
        perform(both, commands)
        both.takeAll()
      }),
      { seed: SEED, numRuns: 400 },
    )
  })

  test('does so too when it holds many events, grows and shrinks', () => {
    const start = fc.array(fc.record({ delay: delays, priority: fc.nat(31) }), { minLength: 100, maxLength: 600 })
    const body = fc.array(command, { minLength: 300, maxLength: 800 })
    fc.assert(
      fc.property(start, body, body, (added, first, second) => {
        const both = new Both()
        for (const { delay, priority } of added) both.add(delay, priority)
        perform(both, first)
        both.takeAll()
        perform(both, second)
        both.takeAll()
      }),
      { seed: SEED, numRuns: 15 },
    )
  })

  test('gives the number of an event to no other, and its slot to the next', () => {
    const queue = new EventQueue()
    const ids = new Set<number>()
    const slots = new Set<number>()
    for (let i = 0; i < 20_000; i++) {
      const slot = queue.add(1e12 + i, 0)
      slots.add(slot)
      ids.add(queue.idOf(slot))
      if (i % 2 === 0) expect(queue.cancel(queue.idOf(slot))).toBe(true)
      else expect(queue.take()).toBe(slot)
    }
    expect(ids.size).toBe(20_000)
    expect(slots.size).toBeLessThan(100)
  })

  test('does not keep the slots of many cancelled events behind one that is due later or sooner', () => {
    for (const due of [0, 1e12]) {
      const queue = new EventQueue()
      queue.add(due, 0)
      for (let i = 0; i < 100; i++) queue.add(1e9, 0)
      const slots = new Set<number>()
      for (let i = 0; i < 20_000; i++) {
        const slot = queue.add(1e6 * i, 0)
        slots.add(slot)
        queue.cancel(queue.idOf(slot))
      }
      expect(slots.size).toBeLessThan(400)
      expect(queue.size).toBe(101)
      expect(queue.timeOf(queue.take())).toBe(Math.min(due, 1e9))
    }
  })

  test('goes forward with every kind of delay, however many events are due at once or far off', () => {
    const random = new Random('delays')
    const kinds: Record<string, () => number> = {
      constant: () => 1000,
      none: () => 0,
      'half of them none': () => 1000 * random.below(2),
      'short and long': () => (random.below(2) === 0 ? random.below(100) : random.below(1e12)),
      growing: () => 2 ** random.below(45),
    }
    for (const [kind, delay] of Object.entries(kinds)) {
      const queue = new EventQueue()
      queue.add(2 ** 52, 0)
      for (let i = 0; i < 20_000; i++) queue.add(delay(), 0)
      let last = 0
      for (let i = 0; i < 100_000; i++) {
        const now = queue.timeOf(queue.take())
        if (now < last) expect.fail(`${kind}: ${now} after ${last}`)
        last = now
        queue.add(now + delay(), 0)
      }
      expect(queue.size).toBe(20_001)
    }
  }, 20_000)

  test('refuses priority classes that are none', () => {
    const queue = new EventQueue()
    for (const priority of [-1, 32, 0.5, NaN]) expect(codeOf(() => queue.add(0, priority))).toBe('kernel/priority')
    expect(queue.size).toBe(0)
  })
})
