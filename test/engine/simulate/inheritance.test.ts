import { explore, type Program, program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import type { Machine } from '../../../src/engine/simulate/machine/machine.js'
import { FREE_OS } from '../../../src/engine/simulate/os/os-config.js'
import { priorities } from '../../../src/engine/simulate/os/policies/priorities.js'
import type { SimulateReport } from '../../../src/engine/simulate/simulate-report.js'
import { Simulation } from '../../../src/engine/simulate/simulation.js'
import priorityInversion from '../../../src/scenarios/priority-inversion.js'
import { loadMachine } from '../../../src/machine-files/load-machine.js'
import { finish } from '../support/finish.js'
import { smallMachine } from './machines.js'

/** One core, whose most urgent thread runs; a unit of work is 1 µs, and the operating system costs nothing. */
const machine: Machine = {
  ...smallMachine(1),
  processor: { cores: 1, clock: 1e9, cyclesPerOperation: 2, cyclesPerWork: 1000 },
  systemCall: 0,
  os: FREE_OS,
  policy: priorities(),
}

const MILLISECOND = 1e6
/** All that is not computing: operations and their memory, in ns. */
const LITTLE = 5000

function run(of: Program, options: { inheritance: boolean; twins: boolean }): SimulateReport {
  return finish(new Simulation(of, machine, options).run())
}

const waited = ({ waits }: SimulateReport, what: string) => waits.find((each) => each.what === what)!.time

function expectNear(time: number, expected: number): void {
  expect(time).toBeGreaterThanOrEqual(expected)
  expect(time).toBeLessThan(expected + LITTLE)
}

describe.each([false, true])('Mars Pathfinder (twins: %s)', (twins) => {
  test('without inheritance, the bus manager waits for the radio: it is late, and the computer is reset', () => {
    const report = run(priorityInversion, { inheritance: false, twins })
    expect(report.violations.map(({ message }) => message)).toEqual(['nothing is reset'])
    // From 1 ms on: 1 ms until the radio comes, its 100 ms, and the 8 ms that are left to the weather.
    expectNear(waited(report, 'bus'), 109 * MILLISECOND)
  })

  test('with inheritance, it waits for the weather only', () => {
    const report = run(priorityInversion, { inheritance: true, twins })
    expect(report.verdict).toBe('holds')
    // From 1 ms to 10 ms: the weather has begun at 0.
    expectNear(waited(report, 'bus'), 9 * MILLISECOND)
    const radio = report.threads.find(({ name }) => name === 'radio')!
    // It waits from 2 ms on until the weather, at 10 ms, and the bus manager, for half a millisecond, have done their work.
    expectNear(radio.runnable, 8.5 * MILLISECOND)
  })

  test('the same shows on one core of the laptop, and not on eight', () => {
    const verdict = (cores: number, inheritance: boolean) => {
      const options = { cores, inheritance, twins, policy: 'priorities' }
      return finish(new Simulation(priorityInversion, loadMachine('laptop'), options).run()).verdict
    }
    expect([verdict(1, false), verdict(1, true), verdict(8, false)]).toEqual(['violated', 'holds', 'holds'])
  })

  test('nothing else differs: as long as nobody waits for a lock, inheritance changes nothing', () => {
    const alone = program('alone', {}, (_params, p) => {
      const lock = p.lock('lock')
      for (const [name, priority] of [
        ['A', 1],
        ['B', 2],
      ] as const)
        p.thread(
          name,
          function* () {
            yield* p.sleep(priority / 100)
            yield* lock.hold(() => p.compute(1000))
          },
          { priority },
        )
    })
    expect(run(alone, { inheritance: true, twins })).toEqual(run(alone, { inheritance: false, twins }))
  })

  test('who owns two locks is as urgent as whoever waits for either, along the chain of owners', () => {
    const chain = program('chain', {}, (_params, p) => {
      const [first, second] = [p.lock('first'), p.lock('second')]
      p.thread('low', () => first.hold(() => p.compute(4000)), { priority: 1 })
      p.thread(
        'between',
        function* () {
          yield* p.sleep(0.001)
          yield* second.hold(() => first.hold(() => p.compute(1000)))
        },
        { priority: 2 },
      )
      p.thread(
        'noise',
        function* () {
          yield* p.sleep(0.003)
          yield* p.compute(50_000)
        },
        { priority: 3 },
      )
      p.thread(
        'high',
        function* () {
          yield* p.sleep(0.002)
          yield* second.hold(() => p.compute(1000))
        },
        { priority: 4 },
      )
    })
    // Low has 4 ms of work, then between 1 ms: high waits for both, from 2 ms to 5 ms.
    expectNear(waited(run(chain, { inheritance: true, twins }), 'second'), 3 * MILLISECOND)
    // The noise comes between at 3 ms, for 50 ms.
    expectNear(waited(run(chain, { inheritance: false, twins }), 'second'), 53 * MILLISECOND)
  })
})

describe('What the operating system is told of threads', () => {
  test('counts for nothing when exploring', async () => {
    const report = await explore(priorityInversion)
    expect(report.outcomes.map(({ holds }) => holds).sort()).toEqual([false, true])
  })

  test.each([
    [{ nice: 20 }, 'nice'],
    [{ nice: 0.5 }, 'nice'],
    [{ tickets: 0 }, 'tickets'],
    [{ priority: Infinity }, 'priority'],
    [{ affinity: [] }, 'affinity'],
    [{ affinity: [-1] }, 'affinity'],
  ])('is refused where it is declared if it makes no sense: %j', (options, what) => {
    const wrong = program('wrong', {}, (_params, p) => {
      p.thread('A', () => p.compute(1), options)
    })
    expect(() => new Simulation(wrong, machine)).toThrow(new RegExp(`thread “A” cannot have .*${what}`))
  })

  test('pins threads to cores', () => {
    const pinned = program('pinned', {}, (_params, p) => {
      for (let i = 0; i < 4; i++) p.thread(`thread ${i}`, () => p.compute(1000), { affinity: [i % 2] })
    })
    const report = finish(new Simulation(pinned, { ...machine, ...coresOf(4) }).run())
    expectNear(report.makespan, 2 * MILLISECOND)
    expect(report.cores.map(({ busy }) => Math.round(busy / MILLISECOND))).toEqual([2, 2, 0, 0])
  })
})

function coresOf(cores: number): Pick<Machine, 'processor' | 'memory'> {
  const { processor, memory } = smallMachine(cores)
  return { processor: { ...processor, cyclesPerWork: 1000 }, memory }
}
