import type { Program } from 'entrelacs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LocalTraces } from '../../src/engine/explore/dpor/local-traces.js'
import type { TraceStart } from '../../src/engine/explore/dpor/local-traces.js'
import type { TraceSource } from '../../src/engine/explore/dpor/trace-source.js'
import type { Outcome } from '../../src/engine/explore/explore-report.js'
import { Investigation } from '../../src/engine/explore/investigation.js'
import { ParallelTraces } from '../../src/parallel/parallel-traces.js'
import { buildProgram } from '../oracle/build-program.js'
import { printProgram } from '../oracle/print-program.js'
import { anyTraceProgram } from '../oracle/random-programs.js'
import { enumerateIfSmall } from '../oracle/trace-enumerator.js'
import { buildTimedProgram, printTimed } from '../oracle/timed/build-timed-program.js'
import { TimedMachine } from '../oracle/timed/timed-machine.js'
import { anyTimedScript } from '../oracle/timed/timed-script.js'
import { anyProcessScript, hasDaemons, programOfProcesses } from '../engine/support/process-programs.js'
import { SEED } from '../engine/support/seed.js'
import { besides, toItsEnd } from './workers-without-threads.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 300)

interface Found {
  readonly counts: unknown
  readonly outcomes: readonly Outcome[]
  readonly findings: readonly string[]
}

async function foundBy(investigation: Investigation, source: TraceSource): Promise<Found> {
  await toItsEnd(source.run())
  return await results(investigation, source)
}

async function results({ session }: Investigation, source: TraceSource): Promise<Found> {
  await toItsEnd(source.finish())
  const { complete, deadlocked, assumeFailed, depth } = source.counts
  return {
    counts: { complete, deadlocked, assumeFailed, depth },
    outcomes: await toItsEnd(source.outcomes()),
    findings: source.findings
      .map(({ kind, subject, path }) => {
        const steps = path.map(({ thread, way }) => `${session.threads.all[thread]!.identity}/${way}`)
        return `${kind} ${subject}: ${steps.join(', ')}`
      })
      .sort(),
  }
}

/** Takes snapshots while the work goes on, and goes on from the latest with other workers after some time. */
async function interrupted(program: Program, workers: number, steps: number, pauses: number): Promise<Found> {
  let start: TraceStart | undefined
  for (;;) {
    const investigation = new Investigation(program, {})
    const options = { workers, module: '', open: besides(program, steps) }
    const source = new ParallelTraces(investigation, options, start && structuredClone(start))
    const work = source.run()
    let isDone = false
    for (let i = 0; i < pauses && !isDone; i++) {
      const step = work.next()
      isDone = step.done === true
      await step.value
    }
    if (isDone || start !== undefined) {
      if (!isDone) await toItsEnd(work)
      return await results(investigation, source)
    }
    const { rules, branches, ...found } = await toItsEnd(source.snapshot())
    source.close()
    start = { rules, branches, results: found }
  }
}

/** How the work is shared and how often it is taken up again. */
const anySharing = fc.record({
  workers: fc.integer({ min: 1, max: 3 }),
  steps: fc.integer({ min: 1, max: 9 }),
  pauses: fc.integer({ min: 4, max: 30 }),
})
type Sharing = typeof anySharing extends fc.Arbitrary<infer S> ? S : never

async function expectTheSame(program: Program, { workers, steps, pauses }: Sharing, text: string): Promise<void> {
  const investigation = new Investigation(program, {})
  const alone = await foundBy(investigation, new LocalTraces(investigation.session))
  const shared = new Investigation(program, {})
  const options = { workers, module: '', open: besides(program, steps) }
  expect(await foundBy(shared, new ParallelTraces(shared, options)), text).toEqual(alone)
  expect(await interrupted(program, workers, steps, pauses), text).toEqual(alone)
}

test('The same in virtual time', { timeout: 600_000 }, async () => {
  let traces = 0
  await fc.assert(
    fc.asyncProperty(anyTimedScript(4), anySharing, async (script, sharing) => {
      const known = new TimedMachine(script).traces({ traces: 100, steps: 10_000 })
      if (known === null || known.length < 2) return
      traces += known.length
      await expectTheSame(buildTimedProgram(script), sharing, printTimed(script))
    }),
    { seed: SEED, numRuns: RUNS / 3 },
  )
  expect(traces).toBeGreaterThan(RUNS / 3)
})

test(
  'However many share the work, and however often it is taken up again, the results are the same',
  { timeout: 600_000 },
  async () => {
    let compared = 0
    let traces = 0
    const agrees = fc.asyncProperty(anyTraceProgram, anySharing, async (tree, sharing) => {
      const known = enumerateIfSmall(tree, { traces: 300, steps: 30_000 })
      if (known === null || known.length < 2) return
      compared++
      traces += known.length
      await expectTheSame(buildProgram(tree), sharing, printProgram(tree))
    })
    await fc.assert(agrees, { seed: SEED, numRuns: RUNS })
    console.log(`${compared} programs with ${traces} traces compared.`)
    expect(compared).toBeGreaterThan(RUNS / 3)
  },
)

test('So are they for programs with processes', { timeout: 600_000 }, async () => {
  let compared = 0
  const agrees = fc.asyncProperty(
    anyProcessScript,
    fc.record({
      workers: fc.integer({ min: 1, max: 3 }),
      steps: fc.integer({ min: 1, max: 9 }),
      pauses: fc.integer({ min: 4, max: 30 }),
    }),
    async (script, { workers, steps, pauses }) => {
      // With daemons, who executes what twice depends on who does the work.
      if (hasDaemons(script)) return
      const program = programOfProcesses(script)
      const investigation = new Investigation(program, {})
      const source = new LocalTraces(investigation.session)
      const alone = await foundBy(investigation, source)
      if (source.counts.complete + source.counts.deadlocked > 100) return
      compared++
      const shared = new Investigation(program, {})
      const options = { workers, module: '', open: besides(program, steps) }
      expect(await foundBy(shared, new ParallelTraces(shared, options))).toEqual(alone)
      expect(await interrupted(program, workers, steps, pauses)).toEqual(alone)
    },
  )
  await fc.assert(agrees, { seed: SEED, numRuns: Math.ceil(RUNS / 12) })
  console.log(`${compared} programs with processes compared.`)
  expect(compared).toBeGreaterThan(RUNS / 24)
})
