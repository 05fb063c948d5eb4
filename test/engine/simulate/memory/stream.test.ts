import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AccessKind } from '../../../../src/engine/simulate/memory/access-kind.js'
import type { MemoryConfig } from '../../../../src/engine/simulate/memory/memory-config.js'
import { MemorySystem } from '../../../../src/engine/simulate/memory/memory-system.js'
import { SEED } from '../../support/seed.js'
import { NS, SMALL } from './support/machines.js'
import { accesses, LINES, memoryConfig, type RandomAccess } from './support/random-memories.js'

const { Load, Store, Atomic } = AccessKind
const LINE = 64

const stream = fc.record({
  core: fc.integer({ min: 0, max: 1 }),
  address: fc.integer({ min: 0, max: 100 }),
  bytes: fc.integer({ min: 1, max: 200 }),
  stride: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 9, max: 70 })),
  kind: fc.constantFrom(Load, Store, Atomic),
})

/** A memory in which something has happened, and when. */
function used(config: MemoryConfig, before: readonly RandomAccess[]): { memory: MemorySystem; now: number } {
  const memory = new MemorySystem(config)
  let now = 0
  for (const { core, address, kind, pause } of before) {
    now += pause
    memory.access(core, address, kind, now)
  }
  return { memory, now }
}

const everything = (memory: MemorySystem, { cores }: MemoryConfig) =>
  Array.from({ length: cores }, (_, core) => [
    memory.countersOf(core),
    LINES.map((address) => [memory.stateOf(core, address), memory.levelOf(core, address)]),
  ])

describe('A stream', () => {
  test('is the sum of its accesses in time, states, counters and what comes after', () => {
    const scene = memoryConfig.chain((config) =>
      fc.tuple(
        fc.constant(config),
        accesses(config.cores),
        fc.array(stream, { minLength: 1, maxLength: 4 }),
        accesses(config.cores),
      ),
    )
    fc.assert(
      fc.property(scene, ([config, before, streams, after]) => {
        const whole = used(config, before)
        const single = used(config, before)
        for (const { core, address, bytes, stride, kind } of streams) {
          let time = 0
          for (let at = address; at < address + bytes; at += stride) {
            time += single.memory.access(core, at, kind, single.now + time)
          }
          expect(whole.memory.stream(core, address, bytes, stride, kind, whole.now)).toBe(time)
          expect(everything(whole.memory, config)).toEqual(everything(single.memory, config))
          whole.now += time
          single.now += time
        }
        for (const { core, address, kind, pause } of after) {
          whole.now += pause
          expect(whole.memory.access(core, address, kind, whole.now)).toBe(
            single.memory.access(core, address, kind, whole.now),
          )
        }
      }),
      { seed: SEED, numRuns: 400 },
    )
  })

  test('of nothing takes no time', () => {
    expect(new MemorySystem(SMALL).stream(0, 0, 0, 8, Load, 0)).toBe(0)
  })
})

describe('With prefetch, a stream', () => {
  const prefetching = (lines: number, cyclesPerElement: number): MemoryConfig => ({
    ...SMALL,
    prefetch: { lines, cyclesPerElement },
  })
  /** ns per line of a long stream of loads of 8 bytes. */
  const perLine = (config: MemoryConfig, kind: AccessKind = Load) => {
    const memory = new MemorySystem(config)
    return memory.stream(0, 0, 10_000 * LINE, 8, kind, 0) / 10_000 / NS
  }

  test('waits for the first line and then has so many lines per latency', () => {
    expect(perLine(prefetching(1, 0))).toBe(80)
    expect(perLine(prefetching(4, 0))).toBe(20)
    expect(perLine(prefetching(10, 0))).toBe(8)
  })

  test('takes what its elements take if that is more', () => {
    // 8 elements of 8 cycles of half a ns.
    expect(perLine(prefetching(4, 8))).toBeCloseTo(32, 1)
    expect(perLine(prefetching(1, 8))).toBe(80 + 32)
  })

  test('of stores is as fast where nothing has to be written back, and atomics are not prefetched', () => {
    expect(perLine(prefetching(4, 0), Store)).toBeCloseTo(20, 0)
    expect(perLine(prefetching(4, 0), Atomic)).toBe(perLine(SMALL, Atomic))
  })

  test('finds lines in caches in the time of these', () => {
    const memory = new MemorySystem(prefetching(4, 0))
    memory.stream(0, 0, 16_384, 8, Load, 0)
    // 256 lines in the second level, of 6 ns, four at once.
    expect(memory.stream(0, 0, 16_384, 8, Load, 1e9)).toBe((256 / 4) * 6 * NS)
  })

  test('gives the counters of its accesses', () => {
    const memory = new MemorySystem(prefetching(4, 1))
    const singly = new MemorySystem(SMALL)
    for (const each of [memory, singly]) each.stream(0, 0, 100 * LINE, 8, Load, 0)
    expect(memory.counters()).toEqual(singly.counters())
  })
})

describe('What is remembered', () => {
  test('does not grow with the length of a stream', () => {
    const memory = new MemorySystem({ ...SMALL, sharedLevel: { ...SMALL.sharedLevel!, inclusive: true } })
    memory.stream(0, 0, 65_536, 8, Store, 0)
    expect(memory.knownLines).toBe(1024)
    memory.stream(0, 0, 8 << 20, 8, Store, 1e12)
    expect(memory.knownLines).toBe(1024)
  })
})
