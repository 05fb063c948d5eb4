import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Session } from '../../../src/engine/session.js'
import { type Body, ProgramMaker, programOf, pythonsMisuse, type Run } from './asyncio-programs.js'
import { findPython } from './python.js'

const PROGRAMS = Number(process.env['ENTRELACS_LOOPS'] ?? 500)
const SEED = 'asyncio'
// How long things take in CPython: no time at all, and as these seeds say.
const SEEDS = [null, 1, 2, 3]

const python = findPython((text) => console.warn(text))

const MOST_STATES = 4000
// Half a minute on a machine with nothing else to do.
const LIMIT = 300_000

/** Everything that can come out of a program; null if it has too many states. */
function allRuns(main: Body): readonly Run[] | null {
  const session = new Session(programOf(main))
  const runs = new Map<string, Run>()
  const visited = new Set<string>()
  const open: (readonly [thread: number, way: number])[][] = [[]]
  const visit = (): (readonly [number, number])[] => {
    const { hash1, hash2 } = session.world
    const state = `${hash1} ${hash2}`
    if (visited.has(state)) return []
    visited.add(state)
    const able = session.threads.canonical.filter((thread) => session.ways(thread) > 0)
    if (able.length > 0)
      return able.flatMap((thread) => Array.from({ length: session.ways(thread) }, (_, way) => [thread, way] as const))
    const run = runIn(session)
    runs.set(JSON.stringify(run), run)
    return []
  }
  const marks: number[] = []
  open[0] = visit()
  for (;;) {
    const choice = open.at(-1)!.pop()
    if (choice === undefined) {
      open.pop()
      if (open.length === 0) return [...runs.values()]
      session.world.undo(marks.pop()!)
      continue
    }
    if (visited.size > MOST_STATES) return null
    marks.push(session.world.mark)
    session.step(...choice)
    open.push(visit())
  }
}

function runIn(session: Session): Run {
  const log = session.show()['log'] as readonly unknown[]
  if (!session.hasEnded) return { log, result: 'deadlock' }
  const failure = session.failureOf(0)
  if (failure === undefined) return { log, result: session.resultOf(0) }
  return {
    log,
    result: failure.kind === 'misuse' ? pythonsMisuse(failure.message) : failure.message.replace(/:.*$/s, ''),
  }
}

interface Comparison {
  readonly program: string
  readonly ours: readonly Run[] | null
  readonly theirs: Run
}

/** The shortest program with which CPython does something that cannot happen here, and how many there are. */
function shortestDifference(compared: readonly Comparison[]) {
  const different = compared.filter(
    ({ ours, theirs }) => ours !== null && !ours.some((run) => isDeepStrictEqual(run, theirs)),
  )
  if (different.length === 0) return null
  const shortest = different.reduce((a, b) => (b.program.length < a.program.length ? b : a))
  return { different: different.length, ...shortest }
}

describe.skipIf(python === null)('Random asyncio programs', () => {
  test('without timers do here exactly what they do in CPython', { timeout: LIMIT }, () => {
    const maker = new ProgramMaker(SEED, false)
    const programs = Array.from({ length: PROGRAMS }, () => maker.program())
    const theirs = python!.ask(
      'asyncio-programs.py',
      programs.map((one) => ({ program: one })),
    ) as readonly Run[]
    const compared = programs.map((one, i) => ({
      program: JSON.stringify(one),
      ours: allRuns(one),
      theirs: theirs[i]!,
    }))
    expect(shortestDifference(compared)).toBeNull()
    // Only the order in which tasks that were left are cancelled is open.
    expect(compared.filter(({ ours }) => ours?.length === 1).length).toBeGreaterThan(0.9 * PROGRAMS)
  })
  test('with timers can do here whatever they do in CPython, however long things take', { timeout: LIMIT }, () => {
    const maker = new ProgramMaker(SEED, true)
    const programs = Array.from({ length: PROGRAMS }, () => maker.program())
    const theirs = python!.ask(
      'asyncio-programs.py',
      programs.flatMap((one) => SEEDS.map((seed) => ({ program: one, seed }))),
    ) as readonly Run[]
    const compared = programs.flatMap((one, i) => {
      const runs = allRuns(one)
      return SEEDS.map((_seed, j) => ({
        program: JSON.stringify(one),
        ours: runs,
        theirs: theirs[SEEDS.length * i + j]!,
      }))
    })
    expect(shortestDifference(compared)).toBeNull()
    expect(compared.filter(({ ours }) => ours !== null).length).toBeGreaterThan(0.9 * compared.length)
    expect(compared.filter(({ ours }) => ours !== null && ours.length > 1).length).toBeGreaterThan(
      0.1 * compared.length,
    )
  })
})
