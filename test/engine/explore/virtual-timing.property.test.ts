import { explore } from 'entrelacs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildTimedProgram, printTimed } from '../../oracle/timed/build-timed-program.js'
import { simulate, type TimedRun } from '../../oracle/timed/event-queue.js'
import { type Act, THINGS } from '../../oracle/timed/timed-script.js'
import { SEED } from '../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 300)

// Fractions that no double holds exactly, so that they add up only if time is counted exactly.
const seconds = fc.constantFrom(0.1, 0.2, 0.3, 0.7, 1, 1.1)
const timeout = fc.oneof(fc.constant(null), fc.constant(0), seconds)

function anyAct(threads: number): fc.Arbitrary<Act> {
  const event = fc.nat(THINGS - 1)
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('sleep' as const), seconds }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), event, timeout }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('set' as const), event }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('join' as const), thread: fc.nat(threads - 1), timeout }) },
  )
}

const threads = fc
  .integer({ min: 2, max: 4 })
  .chain((count) => fc.array(fc.array(anyAct(count), { maxLength: 4 }), { minLength: count, maxLength: count }))
  // To join oneself is misuse, which the simulator does not know.
  .map((all) => all.map((acts, self) => acts.filter((act) => act.kind !== 'join' || act.thread !== self)))

test('results and end times are those of a simulator with a queue of timers', { timeout: 300_000 }, async () => {
  let certain = 0
  let compared = 0
  await fc.assert(
    fc.asyncProperty(threads, async (acts) => {
      const script = { threads: acts }
      const report = await explore(buildTimedProgram(script, 'virtual', true), { maxStates: 20_000 })
      if (!report.complete) return
      compared++
      const met = report.outcomes.map(({ results }) =>
        JSON.stringify(acts.map((_, i) => (results?.[`T${i}`] as unknown[] | undefined) ?? null)),
      )
      const runs = [simulate(acts, false), simulate(acts, true)].map(resultsWithEnds)
      if (met.length === 1) certain++
      for (const run of runs) expect(met, printTimed(script)).toContain(run)
    }),
    { seed: SEED, numRuns: RUNS },
  )
  expect(compared).toBeGreaterThan(RUNS * 0.9)
  expect(certain).toBeGreaterThan(RUNS / 3)
})

/** As the threads of a program return them that read the clock at their ends. */
function resultsWithEnds({ results, ends }: TimedRun): string {
  return JSON.stringify(results.map((list, i) => (list === null ? null : [...list, ends[i]! / 1000])))
}
