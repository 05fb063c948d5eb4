import type { ShutdownOptions, Steps } from 'entrelacs'
import fc from 'fast-check'
import type { ObjectKind } from './worlds.js'

const integer = fc.integer({ min: -2, max: 3 })
/** Few different values, so that they meet: among them some that are equal without looking equal. */
const datum = fc.constantFrom<unknown>(
  undefined,
  null,
  0,
  -0,
  '0',
  0n,
  Number.NaN,
  [],
  [undefined],
  [null],
  [0n],
  ['0n'],
  [Number.NaN],
  { a: 1, b: 2 },
  { b: 2, a: 1 },
  {},
  { a: undefined },
)
const index = fc.nat(2)
const key = fc.constantFrom('a', 'b')

const reading = fc.constant([])
const perhapsTimed = fc.constantFrom([], [{ timeout: 1 }])
const change = fc.constantFrom<(value: unknown) => unknown>(
  (value) => value,
  () => 1,
  (value) => (typeof value === 'number' ? Math.min(value + 1, 5) : 2),
)

const item = fc.oneof(integer, datum)
const event = fc.constantFrom('a', 'b')
const handler = fc.constantFrom('first', 'second')
const path = fc.constantFrom('a', 'b', '__proto__')
function* succeeding(): Steps<void> {}
function* failing(): Steps<void> {
  throw new Error('fails')
}

