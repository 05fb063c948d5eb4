import {
  program,
  type Program,
  type Steps,
  type ThreadBody,
  type ThreadHandle,
  type TimeMode,
  type Vocabulary,
} from 'entrelacs'

/** How a wait with a timeout can end. */
export type Ending = 'in time' | 'too late'

/** For how long somebody is ready to wait, and for how long he would have to, in seconds. */
export interface Times {
  readonly given: number
  readonly needed: number
}

/** Something that can be waited for with a timeout. */
export interface TimedWait {
  readonly what: string
  /** What can come of it if both times are equal. @default both */
  readonly tie?: readonly Ending[]
  /** Whether its wait takes as long as is needed, also if it comes too late. @default false */
  readonly takesAll?: boolean
  /** Whether its timeout is set first by a loop, which knows without a clock that it is due first if it is no longer. @default false */
  readonly isOrdered?: boolean
  /** Whether it may also end before all that is needed has happened. @default false */
  readonly isOpen?: boolean
  /** Whether strategy dpor refuses it in virtual time. @default false */
  readonly isJoin?: boolean
  /** Whether CPython has it. @default true */
  readonly isPythons?: boolean
  readonly declare: (p: Vocabulary, times: Times) => Waiting
}

interface Waiting {
  /** What the waiting thread does before, at second 0. */
  readonly before?: ThreadBody
  /** Waits from second 1 on; returns whether it ended in time. */
  readonly wait: (other: ThreadHandle) => Steps<boolean>
  /** What another thread does from second 0 on; it provides at second 1 and as many more as are needed. */
  readonly other?: ThreadBody
}

/** Whether a body ends without such an error. */
function* unless(name: string, body: ThreadBody): Steps<boolean> {
  try {
    yield* body()
    return true
  } catch (error) {
    if ((error as Error).name !== name) throw error
    return false
  }
}

/** Somebody holds something from the beginning, and gives it back when it is needed. */
const held =
  (
    declare: (p: Vocabulary) => {
      acquire: (options?: { timeout: number }) => Steps<boolean | void>
      release: () => Steps<void>
    },
  ): TimedWait['declare'] =>
  (p, { given, needed }) => {
    const { acquire, release } = declare(p)
    return {
      *wait() {
        return (yield* acquire({ timeout: given })) === true
      },
      *other() {
        yield* acquire()
        yield* p.sleep(1 + needed)
        yield* release()
      },
    }
  }

/** Somebody does something when it is needed. */
const provided =
  (
    declare: (
      p: Vocabulary,
      times: Times,
    ) => { readonly wait: () => Steps<unknown>; readonly provide: () => Steps<unknown> },
    error = 'none',
  ): TimedWait['declare'] =>
  (p, times) => {
    const { wait, provide } = declare(p, times)
    return {
      *wait() {
        let result: unknown
        const isInTime = yield* unless(error, function* () {
          result = yield* wait()
        })
        return isInTime && result !== false
      },
      *other() {
        yield* p.sleep(1 + times.needed)
        yield* provide()
      },
    }
  }

const getting = (declare: (p: Vocabulary) => ReturnType<Vocabulary['queue']> | ReturnType<Vocabulary['simpleQueue']>) =>
  provided((p, { given }) => {
    const queue = declare(p)
    return { wait: () => queue.get({ timeout: given }), provide: () => queue.put(1) }
  }, 'Empty')

/** A loop runs from second 1 on, and its main task waits. */
const looping =
  (wait: (loop: ReturnType<Vocabulary['eventLoop']>, times: Times) => ThreadBody): TimedWait['declare'] =>
  (p, times) => {
    const loop = p.eventLoop('loop')
    return { wait: () => unless('TimeoutError', () => loop.run(wait(loop, times))) }
  }

