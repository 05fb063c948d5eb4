import { explore, formatData, type Outcome, type Program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { Simulation } from '../../../src/engine/simulate/simulation.js'
import type { SimulateReport } from '../../../src/engine/simulate/simulate-report.js'
import { scenarios } from '../../../src/scenarios/index.js'
import { finish } from '../support/finish.js'
import { smallMachine } from './machines.js'

const SEEDS = 5

function simulated(program: Program, cores: number, seed: number, twins: boolean): SimulateReport {
  return finish(new Simulation(program, smallMachine(cores), { seed, twins, maxEvents: 10_000 }).run())
}

const keyOf = ({ final, results }: Pick<Outcome, 'final' | 'results'>) =>
  [final, results ?? {}].map((record) => formatData(Object.entries(record).sort())).join()

describe('What comes of a simulated run is among what can come of the program', () => {
  test.each(scenarios.map(({ name }) => name))('%s', { timeout: 60_000 }, async (name) => {
    const { default: program } = await scenarios.find((scenario) => scenario.name === name)!.load()
    const report = await explore(program, { maxStates: 300_000 })
    const possible = new Set(report.outcomes.map(keyOf))
    for (const cores of [1, 2, 3])
      for (let seed = 0; seed < SEEDS; seed++) {
        const run = simulated(program, cores, seed, false)
        if (run.stopped !== null) continue
        if (report.complete && program.time === 'free') expect([...possible]).toContain(keyOf(run))
        for (const { kind } of run.violations.filter(({ kind }) => kind !== 'misuse'))
          if (report.complete) expect(report.violations.map((one) => one.kind)).toContain(kind)
      }
  })
})
