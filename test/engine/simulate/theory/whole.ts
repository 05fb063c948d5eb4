import type { Program } from 'entrelacs'
import type { Machine } from '../../../../src/engine/simulate/machine/machine.js'
import type { SimulateReport } from '../../../../src/engine/simulate/simulate-report.js'
import { Simulation, type SimulationOptions } from '../../../../src/engine/simulate/simulation.js'
import { loadMachine } from '../../../../src/machine-files/load-machine.js'
import { finish } from '../../support/finish.js'

/** Nanoseconds. */
export const MICROSECOND = 1e3
export const MILLISECOND = 1e6

/** One run of a program, on a preset or another machine. */
export function run(of: Program, machine: string | Machine, options: SimulationOptions = {}): SimulateReport {
  const report = finish(new Simulation(of, typeof machine === 'string' ? loadMachine(machine) : machine, options).run())
  if (report.stopped !== null) throw new Error(report.stopped.message)
  return report
}
