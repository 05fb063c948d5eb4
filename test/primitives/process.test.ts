import { explore, type ExploreReport, type Process, program, type Program, type Steps } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { exitCodeOf, WAYS_TO_END } from '../laws/exit-codes.js'
import { inOrderAndWhole } from '../laws/pipe-order.js'
import { isIsolated, writesOfThree } from '../laws/process-isolation.js'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

const seen = ({ outcomes }: ExploreReport) =>
  outcomes
    .map(({ final, results, errors, waiting, holds }) => JSON.stringify({ final, results, errors, waiting, holds }))
    .sort()
const found = ({ violations }: ExploreReport) => violations.map(({ kind, message }) => `${kind}: ${message}`).sort()

/** Explores all states and all traces; both find the same. */
async function bothWays(subject: Program): Promise<ExploreReport> {
  const graph = await explore(subject)
  const dpor = await explore(subject, { strategy: 'dpor' })
  expect([graph.complete, dpor.complete]).toEqual([true, true])
  expect(seen(dpor)).toEqual(seen(graph))
  expect(found(dpor)).toEqual(found(graph))
  return graph
}

/** What one thread of the main process returns, in every outcome. */
async function resultsOf(setup: (p: Vocabulary) => () => Steps<unknown>, search = bothWays): Promise<unknown[]> {
  const { outcomes } = await search(program('alone', {}, (_params, p) => void p.thread('main', setup(p))))
  const results = outcomes.map(
    ({ results: all, errors, waiting }) => errors?.['main'] ?? waiting?.['main'] ?? all?.['main'],
  )
  return [...new Set(results.map((result) => JSON.stringify(result)))].sort().map((text) => JSON.parse(text) as unknown)
}

