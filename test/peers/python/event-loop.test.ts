import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Session } from '../../../src/engine/session.js'
import type { TimeMode } from 'entrelacs'
import { type Body, ProgramMaker, programOf, pythonsMisuse, retimed, type Run } from './asyncio-programs.js'
import { findPython } from './python.js'

const PROGRAMS = Number(process.env['ENTRELACS_LOOPS'] ?? 500)
const SEED = 'asyncio'
// How long things take in CPython: no time at all, and as these seeds say.
const SEEDS = [null, 1, 2, 3]

const python = findPython((text) => console.warn(text))

const MOST_STATES = 4000
const MOST_TIMED_STATES = 20_000
// A minute on a machine with nothing else to do.
const LIMIT = 600_000

/** Everything that can come out of a program; null if it has too many states. */
function allRuns(main: Body, time: TimeMode = 'free', mostStates = MOST_STATES): readonly Run[] | null {
  const session = new Session(programOf(main, time))
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
    if (visited.size > mostStates) return null
    marks.push(session.world.mark)
    session.step(...choice)
    open.push(visit())
  }
}

function runIn(session: Session): Run {
  const { log: shown, now } = session.show()
  const log = shown as readonly unknown[]
  if (!session.hasEnded) return { log, result: 'deadlock', end: null }
  const end = (now as number | undefined) ?? null
  const failure = session.failureOf(0)
  if (failure === undefined) return { log, result: session.resultOf(0), end }
  return {
    log,
    end,
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

/** Programs that take time, what they do in CPython for each way of asking, and everything that they can do here in virtual time. */
function compareTimed(distinct: boolean, questions: readonly object[]) {
  const maker = new ProgramMaker(SEED, true, false)
  // In most random programs nobody sleeps to the end.
  const made = Array.from({ length: 4 * PROGRAMS }, (_, i) => retimed(maker.program(), { seed: `${i}`, distinct }))
  const answers = python!.ask(
    'asyncio-programs.py',
    made.flatMap((one) => questions.map((question) => ({ program: one, ...question }))),
  ) as readonly Run[]
  const all = made.map((one, i) => ({
    program: one,
    theirs: answers.slice(questions.length * i, questions.length * (i + 1)),
  }))
  const timed = all.filter(({ theirs }) => takesTime(theirs[0]!)).slice(0, PROGRAMS)
  expect(timed).toHaveLength(PROGRAMS)
  return timed.map(({ program, theirs }) => ({ program, theirs, ours: allRuns(program, 'virtual', MOST_TIMED_STATES) }))
}

function takesTime({ log, end }: Run): boolean {
  const last = log.at(-1) as readonly unknown[] | undefined
  return (end ?? (last?.at(-1) as number | undefined) ?? 0) > 0
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

  test('in virtual time do here what they do in CPython, at the same times', { timeout: LIMIT }, () => {
    const compared = compareTimed(true, [{ time: 'frozen' }])
    const single = compared.map(({ program, theirs, ours }) => ({
      program: JSON.stringify(program),
      ours,
      theirs: theirs[0]!,
    }))
    expect(shortestDifference(single)).toBeNull()
    // Only the order in which tasks that were left are cancelled is open.
    expect(compared.filter(({ ours }) => ours?.length === 1).length).toBeGreaterThan(0.9 * PROGRAMS)
  })

  test('in virtual time do here what they do in CPython where much is due at one moment', { timeout: LIMIT }, () => {
    const compared = compareTimed(
      false,
      SEEDS.map((seed) => ({ time: 'fine', seed: seed ?? 0 })),
    )
    const single = compared.flatMap(({ program, theirs, ours }) =>
      theirs.map((their) => ({ program: JSON.stringify(program), ours, theirs: their })),
    )
    expect(shortestDifference(single)).toBeNull()
    expect(compared.filter(({ ours }) => ours !== null).length).toBeGreaterThan(0.98 * PROGRAMS)
    expect(compared.filter(({ ours }) => ours?.length === 1).length).toBeGreaterThan(0.5 * PROGRAMS)
    // What is open here is open there: where looking at the clock takes another time, another order comes out.
    const isSeveral = (runs: readonly Run[]) => runs.some((run) => !isDeepStrictEqual(run, runs[0]))
    expect(compared.filter(({ theirs }) => isSeveral(theirs)).length).toBeGreaterThan(0)
  })
})
