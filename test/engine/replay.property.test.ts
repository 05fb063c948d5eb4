import fc from 'fast-check'
import { explore, replay, type ExploreReport, type Replay, type Violation } from 'entrelacs'
import { expect, test } from 'vitest'
import { bruteForceIfSmall } from '../oracle/brute-force.js'
import { buildProgram } from '../oracle/build-program.js'
import { anyProgram } from '../oracle/random-programs.js'

const SEED = Number(process.env['ENTRELACS_SEED'] ?? 20_260_301)
const RUNS = 300

const isWhole = ({ kind }: Violation): boolean => kind === 'property' || kind === 'deadlock' || kind === 'error'

/** The outcome of the report that a replay came to. */
function outcomeOf(report: ExploreReport, { outcome }: Replay) {
  const key = (facts: {
    readonly final: object
    readonly waiting?: object | null
    readonly errors?: object
    readonly results?: object
  }) => JSON.stringify([facts.final, facts.waiting ?? null, facts.errors ?? {}, facts.results ?? {}])
  return report.outcomes.find((candidate) => key(candidate) === key(outcome!))
}

test(`The token of every violation replays the schedule to a final state of the report that fails (seed ${SEED})`, async () => {
  let replayed = 0
  const tokensReplay = fc.asyncProperty(anyProgram, async (tree) => {
    if (bruteForceIfSmall(tree) === null) return
    const program = buildProgram(tree)
    const report = await explore(program)
    for (const violation of report.violations.filter(isWhole)) {
      const run = replay(program, violation.token)
      expect(run.steps.map(({ thread }) => thread).join(' ')).toBe(violation.schedule)
      expect(run.preemptions).toBe(violation.preemptions)
      expect(run.isOver).toBe(true)
      expect(outcomeOf(report, run)).toMatchObject({ holds: false })
      expect(replay(program, violation.token)).toEqual(run)
      replayed++
    }
  })
  await fc.assert(tokensReplay, { seed: SEED, numRuns: RUNS })
  expect(replayed).toBeGreaterThan(RUNS / 10)
}, 120_000)