describe('The memory of processes', () => {
  const memories = {
    'a cell': (p: Vocabulary) => p.cell('memory', 0),
    'a cell of data': (p: Vocabulary) => p.cell<unknown>('memory', 0, { holds: 'data' }),
    'an atomic that is updated': (p: Vocabulary) => {
      const atomic = p.atomic('memory', 0)
      return { read: () => atomic.read(), write: (value: number) => atomic.update(() => value) }
    },
    'an element of an array': (p: Vocabulary) => {
      const array = p.array('memory', 2)
      return { read: () => array.read(1), write: (value: number) => array.write(1, value) }
    },
  }
  for (const start of ['spawn', 'fork'] as const)
    test.each(Object.entries(memories))(`is its own, whoever writes: %s (${start})`, async (_title, declare) => {
      expect(isIsolated(await bothWays(writesOfThree(declare, start)))).toBe(true)
    })

  test('is common to all where an object is declared as shared, which the law notices', async () => {
    const shared = writesOfThree((p) => p.cell('memory', 0, { shared: true }), 'spawn')
    expect(isIsolated(await bothWays(shared))).toBe(false)
  })

  test.each([
    ['spawn', [0, 'free']],
    ['forkserver', [0, 'free']],
    ['fork', [5, 'held']],
  ] as const)('is, when a process is started by %s, what that gives it', async (start, expected) => {
    const results = await resultsOf((p) => {
      const cell = p.cell('cell', 0)
      const lock = p.lock('lock')
      const [mine, its] = p.pipe<unknown>('pipe')
      const child = p.process(
        'child',
        function* () {
          yield* its.send([yield* cell.read(), (yield* lock.tryAcquire()) ? 'free' : 'held'])
        },
        { start },
      )
      return function* () {
        yield* cell.write(5)
        yield* lock.acquire()
        yield* child.start()
        return yield* mine.recv()
      }
    })
    expect(results).toEqual([expected])
  })

  test('gives the child of a fork what the forking thread holds, to be released as often', async () => {
    const results = await resultsOf((p) => {
      const mine = p.rlock('mine')
      const shared = p.sharedArray('seen', 2)
      const child = p.process(
        'child',
        function* () {
          yield* mine.acquire()
          yield* mine.release()
          yield* mine.release()
          yield* shared.write(0, (yield* mine.tryAcquire()) ? 1 : 2)
        },
        { start: 'fork' },
      )
      return function* () {
        yield* mine.acquire()
        yield* child.start()
        yield* child.join()
        return yield* shared.read(0)
      }
    })
    expect(results).toEqual([1])
  })

  test('belongs to all threads of the process', async () => {
    const results = await resultsOf((p) => {
      const cell = p.cell('cell', 0)
      const value = p.sharedValue('value')
      const child = p.process('child', function* () {
        yield* cell.write(1)
        const thread = yield* p.spawn('thread', function* () {
          return yield* cell.read()
        })
        yield* value.write(yield* thread.join())
      })
      return function* () {
        yield* child.start()
        yield* child.join()
        return [yield* cell.read(), yield* value.read()]
      }
    })
    expect(results).toEqual([[0, 1]])
  })

  test('of a child of a fork is a copy of the child’s, also of what that has declared itself', async () => {
    const results = await resultsOf((p) => {
      const cell = p.cell('cell', 0)
      const value = p.sharedArray('value', 2)
      const child = p.process('child', function* () {
        const local = p.cell('local', 10)
        yield* cell.write(1)
        yield* local.write(11)
        const grandchild = p.process(
          'grandchild',
          function* () {
            yield* value.write(0, yield* cell.read())
            yield* value.write(1, yield* local.read())
            yield* local.write(12)
          },
          { start: 'fork' },
        )
        yield* grandchild.start()
        yield* grandchild.join()
        yield* value.write(1, (yield* value.read(1)) * 100 + (yield* local.read()))
      })
      return function* () {
        yield* child.start()
        yield* child.join()
        return [yield* value.read(0), yield* value.read(1)]
      }
    })
    expect(results).toEqual([[1, 1111]])
  })

  test('is raced for by its own threads only', async () => {
    const twice = (inOne: boolean) =>
      program('races', {}, (_params, p) => {
        const cell = p.cell('cell', 0)
        const child = p.process('child', function* () {
          if (inOne) yield* p.spawn('thread', () => cell.write(2))
          yield* cell.write(1)
        })
        p.thread('main', function* () {
          yield* child.start()
          yield* cell.write(3)
        })
      })
    expect(found(await bothWays(twice(false)))).toEqual([])
    const races = await bothWays(twice(true))
    expect(races.violations.map(({ kind }) => kind)).toEqual(['race'])
    expect(races.violations[0].message).toContain('cell in child')
  })
})

describe('The exit code of a process', () => {
  const afterJoin = function* (child: ReturnType<Vocabulary['process']>): Steps<unknown> {
    yield* child.join()
    return yield* child.exitCode()
  }
  test.each(Object.entries(WAYS_TO_END))('that %s is seen by whoever has joined it', async (_title, way) => {
    const { outcomes } = await bothWays(exitCodeOf(way, afterJoin))
    expect(outcomes.every(({ final }) => final['seen'] === way.exitCode)).toBe(true)
  })

  test.each(Object.entries(WAYS_TO_END))('that %s is not always there before', async (_title, way) => {
    const report = await bothWays(exitCodeOf(way, (child) => child.exitCode()))
    expect(report.outcomes.map(({ final }) => final['seen']).sort()).toEqual([null, way.exitCode].sort())
    expect(found(report).join()).toContain('the parent sees the exit code')
  })

  test.each([
    ['terminate', -15],
    ['kill', -9],
  ] as const)('that was ended by %s is %i, if it had not left before', async (how, code) => {
    const results = await resultsOf((p) => {
      const child = p.process('child', () => p.yieldNow())
      return function* () {
        yield* child.start()
        yield* child[how]()
        yield* child.join()
        return [yield* child.exitCode(), yield* child.isAlive()]
      }
    })
    expect(results).toEqual(
      [
        [0, false],
        [code, false],
      ].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    )
  })

  test('after an uncaught error is told with the error of its first thread', async () => {
    const report = await bothWays(exitCodeOf(WAYS_TO_END['fails'], afterJoin))
    expect(found(report)).toEqual(['error: child: Error: on purpose'])
  })
})

