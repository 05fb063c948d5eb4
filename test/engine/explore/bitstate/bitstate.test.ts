import { explore, type ExploreReport, type Program, program, replay } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BitstateSearch } from '../../../../src/engine/explore/bitstate/bitstate-search.js'
import { Session } from '../../../../src/engine/session.js'
import { buildProgram } from '../../../oracle/build-program.js'
import { anyTraceProgram } from '../../../oracle/random-programs.js'
import { finish } from '../../support/finish.js'
import { anyLoopProgram } from '../../support/loops.js'
import { seenInFilter, seenInGraph } from '../../support/reduced-graphs.js'
import { anyRelayProgram } from '../../support/relays.js'
import { SEED } from '../../support/seed.js'
import { lostUpdate, philosophers } from '../../support/small-programs.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 400)
const MAX_STATES = 3_000

const SUBJECTS: readonly (readonly [string, fc.Arbitrary<Program>])[] = [
  ['random programs', anyTraceProgram.map(buildProgram)],
  ['programs with loops', anyLoopProgram],
  ['programs on objects of one’s own', anyRelayProgram],
]

describe('A filter that is large enough', () => {
  test.each(SUBJECTS)('misses nothing, with reduction or without: %s', (_name, anySubject) => {
    let compared = 0
    const agrees = fc.property(anySubject, fc.boolean(), (subject, reduction) => {
      const full = seenInGraph(subject, MAX_STATES)
      if (full === null) return
      const filtered = seenInFilter(subject, reduction)
      expect(filtered.outcomes).toEqual(full.outcomes)
      expect(filtered.violations).toEqual(full.violations)
      if (!reduction) expect(filtered.states).toBe(full.states)
      expect(filtered.search.depth).toBe(0)
      compared++
    })
    fc.assert(agrees, { seed: SEED, numRuns: RUNS })
    expect(compared).toBeGreaterThan(RUNS / 2)
  })
})

describe('A report of a search in a filter', () => {
  test('shows violations with their least schedules, and proves nothing', async () => {
    const subject = philosophers(5, 'left first')
    const report = await explore(subject, { bitstate: 2 ** 16 })

    expect(report).toMatchObject({
      strategy: 'graph',
      verdict: 'violated',
      complete: false,
      stopped: { reason: 'bitstate' },
      missedStateProbability: null,
    })
    expect(report.counts).toMatchObject({ states: 1_743, interleavings: null })
    expect(report.violations).toHaveLength(1)
    expect(report.violations[0]).toMatchObject({ kind: 'deadlock', preemptions: 1, steps: 5, isLeast: true })
    expect(replay(subject, report.violations[0]!.token).isOver).toBe(true)
  })

  test('is unknown where nothing goes wrong, also if the filter is next to empty', async () => {
    const report = await explore(philosophers(3, 'ordered'), { bitstate: true, maxMemory: 2 ** 26 })

    expect(report).toMatchObject({ verdict: 'unknown', complete: false })
    expect(report.coverage).toMatchObject({ bytes: 2 ** 24, hashes: 3 })
    expect(report.coverage!.fill).toBeLessThan(1e-4)
    expect(report.coverage!.missedAtLeast).toBeLessThan(1e-9)
    expect(report.coverage!.probes).toMatchObject({ states: 1_000, missed: 0, low: 0 })
  })

  test('tells how much was missed where the filter is far too small', async () => {
    const report: ExploreReport = await explore(philosophers(5, 'ordered'), { bitstate: 400 })
    const { fill, missedAtLeast, probes } = report.coverage!

    expect(report.counts.states).toBeLessThan(1_424)
    expect(fill).toBeGreaterThan(0.4)
    expect(missedAtLeast).toBeGreaterThan(0.03)
    expect(probes!.missed).toBeGreaterThan(0)
    expect(probes!.low).toBeLessThan(probes!.missed / probes!.states)
    expect(probes!.high).toBeGreaterThan(probes!.missed / probes!.states)
  })

  test('depends on the seed, and on nothing else', async () => {
    const states = async (seed: number) =>
      (await explore(philosophers(5, 'ordered'), { bitstate: 400, seed })).counts.states
    const some = [await states(1), await states(2), await states(3)]

    expect(await states(1)).toBe(some[0])
    expect(new Set(some).size).toBeGreaterThan(1)
  })

  test('with reduction says so, and draws no states', async () => {
    const report = await explore(philosophers(5, 'ordered'), { bitstate: 2 ** 16, reduction: true })

    expect(report).toMatchObject({ reduction: true, verdict: 'unknown', complete: false })
    expect(report.counts.states).toBeLessThan(300)
    expect(report.coverage!.probes).toBeNull()
  })

  test('is the only one with a coverage', async () => {
    expect(await explore(lostUpdate(2))).not.toHaveProperty('coverage')
    expect(await explore(lostUpdate(2), { reduction: true })).not.toHaveProperty('coverage')
  })

  test('is of a search that stops when it is to', async () => {
    const subject = philosophers(6, 'ordered')
    const bitstate = 2 ** 16

    expect(await explore(subject, { bitstate, maxStates: 100 })).toMatchObject({
      verdict: 'unknown',
      stopped: { reason: 'states' },
      coverage: { probes: null },
    })
    expect(await explore(subject, { bitstate, signal: AbortSignal.abort() })).toMatchObject({
      stopped: { reason: 'aborted' },
    })
    expect(await explore(philosophers(5, 'left first'), { bitstate, until: 'first' })).toMatchObject({
      verdict: 'violated',
      stopped: { reason: 'first' },
    })
  })

  test('is there for threads that never end', async () => {
    const subject = program('for ever', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      p.thread('A', function* () {
        for (;;) yield* x.write(1)
      })
    })
    const report = await explore(subject, { bitstate: 2 ** 23, maxMemory: 2 ** 24 })

    expect(report).toMatchObject({ verdict: 'unknown', stopped: { reason: 'memory' } })
  })
})

describe('A filter', () => {
  test.each([
    ['usage/bitstate-needs-graph', { bitstate: true, strategy: 'dpor' }],
    ['usage/bitstate-needs-graph', { bitstate: 1_000, preemptions: 1 }],
    ['usage/filter-too-small', { bitstate: 0 }],
    ['usage/filter-too-small', { bitstate: Number.NaN }],
    ['usage/filter-too-large', { bitstate: 2 ** 21, maxMemory: 2 ** 20 }],
  ] as const)('%s: %j', async (code, options) => {
    await expect(explore(lostUpdate(2), options)).rejects.toMatchObject({ code })
  })

  test('takes as much memory as it was given, and little besides', () => {
    const session = new Session(lostUpdate(6))
    const search = new BitstateSearch(session, {
      maxStates: 2 ** 40,
      maxMemory: 2 ** 40,
      maxHeap: 2 ** 40,
      filter: 2 ** 16,
      seed: 1,
      reduction: false,
    })
    const before = search.bytes - session.bytes
    finish(search.run())

    expect(search.stateCount).toBeGreaterThan(10_000)
    expect(before).toBeGreaterThan(2 ** 16)
    expect(search.bytes - session.bytes).toBeLessThan(2 ** 16 + 2 ** 21)
  })
})
