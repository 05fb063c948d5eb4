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
    title: 'semaphore',
    declare: (p, name) => p.semaphore(name, 2),
    operations: {
      acquire: fc.constantFrom([], [{ timeout: 1 }]),
      tryAcquire: reading,
      release: fc.constantFrom([], [2]),
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
