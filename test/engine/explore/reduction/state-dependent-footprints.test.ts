import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seenInGraph, seenReduced } from '../../support/reduced-graphs.js'
import { anyRelayProgram } from '../../support/relays.js'
import { SEED } from '../../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 1_000)

test(
  'Nothing is missed where what an operation touches and waits for depends on the state',
  { timeout: 3_600_000 },
  () => {
    const figures = { programs: 0, states: 0, reduced: 0, deadlocks: 0, properties: 0, restarts: 0 }
    const agrees = fc.property(anyRelayProgram, fc.constantFrom(0, 3), (subject, samples) => {
      const full = seenInGraph(subject, 20_000)
      if (full === null) return
      const reduced = seenReduced(subject, samples)
      expect(reduced.outcomes).toEqual(full.outcomes)
      expect(reduced.violations).toEqual(full.violations)
      figures.programs++
      figures.states += full.states
      figures.reduced += reduced.states
      figures.restarts += reduced.search.restarts
      if (full.violations.some((one) => one.startsWith('deadlock'))) figures.deadlocks++
      if (full.violations.some((one) => one.startsWith('property'))) figures.properties++
    })
    fc.assert(agrees, { seed: SEED, numRuns: RUNS })
    console.log(`Seed ${SEED}:`, figures)
    expect(figures.programs).toBeGreaterThan(RUNS * 0.9)
    expect(figures.reduced).toBeLessThan(figures.states * 0.8)
    expect(figures.deadlocks).toBeGreaterThan(RUNS / 20)
    expect(figures.properties).toBeGreaterThan(RUNS / 20)
  },
)
