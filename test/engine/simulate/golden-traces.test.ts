import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { adapted } from '../../../src/engine/simulate/machine/adapted-machine.js'
import type { Machine } from '../../../src/engine/simulate/machine/machine.js'
import { Simulation } from '../../../src/engine/simulate/simulation.js'
import { scenarios } from '../../../src/scenarios/index.js'
import { finish } from '../support/finish.js'
import { smallMachine } from './machines.js'
import { traceHash } from './results/trace-hash.js'

// The same seed gives the same bytes everywhere, for ever: whoever changes them does so on purpose, with UPDATE_GOLDEN=1.
const golden = new URL('golden-traces.json', import.meta.url)
const isUpdating = process.env['UPDATE_GOLDEN'] !== undefined

const SCENARIOS = [
  'active-count',
  'graceful-stop',
  'own-memory-queue',
  'bank-account',
  'philosophers-ordered',
  'publisher',
  'ticket-sellers',
  'barrier',
  'worker-pool',
  'gather',
]

const MACHINES: Readonly<Record<string, Machine>> = {
  compiled: smallMachine(2),
  interpreted: adapted(smallMachine(4, 2000), { gil: '3.9', policy: 'cfs' }),
}

const SEEDS = [1, 'another']

test('Traces are what they have always been', async () => {
  const hashes: Record<string, string> = {}
  for (const name of SCENARIOS) {
    const { default: program } = await scenarios.find((scenario) => scenario.name === name)!.load()
    for (const [kind, machine] of Object.entries(MACHINES))
      for (const seed of SEEDS) {
        const simulation = new Simulation(program, machine, { seed, maxEvents: 20_000, trace: true })
        finish(simulation.run())
        hashes[`${name} · ${kind} · ${seed}`] = traceHash(simulation.trace!)
      }
  }
  if (isUpdating) writeFileSync(golden, `${JSON.stringify(hashes, null, 2)}\n`)
  expect(hashes).toEqual(JSON.parse(readFileSync(golden, 'utf8')))
  // Machines and seeds are not without effect.
  expect(new Set(Object.values(hashes)).size).toBe(SCENARIOS.length * 2 * SEEDS.length)
})
