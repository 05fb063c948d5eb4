import type { ShutdownOptions } from 'entrelacs'
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

const reading = fc.constant([])
const change = fc.constantFrom<(value: unknown) => unknown>(
  (value) => value,
  () => 1,
  (value) => (typeof value === 'number' ? Math.min(value + 1, 5) : 2),
)

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
]
