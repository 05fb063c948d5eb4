import {
  type Event,
  explore,
  type ExploreReport,
  type LifoQueue,
  type Lock,
  type PriorityQueue,
  type Program,
  program,
  replay,
  type Steps,
} from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { TwinVocabulary } from '../../src/primitives/twin-vocabulary.js'
import { Vocabulary } from '../../src/primitives/vocabulary.js'

/** A client of a primitive: what its threads return must not tell the contract from its twin. */
type Client = (p: Vocabulary) => Readonly<Record<string, () => Steps<unknown>>>

const clientProgram = (client: Client, Words: typeof Vocabulary): Program => ({
  name: 'client',
  defaults: {},
  module: undefined,
  time: 'free',
  twins: false,
  declare: (sink) => {
    const p = new Words(sink)
    for (const [name, body] of Object.entries(client(p))) p.thread(name, body)
  },
})

/** What came out, as threads see it, and what went wrong. */
function seen({ outcomes, violations, complete }: ExploreReport) {
  expect(complete).toBe(true)
  return {
    results: [
      ...new Set(outcomes.map(({ results, errors, waiting }) => JSON.stringify([results, errors, waiting == null]))),
    ].sort(),
    kinds: [...new Set(violations.map(({ kind }) => kind))].sort(),
  }
}

const inCritical = (p: Vocabulary, enter: () => Steps<unknown>, leave: () => Steps<unknown>) => {
  const counter = p.cell('counter', 0)
  return function* (): Steps<number> {
    yield* enter()
    const before = yield* counter.read()
    yield* counter.write(before + 1)
    yield* leave()
    return before
  }
}

const clients: Readonly<Record<string, Client>> = {
  'three threads at a lock': (p) => {
    const lock = p.lock('lock')
    const body = inCritical(
      p,
      () => lock.acquire(),
      () => lock.release(),
    )
    return { A: body, B: body, C: body }
  },
  'a lock that one only tries': (p) => {
    const lock = p.lock('lock')
    return {
      A: () => lock.hold(() => p.yieldNow()),
      B: function* () {
        const isTaken = yield* lock.tryAcquire()
        if (isTaken) yield* lock.release()
        return isTaken
      },
      C: () => lock.hold(() => p.yieldNow()),
    }
  },
  'a lock that one gives up': (p) => {
    const lock = p.lock('lock')
    return {
      A: () => lock.hold(() => p.yieldNow()),
      B: function* () {
        const isTaken = yield* lock.acquire({ timeout: 1 })
        if (isTaken) yield* lock.release()
        return isTaken
      },
    }
  },
  'a lock that is released once too often': (p) => {
    const lock = p.lock('lock')
    return {
      A: function* () {
        yield* lock.acquire()
        yield* lock.release()
        yield* lock.release()
      },
    }
  },
  'a lock that is never released': (p) => {
    const lock = p.lock('lock')
    return { A: () => lock.acquire(), B: () => lock.acquire() }
  },
  'a lock that is taken twice by re-entrance': (p) => {
    const lock = p.rlock('lock')
    const body = inCritical(
      p,
      () => lock.acquire(),
      () => lock.release(),
    )
    return { A: () => lock.hold(body), B: body }
  },
  'a re-entrant lock that somebody else releases': (p) => {
    const lock = p.rlock('lock')
    return {
      A: () => lock.hold(() => p.yieldNow()),
      B: function* () {
        try {
          yield* lock.release()
          return 'released'
        } catch (error) {
          return (error as Error).name
        }
      },
    }
  },
  'two permits for three threads': (p) => {
    const semaphore = p.semaphore('permits', 2)
    const inside = p.atomic('inside', 0)
    const body = () =>
      semaphore.hold(function* () {
        const before = yield* inside.add(1)
        yield* inside.add(-1)
        return before
      })
    return { A: body, B: body, C: body }
  },
  'permits given one at a time and two at a time': (p) => {
    const semaphore = p.semaphore('permits', 0)
    return {
      A: () => semaphore.acquire(),
      B: () => semaphore.acquire(),
      C: () => semaphore.release(2),
    }
  },
  'a permit that one gives up': (p) => {
    const semaphore = p.semaphore('permits', 0)
    return { A: () => semaphore.acquire({ timeout: 1 }), B: () => semaphore.release() }
  },
  'an event that is set': (p) => {
    const event = p.event('event')
    const before = p.cell('before', 0)
    return {
      A: function* () {
        yield* event.wait()
        return yield* before.read()
      },
      B: () => event.wait(),
      C: function* () {
        yield* before.write(1)
        yield* event.set()
      },
    }
  },
  'an event that is set and cleared': (p) => {
    const event = p.event('event')
    return {
      A: () => event.wait(),
      B: function* () {
        yield* event.set()
        yield* event.clear()
        return yield* event.isSet()
      },
    }
  },
  'an event that somebody clears while it is set': (p) => {
    const event = p.event('event')
    return {
      A: () => event.wait({ timeout: 1 }),
      B: () => event.set(),
      C: () => event.clear(),
    }
  },
  'a condition that is waited for until it holds': (p) => {
    const condition = p.condition('condition', p.lock('lock'))
    const ready = p.cell('ready', 0)
    const waiter = () =>
      condition.hold(function* () {
        yield* condition.waitFor(function* () {
          return (yield* ready.read()) === 1
        })
      })
    return {
      A: waiter,
      B: () =>
        condition.hold(function* () {
          yield* ready.write(1)
          yield* condition.notifyAll()
        }),
    }
  },
  'a condition that is notified before anybody waits': (p) => {
    const condition = p.condition('condition')
    return {
      A: () => condition.hold(() => condition.wait()),
      B: () => condition.hold(() => condition.notify()),
    }
  },
  'one notify for two waiters': (p) => {
    const condition = p.condition('condition', p.lock('lock'))
    const waiter = () => condition.hold(() => condition.wait())
    return { A: waiter, B: waiter, C: () => condition.hold(() => condition.notify()) }
  },
  'a wait that is given up': (p) => {
    const condition = p.condition('condition', p.lock('lock'))
    return {
      A: () => condition.hold(() => condition.wait({ timeout: 1 })),
      B: () => condition.hold(() => condition.notify()),
    }
  },
  'a notify without the lock': (p) => {
    const condition = p.condition('condition')
    return { A: () => condition.notify() }
  },
  'two threads at a barrier': (p) => {
    const barrier = p.barrier('barrier', 2)
    return { A: () => barrier.wait(), B: () => barrier.wait() }
  },
  'a barrier that is broken by a timeout': (p) => {
    const barrier = p.barrier('barrier', 2)
    const wait = function* (timeout?: number) {
      try {
        return yield* barrier.wait(timeout === undefined ? {} : { timeout })
      } catch (error) {
        return (error as Error).name
      }
    }
    return { A: () => wait(1), B: () => wait() }
  },
  'readers and a writer': (p) => {
    const lock = p.readerWriterLock('lock')
    const x = p.cell('x', 0)
    const y = p.cell('y', 0)
    const reader = () =>
      lock.holdRead(function* () {
        return (yield* x.read()) - (yield* y.read())
      })
    return {
      A: reader,
      B: () =>
        lock.holdWrite(function* () {
          yield* x.write(1)
          yield* y.write(1)
        }),
      C: reader,
    }
  },
  'a queue between two threads': (p) => {
    const queue = p.queue<number>('queue', { maxsize: 1 })
    return {
      A: function* () {
        yield* queue.put(1)
        yield* queue.put(2)
      },
      B: function* () {
        return [yield* queue.get(), yield* queue.get()]
      },
    }
  },
  'a queue that is looked into': (p) => {
    const queue = p.queue<number>('queue')
    return {
      A: () => queue.put(1),
      B: function* () {
        try {
          return yield* queue.getNowait()
        } catch (error) {
          return (error as Error).name
        }
      },
    }
  },
  'a queue whose tasks are waited for': (p) => {
    const queue = p.queue<number>('queue')
    const done = p.cell('done', 0)
    return {
      A: function* () {
        yield* queue.put(1)
        yield* queue.join()
        return yield* done.read()
      },
      B: function* () {
        yield* queue.get()
        yield* done.write(1)
        yield* queue.taskDone()
      },
    }
  },
}

