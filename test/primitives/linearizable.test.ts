import { explore, type ExploreOptions, type Program, program, replay, type Steps, type Vocabulary } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exploreText } from '../../src/report/explore-text.js'
import { makeStyle } from '../../src/report/report-style.js'

type Numbers = readonly number[]

const stackModel = {
  initial: [] as Numbers,
  methods: {
    push: (items: Numbers, item: number) => ({ state: [item, ...items], result: undefined }),
    pop: (items: Numbers) => ({ state: items.slice(1), result: items[0] ?? null }),
  },
}

const queueModel = {
  initial: [] as Numbers,
  methods: {
    put: (items: Numbers, item: number) => ({ state: [...items, item], result: undefined }),
    get: (items: Numbers) => ({ state: items.slice(1), result: items[0] ?? null }),
  },
}

const counterModel = {
  initial: 0,
  methods: { next: (count: number) => ({ state: count + 1, result: count }) },
}

/** A list in a cell that is read and written as if nobody else were there. */
function unsafeList(p: Vocabulary) {
  const items = p.cell<Numbers>('items', [])
  return {
    *push(item: number) {
      yield* items.write([item, ...(yield* items.read())])
    },
    *put(item: number) {
      yield* items.write([...(yield* items.read()), item])
    },
    *pop() {
      const [first = null, ...rest] = yield* items.read()
      yield* items.write(rest)
      return first
    },
    *get() {
      const [first = null, ...rest] = yield* items.read()
      yield* items.write(rest)
      return first
    },
  }
}

/** The same under a lock. */
function lockedList(p: Vocabulary) {
  const list = unsafeList(p)
  const lock = p.lock('lock')
  return {
    push: (item: number) => lock.hold(() => list.push(item)),
    put: (item: number) => lock.hold(() => list.put(item)),
    pop: () => lock.hold(() => list.pop()),
    get: () => lock.hold(() => list.get()),
  }
}

const stackOf = (make: typeof unsafeList) =>
  program('stack', {}, (_params, p) => {
    const stack = p.linearizable('stack', make(p), stackModel)
    for (const [name, item] of [
      ['A', 1],
      ['B', 2],
    ] as const)
      p.thread(name, function* () {
        yield* stack.push(item)
        yield* stack.pop()
      })
  })

const queueOf = (make: typeof unsafeList) =>
  program('queue', {}, (_params, p) => {
    const queue = p.linearizable('queue', make(p), queueModel)
    p.thread('producer', function* () {
      yield* queue.put(1)
      yield* queue.put(2)
    })
    p.thread('consumer', function* () {
      yield* queue.get()
      yield* queue.get()
    })
  })

const counterBy = (next: (p: Vocabulary) => () => Steps<number>) =>
  program('counter', {}, (_params, p) => {
    const counter = p.linearizable('counter', { next: next(p) }, counterModel)
    for (const name of ['A', 'B']) p.thread(name, () => counter.next())
  })

const readThenWrite = counterBy((p) => {
  const count = p.atomic('count', 0)
  return function* () {
    const seen = yield* count.read()
    yield* count.write(seen + 1)
    return seen
  }
})

const addAtOnce = counterBy((p) => {
  const count = p.atomic('count', 0)
  return () => count.add(1)
})

/**
 * Treiber's stack of the items 1 to 3, each its own node: `top` is exchanged if it is still what it was. 1 lies on 2 at
 * first. With a stamp, `top` is never what it was.
 */
const treiber = (stamped: boolean) =>
  program('treiber', {}, (_params, p) => {
    const top = p.atomic('top', { node: 1, stamp: 0 })
    const next = [0, 2, 0, 0].map((node, i) => p.atomic(`next ${i}`, node))
    const after = (stamp: number) => (stamped ? stamp + 1 : 0)
    const stack = p.linearizable(
      'stack',
      {
        *push(item: number) {
          for (;;) {
            const seen = yield* top.read()
            yield* next[item].write(seen.node)
            const found = yield* top.compareExchange(seen, { node: item, stamp: after(seen.stamp) })
            if (found === seen) return
          }
        },
        *pop() {
          for (;;) {
            const seen = yield* top.read()
            if (seen.node === 0) return null
            const below = yield* next[seen.node].read()
            const found = yield* top.compareExchange(seen, { node: below, stamp: after(seen.stamp) })
            if (found === seen) return seen.node
          }
        },
      },
      { ...stackModel, initial: [1, 2] },
    )
    p.thread('A', function* () {
      yield* stack.pop()
      yield* stack.pop()
    })
    p.thread('B', function* () {
      const first = yield* stack.pop()
      yield* stack.pop()
      if (first !== null) yield* stack.push(first)
    })
  })