describe('A process', () => {
  test('that is started twice, joined or ended before its start is misused', async () => {
    for (const [misuse, text] of [
      ['start', 'started a second time'],
      ['join', 'joined before it has been started'],
      ['terminate', 'ended before it has been started'],
      ['kill', 'ended before it has been started'],
    ] as const) {
      const report = await bothWays(
        program('misuse', {}, (_params, p) => {
          const child = p.process('child', () => p.yieldNow())
          p.thread('main', function* () {
            if (misuse === 'start') yield* child.start()
            yield* child[misuse]()
          })
        }),
      )
      expect(found(report).join()).toContain(text)
    }
  })

  test('waits for its children and its threads, and takes its daemons with it', async () => {
    const leaving = program('leaving', {}, (_params, p) => {
      const order = p.atomic('order', [] as readonly string[], { shared: true })
      const say = (what: string) => order.update((before) => [...before, what])
      const grandchild = p.process('grandchild', () => say('grandchild'))
      const daemon = p.process(
        'daemon',
        function* () {
          yield* say('daemon')
          yield* say('daemon')
        },
        { daemon: true },
      )
      const child = p.process('child', function* () {
        yield* grandchild.start()
        yield* daemon.start()
        yield* p.spawn('thread', () => say('thread'))
        yield* p.spawn('daemon thread', () => say('daemon thread'), { daemon: true })
      })
      p.thread('main', function* () {
        yield* child.start()
        yield* child.join()
        yield* say('end')
      })
      p.finally('all that is waited for has happened', (final) => {
        const said = final(order)
        return said.includes('grandchild') && said.includes('thread') && said.indexOf('end') === said.length - 1
      })
    })
    const report = await explore(leaving)
    expect(report).toMatchObject({ verdict: 'holds', complete: true })
    const daemons = report.outcomes.map(
      ({ final }) => (final['order'] as string[]).filter((said) => said === 'daemon').length,
    )
    expect([...new Set(daemons)].sort()).toEqual([0, 1, 2])
    expect(report.outcomes.some(({ final }) => !(final['order'] as string[]).includes('daemon thread'))).toBe(true)
  })

  test('that is a daemon dies with the threads of the main process, also while other processes go on', async () => {
    const left = program('left', {}, (_params, p) => {
      const lock = p.lock('lock', { shared: true })
      const [waiting, told] = p.pipe<number>('pipe')
      const daemon = p.process('daemon', () => lock.hold(() => waiting.recv()), { daemon: true })
      const other = p.process('other', function* () {
        yield* daemon.join()
        yield* told.send(1)
      })
      p.thread('main', function* () {
        yield* daemon.start()
        yield* other.start()
      })
    })
    const report = await bothWays(left)
    expect(report.violations).toEqual([])
    const ends = report.outcomes.map(({ final }) => [final['daemon'], final['other'], final['lock']])
    expect(ends).toEqual(expect.arrayContaining([[-15, 0, 'daemon']]))
    expect(new Set(ends.map(([daemon]) => daemon))).toEqual(new Set([-15]))
  })

  test('that is ended holds for ever what it holds, and gets no further', async () => {
    const report = await bothWays(
      program('killed', {}, (_params, p) => {
        const lock = p.lock('lock', { shared: true })
        const reached = p.sharedValue('reached')
        const child = p.process('child', () =>
          lock.hold(function* () {
            yield* reached.write(1)
            yield* reached.write(2)
          }),
        )
        p.thread('main', function* () {
          yield* child.start()
          yield* child.kill()
          return yield* lock.tryAcquire()
        })
      }),
    )
    const ends = report.outcomes.map(({ final, results }) =>
      [final['reached'], final['child'], results?.['main']].join(),
    )
    expect([...new Set(ends)].sort()).toEqual(
      ['0,-9,false', '0,-9,true', '1,-9,false', '2,-9,false', '2,-9,true', '2,0,true'].sort(),
    )
  })

  test('can end itself, and its other threads with it', async () => {
    const report = await bothWays(
      program('own end', {}, (_params, p) => {
        const steps = p.sharedValue('steps')
        const child: Process = p.process('child', function* (): Steps<void> {
          yield* p.spawn('thread', function* () {
            yield* steps.write(1)
            yield* steps.write(2)
          })
          yield* child.kill()
          yield* steps.write(99)
        })
        p.thread('main', function* () {
          yield* child.start()
          yield* child.join()
        })
      }),
    )
    expect(report.outcomes.map(({ final }) => [final['child'], final['steps']])).toEqual(
      expect.arrayContaining([
        [-9, 0],
        [-9, 1],
        [-9, 2],
      ]),
    )
    expect(report.outcomes).toHaveLength(3)
  })

  test('has a number that is nobody else’s, the same in every run', () => {
    const numbers: number[][] = []
    for (let run = 0; run < 2; run++) {
      const pids: number[] = []
      void explore(
        program('numbers', {}, (_params, p) => {
          for (let i = 0; i < 10; i++) pids.push(p.process(`declared ${i}`, () => p.yieldNow()).pid)
          p.thread('main', function* () {
            for (let i = 0; i < 10; i++) pids.push(p.process(`made ${i}`, () => p.yieldNow()).pid)
            yield* p.yieldNow()
          })
        }),
      )
      numbers.push(pids.slice(0, 20))
    }
    expect(numbers[0]).toEqual(numbers[1])
    expect(new Set(numbers[0]).size).toBe(numbers[0].length)
    expect(numbers[0].slice(0, 2)).toEqual([2, 3])
  })
})

