import { describe, expect, test } from 'vitest'
import { AccessKind } from '../../../../src/engine/simulate/memory/access-kind.js'
import type { MemoryConfig } from '../../../../src/engine/simulate/memory/memory-config.js'
import { MemorySystem } from '../../../../src/engine/simulate/memory/memory-system.js'
import { NS, race, ROW_OF_NODES, SMALL } from './support/machines.js'

const LINE = 64
const LATENCY = SMALL.memory.latency
const PER_CORE = 1 << 30
const BUS = 3

const onBus = (cores: number, bandwidth: number, controller = Infinity): MemoryConfig => ({
  ...SMALL,
  cores,
  memory: { ...SMALL.memory, bandwidth: controller },
  interconnect: { kind: 'bus', bandwidth, messageBytes: 8 },
})

/** Bytes per ns that cores get together which access new lines all the time. */
function throughput(config: MemoryConfig, kind: AccessKind = AccessKind.Load, ns = 100_000): number {
  const memory = new MemorySystem(config)
  const cores = Array.from({ length: config.cores }, (_, core) => ({
    next: (count: number) => ({ address: core * PER_CORE + count * LINE, kind }),
  }))
  const results = race(memory, cores, ns * NS)
  return results.reduce((sum, { time, count }) => sum + (count * LINE) / (time / NS), 0)
}

/** The same with streams of pieces that the cores ask for in turn. */
function streamThroughput(config: MemoryConfig, pieceLines: number): number {
  const memory = new MemorySystem(config)
  const times = Array.from({ length: config.cores }, () => 0)
  const pieces = times.map(() => 0)
  const bytes = pieceLines * LINE
  for (;;) {
    const now = Math.min(...times)
    if (now >= 1_000_000 * NS) break
    const core = times.indexOf(now)
    times[core] += memory.stream(core, core * PER_CORE + pieces[core]++ * bytes, bytes, 8, AccessKind.Load, now)
  }
  return times.reduce((sum, time, core) => sum + (pieces[core] * bytes) / (time / NS), 0)
}

const within = (share: number, value: number, expected: number) => {
  expect(value / expected).toBeGreaterThan(1 - share)
  expect(value / expected).toBeLessThan(1 + share)
}
const within1Percent = (value: number, expected: number) => within(0.01, value, expected)

describe('One bus', () => {
  test.each([1, 2, 3, 4, 5, 8, 16])('gives %i cores what they ask for up to its bandwidth', (cores) => {
    within1Percent(throughput(onBus(cores, BUS)), Math.min((cores * LINE) / LATENCY, BUS))
  })

  test('makes all wait alike: k cores beyond saturation take k lines on the bus per line', () => {
    const memory = new MemorySystem(onBus(8, BUS))
    const cores = Array.from({ length: 8 }, (_, core) => ({
      next: (count: number) => ({ address: core * PER_CORE + count * LINE, kind: AccessKind.Load }),
    }))
    const results = race(memory, cores, 100_000 * NS)
    for (const { time, count } of results) within1Percent(time / count / NS, (8 * LINE) / BUS)
    const { queueing, loads } = memory.counters()
    within1Percent(queueing / loads / NS, (8 * LINE) / BUS - LATENCY)
    const { bus, controllers } = memory.traffic()
    within1Percent(bus!.busy, Math.max(...results.map(({ time }) => time)))
    expect([bus!.bytes, controllers[0].bytes]).toEqual([loads * LINE, loads * LINE])
  })

  test('carries two lines for a line that is modified: fetched, and written back', () => {
    const small = { ...onBus(8, BUS), privateLevels: SMALL.privateLevels.slice(0, 1), sharedLevel: null }
    within1Percent(throughput(small, AccessKind.Store, 2_000_000), BUS / 2)
  })

  test('is not the bottleneck if the controller is', () => {
    within1Percent(throughput(onBus(8, BUS, 2)), 2)
    within1Percent(throughput({ ...onBus(8, 100, 1), memory: { latency: LATENCY, bandwidth: 1, controllers: 2 } }), 2)
  })

  test('is as far for every core', () => {
    const memory = new MemorySystem(onBus(4, BUS))
    const times = [0, 1, 2, 3].map((core) => memory.access(core, core * PER_CORE, AccessKind.Load, core * 1000 * NS))
    expect(new Set(times)).toEqual(new Set([LATENCY * NS]))
  })

  test('is not used for what stays within a last level', () => {
    const memory = new MemorySystem(onBus(4, BUS))
    memory.access(0, 0, AccessKind.Store, 0)
    for (const core of [1, 2, 3]) memory.access(core, 0, AccessKind.Load, core * 1000 * NS)
    memory.access(0, 0, AccessKind.Store, 5000 * NS)
    expect(memory.counters()).toMatchObject({ lineTransfers: 1, upgrades: 1, busBytes: LINE })
  })

  test('carries lines and invalidations between cores without a common last level', () => {
    const memory = new MemorySystem({ ...onBus(4, BUS), sharedLevel: null })
    memory.access(0, 0, AccessKind.Store, 0)
    memory.access(1, 0, AccessKind.Load, 1000 * NS)
    // Fetched, handed over, written back; then one broadcast.
    expect(memory.counters().busBytes).toBe(3 * LINE)
    memory.access(2, 0, AccessKind.Load, 2000 * NS)
    memory.access(0, 0, AccessKind.Store, 3000 * NS)
    expect(memory.counters().busBytes).toBe(4 * LINE + 8)
  })
})

