import { explore, type ExploreOptions, type ExploreReport, type Program } from 'entrelacs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildProgram } from '../../../oracle/build-program.js'
import { printProgram } from '../../../oracle/print-program.js'
import { statementsOf, type ProgramTree } from '../../../oracle/program-tree.js'
import { racesOfInterleavings, type TrueRace } from '../../../oracle/races.js'
import { anyTraceProgram } from '../../../oracle/random-programs.js'
import { SEED } from '../../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 400)
const INTERLEAVINGS = 1_000
/** The strategies besides `graph` and `dpor` are asked about some of the programs. */
const OTHERS_EVERY = 5

interface Figures {
  programs: number
  skipped: number
  races: number
  racy: number
  free: number
}

/** A race of a report in the words of the oracle. */
function keysOf({ violations }: ExploreReport): Map<string, TrueRace> {
  const keys = new Map<string, TrueRace>()
  for (const { kind, race, preemptions, steps, isLeast } of violations) {
    if (kind !== 'race' || race === undefined) continue
    const { object, element, first, second } = race
    const accesses = [first, second].map(({ thread, operation }) => `${thread} ${operation}`)
    const key = `${element === undefined ? object : `item ${element}`}: ${accesses.toSorted().join(', ')}`
    expect(isLeast).toBe(true)
    expect(second.step).toBe(steps)
    keys.set(key, { key, preemptions, steps })
  }
  return keys
}

function differences(report: ExploreReport, truth: ReadonlyMap<string, TrueRace>): string[] {
  const found = keysOf(report)
  // Of very many races only some are shown.
  const isAll = report.races === undefined || report.races.shown === report.races.found
  const missing = isAll ? [...truth.keys()].filter((key) => !found.has(key)).map((key) => `missing: ${key}`) : []
  const wrong = [...found.values()].flatMap(({ key, preemptions, steps }) => {
    const actual = truth.get(key)
    if (actual === undefined) return [`no race: ${key}`]
    const isSame = actual.preemptions === preemptions && actual.steps === steps
    return isSame ? [] : [`${key}: ${preemptions}/${steps}, is ${actual.preemptions}/${actual.steps}`]
  })
  return [...missing, ...wrong, ...(report.races?.complete === false ? ['the search is not complete'] : [])]
}

async function differencesOf(
  subject: Program,
  truth: ReadonlyMap<string, TrueRace>,
  options: ExploreOptions,
): Promise<string[]> {
  const found = differences(await explore(subject, options), truth)
  return found.map((difference) => `${JSON.stringify(options)}: ${difference}`)
}

const hasDaemons = (tree: ProgramTree) =>
  tree.threads.some(({ daemon }) => daemon === true) ||
  statementsOf(tree).some((statement) => statement.kind === 'spawn' && statement.child.daemon === true)

test(
  'On random programs, the races reported are those of happens-before over all interleavings',
  {
    timeout: 3_600_000,
  },
  async () => {
    const figures: Figures = { programs: 0, skipped: 0, races: 0, racy: 0, free: 0 }
    const agrees = fc.asyncProperty(anyTraceProgram, async (tree) => {
      const truth = racesOfInterleavings(tree, INTERLEAVINGS)
      if (truth === null) {
        figures.skipped++
        return
      }
      figures.programs++
      figures.races += truth.size
      if (truth.size > 0) figures.racy++
      else figures.free++
      const subject = buildProgram(tree)
      const asked: ExploreOptions[] = [{ strategy: 'graph' }, { strategy: 'dpor' }]
      if (figures.programs % OTHERS_EVERY === 0) {
        asked.push({ reduction: true }, { preemptions: 40 }, { bitstate: 1 << 16 })
        if ((tree.always ?? []).length === 0 && !hasDaemons(tree)) asked.push({ equivalence: 'reads-from' })
      }
      const wrong: string[] = []
      for (const options of asked) wrong.push(...(await differencesOf(subject, truth, options)))
      expect(wrong, `The races are wrong of\n${printProgram(tree)}\n`).toEqual([])
    })
    await fc.assert(agrees, { seed: SEED, numRuns: RUNS })
    console.log(`Seed ${SEED}:`, figures)
    // A generator that fell out of balance would let the test pass without testing much.
    if (RUNS >= 1_000) expect(Math.min(figures.racy, figures.free) * 8).toBeGreaterThan(figures.programs)
  },
)