describe('A pipe', () => {
  test('keeps the order of messages and loses none', async () => {
    const report = await bothWays(
      inOrderAndWhole((p) => {
        const [receiver, sender] = p.pipe<number>('pipe', { duplex: false })
        return { receiver, sender }
      }),
    )
    expect(found(report)).toEqual([])
  })

  test.each([
    ['newest first', (inbox: readonly number[]) => [inbox.at(-1)!, inbox.slice(0, -1)] as const],
    ['and loses one', (inbox: readonly number[]) => [inbox.at(-1)!, [] as number[]] as const],
  ])('that gives out %s is noticed by the law', async (_title, take) => {
    const broken = inOrderAndWhole((p) =>
      p.declare(
        'broken pipe',
        'pipe',
        (words) => {
          const word = words.data('inbox', [] as readonly number[])
          const inbox = brokenInbox(word, take)
          return { ...inbox, kind: 'broken pipe', name: 'pipe', show: () => undefined }
        },
        { shared: true },
      ),
    )
    expect((await explore(broken)).verdict).toBe('violated')
  })

  test('whose other end is closed says so', async () => {
    const results = await resultsOf((p) => {
      const [a, b] = p.pipe<number>('pipe')
      return function* () {
        yield* a.send(1)
        yield* a.close()
        const said: unknown[] = [yield* b.poll(), yield* b.recv(), yield* b.poll()]
        for (const action of [() => b.recv(), () => b.send(2), () => a.send(3)])
          try {
            yield* action()
          } catch (error) {
            said.push((error as Error).name)
          }
        return said
      }
    })
    expect(results).toEqual([[true, 1, true, 'EOFError', 'BrokenPipeError', 'OSError']])
  })

  test('that is polled with a timeout says whether something has come', async () => {
    const results = await resultsOf((p) => {
      const [a, b] = p.pipe<number>('pipe')
      const child = p.process('child', () => a.send(1))
      return function* () {
        yield* child.start()
        return yield* b.poll({ timeout: 1 })
      }
    })
    expect(results).toEqual([false, true])
  })
})

