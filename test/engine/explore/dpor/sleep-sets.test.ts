import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildProgram } from '../../../oracle/build-program.js'
import { printProgram } from '../../../oracle/print-program.js'
import { anyTraceProgram } from '../../../oracle/random-programs.js'
import { enumerateIfSmall } from '../../../oracle/trace-enumerator.js'
import { SEED } from '../../support/seed.js'
import { countTraces } from '../../support/sleep-sets.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 500)

test('On sessions, sleep sets count the traces that the enumerator finds without the engine', () => {
  const countsAgree = fc.property(anyTraceProgram, (tree) => {
    const traces = enumerateIfSmall(tree, { traces: 3_000, steps: 100_000 })
    if (traces === null) return
    const expected = { complete: 0, deadlocked: 0, assumeFailed: 0 }
    for (const { end } of traces) expected[end]++
    expect(countTraces(buildProgram(tree)), printProgram(tree)).toEqual(expected)
  })
  fc.assert(countsAgree, { seed: SEED, numRuns: RUNS })
})