describe('Streams of several cores', () => {
  test.each([1, 2, 3, 4, 5, 8])('of %i cores share the bus as single accesses do', (cores) => {
    // 8 elements a line: one from the memory, 7 hits of 2 ns.
    const alone = LINE / (LATENCY + 7 * 2)
    const expected = Math.min(cores * alone, BUS)
    within1Percent(streamThroughput(onBus(cores, BUS), 1), expected)
    // Within a piece, who was asked for first goes first: near saturation this leaves some of the bus unused.
    for (const lines of [10, 100]) within(0.02, streamThroughput(onBus(cores, BUS), lines), expected)
  })

  // In pieces as above.
  test.each([1, 2, 3, 4, 8])('of %i cores with prefetch get lines per latency up to the bandwidth', (cores) => {
    const config = { ...onBus(cores, 12), prefetch: { lines: 4, cyclesPerElement: 0 } }
    within(0.03, streamThroughput(config, 100), Math.min((cores * 4 * LINE) / LATENCY, 12))
  })
})

describe('Links between nodes', () => {
  const far: MemoryConfig = {
    ...ROW_OF_NODES,
    interconnect: { ...ROW_OF_NODES.interconnect, bandwidth: 1, placement: { bind: 0 } },
  }

  test('give remote cores their bandwidth and leave local ones alone', () => {
    const memory = new MemorySystem(far)
    const cores = [0, 1, 2, 3, 4, 5].map((core) => ({
      next: (count: number) => ({ address: core * PER_CORE + count * LINE, kind: AccessKind.Load }),
    }))
    const rates = race(memory, cores, 200_000 * NS).map(({ time, count }) => (count * LINE) / (time / NS))
    within1Percent(rates[0], LINE / LATENCY)
    within1Percent(rates[1], LINE / LATENCY)
    // All that nodes 1 and 2 read comes over the link from node 0 to node 1.
    within1Percent(rates[2] + rates[3] + rates[4] + rates[5], 1)
    const loads = [2, 3, 4, 5].map((core) => memory.countersOf(core).loads)
    const { links, bus } = memory.traffic()
    expect(bus).toBeNull()
    expect(links.map(({ from, to, bytes }) => [from, to, bytes])).toEqual([
      [0, 1, (loads[0] + loads[1] + loads[2] + loads[3]) * LINE],
      [1, 2, (loads[2] + loads[3]) * LINE],
      [1, 0, 0],
      [2, 1, 0],
    ])
  })
})
