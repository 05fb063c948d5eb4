import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fifo } from '../../../../src/engine/simulate/os/policies/fifo.js'
import { roundRobin } from '../../../../src/engine/simulate/os/policies/round-robin.js'
import { SEED } from '../../support/seed.js'
import { oracle, type OracleSetting } from './support/oracle.js'
import type { Stretch } from './support/recorder.js'
import { simulate } from './support/scripted.js'
import { scriptedThreads } from './support/scripts.js'

const RUNS = 500

describe('The operating system, against a simulator that goes tick by tick,', () => {
  test('runs FIFO without costs on 1 to 3 cores alike', () => {
    compare({ quantum: fc.constant(Infinity), costs: FREE })
  })

  test('runs round-robin without costs on 1 to 3 cores alike', () => {
    compare({ quantum: fc.integer({ min: 1, max: 7 }), costs: FREE })
  })

  test('runs FIFO with costs of switches, wake-ups and migrations on 1 to 3 cores alike', () => {
    compare({ quantum: fc.constant(Infinity), costs: COSTS })
  })

  test('runs round-robin with costs of switches, wake-ups and migrations on 1 to 3 cores alike', () => {
    compare({ quantum: fc.integer({ min: 1, max: 7 }), costs: COSTS })
  })
})

type Costs = Pick<OracleSetting, 'switchCost' | 'wakeLatency' | 'migrationCost'>

const FREE = fc.constant<Costs>({ switchCost: 0, wakeLatency: 0, migrationCost: 0 })
const cost = fc.integer({ min: 0, max: 3 })
const COSTS: fc.Arbitrary<Costs> = fc.record({ switchCost: cost, wakeLatency: cost, migrationCost: cost })

function compare({ quantum, costs }: { quantum: fc.Arbitrary<number>; costs: fc.Arbitrary<Costs> }): void {
  const setting = fc
    .integer({ min: 1, max: 3 })
    .chain((cores) => fc.record({ cores: fc.constant(cores), threads: scriptedThreads({ cores }), quantum, costs }))
  fc.assert(
    fc.property(setting, ({ cores, threads, quantum: turn, costs: paid }) => {
      const policy = turn === Infinity ? fifo() : roundRobin({ quantum: turn, queues: 'global' })
      const simulated = simulate({ policy, threads, cores, costs: paid })
      expect(inTicks(simulated.stretches)).toEqual(inTicks(oracle({ threads, cores, quantum: turn, ...paid })))
    }),
    { seed: SEED, numRuns: RUNS },
  )
}

/** Who ran where at each tick, in order. */
function inTicks(stretches: readonly Stretch[]): string[] {
  return stretches
    .flatMap(({ core, thread, from, to }) =>
      Array.from({ length: to - from }, (_, i) => ({ at: from + i, core, thread })),
    )
    .toSorted((a, b) => a.at - b.at || a.core - b.core)
    .map(({ at, core, thread }) => `${at}: ${thread} on ${core}`)
}
