import { explore, program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import type { SimulateReport } from '../../../src/engine/simulate/simulate-report.js'
import { Simulation, type SimulationOptions } from '../../../src/engine/simulate/simulation.js'
import { finish } from '../support/finish.js'
import { smallMachine } from './machines.js'
import { traceHash } from './results/trace-hash.js'

const SEEDS = 1000
const RUNS = 3

/** Locks, devices, choices and sleeps; what must always hold makes a run pause after every event. */
const busy = program('busy', { turns: 1, pauses: false }, ({ turns, pauses }, p) => {
  const lock = p.lock('lock')
  const queue = p.queue<number>('queue', { maxsize: 1 })
  const total = p.cell('total', 0)
  p.thread('producer', function* () {
    for (let i = 0; i < turns; i++) {
      yield* p.io('network 100')
      yield* queue.put(yield* p.choose(3))
    }
  })
  p.thread('consumer', function* () {
    for (let i = 0; i < turns; i++) {
      const taken = yield* queue.get()
      yield* lock.acquire()
      yield* total.write((yield* total.read()) + taken)
      yield* lock.release()
    }
  })
  p.thread('computing', function* () {
    for (let i = 0; i < turns; i++) {
      yield* lock.acquire()
      yield* p.compute(1)
      yield* lock.release()
      yield* p.sleep(1e-6)
    }
  })
  if (pauses) p.always('the total is small', (now) => (now(total) as number) <= 2 * turns)
})

const SETTINGS: readonly SimulationOptions[] = [
  {},
  { policy: 'lottery' },
  { gil: '3.12' },
  { gil: '2.7', policy: 'cfs' },
  { mapping: 'M:N' },
]

const machine = smallMachine(2)

function simulationOf(seed: number, pauses: boolean): Simulation {
  return new Simulation(busy, machine, { seed, params: { pauses }, trace: true, ...SETTINGS[seed % SETTINGS.length] })
}

function outcomeOf(simulation: Simulation, report: SimulateReport): string {
  return `${JSON.stringify(report)} ${traceHash(simulation.trace!)}`
}

function run(seed: number, pauses = false): string {
  const simulation = simulationOf(seed, pauses)
  return outcomeOf(simulation, finish(simulation.run()))
}

describe('The same seed gives the same run', () => {
  test(`${SEEDS} seeds, ${RUNS} times each`, { timeout: 60_000 }, () => {
    const outcomes = new Set<string>()
    for (let seed = 0; seed < SEEDS; seed++) {
      const outcome = run(seed)
      outcomes.add(outcome)
      for (let again = 1; again < RUNS; again++) if (run(seed) !== outcome) expect.fail(`seed ${seed} differs`)
    }
    // Seeds are not without effect.
    expect(outcomes.size).toBeGreaterThan(SEEDS / 2)
  })

  test('when others run in between', async () => {
    for (let seed = 0; seed < 2 * SETTINGS.length; seed++) {
      const simulations = [seed, seed + 1, seed].map((each) => simulationOf(each, true))
      const works = simulations.map((simulation) => simulation.run())
      const outcomes: (string | null)[] = works.map(() => null)
      for (let turn = 0; outcomes.includes(null); turn++) {
        for (const [i, work] of works.entries()) {
          const step = work.next()
          if (step.done === true && step.value !== undefined) outcomes[i] = outcomeOf(simulations[i], step.value)
        }
        // Machine one in the same process.
        if (turn === 20) await explore(busy, { maxStates: 200 })
      }
      expect(outcomes).toEqual([seed, seed + 1, seed].map((each) => run(each, true)))
    }
  })
})
