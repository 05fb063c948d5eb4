import { describe, expect, test } from 'vitest'
import { AccessKind } from '../../../../src/engine/simulate/memory/access-kind.js'
import type { MemoryConfig } from '../../../../src/engine/simulate/memory/memory-config.js'
import { MemorySystem } from '../../../../src/engine/simulate/memory/memory-system.js'
import { NS, race, SMALL } from './support/machines.js'

const { Load, Store, Atomic } = AccessKind

/** Two cores with atomics on one address each: ns per atomic of each core, and the counters. */
function contend(config: MemoryConfig, first: number, second: number) {
  const memory = new MemorySystem(config)
  const cores = [first, second].map((address) => ({ next: () => ({ address, kind: Atomic }) }))
  const results = race(memory, cores, 1e6 * NS)
  return { each: results.map(({ time, count }) => time / count / NS), counters: memory.counters(), results }
}

/** The 2-core cloud machine (EPYC, Zen 4) of the measurements, as two probes have it: spinning ping-pong and atomics. */
const CLOUD: MemoryConfig = {
  ...SMALL,
  cores: 2,
  clock: 3.3,
  privateLevels: [
    { size: 32 * 1024, ways: 8, latency: 4 },
    { size: 1024 * 1024, ways: 8, latency: 14 },
  ],
  sharedLevel: { size: 32 * 1024 * 1024, ways: 16, latency: 46, per: 'machine', inclusive: false },
  transfer: { within: 16.8, across: 16.8, hold: 23.75 },
  atomicCycles: 23.5,
}

describe('The states of a line', () => {
  test('go the way of the textbook', () => {
    const memory = new MemorySystem(SMALL)
    let now = 0
    const after = (core: number, kind: AccessKind) => {
      now += memory.access(core, 0, kind, now)
      return [0, 1, 2].map((each) => memory.stateOf(each, 0)).join('')
    }
    expect(after(0, Load)).toBe('EII')
    expect(after(0, Store)).toBe('MII')
    expect(after(1, Load)).toBe('SSI')
    expect(after(2, Load)).toBe('SSS')
    expect(after(1, Store)).toBe('IMI')
    expect(after(0, Load)).toBe('SSI')
    expect(after(2, Atomic)).toBe('IIM')
    expect(after(2, Load)).toBe('IIM')
    expect(memory.countersOf(1)).toMatchObject({ upgrades: 1, invalidationsSent: 2, invalidationsReceived: 1 })
    expect(memory.countersOf(0)).toMatchObject({ invalidationsReceived: 2, writeBacks: 1, trueSharing: 1 })
  })

  test('cost what the configuration says', () => {
    const memory = new MemorySystem(SMALL)
    let now = 0
    const time = (core: number, kind: AccessKind) => {
      const taken = memory.access(core, 0, kind, now)
      now += taken + NS
      return taken / NS
    }
    expect(time(0, Load)).toBe(80)
    expect(time(0, Store)).toBe(0.5)
    // From another core's cache.
    expect(time(1, Load)).toBe(25)
    // From the last level, to which it was written back.
    expect(time(2, Load)).toBe(20)
    // Only the other copies have to go.
    expect(time(2, Store)).toBe(25.5)
    // From the other core's cache, and 12 cycles.
    expect(time(0, Atomic)).toBe(31)
    expect(time(0, Atomic)).toBe(8)
  })
})

