import { ProgramFault, UsageError } from './engine/errors.js'
import type { Program } from './engine/program.js'
import type { Machine } from './engine/simulate/machine/machine.js'
import type { Trace } from './engine/simulate/results/trace.js'
import type { SimulateReport } from './engine/simulate/simulate-report.js'
import { Simulation, type SimulationOptions } from './engine/simulate/simulation.js'

/** Options of `simulate`. */
export interface SimulateOptions extends Omit<SimulationOptions, 'trace'> {
  /** A preset's name, a path to a machine file, or a machine. @default 'laptop' */
  readonly machine?: string | Machine
  /** Ends the run early; the report then says what happened so far, with `stopped.reason` = `aborted`. */
  readonly signal?: AbortSignal
}

export const DEFAULT_MACHINE = 'laptop'

// The caller's event loop gets its turn after this much work.
const SLICE_MS = 10

/**
 * Runs a program on a modelled computer, with time: one run from one seed, the same on every machine and at every time.
 *
 * Primitives are their twins by default, so that what a lock costs comes of the words that it is made of. Sleeps, timeouts
 * and devices take the time they take there; what threads compute takes `p.compute`'s units.
 *
 * @throws UsageError for options, parameters and machines that make no sense.
 * @throws ProgramFault if the program breaks a rule of the engine.
 *
 * @example
 * ```ts
 * import { simulate } from 'entrelacs'
 * import bankAccount from 'entrelacs/scenarios/bank-account'
 * const report = await simulate(bankAccount, { machine: 'laptop', seed: 7 })
 * console.log(report.makespan > 0) // true
 * ```
 */
export async function simulate(program: Program, options: SimulateOptions = {}): Promise<SimulateReport> {
  const { report } = await withTwinsIfItCan(program, options, false)
  return report
}

/** What `simulateWithTrace` returns. */
export interface TracedRun {
  readonly report: SimulateReport
  readonly trace: Trace
}

/**
 * The same run, of which everything is kept that happens: every change of a thread's state, every operation with its result, who
 * wakes whom. This takes about 50 bytes an operation; what is simulated stays the same.
 *
 * `trace.events()` goes through it; `traceLines` and `perfettoTrace` turn it into files for other tools.
 *
 * @throws what `simulate` throws.
 *
 * @example
 * ```ts
 * import { simulateWithTrace } from 'entrelacs'
 * import bankAccount from 'entrelacs/scenarios/bank-account'
 * const { report, trace } = await simulateWithTrace(bankAccount)
 * const steps = [...trace.events()].filter(({ event }) => event === 'step')
 * console.log(steps.length === report.operations) // true
 * ```
 */
export async function simulateWithTrace(program: Program, options: SimulateOptions = {}): Promise<TracedRun> {
  const { report, trace } = await withTwinsIfItCan(program, options, true)
  return { report, trace: trace! }
}

interface Finished {
  readonly report: SimulateReport
  readonly trace: Trace | null
}

/** Twins do not survive a fork: unless they were asked for, a program that forks is simulated by contracts, as its report says. */
async function withTwinsIfItCan(program: Program, options: SimulateOptions, trace: boolean): Promise<Finished> {
  try {
    return await finished(program, options, trace)
  } catch (error) {
    const forks = error instanceof ProgramFault && error.code === 'program/fork-with-twins'
    if (!forks || options.twins !== undefined) throw error
    return finished(program, { ...options, twins: false }, trace)
  }
}

async function finished(program: Program, options: SimulateOptions, trace: boolean): Promise<Finished> {
  const simulation = await simulationOf(program, options, trace)
  const report = await run(simulation, options.signal)
  return { report, trace: simulation.trace }
}

async function simulationOf(program: Program, options: SimulateOptions, trace: boolean): Promise<Simulation> {
  const { machine = DEFAULT_MACHINE, signal: _signal, ...rest } = options
  requireSeed(rest.seed)
  return new Simulation(program, typeof machine === 'string' ? await load(machine) : machine, { ...rest, trace })
}

/** Runs it to its end, in slices. */
async function run(simulation: Simulation, signal: AbortSignal | undefined): Promise<SimulateReport> {
  const work = simulation.run()
  for (;;) {
    const slice = performance.now()
    if (signal?.aborted === true) simulation.abort()
    let step = work.next()
    while (step.done !== true && performance.now() - slice < SLICE_MS) step = work.next()
    if (step.done === true) return step.value
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

/** What reads machine files is loaded by those who need one. */
async function load(machine: string): Promise<Machine> {
  const { loadMachine } = await import('./machine-files/load-machine.js')
  return loadMachine(machine)
}

function requireSeed(seed: unknown): void {
  if (seed === undefined || typeof seed === 'string' || (typeof seed === 'number' && Number.isFinite(seed))) return
  throw new UsageError(
    'usage/seed',
    `a seed is a text or a finite number, not ${typeof seed === 'number' ? seed : `a value of type ${typeof seed}`}`,
  )
}
