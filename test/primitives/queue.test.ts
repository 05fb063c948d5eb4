import {
  type Added,
  explore,
  LifoQueue,
  PriorityQueue,
  program,
  Queue,
  type QueueState,
  SimpleQueue,
  type Steps,
  type Taken,
} from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { expectLawToBeBroken, expectLawToHold } from '../laws/both-strategies.js'
import {
  type Channel,
  eachProducersOrder,
  gettingWhilePutting,
  type Numbered,
  ordersOf,
  possibleOrders,
} from '../laws/queue-order.js'
import { joinWaitsForAll, neverAboveMaxsize, type Tasks } from '../laws/queue-tasks.js'
import { alone } from '../engine/support/small-programs.js'
import { labels, run } from './support.js'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** A queue of one's own class, as broken as that is. */
function mutant<Q extends Queue<never>>(make: new (name: string, word: number, maxsize: number) => Q, maxsize = 0) {
  return (p: Vocabulary) =>
    p.declare('mutant', 'q', (words) => new make('q', words.data('state', { items: [], unfinished: 0 }), maxsize))
}

class TakesTheLast<T> extends Queue<T> {
  protected override taken(items: readonly T[]): Taken<T> {
    return { items: items.slice(0, -1), taken: { value: items.at(-1)! } }
  }
}

class TakesTheFirst<T> extends LifoQueue<T> {
  protected override taken(items: readonly T[]): Taken<T> {
    return { items: items.slice(1), taken: { value: items[0]! } }
  }
}

class DoesNotSift<T> extends PriorityQueue<T> {
  protected override added(items: readonly T[], item: T): Added<T> {
    return { items: [...items, item] }
  }
}

class LeavesWhatItTakes<T> extends Queue<T> {
  protected override taken(items: readonly T[]): Taken<T> {
    return { items: items.length > 1 ? items.slice(1) : items, taken: { value: items[0]! } }
  }
}

class PutsInTwoSteps<T> extends Queue<T> {
  override *put(item: T): Steps<void> {
    const seen = yield* this.perform({ name: 'look', step: (state: QueueState<T>) => ({ state, result: state }) })
    const state = { items: [...seen.items, item], unfinished: seen.unfinished + 1 }
    yield* this.perform({ name: 'put', args: [state], step: () => ({ state, result: undefined }) })
  }
}

class LooksForRoomFirst<T> extends Queue<T> {
  override *put(item: T): Steps<void> {
    yield* this.perform({
      name: 'look for room',
      ways: ({ items }) => (items.length === 0 ? 1 : 0),
      step: (state) => ({ state, result: undefined }),
    })
    yield* super.put(item)
  }
}

class JoinsWhenEmpty<T> extends Queue<T> {
  override join(): Steps<void> {
    return this.perform({
      name: 'join',
      ways: ({ items }) => (items.length === 0 ? 1 : 0),
      step: (state) => ({ state, result: undefined }),
    })
  }
}

const CHANNELS: readonly [string, <T>(p: Vocabulary) => Channel<T>][] = [
  ['A queue', (p) => p.queue('q')],
  ['A queue for one item', (p) => p.queue('q', { maxsize: 1 })],
  ['A simple queue', (p) => p.simpleQueue('q')],
]

describe.each(CHANNELS)('%s, in all interleavings,', (_title, declare) => {
  test.each([1, 2])(
    'loses and doubles nothing and keeps each producer’s order, for %i consumers',
    async (consumers) => {
      await expectLawToHold(eachProducersOrder((p) => declare<Numbered>(p), consumers))
    },
  )

  test('gives its items in the order in which they were put', async () => {
    expect(await ordersOf(gettingWhilePutting((p) => declare<number>(p), [1, 2, 3]))).toEqual(['[1,2,3]'])
  })
})