/** Every object of the primitives. A new one adds itself here and is under all laws. */
export const KINDS: readonly ObjectKind[] = [
  {
    title: 'cell of integers',
    declare: (p, name) => p.cell(name, 0),
    operations: { read: reading, write: fc.tuple(integer) },
  },
  {
    title: 'cell of data',
    declare: (p, name) => p.cell(name, null as unknown),
    operations: { read: reading, write: fc.tuple(datum) },
  },
  {
    title: 'array of integers',
    declare: (p, name) => p.array(name, 3),
    operations: { read: fc.tuple(index), write: fc.tuple(index, integer) },
  },
  {
    title: 'array of data',
    declare: (p, name) => p.array(name, [null, 'b', [1]] as unknown[]),
    operations: { read: fc.tuple(index), write: fc.tuple(index, datum) },
  },
  {
    title: 'atomic of integers',
    declare: (p, name) => p.atomic(name, 0),
    operations: {
      read: reading,
      write: fc.tuple(integer),
      add: fc.tuple(integer),
      exchange: fc.tuple(integer),
      compareExchange: fc.tuple(integer, integer),
      update: fc.tuple(change),
    },
  },
  {
    title: 'atomic of data',
    declare: (p, name) => p.atomic(name, { a: 1, b: 2 } as unknown),
    operations: {
      read: reading,
      write: fc.tuple(datum),
      exchange: fc.tuple(datum),
      compareExchange: fc.tuple(datum, datum),
      update: fc.tuple(change),
    },
  },
  {
    title: 'lock',
    declare: (p, name) => p.lock(name),
    operations: { acquire: reading, tryAcquire: reading, release: reading },
  },
  {
    title: 'lock taken with a timeout',
    declare: (p, name) => p.lock(name),
    operations: { acquire: fc.constant([{ timeout: 1 }]), release: reading, locked: reading },
  },
  {
    title: 'rlock',
    declare: (p, name) => p.rlock(name),
    operations: { acquire: perhapsTimed, tryAcquire: reading, release: reading },
  },
  {
    title: 'condition',
    declare: (p, name) => p.condition(name),
    operations: {
      acquire: reading,
      release: reading,
      wait: perhapsTimed,
      waitFor: fc.constantFrom([() => false, { timeout: 1 }], [() => true]),
      notify: fc.constantFrom([], [2]),
      notifyAll: reading,
    },
  },
  {
    title: 'condition with spurious wake-ups over a lock',
    declare: (p, name) => p.condition(name, p.lock(`${name}’s lock`), { spurious: true }),
    operations: { acquire: perhapsTimed, release: reading, wait: perhapsTimed, notify: reading },
  },
  {
    title: 'bounded semaphore',
    declare: (p, name) => p.boundedSemaphore(name, 2),
    operations: { acquire: perhapsTimed, tryAcquire: reading, release: fc.constantFrom([], [2]) },
  },
  {
    title: 'event',
    declare: (p, name) => p.event(name),
    operations: { wait: perhapsTimed, set: reading, clear: reading, isSet: reading },
  },
  {
    title: 'barrier',
    declare: (p, name) => p.barrier(name, 2),
    operations: { wait: perhapsTimed, reset: reading, abort: reading, nWaiting: reading, broken: reading },
  },
  {
    title: 'barrier with an action',
    declare: (p, name) => p.barrier(name, 2, { action: () => p.yieldNow(), timeout: 1 }),
    operations: { wait: reading, reset: reading, abort: reading },
  },
  ...(['none', 'readers', 'writers'] as const).map((preference): ObjectKind => ({
    title: `reader-writer lock that prefers ${preference}`,
    declare: (p, name) => p.readerWriterLock(name, { preference }),
    operations: { acquireRead: perhapsTimed, releaseRead: reading, acquireWrite: perhapsTimed, releaseWrite: reading },
  })),
  {
    title: 'once',
    declare: (p, name) => {
      const once = p.once(name)
      return {
        call: () => once.call(() => p.yieldNow()),
        fail: () =>
          once.call(function* () {
            throw new Error('on purpose')
          }),
      }
    },
    operations: { call: reading, fail: reading },
  },
  {
    title: 'future',
    declare: (p, name) => {
      const future = p.future(name)
      return Object.assign(future, {
        *failure() {
          return ((yield* future.exception({ timeout: 1 })) as Error | null)?.message
        },
        *callBack() {
          yield* future.addDoneCallback(() => p.yieldNow())
        },
        // Waiting for several futures at once, of which this is one.
        *watch() {
          return (yield* p.wait([future], { timeout: 1 })).done.length
        },
      })
    },
    operations: {
      done: reading,
      cancelled: reading,
      running: reading,
      setRunningOrNotifyCancel: reading,
      cancel: reading,
      setResult: fc.tuple(datum),
      setException: fc.constant([new TypeError('on purpose')]),
      result: fc.constantFrom([], [{ timeout: 1 }]),
      failure: reading,
      callBack: reading,
      watch: reading,
    },
  },
  {
    title: 'thread-local',
    declare: (p, name) => p.threadLocal(name),
    operations: {
      get: fc.tuple(fc.constantFrom('a', 'b')),
      set: fc.tuple(fc.constantFrom('a', 'b'), datum),
      delete: fc.tuple(fc.constantFrom('a', 'b')),
    },
  },
  {
    title: 'thread that is to be started',
    declare: (p, name) => {
      const started = p.atomic(`${name} has run`, 0)
      return p.newThread(name, () => started.add(1))
    },
    operations: {
      start: reading,
      isAlive: reading,
      exception: reading,
      join: fc.constantFrom([], [{ timeout: 1 }]),
    },
  },
  {
    title: 'timer',
    declare: (p, name) => {
      const fired = p.atomic(`${name} has fired`, 0)
      return p.timer(name, 1, () => fired.add(1))
    },
    operations: { start: reading, cancel: reading, isAlive: reading },
  },
  {
    title: 'thread pool',
    declare: (p, name) => {
      const pool = p.threadPool(name, { maxWorkers: 2 })
      const shared = p.atomic(`of ${name}`, 0)
      return {
        *submit() {
          yield* pool.submit(() => shared.add(1))
        },
        shutdown: (options: ShutdownOptions) => pool.shutdown(options),
      }
    },
    operations: {
      submit: reading,
      shutdown: fc.constantFrom([{ wait: false }], [{ wait: false, cancelFutures: true }], [{}]),
    },
  },
  {
    title: 'process pool',
    declare: (p, name) => {
      const pool = p.processPool(name, 2)
      const shared = p.atomic(`of ${name}`, 0, { shared: true })
      return {
        *submit() {
          yield* pool.submit(() => shared.add(1))
        },
        // Misuse before the worker has been started.
        kill: () => pool.workers[0]!.kill(),
        *cancel() {
          return yield* (yield* pool.submit(() => shared.add(1))).cancel()
        },
        shutdown: (options: ShutdownOptions) => pool.shutdown(options),
      }
    },
    operations: {
      submit: reading,
      kill: reading,
      cancel: reading,
      shutdown: fc.constantFrom([{ wait: false }], [{ wait: false, cancelFutures: true }], [{}]),
    },
  },
  {
    title: 'multiprocessing pool',
    declare: (p, name) => {
      const pool = p.pool(name, 2, { maxTasksPerChild: 1 })
      const shared = p.atomic(`of ${name}`, 0, { shared: true })
      const job = () => shared.add(1)
      return {
        *applyAsync() {
          yield* pool.applyAsync(job, [], { callback: (before) => shared.add(before) })
        },
        *map() {
          return yield* (yield* pool.mapAsync(job, [1, 2])).ready()
        },
        *imap() {
          yield* (yield* pool.imapUnordered(job, [1, 2])).next()
        },
        close: () => pool.close(),
        terminate: () => pool.terminate(),
        join: () => pool.join(),
      }
    },
    operations: { applyAsync: reading, map: reading, imap: reading, close: reading, terminate: reading, join: reading },
  },
  {
    title: 'census of threads',
    declare: (p) => ({
      activeCount: () => p.activeCount(),
      enumerate: () => p.enumerate(),
      *begin() {
        yield* p.newThread('child', () => p.yieldNow()).start()
      },
    }),
    operations: { activeCount: reading, enumerate: reading, begin: reading },
  },
  {
    title: 'semaphore',
    declare: (p, name) => p.semaphore(name, 2),
    operations: {
      acquire: fc.constantFrom([], [{ timeout: 1 }]),
      tryAcquire: reading,
      release: fc.constantFrom([], [2]),
    },
  },
  {
    title: 'semaphore in virtual time',
    time: 'virtual',
    declare: (p, name) => p.semaphore(name, 1),
    operations: {
      acquire: fc.constantFrom([], [{ timeout: 1 }], [{ timeout: 2 }], [{ timeout: 0 }]),
      release: reading,
    },
  },
  {
    title: 'clock, and sleeping',
    time: 'virtual',
    declare: (p, name) => {
      const clock = p.clock(name)
      return { read: () => clock.read(), sleep: (seconds: number) => p.sleep(seconds) }
    },
    operations: { read: reading, sleep: fc.tuple(fc.nat(2)) },
  },
  {
    title: 'event loop',
    declare: (p, name) => {
      const loop = p.eventLoop(name)
      const lock = loop.lock(`lock of ${name}`)
      return {
        run: () =>
          loop.run(function* () {
            const future = yield* loop.future<number>()
            yield* lock.hold(() => loop.sleep(1))
            yield* future.setResult(1)
            yield* loop.wait([future], { timeout: 2 })
            yield* loop.gather(future, { returnExceptions: true })
          }),
        sleep: () => loop.sleep(1),
        locked: () => lock.locked(),
      }
    },
    operations: { run: reading, sleep: reading, locked: reading },
  },
  ...(['queue', 'lifoQueue', 'priorityQueue'] as const).map((kind): ObjectKind => ({
    title: kind,
    declare: (p, name) => p[kind]<unknown>(name, { maxsize: 2 }),
    operations: {
      put: fc.tuple(item, fc.constantFrom({}, { timeout: 1 })),
      get: fc.constantFrom([], [{ timeout: 1 }]),
      putNowait: fc.tuple(item),
      getNowait: reading,
      taskDone: reading,
      join: reading,
      empty: reading,
      full: reading,
      qsize: reading,
    },
  })),
  {
    title: 'simple queue',
    declare: (p, name) => p.simpleQueue<unknown>(name),
    operations: {
      put: fc.tuple(datum),
      putNowait: fc.tuple(datum),
      get: fc.constantFrom([], [{ timeout: 1 }]),
      getNowait: reading,
      empty: reading,
      qsize: reading,
    },
  },
  {
    title: 'deque',
    declare: (p, name) => p.deque<unknown>(name, [0, '0'], { maxlen: 3 }),
    operations: {
      append: fc.tuple(datum),
      appendLeft: fc.tuple(datum),
      extend: fc.tuple(fc.array(datum, { maxLength: 2 })),
      extendLeft: fc.tuple(fc.array(datum, { maxLength: 2 })),
      pop: reading,
      popLeft: reading,
      insert: fc.tuple(integer, datum),
      rotate: fc.tuple(integer),
      remove: fc.tuple(datum),
      clear: reading,
      reverse: reading,
      count: fc.tuple(datum),
      index: fc.tuple(datum),
      length: reading,
      at: fc.tuple(integer),
      setAt: fc.tuple(integer, datum),
      toArray: reading,
    },
  },
  {
    title: 'emitter',
    declare: (p, name) => {
      const called = p.atomic(`calls of ${name}`, 0)
      return p.emitter(
        name,
        { first: () => called.add(1), second: () => called.read() },
        { registered: [['a', 'first']] },
      )
    },
    operations: {
      on: fc.tuple(event, handler),
      once: fc.tuple(event, handler),
      off: fc.tuple(event, handler),
      emit: fc.tuple(event),
      listenerCount: fc.tuple(event),
    },
  },
  {
    title: 'stream',
    declare: (p, name) => p.stream<unknown>(name, { highWaterMark: 2 }),
    operations: { write: fc.tuple(datum), read: reading, end: reading },
  },
  {
    title: 'circuit breaker',
    declare: (p, name) => p.circuitBreaker(name, { failures: 1, resetAfter: 1 }),
    operations: { call: fc.tuple(fc.constantFrom<() => Steps<void>>(succeeding, failing)) },
  },
  {
    title: 'file system',
    declare: (p, name) => p.files(name, { a: 'text' }),
    operations: {
      exists: fc.tuple(path),
      create: fc.tuple(path, fc.constantFrom({}, { exclusive: true })),
      read: fc.tuple(path),
      write: fc.tuple(path, fc.constantFrom('', 'text')),
      append: fc.tuple(path, fc.constantFrom('', 'more')),
      remove: fc.tuple(path),
    },
  },
  {
    title: 'pipe',
    declare: (p, name) => {
      const [a, b] = p.pipe<unknown>(name)
      return {
        send: (message: unknown) => a.send(message),
        recv: () => b.recv(),
        poll: (options?: { timeout: number }) => b.poll(options),
        answer: (message: unknown) => b.send(message),
        close: () => a.close(),
      }
    },
    operations: {
      send: fc.tuple(datum),
      recv: reading,
      poll: fc.constantFrom([], [{ timeout: 1 }]),
      answer: fc.tuple(datum),
      close: reading,
    },
  },
  {
    title: 'mailbox',
    declare: (p, name) => p.mailbox<unknown>(name, { loses: true, reorders: true }),
    operations: {
      send: fc.tuple(datum),
      receive: perhapsTimed,
      receiveNowait: reading,
    },
  },
  {
    title: 'queue between processes',
    declare: (p, name) => p.processQueue(name, { maxsize: 2 }),
    operations: {
      put: fc.oneof(fc.tuple(datum), fc.tuple(datum, fc.constant({ timeout: 1 }))),
      putNowait: fc.tuple(datum),
      get: fc.constantFrom([], [{ timeout: 1 }]),
      getNowait: reading,
      empty: reading,
      full: reading,
      qsize: reading,
      taskDone: reading,
      join: reading,
      flush: reading,
    },
  },
  {
    title: 'shared value',
    declare: (p, name) => {
      const shared = p.sharedValue(name)
      return {
        read: () => shared.read(),
        write: (value: number) => shared.write(value),
        acquire: () => shared.getLock().acquire(),
        tryAcquire: () => shared.getLock().tryAcquire(),
        release: () => shared.getLock().release(),
      }
    },
    operations: { read: reading, write: fc.tuple(integer), acquire: reading, tryAcquire: reading, release: reading },
  },
  {
    title: 'shared array',
    declare: (p, name) => p.sharedArray(name, 2),
    operations: { read: fc.tuple(index), write: fc.tuple(index, integer) },
  },
  {
    title: 'managed dict',
    declare: (p, name) => p.manager().dict(name, { a: 1 }),
    operations: {
      at: fc.tuple(key),
      get: fc.tuple(key),
      set: fc.tuple(key, integer),
      delete: fc.tuple(key),
      pop: fc.tuple(key),
      popItem: reading,
      setDefault: fc.tuple(key, integer),
      items: reading,
      clear: reading,
    },
  },
  {
    title: 'managed list',
    declare: (p, name) => p.manager().list(name, [1]),
    operations: {
      at: fc.tuple(index),
      set: fc.tuple(index, integer),
      append: fc.tuple(integer),
      insert: fc.tuple(index, integer),
      pop: reading,
      remove: fc.tuple(integer),
      index: fc.tuple(integer),
      reverse: reading,
      items: reading,
    },
  },
]