/** Everything that takes a timeout or waits for a time. */
export const TIMED_WAITS: readonly TimedWait[] = [
  {
    what: 'Lock.acquire',
    declare: held((p) => {
      const lock = p.lock('lock')
      return { acquire: (o) => (o === undefined ? lock.acquire() : lock.acquire(o)), release: () => lock.release() }
    }),
  },
  {
    what: 'RLock.acquire',
    declare: held((p) => {
      const lock = p.rlock('lock')
      return { acquire: (o) => (o === undefined ? lock.acquire() : lock.acquire(o)), release: () => lock.release() }
    }),
  },
  {
    what: 'Semaphore.acquire',
    declare: provided((p, { given }) => {
      const semaphore = p.semaphore('semaphore', 0)
      return { wait: () => semaphore.acquire({ timeout: given }), provide: () => semaphore.release() }
    }),
  },
  {
    what: 'BoundedSemaphore.acquire',
    declare: held((p) => {
      const one = p.boundedSemaphore('semaphore', 1)
      return { acquire: (o) => (o === undefined ? one.acquire() : one.acquire(o)), release: () => one.release() }
    }),
  },
  ...(['none', 'readers', 'writers'] as const).flatMap((preference): TimedWait[] => [
    {
      what: `ReaderWriterLock.acquireRead, preferring ${preference}`,
      isPythons: false,
      declare: held((p) => {
        const lock = p.readerWriterLock('lock', { preference })
        return {
          acquire: (o) => (o === undefined ? lock.acquireWrite() : lock.acquireRead(o)),
          release: () => lock.releaseWrite(),
        }
      }),
    },
    {
      what: `ReaderWriterLock.acquireWrite, preferring ${preference}`,
      isPythons: false,
      declare: held((p) => {
        const lock = p.readerWriterLock('lock', { preference })
        return {
          acquire: (o) => (o === undefined ? lock.acquireRead() : lock.acquireWrite(o)),
          release: () => lock.releaseRead(),
        }
      }),
    },
  ]),
  {
    what: 'Event.wait',
    declare: provided((p, { given }) => {
      const event = p.event('event')
      return { wait: () => event.wait({ timeout: given }), provide: () => event.set() }
    }),
  },
  {
    what: 'Condition.wait',
    declare: provided((p, { given }) => {
      const condition = p.condition('condition')
      return {
        wait: () => condition.hold(() => condition.wait({ timeout: given })),
        provide: () => condition.hold(() => condition.notify()),
      }
    }),
  },
  {
    what: 'Condition.waitFor',
    declare: provided((p, { given }) => {
      const condition = p.condition('condition')
      const isReady = p.atomic('ready', 0)
      return {
        wait: () =>
          condition.hold(() =>
            condition.waitFor(
              function* () {
                return (yield* isReady.read()) === 1
              },
              { timeout: given },
            ),
          ),
        *provide() {
          yield* isReady.write(1)
          yield* condition.hold(() => condition.notify())
        },
      }
    }),
  },
  {
    what: 'Barrier.wait',
    declare: provided((p, { given }) => {
      const barrier = p.barrier('barrier', 2)
      return {
        wait: () => barrier.wait({ timeout: given }),
        provide: () => unless('BrokenBarrierError', () => barrier.wait()),
      }
    }, 'BrokenBarrierError'),
  },
  { what: 'Queue.get', declare: getting((p) => p.queue('queue')) },
  { what: 'LifoQueue.get', declare: getting((p) => p.lifoQueue('queue')) },
  { what: 'PriorityQueue.get', declare: getting((p) => p.priorityQueue('queue')) },
  { what: 'SimpleQueue.get', declare: getting((p) => p.simpleQueue('queue')) },
  {
    what: 'Queue.put',
    declare: (p, { given, needed }) => {
      const queue = p.queue<number>('queue', { maxsize: 1 })
      return {
        before: () => queue.put(1),
        wait: () => unless('Full', () => queue.put(2, { timeout: given })),
        *other() {
          yield* p.sleep(1 + needed)
          yield* queue.get()
        },
      }
    },
  },
  {
    what: 'Future.result',
    declare: provided((p, { given }) => {
      const future = p.future<string>('future')
      return { wait: () => future.result({ timeout: given }), provide: () => future.setResult('done') }
    }, 'TimeoutError'),
  },
  {
    what: 'Future.exception',
    declare: provided((p, { given }) => {
      const future = p.future('future')
      return { wait: () => future.exception({ timeout: given }), provide: () => future.setResult('done') }
    }, 'TimeoutError'),
  },
  {
    what: 'wait',
    declare: provided((p, { given }) => {
      const future = p.future('future')
      return {
        *wait() {
          return (yield* p.wait([future], { timeout: given })).done.length === 1
        },
        provide: () => future.setResult('done'),
      }
    }),
  },
  {
    what: 'asCompleted',
    declare: provided((p, { given }) => {
      const future = p.future('future')
      return {
        wait: () => p.asCompleted([future], () => p.yieldNow(), { timeout: given }),
        provide: () => future.setResult('done'),
      }
    }, 'TimeoutError'),
  },
  {
    what: 'ThreadPool.map',
    declare: (p, { given, needed }) => {
      const pool = p.threadPool('pool', { maxWorkers: 1 })
      return { wait: () => unless('TimeoutError', () => pool.map(() => p.sleep(needed), [1], { timeout: given })) }
    },
  },
  {
    what: 'ProcessPool.map',
    takesAll: true,
    declare: (p, { given, needed }) => {
      const pool = p.processPool('pool', 1)
      return {
        wait: () =>
          unless('TimeoutError', () => pool.use(() => pool.map(() => p.sleep(needed), [1], { timeout: given }))),
      }
    },
  },
  {
    what: 'Thread.join',
    isJoin: true,
    declare: (p, { given, needed }) => ({
      *wait(other) {
        return (yield* (other as ReturnType<Vocabulary['newThread']>).join({ timeout: given })) === 'ended'
      },
      *other() {
        yield* p.sleep(1 + needed)
        return 'ended'
      },
    }),
  },
  {
    what: 'Process.join',
    declare: (p, { given, needed }) => {
      const worker = p.process('worker', () => p.sleep(1 + needed))
      return { before: () => worker.start(), wait: () => worker.join({ timeout: given }) }
    },
  },
  {
    what: 'process Queue.get',
    declare: (p, { given, needed }) => {
      const queue = p.processQueue<number>('queue')
      const worker = p.process('worker', function* () {
        yield* p.sleep(1 + needed)
        yield* queue.put(1)
      })
      return { before: () => worker.start(), wait: () => unless('Empty', () => queue.get({ timeout: given })) }
    },
  },
  {
    what: 'process Queue.put',
    declare: (p, { given, needed }) => {
      const queue = p.processQueue<number>('queue', { maxsize: 1 })
      const worker = p.process('worker', function* () {
        yield* p.sleep(1 + needed)
        yield* queue.get()
      })
      return {
        *before() {
          yield* queue.put(1)
          yield* worker.start()
        },
        wait: () => unless('Full', () => queue.put(2, { timeout: given })),
      }
    },
  },
  {
    what: 'Connection.poll',
    declare: provided((p, { given }) => {
      const [receiver, sender] = p.pipe<number>('pipe', { duplex: false })
      return { wait: () => receiver.poll({ timeout: given }), provide: () => sender.send(1) }
    }),
  },
  {
    what: 'Timer',
    declare: (p, { given, needed }) => {
      const timer = p.timer('timer', given, function* () {
        yield* p.yieldNow()
        return 'fired'
      })
      return {
        *wait() {
          yield* timer.start()
          return (yield* timer.join()) !== 'fired'
        },
        *other() {
          yield* p.sleep(1 + needed)
          yield* timer.cancel()
        },
      }
    },
  },
  {
    what: 'Atomic.wait',
    isPythons: false,
    declare: provided((p, { given }) => {
      const atomic = p.atomic('atomic', 0)
      return {
        *wait() {
          return (yield* atomic.wait(0, { timeout: given })) !== 'timed-out'
        },
        *provide() {
          yield* atomic.write(1)
          yield* atomic.wake()
        },
      }
    }),
  },
  {
    what: 'the reset of a circuit breaker',
    tie: ['too late'],
    takesAll: true,
    isPythons: false,
    declare: (p, { given, needed }) => {
      const breaker = p.circuitBreaker('breaker', { failures: 1, resetAfter: given })
      const failing = () => {
        throw new RangeError('fails')
      }
      return {
        *wait() {
          yield* unless('RangeError', () => breaker.call(failing))
          yield* p.sleep(needed)
          return !(yield* unless('CircuitOpen', () => breaker.call(() => p.yieldNow())))
        },
      }
    },
  },
  {
    what: 'waitFor in an event loop',
    isOrdered: true,
    tie: ['too late'],
    declare: looping(
      (loop, { given, needed }) =>
        () =>
          loop.waitFor(() => loop.sleep(needed), given),
    ),
  },
  {
    what: 'timeout in an event loop',
    isOrdered: true,
    tie: ['too late'],
    declare: looping(
      (loop, { given, needed }) =>
        () =>
          loop.timeout(given, () => loop.sleep(needed)),
    ),
  },
  {
    what: 'wait in an event loop',
    isOrdered: true,
    tie: ['too late'],
    declare: (p, { given, needed }) => {
      const loop = p.eventLoop('loop')
      return {
        wait: () =>
          loop.run(function* () {
            const task = yield* loop.task(() => loop.sleep(needed))
            return (yield* loop.wait([task], { timeout: given })).done.length === 1
          }),
      }
    },
  },
  {
    what: 'callLater and cancel in an event loop',
    isOrdered: true,
    tie: ['too late'],
    takesAll: true,
    declare: (p, { given, needed }) => {
      const loop = p.eventLoop('loop')
      const called = p.atomic('called', 0)
      return {
        wait: () =>
          loop.run(function* () {
            const handle = yield* loop.callLater(given, () => called.write(1))
            yield* loop.sleep(needed)
            yield* handle.cancel()
            return (yield* called.read()) === 0
          }),
      }
    },
  },
  {
    what: 'waitFor of a thread that sleeps, in an event loop',
    takesAll: true,
    declare: (p, times) => {
      const { wait } = looping((loop, { given, needed }) => () => {
        const sleeping = () => p.sleep(needed)
        return loop.waitFor(() => loop.toThread(sleeping), given)
      })(p, times)
      return { wait }
    },
  },
]

