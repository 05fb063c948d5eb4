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
    title: 'semaphore',
    declare: (p, name) => p.semaphore(name, 2),
    operations: {
      acquire: fc.constantFrom([], [{ timeout: 1 }]),
      tryAcquire: reading,
      release: fc.constantFrom([], [2]),
    },
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
]
