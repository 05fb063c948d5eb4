import { explore, type Program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { MAPPINGS } from '../../../src/engine/simulate/mapping/mapping-config.js'
import { Simulation } from '../../../src/engine/simulate/simulation.js'
import type { SimulateReport } from '../../../src/engine/simulate/simulate-report.js'
import { scenarios } from '../../../src/scenarios/index.js'
import { finish } from '../support/finish.js'
import { smallMachine } from './machines.js'
import { endOf, endOfRun } from './outcomes.js'

function* runs(program: Program, maxEvents: number): Generator<SimulateReport> {
  const run = (cores: number, mapping: string, seed: number) =>
    finish(new Simulation(program, smallMachine(cores), { seed, mapping, twins: false, maxEvents }).run())
  for (const cores of [1, 2, 3]) for (let seed = 0; seed < 5; seed++) yield run(cores, '1:1', seed)
  for (const mapping of MAPPINGS.slice(1)) for (let seed = 0; seed < 2; seed++) yield run(2, mapping, seed)
}

/** Programs that can go on for ever: two that meet no end by themselves, and those in which threads turn in a loop until another has its turn. */
const ENDLESS = [
  'up-and-down',
  'starvation',
  'starvation-tickets',
  'polite-diners',
  'polite-diners-insisting',
  'philosophers-try-lock',
]

describe('What comes of a simulated run is among what can come of the program, however its threads are mapped', () => {
  test.each(scenarios.map(({ name }) => name))('%s', { timeout: 60_000 }, async (name) => {
    const { default: program } = await scenarios.find((scenario) => scenario.name === name)!.load()
    const report = await explore(program, { maxStates: 300_000 })
    if (!report.complete) return
    const ends = report.outcomes.map(endOf)
    for (const run of runs(program, ENDLESS.includes(name) ? 2000 : 100_000)) {
      if (run.stopped !== null) {
        expect(ENDLESS, run.stopped.message).toContain(name)
        continue
      }
      if (program.time === 'free') expect(ends, `${run.mapping}, seed ${run.seed}`).toContain(endOfRun(run))
      for (const { kind } of run.violations.filter((one) => one.kind !== 'misuse'))
        expect(report.violations.map((one) => one.kind)).toContain(kind)
    }
  })
})

describe('Scenarios whose primitives are twins come to an end, however their threads are mapped', () => {
  // A copy of a process has no threads that could wake who sleeps in a twin: it is refused.
  const ending = scenarios.map(({ name }) => name).filter((name) => ![...ENDLESS, 'fork-held-lock'].includes(name))

  test.each(ending)('%s', async (name) => {
    const { default: program } = await scenarios.find((scenario) => scenario.name === name)!.load()
    for (const mapping of MAPPINGS) {
      const run = finish(new Simulation(program, smallMachine(2), { mapping, maxEvents: 100_000 }).run())
      expect(run.stopped, mapping).toBeNull()
      expect(run.operations).toBeGreaterThan(0)
    }
  })
})
