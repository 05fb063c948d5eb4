import fc from 'fast-check'
import { explore } from 'entrelacs'
import { expect, test } from 'vitest'
import { bruteForce, bruteForceIfSmall, type Truth } from '../../oracle/brute-force.js'
import { buildProgram } from '../../oracle/build-program.js'
import { differences } from '../../oracle/differences.js'
import { printProgram } from '../../oracle/print-program.js'
import { statementsOf, type ProgramTree, type Statement, type ThreadTree } from '../../oracle/program-tree.js'
import { anyProgram } from '../../oracle/random-programs.js'

const SEED = Number(process.env['ENTRELACS_SEED'] ?? 20_260_301)
const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 2_000)

/** Below this number, a run says nothing about how often a feature occurs. */
const ENOUGH_RUNS = 1_000

interface Figures {
  programs: number
  skipped: number
  interleavings: bigint
  readonly occurrences: Map<string, number>
}

function newFigures(): Figures {
  return { programs: 0, skipped: 0, interleavings: 0n, occurrences: new Map() }
}

function count(figures: Figures, tree: ProgramTree, truth: Truth): void {
  figures.programs++
  figures.interleavings += truth.interleavings
  const features = [...new Set(statementsOf(tree).map((statement) => statement.kind)), ...featuresOf(truth)]
  for (const feature of features) figures.occurrences.set(feature, (figures.occurrences.get(feature) ?? 0) + 1)
}

const FEATURES: Record<string, (truth: Truth) => boolean> = {
  'several outcomes': ({ outcomes }) => outcomes.length > 1,
  'dropped executions': ({ dropped }) => dropped !== null,
  'some interleavings deadlock': ({ outcomes }) =>
    outcomes.some(({ waiting }) => waiting !== null) && outcomes.some(({ waiting }) => waiting === null),
  'some interleavings violate the property': ({ outcomes, violations }) =>
    violations.some(({ kind }) => kind === 'property') && outcomes.some(({ holds }) => holds),
  'failed threads': ({ outcomes }) => outcomes.some(({ errors }) => Object.keys(errors).length > 0),
  'violations that need a preemption': ({ violations }) => violations.some(({ preemptions }) => preemptions > 0),
  'violations settled on the way': ({ violations }) =>
    violations.some(({ criticalStep, steps }) => criticalStep !== null && criticalStep > 0 && criticalStep < steps),
}

function featuresOf(truth: Truth): string[] {
  return Object.entries(FEATURES).flatMap(([feature, occursIn]) => (occursIn(truth) ? [feature] : []))
}

async function expectGraphToAgree(tree: ProgramTree, truth: Truth): Promise<void> {
  const report = await explore(buildProgram(tree), { strategy: 'graph' })
  expect(differences(report, truth), `The graph is wrong about\n${printProgram(tree)}\n`).toEqual([])
}

test('A thread that is spawned in some interleavings only does not split an outcome', async () => {
  const child: ThreadTree = { name: 'T0c0', body: [], returns: null }
  const spawn: Statement = { kind: 'spawn', child, between: [], joinInto: null }
  const ifWritten: Statement = {
    kind: 'branch',
    condition: { local: 'x', is: 'equal', value: 1 },
    body: [spawn],
    otherwise: [],
  }
  const tree: ProgramTree = {
    cells: [{ name: 'c0', initial: 0 }],
    items: [],
    locks: 0,
    threads: [
      { name: 'T0', body: [{ kind: 'read', cell: 'c0', into: 'x' }, ifWritten], returns: null },
      { name: 'T1', body: [{ kind: 'write', cell: 'c0', value: { local: null, plus: 1 } }], returns: null },
    ],
    property: { sumOf: ['c0'], is: 'equal', value: 1 },
  }
  await expectGraphToAgree(tree, bruteForce(tree))
})

test(
  'On random programs, the graph gives the numbers that walking every interleaving gives',
  { timeout: 600_000 },
  async () => {
    const figures = newFigures()
    const graphAgrees = fc.asyncProperty(anyProgram, async (tree) => {
      const truth = bruteForceIfSmall(tree)
      if (truth === null) {
        figures.skipped++
        return
      }
      count(figures, tree, truth)
      await expectGraphToAgree(tree, truth)
    })
    await fc.assert(graphAgrees, { seed: SEED, numRuns: RUNS })
    print(figures)
    if (RUNS >= ENOUGH_RUNS) expectVariety(figures)
  },
)

function print({ programs, skipped, interleavings, occurrences }: Figures): void {
  const lines = [...occurrences].toSorted(([, a], [, b]) => b - a).map(([feature, number]) => `${number} ${feature}`)
  console.log(
    `Seed ${SEED}: ${programs} programs with ${interleavings} interleavings compared, ${skipped} too large.`,
    `In how many of them: ${lines.join(', ')}.`,
  )
}

/** A generator that fell out of balance would let the test pass without testing much. */
function expectVariety({ programs, skipped, occurrences }: Figures): void {
  expect(skipped).toBeLessThan(programs * 0.02)
  const rare = Object.keys(FEATURES).filter((feature) => (occurrences.get(feature) ?? 0) < programs * 0.01)
  expect(rare).toEqual([])
}
