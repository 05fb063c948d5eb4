import { explore, type ExploreReport, type Outcome, type Program, type Violation } from 'entrelacs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildProgram } from '../../../oracle/build-program.js'
import { endingClaimed, keyOf } from '../../../oracle/differences.js'
import { printProgram } from '../../../oracle/print-program.js'
import { statementsOf, type ProgramTree } from '../../../oracle/program-tree.js'
import { anyTraceProgram } from '../../../oracle/random-programs.js'
import { enumerateIfSmall, traceOfSchedule, type Trace } from '../../../oracle/trace-enumerator.js'
import { dporExecutions } from '../../support/dpor-executions.js'
import { SEED } from '../../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 5_000)
/** The report's outcomes and violations are compared for some of the programs: that takes longer than the traces. */
const REPORTED_EVERY = 4

/** Below this number, a run says nothing about how often a feature occurs. */
const ENOUGH_RUNS = 1_000

const LIMITS = { traces: 3_000, steps: 100_000 }

interface Figures {
  programs: number
  skipped: number
  traces: number
  reports: number
  readonly occurrences: Map<string, number>
}

const FEATURES: Record<string, (traces: readonly Trace[], tree: ProgramTree) => boolean> = {
  'several traces': (traces) => traces.length > 1,
  'more than 100 traces': (traces) => traces.length > 100,
  'some traces deadlock': (traces) => new Set(traces.map(({ end }) => end === 'deadlocked')).size > 1,
  'some assumptions fail': (traces) => new Set(traces.map(({ end }) => end === 'assumeFailed')).size > 1,
  'some traces violate the property': (traces) => new Set(traces.map(({ outcome }) => outcome?.holds)).size > 1,
  'failed threads': (traces) => traces.some(({ outcome }) => Object.keys(outcome?.errors ?? {}).length > 0),
  'properties of every state': (_traces, { always }) => (always ?? []).length > 0,
  daemons: (_traces, tree) => tree.threads.some(({ daemon }) => daemon === true),
  'compare-and-exchange': usesKind('compareExchange'),
  choices: usesKind('choose'),
  joins: usesKind('join'),
  'spawned threads': usesKind('spawn'),
  'locks that are tried': usesKind('tryLocked'),
  'releases of free locks': usesKind('unlock'),
  updates: usesKind('update'),
}

function usesKind(kind: string) {
  return (_traces: readonly Trace[], tree: ProgramTree) =>
    statementsOf(tree).some((statement) => statement.kind === kind)
}

function count(figures: Figures, tree: ProgramTree, traces: readonly Trace[]): void {
  figures.programs++
  figures.traces += traces.length
  for (const [feature, occursIn] of Object.entries(FEATURES))
    if (occursIn(traces, tree)) figures.occurrences.set(feature, (figures.occurrences.get(feature) ?? 0) + 1)
}

test('On random programs, dpor executes every trace exactly once', { timeout: 3_600_000 }, async () => {
  const figures: Figures = { programs: 0, skipped: 0, traces: 0, reports: 0, occurrences: new Map() }
  const dporAgrees = fc.asyncProperty(anyTraceProgram, async (tree) => {
    const traces = enumerateIfSmall(tree, LIMITS)
    if (traces === null) {
      figures.skipped++
      return
    }
    count(figures, tree, traces)
    const subject = buildProgram(tree)
    expect(differentTraces(tree, subject, traces), about(tree)).toEqual([])
    if (figures.programs % REPORTED_EVERY > 0) return
    figures.reports++
    expect(await differentReport(tree, subject, traces), about(tree)).toEqual([])
  })
  await fc.assert(dporAgrees, { seed: SEED, numRuns: RUNS })
  print(figures)
  if (RUNS >= ENOUGH_RUNS) expectVariety(figures)
})

function about(tree: ProgramTree): string {
  return `Dpor is wrong about\n${printProgram(tree)}\n`
}

/** What is wrong with the executions of a program, in words; nothing if each trace is executed once. */
function differentTraces(tree: ProgramTree, subject: Program, traces: readonly Trace[]): string[] {
  const expected = new Map(traces.map((trace) => [trace.text, trace]))
  const met = new Set<string>()
  const wrong: string[] = []
  for (const { end, schedule } of dporExecutions(subject)) {
    const written = schedule.map(({ thread, way }) => `${thread.join('.')}/${way}`).join(' ')
    const { text, end: trueEnd } = traceOfSchedule(tree, schedule)
    if (end !== trueEnd) wrong.push(`execution ${written}: called ${end}, is ${trueEnd}`)
    if (met.has(text) && !hasDaemons(tree)) wrong.push(`execution ${written}: its trace has been executed before`)
    if (!expected.has(text)) wrong.push(`execution ${written}: its trace is not known`)
    met.add(text)
  }
  const missing = traces.filter(({ text }) => !met.has(text))
  return [...wrong, ...missing.map(({ text }) => `not executed: ${text}`)]
}