describe('False sharing', () => {
  test('of two cores costs each two transfers and two atomics per atomic', () => {
    const { each, counters } = contend(SMALL, 0, 8)
    // The line goes to and fro: 25 ns on its way, 6 ns for the other's atomic, twice.
    for (const ns of each) expect(ns).toBeCloseTo(2 * (25 + 6), 1)
    expect(counters.falseSharing).toBeGreaterThan(1000)
    expect(counters.trueSharing).toBe(0)
    expect(counters.lineTransfers).toBe(counters.falseSharing + 1)
  })

  test('is none on two lines', () => {
    const { each, counters } = contend(SMALL, 0, 64)
    for (const ns of each) expect(ns).toBeCloseTo(2 + 6, 1)
    expect(counters).toMatchObject({ falseSharing: 0, trueSharing: 0, lineTransfers: 0, invalidationsSent: 0 })
  })

  test('is true sharing on one word', () => {
    const { counters } = contend(SMALL, 4, 4)
    expect(counters.trueSharing).toBeGreaterThan(1000)
    expect(counters.falseSharing).toBe(0)
  })

  test('is told by the words written since, whoever wrote them', () => {
    const memory = new MemorySystem(SMALL)
    let now = 0
    const access = (core: number, word: number, kind: AccessKind) => {
      now += memory.access(core, word * 4, kind, now)
    }
    for (const core of [0, 1, 2]) access(core, 0, Load)
    access(1, 5, Store)
    access(1, 6, Store)
    access(2, 7, Store)
    // Written by 1 after 0 had lost the line, and by 2 after that.
    access(0, 6, Load)
    expect(memory.countersOf(0)).toMatchObject({ trueSharing: 1, falseSharing: 0 })
    access(2, 8, Store)
    access(0, 7, Load)
    // Word 7 was written, but before core 0 had the line last.
    expect(memory.countersOf(0)).toMatchObject({ trueSharing: 1, falseSharing: 1 })
  })

  test('is not told by what the core itself has written while the line was still there', () => {
    const memory = new MemorySystem({ ...SMALL, transfer: { ...SMALL.transfer, hold: 20 } })
    memory.access(0, 0, Store, 0)
    // Core 0 has the line from 80 to 100 ns; core 1 asks for it and gets it afterwards.
    expect(memory.access(1, 20, Store, 10 * NS) / NS).toBe(90 + 25 + 0.5)
    expect(memory.stateOf(0, 0)).toBe('I')
    expect(memory.access(0, 4, Store, 90 * NS) / NS).toBe(0.5)
    expect(memory.countersOf(0)).toMatchObject({ hitsWhileLeaving: 1, hits: [1, 0, 0] })
    memory.access(0, 4, Load, 200 * NS)
    expect(memory.countersOf(0)).toMatchObject({ trueSharing: 0, falseSharing: 1 })
    // But by what it has written for the others who have lost it.
    memory.access(2, 24, Store, 300 * NS)
    memory.access(1, 28, Store, 310 * NS)
    memory.access(2, 4, Store, 320 * NS)
    memory.access(0, 4, Load, 400 * NS)
    expect(memory.countersOf(0)).toMatchObject({ trueSharing: 1, falseSharing: 1 })
  })

  test('gets cheaper if cores hold lines: several atomics per transfer', () => {
    // Within 20 ns: one until 6 ns after the line has come, two more that begin before it goes; 2·(25 + 20) ns for 3.
    const { each } = contend({ ...SMALL, transfer: { ...SMALL.transfer, hold: 20 } }, 0, 8)
    for (const ns of each) expect(ns).toBeCloseTo(30, 1)
  })

  test('costs on the cloud machine what was measured there', () => {
    const shared = contend(CLOUD, 0, 8).each
    const apart = contend(CLOUD, 0, 64).each
    for (const ns of apart) expect(ns).toSatisfy((value: number) => value > 8.2 && value < 8.5)
    for (const ns of shared) expect(ns).toSatisfy((value: number) => value > 27 && value < 33)
    expect(shared[0] / apart[0]).toSatisfy((ratio: number) => ratio > 3.2 && ratio < 4)
  })

  test('does not keep a spinning reader from the line: a round trip on the cloud machine is what was measured', () => {
    const memory = new MemorySystem(CLOUD)
    const flag = [0, 4096]
    let now = 0
    const rounds = 1000
    // The one who waits has read the flag before it is written, and reads it again from then on.
    for (let turn = 0; turn < 2 * rounds; turn++) {
      const writer = turn % 2
      memory.access(1 - writer, flag[writer], Load, now)
      const written = now + memory.access(writer, flag[writer], Store, now)
      now = written + memory.access(1 - writer, flag[writer], Load, written)
    }
    expect(now / rounds / NS).toSatisfy((ns: number) => ns > 109 && ns < 116)
  })

  test('of many cores lets one after the other have the line', () => {
    const memory = new MemorySystem({ ...SMALL, cores: 64 })
    const cores = Array.from({ length: 64 }, (_, core) => ({ next: () => ({ address: core & 15, kind: Atomic }) }))
    const results = race(memory, cores, 1e5 * NS)
    for (const { time, count } of results) expect(time / count / NS / (64 * 31)).toBeCloseTo(1, 1)
  })
})
