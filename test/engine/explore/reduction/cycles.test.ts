import { explore, program } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyLoopProgram } from '../../support/loops.js'
import { seenInGraph, seenReduced } from '../../support/reduced-graphs.js'
import { SEED } from '../../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 1_000)

describe('Where threads go round in loops', () => {
  test('nothing is put off for ever, and cycles are noticed', { timeout: 3_600_000 }, () => {
    const figures = { programs: 0, cyclic: 0, states: 0, reduced: 0, races: 0, properties: 0, deadlocks: 0 }
    const agrees = fc.property(anyLoopProgram, fc.constantFrom(0, 3), (subject, samples) => {
      const full = seenInGraph(subject, 20_000)
      if (full === null) return
      const reduced = seenReduced(subject, samples)
      expect(reduced.outcomes).toEqual(full.outcomes)
      expect(reduced.violations).toEqual(full.violations)
      expect(reduced.search.isCyclic).toBe(full.isCyclic)
      figures.programs++
      figures.states += full.states
      figures.reduced += reduced.states
      if (full.isCyclic) figures.cyclic++
      for (const [kind, key] of [
        ['race', 'races'],
        ['property', 'properties'],
        ['deadlock', 'deadlocks'],
      ] as const)
        if (full.violations.some((violation) => violation.startsWith(kind))) figures[key]++
    })
    fc.assert(agrees, { seed: SEED, numRuns: RUNS })
    console.log(`Seed ${SEED}:`, figures)
    expect(figures.cyclic).toBeGreaterThan(RUNS / 3)
    expect(figures.reduced).toBeLessThan(figures.states * 0.9)
    expect(figures.races).toBeGreaterThan(RUNS / 20)
    expect(figures.properties).toBeGreaterThan(RUNS / 20)
  })

  test('the step of another is not put off by a thread that only turns on its own', async () => {
    const subject = program('spinning', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      const own = p.atomic('own', 0)
      p.thread('spins', function* () {
        for (;;) {
          yield* p.at('turn')
          yield* own.write(0)
        }
      })
      p.thread('writes', () => x.write(1))
      p.always('x stays 0', (now) => now(x) === 0)
    })
    const report = await explore(subject, { reduction: true })

    expect(report.violations.map(({ kind }) => kind)).toEqual(['property'])
    expect(report).toMatchObject({ verdict: 'violated', complete: false, stopped: { reason: 'cycles' } })
  })

  test('nothing is claimed of whether they go round for ever', async () => {
    const subject = program('waiting', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      p.thread('waits', function* () {
        for (;;) {
          yield* p.at('turn')
          if ((yield* x.read()) === 1) return
        }
      })
    })
    const [full, reduced] = [await explore(subject), await explore(subject, { reduction: true })]

    expect(full.violations.map(({ kind }) => kind)).toEqual(['livelock'])
    expect(reduced).toMatchObject({
      verdict: 'unknown',
      complete: false,
      violations: [],
      stopped: { reason: 'cycles' },
    })
  })

  test('claims that lead into no cycle leave the verdict as it is', async () => {
    const subject = program('counting', {}, (_params, p) => {
      const x = p.atomic('x', 0)
      for (const name of ['A', 'B'])
        p.thread(name, function* () {
          for (let i = 0; i < 3; i++) {
            yield* p.at('turn', i)
            yield* x.read()
          }
          yield* x.add(1)
        })
    })

    expect(await explore(subject, { reduction: true })).toMatchObject({ verdict: 'holds', complete: true })
  })
})