const STRATEGIES: readonly ExploreOptions[] = [
  { strategy: 'graph' },
  { strategy: 'dpor' },
  { reduction: true },
  { preemptions: 10 },
]

async function isLinearizable(subject: Program, options: ExploreOptions): Promise<boolean> {
  const { violations, complete } = await explore(subject, options)
  expect(complete).toBe(true)
  return violations.every(({ kind }) => kind !== 'property')
}

describe.each(STRATEGIES.map((options) => [JSON.stringify(options), options] as const))('With %s', (_name, options) => {
  test.each([
    ['a stack', stackOf],
    ['a queue', queueOf],
  ])('%s is linearizable with a lock, and not without', async (_what, make) => {
    expect(await isLinearizable(make(lockedList), options)).toBe(true)
    expect(await isLinearizable(make(unsafeList), options)).toBe(false)
  })

  test('a counter is linearizable if it adds at once, and not if it reads and then writes', async () => {
    expect(await isLinearizable(addAtOnce, options)).toBe(true)
    expect(await isLinearizable(readThenWrite, options)).toBe(false)
  })

  test("Treiber's stack is not linearizable where a node comes back (ABA), but is with stamps", async () => {
    expect(await isLinearizable(treiber(true), options)).toBe(true)
    expect(await isLinearizable(treiber(false), options)).toBe(false)
  })
})

describe('The least schedule of what is not linearizable', () => {
  // A reads and is preempted once; B counts, returns 0 and ends; A then writes and returns 0 as well.
  test('of a counter that reads and then writes has one preemption and eight steps', async () => {
    const { violations } = await explore(readThenWrite)
    expect(violations).toMatchObject([
      {
        kind: 'property',
        message: 'counter is linearizable',
        schedule: 'A A B B B B A A',
        preemptions: 1,
        steps: 8,
        isLeast: true,
        history: {
          object: 'counter',
          calls: [
            { thread: 'A', method: 'next', args: [], result: 0, from: 1, to: 8 },
            { thread: 'B', method: 'next', args: [], result: 0, from: 3, to: 6 },
          ],
          unexplained: 0,
          possible: [1],
        },
      },
    ])
  })

  // A has read the top and what is below, and is preempted; B pops both and pushes the first again: three calls of five
  // steps. A then takes the top off, and its second pop finds what B has popped.
  test("of Treiber's stack has one preemption and 25 steps", async () => {
    const { violations } = await explore(treiber(false))
    expect(violations).toMatchObject([{ kind: 'property', preemptions: 1, steps: 25, isLeast: true }])
    expect(violations[0].history).toMatchObject({ unexplained: 4, possible: [null] })
    expect(
      violations[0].history?.calls.map(({ thread, method, result }) => `${thread} ${method} ${String(result)}`),
    ).toEqual(['A pop 1', 'B pop 1', 'B pop 2', 'B push undefined', 'A pop 2'])
  })
})