describe('The law of each producer’s order', () => {
  test.each([
    ['takes the last item', TakesTheLast, 'each producer’s items are seen in the order'],
    ['leaves the last item where it is', LeavesWhatItTakes, 'every item comes out once'],
    ['puts in two steps', PutsInTwoSteps, 'deadlock'],
  ] as const)('is broken by a queue that %s', async (_title, make, violation) => {
    await expectLawToBeBroken(eachProducersOrder(mutant(make) as (p: Vocabulary) => Queue<Numbered>, 1), violation)
  })
})

describe('Whoever gets while another puts', () => {
  const items = [2, 10, 1, 3]
  const last = (present: readonly number[]) => present.length - 1
  const least = (present: readonly number[]) => present.indexOf(Math.min(...present))
  const orders = (declare: (p: Vocabulary) => Channel<number>) => ordersOf(gettingWhilePutting(declare, items))

  test('sees just the orders that a stack allows', async () => {
    const allowed = possibleOrders(items, last)
    expect(allowed).toHaveLength(14)
    expect(await orders((p) => p.lifoQueue('q'))).toEqual(allowed)
    expect(await orders(mutant(TakesTheFirst) as (p: Vocabulary) => Queue<number>)).not.toEqual(allowed)
  })

  test('sees just the orders in which the least of those present comes next', async () => {
    const allowed = possibleOrders(items, least)
    expect(allowed.length).toBeGreaterThan(3)
    expect(await orders((p) => p.priorityQueue('q'))).toEqual(allowed)
    expect(await orders(mutant(DoesNotSift) as (p: Vocabulary) => Queue<number>)).not.toEqual(allowed)
  })

  test('sees fewer of them if there is less room', async () => {
    const all = await orders((p) => p.lifoQueue('q'))
    const some = await orders((p) => p.lifoQueue('q', { maxsize: 2 }))
    expect(all).toEqual(expect.arrayContaining([...some]))
    expect(some.length).toBeLessThan(all.length)
  })
})

const BOUNDED: readonly [string, (p: Vocabulary, maxsize: number) => Tasks][] = [
  ['A queue', (p, maxsize) => p.queue<number>('q', { maxsize })],
  ['A LIFO queue', (p, maxsize) => p.lifoQueue<number>('q', { maxsize })],
  ['A priority queue', (p, maxsize) => p.priorityQueue<number>('q', { maxsize })],
]

describe.each(BOUNDED)('%s, in all interleavings,', (_title, declare) => {
  test.each([1, 2])('holds at most %i items if that is its maxsize', async (maxsize) => {
    await expectLawToHold(neverAboveMaxsize((p) => declare(p, maxsize), maxsize, 3))
  })

  test.each([0, 1])('lets join return when all tasks are done (maxsize %i)', async (maxsize) => {
    await expectLawToHold(joinWaitsForAll((p) => declare(p, maxsize), 2))
  })
})

describe('The laws of tasks', () => {
  test('are broken by a queue that looks for room in a step of its own', async () => {
    const declare = mutant(LooksForRoomFirst) as (p: Vocabulary) => Tasks
    await expectLawToBeBroken(neverAboveMaxsize(declare, 1, 2), 'no more items than maxsize')
  })

  test('are broken by a queue that lets join return when it is empty', async () => {
    const declare = mutant(JoinsWhenEmpty) as (p: Vocabulary) => Tasks
    await expectLawToBeBroken(joinWaitsForAll(declare, 2), 'all tasks are done when join returns')
  })
})

