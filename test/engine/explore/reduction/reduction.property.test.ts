import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildProgram } from '../../../oracle/build-program.js'
import { printProgram } from '../../../oracle/print-program.js'
import { statementsOf, type ProgramTree } from '../../../oracle/program-tree.js'
import { anyProgram, anyTraceProgram } from '../../../oracle/random-programs.js'
import { seenInGraph, seenReduced } from '../../support/reduced-graphs.js'
import { SEED } from '../../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 1_500)
/** Below this number, a run says nothing about how often a feature occurs. */
const ENOUGH_RUNS = 1_000
const MAX_STATES = 20_000

interface Figures {
  programs: number
  skipped: number
  states: number
  reducedStates: number
  restarts: number
  readonly occurrences: Map<string, number>
}

const anySubject = fc.oneof({ weight: 2, arbitrary: anyTraceProgram }, { weight: 1, arbitrary: anyProgram })

test('On random programs, the reduced graph has every outcome and every violation', { timeout: 3_600_000 }, () => {
  const figures: Figures = {
    programs: 0,
    skipped: 0,
    states: 0,
    reducedStates: 0,
    restarts: 0,
    occurrences: new Map(),
  }
  const agrees = fc.property(anySubject, fc.constantFrom(0, 3), (tree, samples) => {
    const subject = buildProgram(tree)
    const full = seenInGraph(subject, MAX_STATES)
    if (full === null) {
      figures.skipped++
      return
    }
    const reduced = seenReduced(subject, samples)
    const about = `The reduced graph is wrong about\n${printProgram(tree)}\n`
    expect(reduced.outcomes, about).toEqual(full.outcomes)
    expect(reduced.violations, about).toEqual(full.violations)
    expect(reduced.search.isCyclic, about).toBe(false)
    figures.programs++
    figures.states += full.states
    figures.reducedStates += reduced.states
    figures.restarts += reduced.search.restarts
    for (const [feature, occursIn] of Object.entries(FEATURES))
      if (occursIn(tree, full)) figures.occurrences.set(feature, (figures.occurrences.get(feature) ?? 0) + 1)
  })
  fc.assert(agrees, { seed: SEED, numRuns: RUNS })
  print(figures)
  if (RUNS >= ENOUGH_RUNS) expectVariety(figures)
})

type Full = NonNullable<ReturnType<typeof seenInGraph>>

const FEATURES: Readonly<Record<string, (tree: ProgramTree, full: Full) => boolean>> = {
  'several outcomes': (_tree, { outcomes }) => outcomes.length > 1,
  deadlocks: shows('deadlock'),
  'failing properties': shows('property'),
  races: shows('race'),
  misuse: shows('misuse'),
  errors: shows('error'),
  'properties of every state': ({ always }) => (always ?? []).length > 0,
  claims: uses('claim'),
  'compare-and-exchange': uses('compareExchange'),
  'updates, which are no instructions': uses('update'),
  choices: uses('choose'),
  assumptions: uses('assume'),
  joins: uses('join'),
  'spawned threads': uses('spawn'),
  'locks that are tried': uses('tryLocked'),
  daemons: (tree) => tree.threads.some(({ daemon }) => daemon === true),
}

function shows(kind: string) {
  return (_tree: ProgramTree, { violations }: Full) => violations.some((violation) => violation.startsWith(`${kind} `))
}

function uses(kind: string) {
  return (tree: ProgramTree) => statementsOf(tree).some((statement) => statement.kind === kind)
}

function print({ programs, skipped, states, reducedStates, restarts, occurrences }: Figures): void {
  const lines = [...occurrences].toSorted(([, a], [, b]) => b - a).map(([feature, number]) => `${number} ${feature}`)
  console.log(
    `Seed ${SEED}: ${programs} programs compared, ${skipped} too large; ${states} states, ${reducedStates} reduced,`,
    `${restarts} searches begun again. In how many of them: ${lines.join(', ')}.`,
  )
}

/** A generator that fell out of balance would let the test pass without testing much. */
function expectVariety({ programs, skipped, states, reducedStates, occurrences }: Figures): void {
  expect(skipped).toBeLessThan(programs * 0.05)
  expect(reducedStates).toBeLessThan(states * 0.75)
  const rare = Object.keys(FEATURES).filter((feature) => (occurrences.get(feature) ?? 0) < programs * 0.01)
  expect(rare).toEqual([])
}
