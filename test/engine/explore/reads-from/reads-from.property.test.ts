import { explore, type ExploreReport, type Outcome, type Program, type Violation } from 'entrelacs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildProgram } from '../../../oracle/build-program.js'
import { endingClaimed, keyOf } from '../../../oracle/differences.js'
import { printProgram } from '../../../oracle/print-program.js'
import { statementsOf, type ProgramTree } from '../../../oracle/program-tree.js'
import { anyReadsFromProgram } from '../../../oracle/random-programs.js'
import {
  classOfSchedule,
  readsFromClasses,
  type ClassOutcome,
  type ReadsFromClass,
} from '../../../oracle/reads-from-classes.js'
import { readsFromExecutions } from '../../support/reads-from-executions.js'
import { SEED } from '../../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 1_500)
/** Programs with more interleavings than this are skipped; set ENTRELACS_INTERLEAVINGS for larger ones. */
const INTERLEAVINGS = Number(process.env['ENTRELACS_INTERLEAVINGS'] ?? 5_000)
/** The report is compared for some of the programs: that takes longer than the classes. */
const REPORTED_EVERY = RUNS > 10_000 ? 20 : 4

/** Below this number, a run says nothing about how often a feature occurs. */
const ENOUGH_RUNS = 1_000

type Classes = ReadonlyMap<string, ReadsFromClass>

interface Figures {
  programs: number
  skipped: number
  classes: number
  /** Of the programs whose reports are compared: their classes, and their traces. */
  reports: number
  reported: number
  traces: number
  readonly occurrences: Map<string, number>
}

const FEATURES: Record<string, (classes: readonly ReadsFromClass[], tree: ProgramTree) => boolean> = {
  'several classes': (classes) => classes.length > 1,
  'more than 50 classes': (classes) => classes.length > 50,
  'some classes deadlock': (classes) => new Set(classes.map(({ end }) => end === 'deadlocked')).size > 1,
  'some assumptions fail': (classes) => new Set(classes.map(({ end }) => end === 'assumeFailed')).size > 1,
  'some classes violate the property': (classes) => new Set(classes.map(({ outcome }) => outcome?.holds)).size > 1,
  'failed threads': (classes) => classes.some(({ outcome }) => Object.keys(outcome?.errors ?? {}).length > 0),
  'undetermined objects': (classes) => classes.some(({ outcome }) => (outcome?.undetermined ?? []).length > 0),
  'compare-and-exchange': usesKind('compareExchange'),
  exchange: usesKind('exchange'),
  addition: usesKind('add'),
  choices: usesKind('choose'),
  joins: usesKind('join'),
  locks: usesKind('locked'),
  'spawned threads': usesKind('spawn'),
  'locks that are tried': usesKind('tryLocked'),
  'releases of free locks': usesKind('unlock'),
  updates: usesKind('update'),
}

function usesKind(kind: string) {
  return (_classes: readonly ReadsFromClass[], tree: ProgramTree) =>
    statementsOf(tree).some((statement) => statement.kind === kind)
}

test('On random programs, every reads-from class is executed exactly once', { timeout: 36_000_000 }, async () => {
  const figures: Figures = {
    programs: 0,
    skipped: 0,
    classes: 0,
    reports: 0,
    reported: 0,
    traces: 0,
    occurrences: new Map(),
  }
  const searchAgrees = fc.asyncProperty(anyReadsFromProgram, async (tree) => {
    const classes = readsFromClasses(tree, INTERLEAVINGS)
    if (classes === null) {
      figures.skipped++
      return
    }
    count(figures, tree, classes)
    const subject = buildProgram(tree)
    expect(differentClasses(tree, subject, classes), about(tree)).toEqual([])
    if (figures.programs % REPORTED_EVERY === 0)
      expect(await differentReport(subject, classes, figures), about(tree)).toEqual([])
  })
  await fc.assert(searchAgrees, { seed: SEED, numRuns: RUNS })
  print(figures)
  if (RUNS >= ENOUGH_RUNS) expectVariety(figures)
})

function count(figures: Figures, tree: ProgramTree, classes: Classes): void {
  figures.programs++
  figures.classes += classes.size
  const all = [...classes.values()]
  for (const [feature, occursIn] of Object.entries(FEATURES))
    if (occursIn(all, tree)) figures.occurrences.set(feature, (figures.occurrences.get(feature) ?? 0) + 1)
}

function about(tree: ProgramTree): string {
  return `Equivalence reads-from is wrong about\n${printProgram(tree)}\n`
}