/** What waits several times, for which one timeout is meant: it ends in time only if all of it does. */
export const TOTALS: readonly TimedWait[] = [
  {
    what: 'Condition.waitFor, notified in vain',
    declare: (p, { given, needed }) => {
      const condition = p.condition('condition')
      const isReady = p.atomic('ready', 0)
      const asks = function* () {
        return (yield* isReady.read()) === 1
      }
      return {
        wait: () => condition.hold(() => condition.waitFor(asks, { timeout: given })),
        *other() {
          const first = Math.min(given / 2, needed)
          yield* p.sleep(1 + first)
          yield* condition.hold(() => condition.notify())
          yield* p.sleep(needed - first)
          yield* isReady.write(1)
          yield* condition.hold(() => condition.notify())
        },
      }
    },
  },
  {
    what: 'asCompleted, lingering',
    takesAll: true,
    tie: ['too late'],
    declare: (p, { given, needed }) => {
      const [first, second] = [p.future('first'), p.future('second')]
      return {
        before: () => first.setResult('done'),
        wait: () =>
          unless('TimeoutError', () => p.asCompleted([first, second], () => p.sleep(needed), { timeout: given })),
        *other() {
          yield* p.sleep(1 + given / 2)
          yield* second.setResult('done')
        },
      }
    },
  },
  {
    what: 'ThreadPool.map, in turn',
    declare: (p, { given, needed }) => {
      const pool = p.threadPool('pool', { maxWorkers: 1 })
      const jobs = [needed / 2, needed / 2]
      return {
        wait: () => unless('TimeoutError', () => pool.map((seconds) => p.sleep(seconds), jobs, { timeout: given })),
      }
    },
  },
  {
    what: 'Queue.get, robbed once',
    isOpen: true,
    isPythons: false,
    declare: (p, { given, needed }) => {
      const queue = p.queue<number>('queue')
      return {
        wait: () => unless('Empty', () => queue.get({ timeout: given })),
        *other() {
          const first = Math.min(given / 2, needed)
          yield* p.sleep(1 + first)
          // Its algorithm may wake who waits although nothing is left.
          yield* queue.put(1)
          yield* unless('Empty', () => queue.getNowait())
          yield* p.sleep(needed - first)
          yield* queue.put(2)
        },
      }
    },
  },
]

/** One thread waits with a timeout, another one provides: the result of `A` is how the wait has ended, and in virtual time when. */
export function timedWait({ declare }: TimedWait, times: Times, time: TimeMode): Program {
  return program(
    'timed wait',
    {},
    (_params, p) => {
      const clock = time === 'virtual' ? p.clock() : null
      const { before, wait, other } = declare(p, times)
      const handle = other === undefined ? null : p.thread('B', other)
      p.thread('A', function* () {
        if (before !== undefined) yield* before()
        yield* p.sleep(1)
        const ending: Ending = (yield* wait(handle!)) ? 'in time' : 'too late'
        return [ending, ...(clock === null ? [] : [yield* clock.read()])]
      })
    },
    { time },
  )
}
