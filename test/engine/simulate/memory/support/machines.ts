import { AccessKind } from '../../../../../src/engine/simulate/memory/access-kind.js'
import type { MemoryConfig, Numa } from '../../../../../src/engine/simulate/memory/memory-config.js'
import type { MemorySystem } from '../../../../../src/engine/simulate/memory/memory-system.js'

/** A machine with round numbers and small caches: 2 GHz, so 2 cycles are 1 ns. Bus and controller are never busy. */
export const SMALL: MemoryConfig = {
  cores: 4,
  clock: 2,
  lineSize: 64,
  privateLevels: [
    { size: 4096, ways: 8, latency: 4 },
    { size: 16_384, ways: 4, latency: 12 },
  ],
  sharedLevel: { size: 65_536, ways: 16, latency: 40, per: 'machine', inclusive: false },
  memory: { latency: 80, bandwidth: Infinity, controllers: 1 },
  interconnect: { kind: 'bus', bandwidth: Infinity, messageBytes: 8 },
  transfer: { within: 25, across: 60, hold: 0 },
  atomicCycles: 12,
  store: { cycles: 1, outstanding: 0 },
  prefetch: null,
}

const NUMA: Numa = {
  kind: 'numa',
  nodes: [{ cores: 2 }, { cores: 2 }, { cores: 2 }],
  hops: [
    [0, 1, 2],
    [1, 0, 1],
    [2, 1, 0],
  ],
  latencyPerHop: 50,
  bandwidth: Infinity,
  messageBytes: 8,
  placement: 'first-touch',
}

/** Three nodes in a row with two cores each, and a last level per node. */
export const ROW_OF_NODES: MemoryConfig & { readonly interconnect: Numa } = {
  ...SMALL,
  cores: 6,
  sharedLevel: { ...SMALL.sharedLevel!, per: 'node' },
  interconnect: NUMA,
}

export const NS = 1000

/** The time one access takes. */
export interface Step {
  readonly core: number
  readonly address: number
  readonly kind: AccessKind
}

/**
 * Cores that do one access after the other, each at the end of its one before, until one has got to `end`: the time each
 * had got to before it would have been later, and the accesses it had done.
 */
export function race(
  memory: MemorySystem,
  cores: readonly { readonly next: (count: number) => Omit<Step, 'core'> }[],
  end: number,
): { readonly time: number; readonly count: number }[] {
  const states = cores.map(() => ({ time: 0, count: 0 }))
  for (;;) {
    const time = Math.min(...states.map((state) => state.time))
    if (time >= end) return states
    const core = states.findIndex((state) => state.time === time)
    const { address, kind } = cores[core].next(states[core].count++)
    states[core].time += memory.access(core, address, kind, time)
  }
}

/** Loads, one after the other; returns their times. */
export function loads(memory: MemorySystem, core: number, addresses: readonly number[], from = 0): number[] {
  let now = from
  return addresses.map((address) => {
    const time = memory.access(core, address, AccessKind.Load, now)
    now += time
    return time
  })
}
