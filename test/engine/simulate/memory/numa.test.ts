import { describe, expect, test } from 'vitest'
import { AccessKind } from '../../../../src/engine/simulate/memory/access-kind.js'
import type { MemoryConfig, Numa } from '../../../../src/engine/simulate/memory/memory-config.js'
import { MemorySystem } from '../../../../src/engine/simulate/memory/memory-system.js'
import { loads, NS, ROW_OF_NODES } from './support/machines.js'

const { Load, Store } = AccessKind
const PAGE = 4096
const CORE_OF_NODE = [0, 2, 4]

const nodesWith = (changes: Partial<Numa>): MemoryConfig => ({
  ...ROW_OF_NODES,
  interconnect: { ...ROW_OF_NODES.interconnect, ...changes },
})

/** ns of a load of a page that was put into the memory of `home`, by a core of `node`. */
function loadTime(config: MemoryConfig, node: number, home: number): number {
  const memory = new MemorySystem(config)
  memory.place(0, PAGE, home)
  return memory.access(CORE_OF_NODE[node], 0, Load, 0) / NS
}

describe('The distance of memory', () => {
  test.each([0, 1, 2])('from node %i is the latency and 50 ns for every hop', (node) => {
    const times = [0, 1, 2].map((home) => loadTime(ROW_OF_NODES, node, home))
    expect(times).toEqual([0, 1, 2].map((home) => 80 + 50 * Math.abs(node - home)))
  })

  test('on a ring is that of the shorter way round, and one hop if all are linked', () => {
    const nodes = [{ cores: 2 }, { cores: 2 }, { cores: 2 }, { cores: 0 }]
    const times = (hops: Numa['hops']) => [0, 1, 2, 3].map((home) => loadTime(nodesWith({ nodes, hops }), 0, home))
    expect(times('ring')).toEqual([80, 130, 180, 130])
    expect(times('full')).toEqual([80, 130, 130, 130])
  })

  test('counts for lines from other caches as well', () => {
    const memory = new MemorySystem(ROW_OF_NODES)
    const modified = [0, 1, 2, 3].map((page) => page * PAGE)
    for (const address of modified) memory.access(0, address, Store, 0)
    const times = [1, 2, 4].map((core, index) => memory.access(core, modified[index], Load, 1e9) / NS)
    // In the node 25 ns; across 60 ns, and hops.
    expect(times).toEqual([25, 60 + 50, 60 + 100])
    expect(memory.counters()).toMatchObject({ lineTransfers: 3, remoteTransfers: 2 })
  })

  test('is that of the farthest copy for a write that has to invalidate', () => {
    const memory = new MemorySystem(ROW_OF_NODES)
    for (const core of [0, 1]) memory.access(core, 0, Load, core * 1e6)
    expect(memory.access(0, 0, Store, 1e7) / NS).toBe(25 + 0.5)
    for (const core of [1, 4]) memory.access(core, 0, Load, 2e7 + core * 1e6)
    expect(memory.access(0, 0, Store, 1e8) / NS).toBe(160 + 0.5)
  })
})

describe('Pages are placed', () => {
  /** ns of loads of one line in each of 30 pages, by a core of each node in turn, after those of `toucher`. */
  function meanTimes(memory: MemorySystem, toucher: number | null): number[] {
    const addresses = Array.from({ length: 30 }, (_, page) => page * PAGE + 64)
    if (toucher !== null) loads(memory, toucher, addresses)
    return CORE_OF_NODE.map((core, index) => {
      // Another line of each page, which nobody has.
      const others = addresses.map((address) => address + 64 * (index + 1))
      const times = loads(memory, core, others, 1e9 * (index + 1))
      return times.reduce((a, b) => a + b) / times.length / NS
    })
  }

  test('where they are touched first', () => {
    expect(meanTimes(new MemorySystem(ROW_OF_NODES), 0)).toEqual([80, 130, 180])
    expect(meanTimes(new MemorySystem(ROW_OF_NODES), 3)).toEqual([130, 80, 130])
  })

  test('in turn, which gives everybody the mean of the distances, whoever touches them', () => {
    const config = nodesWith({ placement: 'interleave' })
    const means = [80 + (50 + 100) / 3, 80 + (50 + 50) / 3, 80 + (50 + 100) / 3]
    for (const toucher of [null, 0, 5]) {
      const times = meanTimes(new MemorySystem(config), toucher)
      for (const [node, time] of times.entries()) expect(time).toBeCloseTo(means[node], 9)
    }
  })

  test('on one node if they are bound to it', () => {
    expect(meanTimes(new MemorySystem(nodesWith({ placement: { bind: 2 } })), 0)).toEqual([180, 130, 80])
  })

  test('page by page, once and for all', () => {
    const memory = new MemorySystem(ROW_OF_NODES)
    expect(memory.homeOf(5 * PAGE)).toBe(-1)
    memory.access(2, 6 * PAGE - 1, Load, 0)
    memory.access(4, 6 * PAGE, Load, 0)
    memory.access(4, 5 * PAGE, Store, 1e9)
    expect([5 * PAGE, 6 * PAGE - 1, 6 * PAGE, 7 * PAGE].map((address) => memory.homeOf(address))).toEqual([1, 1, 2, -1])
    memory.place(7 * PAGE + 100, PAGE, 2)
    memory.access(0, 7 * PAGE, Load, 2e9)
    expect([7, 8, 9].map((page) => memory.homeOf(page * PAGE))).toEqual([2, 2, -1])
  })

  test('as many as there are', () => {
    const memory = new MemorySystem(ROW_OF_NODES)
    const pages = Array.from({ length: 5000 }, (_, page) => page)
    for (const page of pages) memory.access(CORE_OF_NODE[(page * 7) % 3], page * 37 * PAGE, Load, page * NS)
    expect(pages.map((page) => memory.homeOf(page * 37 * PAGE))).toEqual(pages.map((page) => (page * 7) % 3))
    expect(memory.homeOf(PAGE)).toBe(-1)
  })

  test('and counted as local and remote accesses', () => {
    const memory = new MemorySystem(nodesWith({ placement: 'interleave' }))
    loads(
      memory,
      2,
      Array.from({ length: 30 }, (_, page) => page * PAGE),
    )
    expect(memory.countersOf(2)).toMatchObject({ localMemory: 10, remoteMemory: 20, linkBytes: 20 * 64 })
  })
})

describe('Coherence traffic', () => {
  test('grows with the nodes that share: a message to each, over every link of the way', () => {
    // Per number of nodes that have a copy besides the writer's: messages over links.
    for (const { readers, bytes } of [
      { readers: [1], bytes: 0 },
      { readers: [2], bytes: 8 },
      { readers: [2, 3], bytes: 8 },
      { readers: [2, 4], bytes: 8 + 16 },
      { readers: [1, 2, 3, 4, 5], bytes: 8 + 16 },
    ]) {
      const memory = new MemorySystem(ROW_OF_NODES)
      for (const core of [0, ...readers]) memory.access(core, 0, Load, core * 1e6)
      memory.clearCounters()
      memory.access(0, 0, Store, 1e8)
      expect(memory.counters()).toMatchObject({ linkBytes: bytes, invalidationsSent: readers.length })
    }
  })
})
