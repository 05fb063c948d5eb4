import { explore, type Program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { MAPPINGS } from '../../../src/engine/simulate/mapping/mapping-config.js'
import { Simulation } from '../../../src/engine/simulate/simulation.js'
import type { SimulateReport } from '../../../src/engine/simulate/simulate-report.js'
import { scenarios } from '../../../src/scenarios/index.js'
import { finish } from '../support/finish.js'
import { smallMachine } from './machines.js'
import { endOf, endOfRun } from './outcomes.js'

function* runs(program: Program): Generator<SimulateReport> {
  const run = (cores: number, mapping: string, seed: number) =>
    finish(new Simulation(program, smallMachine(cores), { seed, mapping, twins: false, maxEvents: 10_000 }).run())
  for (const cores of [1, 2, 3]) for (let seed = 0; seed < 5; seed++) yield run(cores, '1:1', seed)
  for (const mapping of MAPPINGS.slice(1)) for (let seed = 0; seed < 2; seed++) yield run(2, mapping, seed)
}

describe('What comes of a simulated run is among what can come of the program, however its threads are mapped', () => {
  test.each(scenarios.map(({ name }) => name))('%s', { timeout: 60_000 }, async (name) => {
    const { default: program } = await scenarios.find((scenario) => scenario.name === name)!.load()
    const report = await explore(program, { maxStates: 300_000 })
    if (!report.complete) return
    const ends = report.outcomes.map(endOf)
    for (const run of runs(program)) {
      if (run.stopped !== null) continue
      if (program.time === 'free') expect(ends, `${run.mapping}, seed ${run.seed}`).toContain(endOfRun(run))
      for (const { kind } of run.violations.filter(({ kind }) => kind !== 'misuse'))
        expect(report.violations.map((one) => one.kind)).toContain(kind)
    }
  })
})
