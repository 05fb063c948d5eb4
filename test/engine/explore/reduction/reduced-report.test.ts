import { explore, type ExploreReport, program, replay, type Violation } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildProgram } from '../../../oracle/build-program.js'
import { endingClaimed, keyOf } from '../../../oracle/differences.js'
import { printProgram } from '../../../oracle/print-program.js'
import { anyTraceProgram } from '../../../oracle/random-programs.js'
import { SEED } from '../../support/seed.js'
import { lostUpdate, philosophers } from '../../support/small-programs.js'

const RUNS = Number(process.env['ENTRELACS_REPORT_RUNS'] ?? 120)

/** By kind, message and cost. Several schedules may be least; who holds what a thread waits for is a matter of the schedule. */
function violationsOf({ violations }: ExploreReport): string[] {
  return violations
    .map((one: Violation) => {
      const message = one.message.replaceAll(/, which [^;]*/g, '')
      return `${one.kind}: ${message}, ${one.preemptions} preemptions, ${one.steps} steps, least ${one.isLeast}`
    })
    .toSorted()
}

function outcomesOf({ outcomes }: ExploreReport): string[] {
  return outcomes.map((outcome) => `${outcome.holds} for ${keyOf(endingClaimed(outcome))}`).toSorted()
}

describe('A report of a reduced graph', () => {
  test('has the outcomes, the violations, their least schedules and the verdict of the whole graph', async () => {
    let violations = 0
    const agrees = fc.asyncProperty(anyTraceProgram, async (tree) => {
      const subject = buildProgram(tree)
      const [full, reduced] = [await explore(subject), await explore(subject, { reduction: true })]
      const about = `The reduced graph is wrong about\n${printProgram(tree)}\n`
      expect(outcomesOf(reduced), about).toEqual(outcomesOf(full))
      expect(violationsOf(reduced), about).toEqual(violationsOf(full))
      expect(reduced.verdict, about).toBe(full.verdict)
      violations += full.violations.length
    })
    await fc.assert(agrees, { seed: SEED, numRuns: RUNS })
    expect(violations).toBeGreaterThan(RUNS / 4)
  })

  test('counts nothing, and says that it is one', async () => {
    const report = await explore(lostUpdate(3), { reduction: true })

    expect(report).toMatchObject({
      strategy: 'graph',
      reduction: true,
      verdict: 'violated',
      complete: true,
      stopped: null,
      dropped: null,
      divergence: null,
    })
    expect(report.counts.interleavings).toBeNull()
    expect(report.counts.states).toBeGreaterThan(0)
    expect(report.outcomes).toHaveLength(3)
    for (const outcome of report.outcomes) expect(outcome).toMatchObject({ interleavings: null, probability: null })
    expect(report.violations).toHaveLength(1)
    expect(report.violations[0]).toMatchObject({ interleavings: null, probability: null, criticalStep: null })
  })

  test('is the only one that says so', async () => {
    expect(await explore(lostUpdate(2))).not.toHaveProperty('reduction')
    expect(await explore(lostUpdate(2), { reduction: false })).not.toHaveProperty('reduction')
  })

  test('comes with a token of the least schedule, which shows the violation again', async () => {
    const subject = philosophers(6, 'left first')
    const [violation] = (await explore(subject, { reduction: true })).violations

    expect(violation).toMatchObject({ kind: 'deadlock', preemptions: 1, steps: 6, isLeast: true })
    expect(replay(subject, violation!.token).outcome?.waiting).not.toBeNull()
  })

  test('is of a search that stops when it is to', async () => {
    const subject = philosophers(7, 'ordered')

    expect(await explore(subject, { reduction: true, maxStates: 100 })).toMatchObject({
      verdict: 'unknown',
      complete: false,
      reduction: true,
      stopped: { reason: 'states' },
    })
    expect(await explore(subject, { reduction: true, maxMemory: 1000 })).toMatchObject({
      complete: false,
      stopped: { reason: 'memory' },
    })
    expect(await explore(philosophers(5, 'left first'), { reduction: true, until: 'first' })).toMatchObject({
      verdict: 'violated',
      complete: false,
      stopped: { reason: 'first' },
    })
    const signal = AbortSignal.abort()
    expect(await explore(subject, { reduction: true, signal })).toMatchObject({ stopped: { reason: 'aborted' } })
  })

  test('proves nothing where every execution is dropped', async () => {
    const subject = program('vacuous', {}, (_params, p) => {
      p.thread('A', () => p.assume(false))
    })

    expect(await explore(subject, { reduction: true })).toMatchObject({ verdict: 'unknown', complete: true })
  })
})

describe('Reduction', () => {
  test.each([
    { strategy: 'dpor' } as const,
    { strategy: 'random' } as const,
    { preemptions: 1 },
    { delays: 2, strategy: 'dpor' } as const,
  ])('does not go with %j', async (options) => {
    await expect(explore(lostUpdate(2), { reduction: true, ...options })).rejects.toMatchObject({
      code: 'usage/reduction-needs-graph',
    })
  })

  test('keeps data races, also those that no outcome tells of', async () => {
    const subject = program('race', {}, (_params, p) => {
      const x = p.cell('x', 0)
      const own = p.atomic('own', 0)
      p.thread('A', function* () {
        yield* own.add(1)
        yield* x.write(1)
      })
      p.thread('B', function* () {
        yield* own.read()
        yield* p.choose(2)
        yield* x.write(1)
      })
    })
    const { violations } = await explore(subject, { reduction: true })

    expect(violations.map(({ kind, message }) => `${kind}: ${message}`)).toEqual([
      'race: data race on cell “x”: write by A, write by B',
    ])
  })

  test('tells no race where a lock or a spawn orders the accesses', async () => {
    const subject = program('no race', {}, (_params, p) => {
      const x = p.cell('x', 0)
      const y = p.cell('y', 0)
      const lock = p.lock('lock')
      const locked = function* () {
        yield* lock.acquire()
        yield* x.write((yield* x.read()) + 1)
        yield* lock.release()
      }
      p.thread('A', function* () {
        yield* y.write(1)
        const child = yield* p.spawn('child', function* () {
          yield* y.write(2)
          yield* locked()
        })
        yield* locked()
        yield* child.join()
        yield* y.write(3)
      })
      p.thread('B', locked)
      p.finally('all are counted', (final) => final(x) === 3)
    })

    expect(await explore(subject, { reduction: true })).toMatchObject({ verdict: 'holds', violations: [] })
  })
})