describe('A queue between processes', () => {
  test('may seem empty right after a put, but not once the process that has put is joined', async () => {
    const results = await resultsOf((p) => {
      const queue = p.processQueue<number>('queue')
      const child = p.process('child', () => queue.put(1))
      return function* () {
        yield* queue.put(0)
        const atOnce = yield* queue.empty()
        const first = yield* queue.get()
        yield* child.start()
        yield* child.join()
        return [atOnce, first, yield* queue.empty(), yield* queue.get()]
      }
    })
    expect(results).toEqual([
      [false, 0, false, 1],
      [true, 0, false, 1],
    ])
  })

  test('keeps the order of each process, and no order between them', async () => {
    const results = await resultsOf((p) => {
      const queue = p.processQueue<string>('queue')
      const made = (name: string, numbers: readonly number[]) =>
        p.process(name, function* () {
          for (const number of numbers) yield* queue.put(`${name}${number}`)
        })
      const [a, b] = [made('a', [1, 2]), made('b', [1])]
      return function* () {
        yield* a.start()
        yield* b.start()
        const got = []
        for (let i = 0; i < 3; i++) got.push(yield* queue.get())
        return got.join(' ')
      }
    }, explore)
    expect(results).toEqual(['a1 a2 b1', 'a1 b1 a2', 'b1 a1 a2'])
  })

  test('holds no more than its maxsize, and says when it is full or nothing has come', async () => {
    const results = await resultsOf((p) => {
      const queue = p.processQueue<number>('queue', { maxsize: 1 })
      return function* () {
        yield* queue.put(1)
        const said: unknown[] = [yield* queue.full(), yield* queue.qsize()]
        for (const action of [() => queue.putNowait(2), () => queue.put(2, { timeout: 1 })])
          try {
            yield* action()
          } catch (error) {
            said.push((error as Error).name)
          }
        said.push(yield* queue.get())
        for (const action of [() => queue.getNowait(), () => queue.get({ timeout: 1 })])
          try {
            yield* action()
          } catch (error) {
            said.push((error as Error).name)
          }
        yield* queue.taskDone()
        yield* queue.join()
        return said
      }
    })
    expect(results).toEqual([[true, 1, 'Full', 'Full', 1, 'Empty', 'Empty']])
  })
})

describe('Shared memory', () => {
  const counting = (inLock: boolean) =>
    program('counting', {}, (_params, p) => {
      const counter = p.sharedValue('counter')
      const processes = ['a', 'b'].map((name) =>
        p.process(name, function* () {
          const increment = function* () {
            yield* counter.write((yield* counter.read()) + 1)
          }
          yield* inLock ? counter.getLock().hold(increment) : increment()
        }),
      )
      p.thread('main', function* () {
        for (const process of processes) yield* process.start()
        for (const process of processes) yield* process.join()
      })
      p.finally('both count', (final) => final(counter) === 2)
    })

  test('loses increments without its lock and none with it', async () => {
    expect(found(await bothWays(counting(false)))).toEqual(['property: both count'])
    expect(found(await bothWays(counting(true)))).toEqual([])
  })
})

function brokenInbox(word: number, take: (inbox: readonly number[]) => readonly [number, readonly number[]]) {
  const heading = { object: null, args: [], place: undefined, cost: 'synchronisation' as const, holder: () => null }
  return {
    sender: {
      *send(message: number): Steps<void> {
        yield {
          ...heading,
          name: 'send',
          ways: () => 1,
          apply: (world: { value(w: number): unknown; setValue(w: number, v: unknown): void }) =>
            world.setValue(word, [...(world.value(word) as number[]), message]),
          footprint: () => ({ reads: [word], writes: [word] }),
          label: () => 'send',
        }
      },
    },
    receiver: {
      *recv(): Steps<number> {
        return (yield {
          ...heading,
          name: 'recv',
          ways: (world: { value(w: number): unknown }) => ((world.value(word) as number[]).length > 0 ? 1 : 0),
          apply: (world: { value(w: number): unknown; setValue(w: number, v: unknown): void }) => {
            const [taken, rest] = take(world.value(word) as number[])
            world.setValue(word, rest)
            return taken
          },
          footprint: () => ({ reads: [word], writes: [word] }),
          label: () => 'recv',
        }) as number
      },
    },
  }
}