/** What is wrong with the executions of a program, in words; nothing if each class is executed once. */
function differentClasses(tree: ProgramTree, subject: Program, classes: Classes): string[] {
  const met = new Set<string>()
  const wrong: string[] = []
  for (const { end, schedule } of readsFromExecutions(subject)) {
    const written = schedule.map(({ thread, way }) => `${thread.join('.')}/${way}`).join(' ')
    const { text, end: trueEnd } = classOfSchedule(tree, schedule)
    if (end !== trueEnd) wrong.push(`execution ${written}: called ${end}, is ${trueEnd}`)
    if (met.has(text)) wrong.push(`execution ${written}: its class has been executed before`)
    if (!classes.has(text)) wrong.push(`execution ${written}: its class is not known`)
    met.add(text)
  }
  const missing = [...classes.keys()].filter((text) => !met.has(text))
  return [...wrong, ...missing.map((text) => `not executed: ${text}`)]
}

async function differentReport(subject: Program, classes: Classes, figures: Figures): Promise<string[]> {
  const report = await explore(subject, { equivalence: 'reads-from' })
  const dpor = await explore(subject, { strategy: 'dpor' })
  const graph = await explore(subject, { strategy: 'graph' })
  figures.reports++
  figures.reported += allCounted(report)
  figures.traces += allCounted(dpor)
  const all = [...classes.values()]
  return [
    ...differ('complete', report.complete, true),
    ...differ('equivalence', report.equivalence, 'reads-from'),
    ...differ('counts', countsReported(report), countsOf(all)),
    ...differ('outcomes', outcomesReported(report.outcomes), outcomesOf(all)),
    ...differ('violations', violationsOf(report.violations), violationsOf(dpor.violations)),
    ...differ('violations of graph', violationsOf(report.violations), violationsOf(graph.violations)),
    ...differ('verdict', report.verdict, dpor.verdict),
    ...differ('more classes than traces', allCounted(report) > allCounted(dpor), false),
  ]
}

function allCounted({ counts: { executions, assumeFailed } }: ExploreReport): number {
  return executions! + assumeFailed!
}

function differ(what: string, reported: unknown, actual: unknown): string[] {
  const [found, expected] = [reported, actual].map((value) => JSON.stringify(value, null, 1))
  return found === expected ? [] : [`${what}: reported ${found}, is ${expected}`]
}

function countsReported({ counts: { executions, deadlocked, assumeFailed, blocked } }: ExploreReport) {
  return { executions, deadlocked, assumeFailed, blocked }
}

function countsOf(classes: readonly ReadsFromClass[]) {
  const deadlocked = classes.filter(({ end }) => end === 'deadlocked').length
  const assumeFailed = classes.filter(({ end }) => end === 'assumeFailed').length
  return { executions: classes.length - assumeFailed, deadlocked, assumeFailed, blocked: 0 }
}

/** Every outcome with its number of executions, which objects are left open, and whether it holds. */
function outcomesReported(outcomes: readonly Outcome[]): string[] {
  return outcomes.map((outcome) => `${outcome.executions} of ${outcomeText(outcome, endingClaimed(outcome))}`).sort()
}

function outcomesOf(classes: readonly ReadsFromClass[]): string[] {
  const executions = new Map<string, number>()
  for (const { outcome } of classes) {
    if (outcome === null) continue
    // An uncaught error or a deadlock is a failure as well.
    const holds = outcome.holds && Object.keys(outcome.errors).length === 0
    const text = outcomeText({ ...outcome, holds }, outcome)
    executions.set(text, (executions.get(text) ?? 0) + 1)
  }
  return [...executions].map(([text, number]) => `${number} of ${text}`).sort()
}

function outcomeText(
  { undetermined = [], holds }: Pick<Outcome, 'undetermined' | 'holds'>,
  ending: Parameters<typeof keyOf>[0] | Omit<ClassOutcome, 'undetermined' | 'holds'>,
): string {
  return `${keyOf(ending)}, open: ${undetermined.join()}, holds: ${holds}`
}

/** Kinds with their subjects. Who holds what a thread waits for is a matter of the schedule that is shown. */
function violationsOf(violations: readonly Violation[]): string[] {
  return violations
    .filter(({ kind }) => kind !== 'livelock' && kind !== 'endless')
    .map(({ kind, message }) => `${kind}: ${message.replaceAll(/, which [^;]*/g, '')}`)
    .sort()
}

function print({ programs, skipped, classes, reports, reported, traces, occurrences }: Figures): void {
  const lines = [...occurrences].toSorted(([, a], [, b]) => b - a).map(([feature, number]) => `${number} ${feature}`)
  console.log(
    `Seed ${SEED}: ${programs} programs with ${classes} classes compared, ${reports} of them with their reports`,
    `(${reported} classes, ${traces} traces), ${skipped} too large. In how many of them: ${lines.join(', ')}.`,
  )
}

/** A generator that fell out of balance would let the test pass without testing much. */
function expectVariety({ programs, skipped, occurrences }: Figures): void {
  expect(skipped).toBeLessThan(programs * 0.05)
  const rare = Object.keys(FEATURES).filter((feature) => (occurrences.get(feature) ?? 0) < programs * 0.01)
  expect(rare).toEqual([])
}
