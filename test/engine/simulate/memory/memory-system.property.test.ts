import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AccessKind } from '../../../../src/engine/simulate/memory/access-kind.js'
import type { MemoryConfig } from '../../../../src/engine/simulate/memory/memory-config.js'
import { MemorySystem } from '../../../../src/engine/simulate/memory/memory-system.js'
import { SEED } from '../../support/seed.js'
import { ReferenceMemory } from './support/reference-memory.js'
import { accesses, LINES, LINE_SIZE, memoryConfig, type RandomAccess } from './support/random-memories.js'

const RUNS = Number(process.env['ENTRELACS_MEMORY_RUNS'] ?? 300)

const memoryAndAccesses = memoryConfig.chain((config) => fc.tuple(fc.constant(config), accesses(config.cores)))

/** Everything that can be asked about the lines, in one text: comparing that is quick. */
function describeLines(memory: MemorySystem | ReferenceMemory, cores: readonly number[]): string {
  const unit = memory instanceof MemorySystem ? 1 : LINE_SIZE
  return LINES.map((address) => {
    const of = (core: number) => [
      memory.stateOf(core, address / unit),
      memory.levelOf(core, address / unit),
      memory.lastLevelOf(core, address / unit),
    ]
    return `${address}: ${cores.map((core) => of(core).join(' ')).join(', ')}`
  }).join('\n')
}

const coresOf = ({ cores }: MemoryConfig) => Array.from({ length: cores }, (_, core) => core)

/** Runs the accesses and looks at the memory after each. */
function run(
  config: MemoryConfig,
  sequence: readonly RandomAccess[],
  look: (memory: MemorySystem, access: RandomAccess, now: number, time: number) => void,
): void {
  const memory = new MemorySystem(config)
  let now = 0
  for (const access of sequence) {
    now += access.pause
    look(memory, access, now, memory.access(access.core, access.address, access.kind, now))
  }
}

describe('The memory system', () => {
  test('agrees with the reference in every time, state, level and counter after every access', () => {
    fc.assert(
      fc.property(memoryAndAccesses, ([config, sequence]) => {
        const reference = new ReferenceMemory(config)
        const cores = coresOf(config)
        run(config, sequence, (memory, { core, address, kind }, now, time) => {
          expect(time).toBe(reference.access(core, address, kind, now))
          expect(describeLines(memory, cores)).toBe(describeLines(reference, cores))
          expect(memory.homeOf(address)).toBe(reference.homeOf(address))
          const counters = cores.map((each) => memory.countersOf(each))
          const expected = cores.map((each) => reference.countersOf(each))
          if (JSON.stringify(counters) !== JSON.stringify(expected)) expect(counters).toEqual(expected)
        })
      }),
      { seed: SEED, numRuns: RUNS },
    )
  })

  test('never has a modified or exclusive copy beside another one', () => {
    fc.assert(
      fc.property(memoryAndAccesses, ([config, sequence]) => {
        run(config, sequence, (memory) => {
          for (const address of LINES) {
            const states = coresOf(config).map((core) => memory.stateOf(core, address))
            const copies = states.filter((state) => state !== 'I')
            if (copies.length > 1 && copies.some((state) => state !== 'S')) expect(states).toBe('only shared copies')
          }
        })
      }),
      { seed: SEED, numRuns: RUNS },
    )
  })

  test('has after a write the only copy modified, and after a read a copy', () => {
    fc.assert(
      fc.property(memoryAndAccesses, ([config, sequence]) => {
        // Without holding lines: who still has one that is leaving does not change its state.
        run(
          { ...config, transfer: { ...config.transfer, hold: 0 } },
          spread(sequence),
          (memory, { core, address, kind }) => {
            if (kind === AccessKind.Load) expect(memory.stateOf(core, address)).not.toBe('I')
            else expect(memory.stateOf(core, address)).toBe('M')
            expect(memory.levelOf(core, address)).toBe(0)
          },
        )
      }),
      { seed: SEED, numRuns: RUNS },
    )
  })

  test('keeps what an inclusive last level promises: what a core has is in its last level', () => {
    fc.assert(
      fc.property(memoryAndAccesses, ([config, sequence]) => {
        fc.pre(config.sharedLevel !== null)
        const inclusive = { ...config, sharedLevel: { ...config.sharedLevel!, inclusive: true } }
        run(inclusive, sequence, (memory) => {
          for (const address of LINES) {
            const promised = memory.coresWith(address)
            const kept = promised.filter((core) => memory.lastLevelOf(core, address) !== 'absent')
            if (kept.length !== promised.length) expect(kept).toEqual(promised)
          }
        })
      }),
      { seed: SEED, numRuns: RUNS },
    )
  })

  test('counts every access once, as a hit of some level, a transfer or a read from memory', () => {
    fc.assert(
      fc.property(memoryAndAccesses, ([config, sequence]) => {
        run(config, sequence, (memory) => {
          for (const counters of [...coresOf(config).map((core) => memory.countersOf(core)), memory.counters()]) {
            const { loads, stores, atomics, hits, misses, lineTransfers, localMemory, remoteMemory } = counters
            const accessed = loads + stores + atomics
            expect(hits.reduce((a, b) => a + b, 0) + lineTransfers + localMemory + remoteMemory).toBe(accessed)
            expect(misses.at(-1)).toBe(lineTransfers + localMemory + remoteMemory)
          }
          const all = memory.counters()
          expect(all.invalidationsSent).toBe(all.invalidationsReceived)
          const { bus, controllers, links } = memory.traffic()
          const sum = (loads: readonly { bytes: number }[]) => loads.reduce((total, { bytes }) => total + bytes, 0)
          expect([all.busBytes, all.memoryBytes, all.linkBytes]).toEqual([
            bus?.bytes ?? 0,
            sum(controllers),
            sum(links),
          ])
        })
      }),
      { seed: SEED, numRuns: RUNS },
    )
  })

  test('gives the same times and counters for the same calls, whatever else is simulated beside it', () => {
    fc.assert(
      fc.property(memoryAndAccesses, memoryAndAccesses, ([config, sequence], [otherConfig, otherSequence]) => {
        const alone: number[] = []
        run(config, sequence, (_memory, _access, _now, time) => alone.push(time))
        const other = new MemorySystem(otherConfig)
        const beside: number[] = []
        run(config, sequence, (_memory, _access, now, time) => {
          beside.push(time)
          const { core, address, kind } = otherSequence[beside.length % otherSequence.length]
          other.access(core, address, kind, now)
        })
        expect(beside).toEqual(alone)
      }),
      { seed: SEED, numRuns: RUNS / 10 },
    )
  })
})

/** So far apart that nothing is under way when the next access comes. */
const spread = (sequence: readonly RandomAccess[]) => sequence.map((access) => ({ ...access, pause: 10_000 }))