describe('A queue', () => {
  test('tells that it is full or empty by errors called as in Python', async () => {
    const { result } = await run((p) => {
      const queue = p.queue<string>('q', { maxsize: 1 })
      return function* () {
        const errors: string[] = []
        const attempts = [
          () => queue.getNowait(),
          () => queue.get({ timeout: 1 }),
          () => queue.put('a'),
          () => queue.putNowait('b'),
          () => queue.put('b', { timeout: 1 }),
        ] as const
        for (const attempt of attempts)
          try {
            yield* attempt() as Steps<unknown>
          } catch (error) {
            errors.push(`${(error as Error).name}: ${(error as Error).message}`)
          }
        return errors
      }
    })
    expect(result).toEqual([
      'Empty: queue “q” is empty',
      'Empty: queue “q” is still empty after 1 s',
      'Full: queue “q” is full',
      'Full: queue “q” is still full after 1 s',
    ])
  })

  test('may time out or not if somebody puts meanwhile', async () => {
    const report = await explore(
      program('timeout', {}, (_params, p) => {
        const queue = p.queue<number>('q')
        p.thread('puts', () => queue.put(1))
        p.thread('gets', function* () {
          try {
            return yield* queue.get({ timeout: 1 })
          } catch {
            return 'nothing'
          }
        })
      }),
    )
    expect(report.outcomes.map(({ results }) => results?.['gets']).sort()).toEqual([1, 'nothing'])
  })

  test('takes it for misuse if taskDone is said too often', async () => {
    const misusing = alone((p) => {
      const queue = p.queue<number>('q')
      return function* () {
        yield* queue.put(1)
        yield* queue.taskDone()
        yield* queue.taskDone()
      }
    })
    expect((await explore(misusing)).violations).toMatchObject([
      { kind: 'misuse', message: expect.stringContaining('more often than items were put') },
    ])
  })

  test('shows its items and how many tasks are unfinished', async () => {
    const { final } = await run((p) => {
      const queue = p.queue<number>('q')
      return function* () {
        yield* queue.put(1)
        yield* queue.put(2)
        yield* queue.get()
      }
    })
    expect(final).toEqual({ q: { items: [2], unfinished: 2 } })
  })

  test.each([-1, 0.5])('cannot have maxsize %d', async (maxsize) => {
    const wrong = program('wrong', {}, (_params, p) => {
      p.queue('q', { maxsize })
    })
    await expect(explore(wrong)).rejects.toMatchObject({ code: 'program/bad-number' })
  })

  test('reads in a trace as its operations are written', async () => {
    const read = await labels((p) => {
      const queue = p.queue<string>('q', { maxsize: 1 })
      return function* () {
        yield* queue.put('a')
        try {
          yield* queue.putNowait('b')
        } catch {
          yield* queue.full()
        }
        yield* queue.get({ timeout: 2 })
        yield* queue.taskDone()
        yield* queue.join()
        yield* queue.empty()
        yield* queue.qsize()
      }
    })
    expect(read).toEqual([
      'put "a"',
      'putNowait "b": Full',
      'full → true',
      'get → "a" (timeout 2)',
      'taskDone',
      'join',
      'empty → true',
      'qsize → 0',
    ])
  })
})

describe('A priority queue', () => {
  test('throws a TypeError inside the thread where items have no order', async () => {
    const { result } = await run((p) => {
      const queue = p.priorityQueue<unknown>('q')
      return function* () {
        yield* queue.put(1)
        try {
          yield* queue.put('b')
        } catch (error) {
          return [(error as Error).name, (error as Error).message, yield* queue.qsize()]
        }
      }
    })
    expect(result).toEqual([
      'TypeError',
      'in priority queue “q”, nothing says which of a string and a number is less',
      2,
    ])
  })

  test('orders strings by code points and big integers among numbers', async () => {
    const { result } = await run((p) => {
      const texts = p.priorityQueue<string>('texts')
      const numbers = p.priorityQueue<number | bigint>('numbers')
      return function* () {
        for (const text of ['😀', '\uFFFF', 'b', '']) yield* texts.put(text)
        for (const number of [2n ** 70n, 1.5, 1n]) yield* numbers.put(number)
        const got: unknown[] = []
        for (let i = 0; i < 4; i++) got.push(yield* texts.get())
        for (let i = 0; i < 3; i++) got.push(yield* numbers.get())
        return got
      }
    })
    expect(result).toEqual(['', 'b', '\uFFFF', '😀', 1n, 1.5, 2n ** 70n])
  })
})

test('A simple queue is no queue that counts tasks', () => {
  expect(Object.getOwnPropertyNames(SimpleQueue.prototype)).not.toContain('taskDone')
})