describe('A history', () => {
  test('is drawn as intervals, with the result that cannot be explained', async () => {
    const report = await explore(readThenWrite)
    const replays = report.violations.map(({ token }) => replay(readThenWrite, token))
    const text = exploreText(report, { source: 'x', replays }, makeStyle('en'))
    expect(text).toContain(`calls of counter, from call to return:
      A  ├────────┤  next() → 0   ✗
      B     ├──┤     next() → 0
  A's counter.next() returns 0, and no order in which the calls could have taken effect one after the other explains that: it could have returned 1.
`)
    expect(replays[0].histories).toEqual([report.violations[0].history])
    expect(exploreText(report, { source: 'x', replays }, makeStyle('fr'))).toContain(
      "  counter.next(), appelé par A, renvoie 0, ce que n'explique aucun ordre dans lequel les appels auraient pu prendre effet l'un après l'autre : il aurait pu renvoyer 1.\n",
    )
  })

  test('is part of no outcome', async () => {
    const { outcomes, counts } = await explore(addAtOnce)
    expect(counts.interleavings).toBe('20')
    expect(outcomes.map(({ final, results }) => [final, results])).toEqual([
      [{ count: 2 }, { A: 0, B: 1 }],
      [{ count: 2 }, { A: 1, B: 0 }],
    ])
  })

  test('orders nothing: accesses in recorded calls race as they do in others', async () => {
    const { violations } = await explore(stackOf(unsafeList))
    const [, second] = violations
    expect(second).toMatchObject({ kind: 'race', race: { object: 'items', lastSync: null } })
  })

  test('explains calls that have not returned as if they had taken effect, or not', async () => {
    // The one who waits for ever has left its number behind, or nobody would find it.
    const subject = program('waits for ever', {}, (_params, p) => {
      const cell = p.atomic('cell', 0)
      const gate = p.lock('gate')
      const register = p.linearizable(
        'register',
        {
          *write(value: number) {
            yield* cell.write(value)
            yield* gate.acquire()
          },
          read: () => cell.read(),
        },
        {
          initial: 0,
          methods: {
            write: (_state: number, value: number) => ({ state: value, result: undefined }),
            read: (state: number) => ({ state, result: state }),
          },
        },
      )
      p.thread('A', function* () {
        yield* gate.acquire()
        yield* register.write(1)
      })
      p.thread('B', () => register.read())
    })
    const { violations, outcomes } = await explore(subject)
    expect(violations.map(({ kind }) => kind)).toEqual(['deadlock'])
    expect(outcomes.map(({ results }) => results?.['B']).sort()).toEqual([0, 1])
  })

  test('knows of calls that cannot return yet', async () => {
    const handOver = (waits: boolean) =>
      program('hand over', {}, (_params, p) => {
        const full = p.semaphore('full', 0)
        const slot = p.linearizable(
          'slot',
          {
            put: () => full.release(),
            *take() {
              if (waits) yield* full.acquire()
            },
          },
          {
            initial: 0,
            methods: {
              put: (count: number) => ({ state: count + 1, result: undefined }),
              take: (count: number) => (count === 0 ? null : { state: count - 1, result: undefined }),
            },
          },
        )
        p.thread('A', () => slot.put())
        p.thread('B', () => slot.take())
      })
    expect((await explore(handOver(true))).verdict).toBe('holds')
    expect((await explore(handOver(false))).violations).toMatchObject([{ kind: 'property', schedule: 'B B' }])
  })

  test('tells of methods that throw', async () => {
    const subject = program('throws', {}, (_params, p) => {
      const list = p.linearizable(
        'list',
        {
          // eslint-disable-next-line require-yield -- it fails at once
          *first(): Steps<number> {
            throw new RangeError('empty')
          },
        },
        { initial: 0, methods: { first: (state: number) => ({ state, result: { throws: 'RangeError: empty' } }) } },
      )
      p.thread('A', function* () {
        try {
          yield* list.first()
        } catch (error) {
          return error instanceof RangeError
        }
        return false
      })
    })
    const { verdict, outcomes } = await explore(subject)
    expect([verdict, outcomes[0].results]).toEqual(['holds', { A: true }])
  })

  test('names an object of the library by its own name, and refuses methods that there are not', async () => {
    const semaphore = program('semaphore', {}, (_params, p) => {
      const permits = p.linearizable(p.semaphore('permits', 1), {
        initial: 1,
        methods: {
          tryAcquire: (left: number) => ({ state: Math.max(0, left - 1), result: left > 0 }),
        },
      })
      for (const name of ['A', 'B']) p.thread(name, () => permits.tryAcquire())
    })
    expect((await explore(semaphore)).verdict).toBe('holds')
    const lacking = program('lacking', {}, (_params, p) => {
      p.linearizable('nothing', {} as { go(): Steps<void> }, {
        initial: 0,
        methods: { go: (state: number) => ({ state, result: undefined }) },
      })
      p.thread('A', () => p.yieldNow())
    })
    await expect(explore(lacking)).rejects.toMatchObject({ code: 'program/no-method' })
  })

  test('is refused by equivalence reads-from, as every property of all states', async () => {
    await expect(explore(addAtOnce, { equivalence: 'reads-from' })).rejects.toMatchObject({
      code: 'usage/reads-from-always',
    })
  })
})
