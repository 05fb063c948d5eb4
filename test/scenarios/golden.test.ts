import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Program } from 'entrelacs'
import { formatData } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { choicesOf } from '../../src/engine/explore/confirmation.js'
import { RandomSearch } from '../../src/engine/explore/random-search.js'
import { ReplayRun, type TraceStep } from '../../src/engine/replay-run.js'
import type { Choice } from '../../src/engine/schedule.js'
import { Session } from '../../src/engine/session.js'
import { scenarios } from '../../src/scenarios/index.js'

const SEED = 42
// Programs that never end are shown so far.
const SHOWN = 200
const folder = new URL('golden/', import.meta.url)
const isUpdate = process.env['UPDATE_GOLDEN'] === '1'

/** The execution that the random scheduler draws first. */
function firstDrawn(program: Program): Choice[] {
  const session = new Session(program)
  const search = new RandomSearch(session, SEED)
  const work = search.runOne()
  while (work.next().done !== true);
  return choicesOf(session, search.latestPath)
}

function take(run: ReplayRun, choice: Choice): TraceStep {
  const step = run.take(choice)
  if (typeof step === 'string') throw new Error(`thread ${choice.thread}: ${step}`)
  return step
}

function formatShown(shown: Readonly<Record<string, unknown>>): string {
  const values = Object.entries(shown).map(([name, value]) => `${name} = ${formatData(value)}`)
  return values.length === 0 ? 'nothing to show' : values.join(', ')
}

function formatStep(step: TraceStep): string {
  const act = step.object === null ? step.label : `${step.object}: ${step.label}`
  return [String(step.step), step.thread, act, formatShown(step.shows)].join(' | ')
}

/** One line a step: number, thread, what it does, what every object shows; then what came out. */
function traceOf(program: Program): string {
  const run = new ReplayRun(program, {})
  const drawn = firstDrawn(program)
  const steps = drawn.slice(0, SHOWN).map((choice) => formatStep(take(run, choice)))
  expect(run.isOver).toBe(drawn.length <= SHOWN)
  const outcome = run.isOver
    ? Object.entries(run.outcome()).map(([name, value]) => `${name}: ${formatData(value)}`)
    : ['and so on']
  return `${[`${program.name}, seed ${SEED}`, formatShown(run.initially), ...steps, ...outcome].join('\n')}\n`
}

describe('The first execution at seed 42', () => {
  test.each(scenarios)('of $name is the same as ever, byte for byte', async ({ name, load }) => {
    const trace = traceOf((await load()).default)
    const golden = new URL(`${name}.txt`, folder)
    if (isUpdate) writeFileSync(golden, trace)
    expect(existsSync(golden), `no stored trace of ${name}: run with UPDATE_GOLDEN=1 and read what it stores`).toBe(
      true,
    )
    expect(trace).toBe(readFileSync(golden, 'utf8'))
  })

  test('is stored for every scenario and for nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual(scenarios.map(({ name }) => `${name}.txt`).sort())
  })
})