const ofAllOrders = {
  'a LIFO queue': (p: Vocabulary) => p.lifoQueue<number>('queue', { maxsize: 2 }),
  'a priority queue': (p: Vocabulary) => p.priorityQueue<number>('queue', { maxsize: 2 }),
}

const clientsOfOrders = Object.entries(ofAllOrders).flatMap(([title, declare]): [string, Client][] => [
  [
    `${title} of which the order is seen`,
    (p) => {
      const queue = declare(p)
      return {
        A: function* () {
          for (const n of [1, 2]) yield* queue.put(n)
        },
        B: function* () {
          return [yield* queue.get(), yield* queue.get()]
        },
      }
    },
  ],
  [
    `${title} that is full, and whose tasks are waited for`,
    (p) => {
      const queue = declare(p)
      return {
        A: function* () {
          for (const n of [3, 1]) yield* queue.put(n)
          try {
            yield* queue.put(2, { timeout: 1 })
          } catch (error) {
            return (error as Error).name
          }
        },
        B: function* () {
          const got = yield* queue.get()
          yield* queue.taskDone()
          return [got, yield* queue.qsize()]
        },
      }
    },
  ],
])

const someEntries = [3, 1, 2, 2, 0, 5, 4]

const alone: Readonly<Record<string, Client>> = {
  'a heap': (p) => {
    const queue = p.priorityQueue<readonly number[]>('queue')
    return {
      A: function* () {
        for (const [i, n] of someEntries.entries()) yield* queue.put([n, i])
        const got: unknown[] = []
        while (!(yield* queue.empty())) got.push(yield* queue.get())
        return got
      },
    }
  },
  'entries that have no order': (p) => {
    const queue = p.priorityQueue<unknown>('queue')
    return {
      A: function* () {
        const met: unknown[] = []
        for (const entry of [2, 1, 'x', 3])
          try {
            yield* queue.put(entry)
          } catch (error) {
            met.push((error as Error).name)
          }
        while (!(yield* queue.empty()))
          try {
            met.push(yield* queue.get())
          } catch (error) {
            met.push((error as Error).message)
          }
        return met
      },
    }
  },
  'a stack': (p) => {
    const queue = p.lifoQueue<number>('queue')
    return {
      A: function* () {
        for (const n of someEntries) yield* queue.put(n)
        const got = [yield* queue.get(), yield* queue.get()]
        yield* queue.put(9)
        while (!(yield* queue.empty())) got.push(yield* queue.get())
        return got
      },
    }
  },
}

