import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { program } from '../src/index.js'
import { Simulation } from '../src/engine/simulate/simulation.js'
import { loadMachine } from '../src/machine-files/load-machine.js'

/** Four threads that read and write their own sixteen elements of an array, all of it in their caches. */
const walk = program('walk', { operations: 1000 }, ({ operations }, p) => {
  const cells = p.array(
    'cells',
    Array.from({ length: 64 }, () => 0),
  )
  for (let thread = 0; thread < 4; thread++)
    p.thread(`walker ${thread}`, function* () {
      for (let i = 0; i < operations / 8; i++) {
        const at = 16 * thread + (i & 15)
        yield* cells.write(at, (yield* cells.read(at)) + 1)
      }
    })
})

/** What one run took. */
export interface Simulated {
  readonly operations: number
  readonly wallMs: number
  readonly cpuMs: number
}

const machine = loadMachine('laptop')

/** Runs about so many operations on the full model: scheduler, caches and accounts, with or without a trace. */
export function simulateWalk(operations: number, trace: boolean): Simulated {
  const simulation = new Simulation(walk, machine, { params: { operations }, trace })
  const cpu = process.cpuUsage()
  const begin = performance.now()
  const work = simulation.run()
  let step = work.next()
  while (step.done !== true) step = work.next()
  const wallMs = performance.now() - begin
  const { user, system } = process.cpuUsage(cpu)
  return { operations: step.value.operations, wallMs, cpuMs: (user + system) / 1000 }
}

/** Bytes of the heap while the simulation of so many operations, without a trace, has ended and is still there. */
export function heapAfter(operations: number): number {
  const simulation = new Simulation(walk, machine, { params: { operations } })
  const work = simulation.run()
  while (work.next().done !== true);
  collectGarbage()
  const bytes = process.memoryUsage().heapUsed
  return simulation.kernel.now > 0 ? bytes : 0
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
}