/**
 * With daemons a trace may be executed more than once: which events a step is ordered with depends on whether it ends its
 * thread, which depends on what it reads.
 */
function hasDaemons(tree: ProgramTree): boolean {
  return (
    tree.threads.some(({ daemon }) => daemon === true) ||
    statementsOf(tree).some((statement) => statement.kind === 'spawn' && statement.child.daemon === true)
  )
}

async function differentReport(tree: ProgramTree, subject: Program, traces: readonly Trace[]): Promise<string[]> {
  const report = await explore(subject, { strategy: 'dpor' })
  const graph = await explore(subject, { strategy: 'graph' })
  return [
    ...differ('complete', report.complete, true),
    ...(hasDaemons(tree)
      ? []
      : [
          ...differ('counts', countsReported(report), countsOf(traces)),
          ...differ('outcomes', outcomesReported(report.outcomes), outcomesOf(traces)),
        ]),
    ...differ('which outcomes hold', whichHold(report.outcomes), whichHold(graph.outcomes)),
    ...differ('violations', violationsOf(report.violations), violationsOf(graph.violations)),
    ...differ('verdict', report.verdict, graph.verdict),
  ]
}

function differ(what: string, reported: unknown, actual: unknown): string[] {
  const [found, expected] = [reported, actual].map((value) => JSON.stringify(value, null, 1))
  return found === expected ? [] : [`${what}: reported ${found}, is ${expected}`]
}

function countsReported({ counts: { executions, deadlocked, assumeFailed, blocked } }: ExploreReport) {
  return { executions, deadlocked, assumeFailed, blocked }
}

function countsOf(traces: readonly Trace[]) {
  const deadlocked = traces.filter(({ end }) => end === 'deadlocked').length
  const assumeFailed = traces.filter(({ end }) => end === 'assumeFailed').length
  return { executions: traces.length - assumeFailed, deadlocked, assumeFailed, blocked: 0 }
}

/** Every outcome with its number of executions. */
function outcomesReported(outcomes: readonly Outcome[]): string[] {
  return outcomes.map((outcome) => `${outcome.executions} of ${keyOf(endingClaimed(outcome))}`).sort()
}

function outcomesOf(traces: readonly Trace[]): string[] {
  const executions = new Map<string, number>()
  for (const { outcome } of traces) {
    if (outcome === null) continue
    const key = keyOf(outcome)
    executions.set(key, (executions.get(key) ?? 0) + 1)
  }
  return [...executions].map(([key, number]) => `${number} of ${key}`).sort()
}

function whichHold(outcomes: readonly Outcome[]): string[] {
  return outcomes.map((outcome) => `${outcome.holds} for ${keyOf(endingClaimed(outcome))}`).sort()
}

/** Kinds with their subjects. Who holds what a thread waits for is a matter of the schedule that is shown. */
function violationsOf(violations: readonly Violation[]): string[] {
  return violations
    .filter(({ kind }) => kind !== 'livelock' && kind !== 'endless')
    .map(({ kind, message }) => `${kind}: ${message.replaceAll(/, which [^;]*/g, '')}`)
    .sort()
}

function print({ programs, skipped, traces, reports, occurrences }: Figures): void {
  const lines = [...occurrences].toSorted(([, a], [, b]) => b - a).map(([feature, number]) => `${number} ${feature}`)
  console.log(
    `Seed ${SEED}: ${programs} programs with ${traces} traces compared, ${reports} of them with their reports,`,
    `${skipped} too large. In how many of them: ${lines.join(', ')}.`,
  )
}

/** A generator that fell out of balance would let the test pass without testing much. */
function expectVariety({ programs, skipped, occurrences }: Figures): void {
  expect(skipped).toBeLessThan(programs * 0.02)
  const rare = Object.keys(FEATURES).filter((feature) => (occurrences.get(feature) ?? 0) < programs * 0.01)
  expect(rare).toEqual([])
}