describe('Clients cannot tell a contract from its twin:', () => {
  test.each([...Object.entries(clients), ...clientsOfOrders, ...Object.entries(alone)])(
    '%s',
    async (_title, client) => {
      const contract = seen(await explore(clientProgram(client, Vocabulary)))
      const twin = await explore(clientProgram(client, TwinVocabulary), { maxStates: 3_000_000 })
      expect(seen(twin)).toEqual(contract)
    },
  )
})

/** A lock whose release wakes nobody, as if nobody could sleep. */
class Forgetful extends Vocabulary {
  override lock(name: string): Lock {
    const state = this.atomic(name, 0)
    const lock = {
      *acquire() {
        while ((yield* state.exchange(1)) === 1) yield* state.wait(1)
      },
      release: () => state.write(0),
    }
    return lock as unknown as Lock
  }
}

/** A lock that looks and takes in two steps. */
class Hasty extends Vocabulary {
  override lock(name: string): Lock {
    const state = this.atomic(name, 0)
    const lock = {
      *acquire() {
        if ((yield* state.read()) === 1) yield* state.wait(1)
        yield* state.write(1)
      },
      *release() {
        yield* state.write(0)
        yield* state.wake()
      },
    }
    return lock as unknown as Lock
  }
}

/** An event that wakes one of those who wait. */
class Stingy extends Vocabulary {
  override event(name: string): Event {
    const flag = this.atomic(name, 0)
    const event = {
      *wait() {
        while ((yield* flag.read()) === 0) yield* flag.wait(0)
        return true
      },
      *set() {
        yield* flag.write(1)
        yield* flag.wake(1)
      },
      clear: () => flag.write(0),
      *isSet() {
        return (yield* flag.read()) === 1
      },
    }
    return event as unknown as Event
  }
}

/** Queues that are all first in, first out. */
class Unsorted extends TwinVocabulary {
  override lifoQueue<T>(name: string): LifoQueue<T> {
    return this.queue<T>(name) as LifoQueue<T>
  }

  override priorityQueue<T>(name: string): PriorityQueue<T> {
    return this.queue<T>(name) as unknown as PriorityQueue<T>
  }
}

describe('Clients can tell a contract from a broken twin:', () => {
  test.each([
    ['a lock that wakes nobody', 'three threads at a lock', Forgetful],
    ['a lock that looks and takes in two steps', 'three threads at a lock', Hasty],
    ['an event that wakes one of two', 'an event that is set', Stingy],
    ['a heap that is none', 'a heap', Unsorted],
    ['a stack that is a ring', 'a stack', Unsorted],
  ])('%s', async (_title, name, broken) => {
    const client = (clients[name] ?? alone[name])!
    const contract = seen(await explore(clientProgram(client, Vocabulary)))
    expect(seen(await explore(clientProgram(client, broken)))).not.toEqual(contract)
  })
})

describe('A program in the mode of twins', () => {
  const account = program('account', {}, (_params, p) => {
    const lock = p.lock('lock')
    const counter = p.cell('counter', 0)
    for (const name of ['A', 'B'])
      p.thread(name, () =>
        lock.hold(function* () {
          yield* counter.write((yield* counter.read()) + 1)
        }),
      )
    p.finally('nothing is counted', (final) => final(counter) === 0)
  })

  test('takes the steps of their algorithms, and says so', async () => {
    const contract = await explore(account)
    const twins = await explore(account, { twins: true })
    expect(twins).toMatchObject({ twins: true, verdict: 'violated', complete: true })
    expect(contract.twins).toBeUndefined()
    expect(twins.counts.states!).toBeGreaterThan(contract.counts.states! * 2)
  })

  test('is replayed in it by its tokens', async () => {
    const { violations } = await explore(account, { twins: true })
    const { token } = violations[0]
    expect(token).toMatch(/^e1\.mtwins\./)
    const run = replay(account, token)
    expect(run.twins).toBe(true)
    expect(run.steps.map(({ operation }) => operation)).toContain('compareExchange')
  })

  test('is explored by dpor to the same end', async () => {
    const [graph, dpor] = await Promise.all(
      (['graph', 'dpor'] as const).map((strategy) => explore(account, { twins: true, strategy })),
    )
    expect(dpor.outcomes.map(({ final }) => final)).toEqual(graph.outcomes.map(({ final }) => final))
    expect(dpor.violations.map(({ kind }) => kind)).toEqual(graph.violations.map(({ kind }) => kind))
  })
})
