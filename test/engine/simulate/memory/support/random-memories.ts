import fc from 'fast-check'
import { AccessKind } from '../../../../../src/engine/simulate/memory/access-kind.js'
import type {
  Bus,
  MemoryConfig,
  Numa,
  Placement,
  SharedLevel,
} from '../../../../../src/engine/simulate/memory/memory-config.js'

export const LINE_SIZE = 16
const PAGE = 4096

/** Caches of a few lines, so that everything happens soon, and times of a few ps, so that they can be counted one by one. */
const ways = fc.constantFrom(1, 2)
const sets = fc.constantFrom(1, 2)
const time = (max: number) => fc.integer({ min: 1, max }).map((ps) => ps / 1000)

const privateLevels = fc.array(fc.record({ ways, sets }), { minLength: 1, maxLength: 3 }).map((levels) =>
  levels.map(({ ways: number, sets: count }, level) => ({
    // Farther levels have more sets, as in life.
    size: number * (count << level) * LINE_SIZE,
    ways: number,
    latency: 3 + 4 * level,
  })),
)

const sharedLevel = (per: SharedLevel['per'][]): fc.Arbitrary<SharedLevel | null> =>
  fc.option(
    fc
      .record({
        ways: fc.constantFrom(1, 2, 4),
        sets: fc.constantFrom(1, 2, 4),
        per: fc.constantFrom(...per),
        inclusive: fc.boolean(),
      })
      .map(({ ways: number, sets: count, ...rest }) => ({
        size: number * count * LINE_SIZE,
        ways: number,
        latency: 17,
        ...rest,
      })),
  )

const bandwidth = fc.constantFrom(Infinity, 16_000, 3200, 2000)

interface Place {
  readonly interconnect: Bus | Numa
  readonly cores: number
  readonly sharedPer: SharedLevel['per'][]
}

const bus: fc.Arbitrary<Place> = fc
  .record({ bandwidth, messageBytes: fc.constantFrom(0, 4), cores: fc.integer({ min: 2, max: 4 }) })
  .map(({ cores, ...rest }) => ({
    interconnect: { kind: 'bus', ...rest },
    cores,
    sharedPer: ['machine', 'node', { cores: 2 }],
  }))

const placement: fc.Arbitrary<Placement> = fc.constantFrom<Placement>('first-touch', 'interleave', { bind: 1 })

const CHAIN = [
  [0, 1, 2],
  [1, 0, 1],
  [2, 1, 0],
]
const FAR = [
  [0, 2],
  [2, 0],
]
const NODES: readonly {
  readonly sizes: readonly number[]
  readonly hops: Numa['hops']
  readonly per: SharedLevel['per'][]
}[] = [
  { sizes: [1, 1], hops: 'full', per: ['machine', 'node'] },
  { sizes: [2, 2], hops: 'full', per: ['machine', 'node', { cores: 2 }, { cores: 1 }] },
  { sizes: [2, 1], hops: FAR, per: ['machine', 'node'] },
  { sizes: [1, 2, 1], hops: CHAIN, per: ['machine', 'node'] },
  { sizes: [1, 1, 1, 1], hops: 'ring', per: ['machine', 'node'] },
  { sizes: [0, 2], hops: 'full', per: ['machine', 'node'] },
]

const numa: fc.Arbitrary<Place> = fc
  .record({
    nodes: fc.constantFrom(...NODES),
    bandwidth,
    messageBytes: fc.constantFrom(0, 4),
    latencyPerHop: time(40),
    placement,
  })
  .map(({ nodes: { sizes, hops, per }, ...rest }) => ({
    interconnect: { kind: 'numa', nodes: sizes.map((cores) => ({ cores })), hops, ...rest },
    cores: sizes.reduce((a, b) => a + b),
    sharedPer: per,
  }))

/** A machine whose cycle is a picosecond. */
export const memoryConfig: fc.Arbitrary<MemoryConfig> = fc
  .oneof(bus, numa)
  .chain(({ interconnect, cores, sharedPer }) =>
    fc.record({
      cores: fc.constant(cores),
      clock: fc.constant(1000),
      lineSize: fc.constant(LINE_SIZE),
      privateLevels,
      sharedLevel: sharedLevel(sharedPer),
      memory: fc.record({ latency: time(120), bandwidth, controllers: fc.constantFrom(1, 2) }),
      interconnect: fc.constant(interconnect),
      transfer: fc.record({ within: time(30), across: time(60), hold: fc.oneof(fc.constant(0), time(60)) }),
      atomicCycles: fc.integer({ min: 0, max: 9 }),
      store: fc.record({ cycles: fc.integer({ min: 0, max: 2 }), outstanding: fc.constantFrom(0, 1, 2) }),
      prefetch: fc.constant(null),
    }),
  )

export interface RandomAccess {
  readonly core: number
  readonly address: number
  readonly kind: AccessKind
  /** ps since the access before. */
  readonly pause: number
}

/** Accesses to a few lines of three pages, which meet in the same sets. */
export const accesses = (cores: number): fc.Arbitrary<RandomAccess[]> =>
  fc.array(
    fc.record({
      core: fc.integer({ min: 0, max: cores - 1 }),
      address: fc
        .record({
          page: fc.integer({ min: 0, max: 2 }),
          line: fc.integer({ min: 0, max: 3 }),
          word: fc.integer({ min: 0, max: 3 }),
        })
        .map(({ page, line, word }) => page * PAGE + line * LINE_SIZE + word * 4),
      kind: fc.constantFrom(AccessKind.Load, AccessKind.Load, AccessKind.Store, AccessKind.Atomic),
      pause: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 300 })),
    }),
    { minLength: 1, maxLength: 80, size: 'max' },
  )

/** All addresses at which lines of `accesses` begin. */
export const LINES: readonly number[] = [0, 1, 2].flatMap((page) =>
  [0, 1, 2, 3].map((line) => page * PAGE + line * LINE_SIZE),
)
