import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildProgram } from '../../../oracle/build-program.js'
import { printProgram } from '../../../oracle/print-program.js'
import { statementsOf, type ProgramTree } from '../../../oracle/program-tree.js'
import { anyTraceProgram } from '../../../oracle/random-programs.js'
import { enumerateIfSmall, traceOfSchedule } from '../../../oracle/trace-enumerator.js'
import { SEED } from '../../support/seed.js'
import { travellingExecutions } from '../../support/travelling-executions.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 1_000)

test('Branches that travel between searches, and searches that are taken up again, execute every trace once', () => {
  let compared = 0
  let traces = 0
  const agrees = fc.property(
    anyTraceProgram,
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 0, max: 1_000_000 }),
    (tree, searches, seed) => {
      // What properties of every state read is learnt in another room.
      if (hasDaemons(tree) || (tree.always ?? []).length > 0) return
      const expected = enumerateIfSmall(tree, { traces: 500, steps: 50_000 })
      const executions = expected === null ? null : travellingExecutions(buildProgram(tree), searches, seed)
      if (expected === null || executions === null) return
      compared++
      traces += expected.length
      const met = executions.map(({ schedule }) => traceOfSchedule(tree, schedule).text)
      expect(met.sort(), printProgram(tree)).toEqual(expected.map(({ text }) => text).sort())
    },
  )
  fc.assert(agrees, { seed: SEED, numRuns: RUNS })
  console.log(`${compared} programs with ${traces} traces compared.`)
  expect(compared).toBeGreaterThan(RUNS / 3)
})

/** With daemons a trace may be executed more than once. */
function hasDaemons(tree: ProgramTree): boolean {
  return (
    tree.threads.some(({ daemon }) => daemon === true) ||
    statementsOf(tree).some((statement) => statement.kind === 'spawn' && statement.child.daemon === true)
  )
}
