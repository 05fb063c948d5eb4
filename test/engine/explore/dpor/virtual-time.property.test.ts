import { explore, program } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildTimedProgram, printTimed } from '../../../oracle/timed/build-timed-program.js'
import { CLOCK, TimedMachine } from '../../../oracle/timed/timed-machine.js'
import { anyTimedScript, limitsJoins, type TimedScript } from '../../../oracle/timed/timed-script.js'
import { dporExecutions, type DporExecution } from '../../support/dpor-executions.js'
import { SEED } from '../../support/seed.js'
import { travellingExecutions } from '../../support/travelling-executions.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 800)
const LIMITS = { traces: 200, steps: 10_000 }

/** The traces of executions, as texts of the oracle's. */
function textsOf(machine: TimedMachine, executions: readonly DporExecution[]): string[] {
  return executions.map(({ schedule }) =>
    machine.traceOf(
      schedule.map(({ thread: [number], way }) => ({
        thread: number === Number.MAX_SAFE_INTEGER ? CLOCK : number!,
        way,
      })),
    ),
  )
}

describe('In virtual time', { timeout: 300_000 }, () => {
  test('dpor executes every trace exactly once, but for a few of threads that limit joins', () => {
    const counts = { programs: 0, ticking: 0, traces: 0, repeated: 0 }
    fc.assert(
      fc.property(anyTimedScript(4), (script) => {
        const machine = new TimedMachine(script)
        const expected = machine.traces(LIMITS)
        if (expected === null) return
        const met = textsOf(machine, dporExecutions(buildTimedProgram(script)))
        counts.programs++
        counts.traces += expected.length
        counts.repeated += met.length - expected.length
        if (expected.some((text) => text.includes('tick'))) counts.ticking++
        expect(limitsJoins(script) ? [...new Set(met)].sort() : met.sort(), printTimed(script)).toEqual(expected.sort())
      }),
      { seed: SEED, numRuns: RUNS },
    )
    console.log(`compared, of which let time pass, traces, executed again: ${Object.values(counts).join(', ')}`)
    expect(counts.programs).toBeGreaterThan(RUNS * 0.8)
    expect(counts.ticking).toBeGreaterThan(RUNS / 2)
    expect(counts.repeated).toBeLessThan(counts.traces * 0.01)
  })

  test('dpor refuses a join that waits for an end and a deadline at once, which the graph explores', async () => {
    const limited = program(
      'limited',
      {},
      (_params, p) => {
        const sleeper = p.thread('sleeper', () => p.sleep(2))
        p.thread('waiter', () => sleeper.join({ timeout: 1 }))
      },
      { time: 'virtual' },
    )
    await expect(explore(limited, { strategy: 'dpor' })).rejects.toMatchObject({ code: 'usage/limited-join' })
    expect(await explore(limited)).toMatchObject({ verdict: 'holds', complete: true })
  })

  test('branches travel, and searches are taken up again', () => {
    let traces = 0
    const anySeed = fc.integer({ min: 0, max: 1_000_000 })
    fc.assert(
      fc.property(anyTimedScript(3), fc.integer({ min: 1, max: 3 }), anySeed, (script, searches, seed) => {
        const machine = new TimedMachine(script)
        const expected = limitsJoins(script) ? null : machine.traces(LIMITS)
        const executions = expected === null ? null : travellingExecutions(buildTimedProgram(script), searches, seed)
        if (expected === null || executions === null) return
        traces += expected.length
        expect(textsOf(machine, executions).sort(), printTimed(script)).toEqual(expected.sort())
      }),
      { seed: SEED, numRuns: RUNS / 5 },
    )
    expect(traces).toBeGreaterThan(RUNS / 5)
  })

  test('the number of branches that wait makes no difference', () => {
    fc.assert(
      fc.property(anyTimedScript(3), fc.integer({ min: 0, max: 3 }), (script, maxWaiting) => {
        const traces = (most?: number): string[] => {
          const executions = dporExecutions(buildTimedProgram(script), most)
          return textsOf(new TimedMachine(script), executions).sort()
        }
        if (isSmall(script)) expect(traces(maxWaiting)).toEqual(traces())
      }),
      { seed: SEED, numRuns: RUNS / 10 },
    )
  })
})

function isSmall(script: TimedScript): boolean {
  return new TimedMachine(script).traces(LIMITS) !== null
}
