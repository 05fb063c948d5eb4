import { expect, test } from 'vitest'
import { Random } from '../../../../src/engine/random.js'
import { AccessKind } from '../../../../src/engine/simulate/memory/access-kind.js'
import type { MemoryConfig } from '../../../../src/engine/simulate/memory/memory-config.js'
import { MemorySystem } from '../../../../src/engine/simulate/memory/memory-system.js'
import { SEED } from '../../support/seed.js'
import { ReferenceMemory } from './support/reference-memory.js'

const KINDS = [AccessKind.Load, AccessKind.Load, AccessKind.Store, AccessKind.Atomic]

const big: MemoryConfig = {
  cores: 72,
  clock: 1000,
  lineSize: 64,
  privateLevels: [
    { size: 512, ways: 2, latency: 3 },
    { size: 2048, ways: 4, latency: 7 },
  ],
  sharedLevel: { size: 16_384, ways: 4, latency: 17, per: { cores: 6 }, inclusive: false },
  memory: { latency: 0.05, bandwidth: 16_000, controllers: 2 },
  interconnect: {
    kind: 'numa',
    nodes: [{ cores: 18 }, { cores: 18 }, { cores: 18 }, { cores: 18 }],
    hops: 'ring',
    latencyPerHop: 0.03,
    bandwidth: 16_000,
    messageBytes: 8,
    placement: 'interleave',
  },
  transfer: { within: 0.02, across: 0.04, hold: 0.015 },
  atomicCycles: 4,
  store: { cycles: 1, outstanding: 3 },
  prefetch: null,
}

test.each([true, false])('72 cores with thousands of lines agree with the reference (inclusive: %s)', (inclusive) => {
  const config = { ...big, sharedLevel: { ...big.sharedLevel!, inclusive } }
  const random = new Random(SEED)
  const memory = new MemorySystem(config)
  const reference = new ReferenceMemory(config)
  const access = (core: number, line: number, kind: AccessKind, now: number) => {
    const address = line * 64 + random.below(16) * 4
    expect(memory.access(core, address, kind, now)).toBe(reference.access(core, address, kind, now))
  }
  let now = 0
  for (let round = 0; round < 8000; round++) {
    now += random.below(20)
    const core = random.below(72)
    // Lines that many fight for, and as many of its own as every core can have.
    const isContested = random.below(3) > 0
    const line = isContested ? random.below(100) : 1000 + core * 40 + random.below(40)
    access(core, line, KINDS[random.below(4)], now)
  }
  const cores = Array.from({ length: 72 }, (_, core) => core)
  expect(cores.map((core) => memory.countersOf(core))).toEqual(cores.map((core) => reference.countersOf(core)))
  expect(memory.knownLines).toBeGreaterThan(1024)
  expect(memory.counters().trueSharing).toBeGreaterThan(100)
})
