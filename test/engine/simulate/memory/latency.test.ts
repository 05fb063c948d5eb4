import { describe, expect, test } from 'vitest'
import { Random } from '../../../../src/engine/random.js'
import { AccessKind } from '../../../../src/engine/simulate/memory/access-kind.js'
import { MemorySystem } from '../../../../src/engine/simulate/memory/memory-system.js'
import { SEED } from '../../support/seed.js'
import { loads, NS, SMALL } from './support/machines.js'

const KIB = 1024

/** The lines of so many bytes in an order at random. */
function chase(bytes: number): number[] {
  const random = new Random(SEED)
  const addresses = Array.from({ length: bytes / 64 }, (_, line) => line * 64)
  for (let last = addresses.length - 1; last > 0; last--) {
    const other = random.below(last + 1)
    ;[addresses[last], addresses[other]] = [addresses[other], addresses[last]]
  }
  return addresses
}

/** The times of a round through a working set that has been gone through twice. */
function lapTimes(bytes: number, inclusive: boolean): number[] {
  const memory = new MemorySystem({ ...SMALL, sharedLevel: { ...SMALL.sharedLevel!, inclusive } })
  const addresses = chase(bytes)
  loads(memory, 0, [...addresses, ...addresses])
  return loads(memory, 0, addresses, 1000 * NS * NS)
}

describe('The latency of a pointer chase', () => {
  test.each([
    { kib: 1, ns: 2 },
    { kib: 4, ns: 2 },
    { kib: 8, ns: 6 },
    { kib: 16, ns: 6 },
    { kib: 32, ns: 20 },
    { kib: 64, ns: 20 },
    { kib: 128, ns: 80 },
    { kib: 512, ns: 80 },
  ])('through $kib KiB is exactly $ns ns, what the level that holds them says', ({ kib, ns }) => {
    for (const inclusive of [false, true]) {
      expect(new Set(lapTimes(kib * KIB, inclusive))).toEqual(new Set([ns * NS]))
    }
  })

  test('of a little more than a level holds misses in the sets that have too many lines', () => {
    // 8 sets of 8 ways, and a ninth line for 4 of the sets.
    const times = lapTimes(4 * KIB + 4 * 64, false)
    expect(times.filter((time) => time === 2 * NS)).toHaveLength(4 * 8)
    expect(times.filter((time) => time === 6 * NS)).toHaveLength(4 * 9)
  })
})

describe('Stores', () => {
  test('wait for their lines one after the other without a store buffer', () => {
    const memory = new MemorySystem(SMALL)
    let now = 0
    const times = [0, 64, 128, 192, 0].map((address) => {
      const time = memory.access(0, address, AccessKind.Store, now)
      now += time
      return time
    })
    // One cycle each, and 80 ns for the memory.
    expect(times).toEqual([80.5, 80.5, 80.5, 80.5, 0.5].map((ns) => ns * NS))
  })

  test('go on until the buffer is full with one, and atomics wait until it is empty', () => {
    const memory = new MemorySystem({ ...SMALL, store: { cycles: 1, outstanding: 2 } })
    let now = 0
    const access = (address: number, kind: AccessKind) => {
      const time = memory.access(0, address, kind, now)
      now += time
      return time / NS
    }
    expect(access(0, AccessKind.Store)).toBe(0.5)
    expect(access(64, AccessKind.Store)).toBe(0.5)
    // The first of two is done at 80 ns, now it is 1 ns.
    expect(access(128, AccessKind.Store)).toBe(79.5)
    // The second is done half a ns after the first.
    expect(access(192, AccessKind.Store)).toBe(0.5)
    expect(now).toBe(81 * NS)
    // Hits and loads do not wait for misses under way, atomics do: the last store is done at 80.5 + 80 ns. Then 2 ns for a
    // hit and 6 for being atomic.
    expect(access(128, AccessKind.Store)).toBe(0.5)
    expect(access(128, AccessKind.Load)).toBe(2)
    expect(access(128, AccessKind.Atomic)).toBe(160.5 - 83.5 + 8)
    expect(memory.counters().storeWaiting).toBe((79 + 77) * NS)
  })
})
