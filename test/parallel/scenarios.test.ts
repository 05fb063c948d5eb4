import { describe, expect, test } from 'vitest'
import { LocalTraces } from '../../src/engine/explore/dpor/local-traces.js'
import type { TraceSnapshot } from '../../src/engine/explore/dpor/trace-snapshot.js'
import type { TraceSource } from '../../src/engine/explore/dpor/trace-source.js'
import { Investigation } from '../../src/engine/explore/investigation.js'
import { ParallelTraces } from '../../src/parallel/parallel-traces.js'
import { scenarios } from '../../src/scenarios/index.js'
import { besides, toItsEnd } from './workers-without-threads.js'

// Larger scenarios would add minutes and no primitive.
const MOST_STEPS = 60_000
const LONGEST = 2000
const WORKERS = 3
const STEPS_AT_ONCE = 40
const STEPS_BEFORE_THE_CUT = 200

async function programOf(name: string) {
  const { default: program } = await scenarios.find((scenario) => scenario.name === name)!.load()
  return program
}

/** What searches of the same program must agree on: steps may be taken again, names and order are those of a session. */
async function resultsOf(source: TraceSource) {
  const { complete, deadlocked, assumeFailed } = source.counts
  const kinds = source.findings.map(({ kind, subject }) => `${kind} ${subject}`).sort()
  const outcomes = (await toItsEnd(source.outcomes())).map((outcome) => JSON.stringify(outcome)).sort()
  return { complete, deadlocked, assumeFailed, kinds, outcomes, spawned: source.spawned }
}

/** Everything in one go; null if it is too much. */
async function alone(name: string) {
  const investigation = new Investigation(await programOf(name), {})
  const traces = new LocalTraces(investigation.session)
  for (const _pause of traces.run())
    if (traces.counts.steps > MOST_STEPS || traces.exploration.search.execution.length > LONGEST) return null
  return resultsOf(traces)
}

/** The same in two parts, the second of which begins in a fresh session with what the first has left to do. */
async function interrupted(name: string) {
  const program = await programOf(name)
  const first = new LocalTraces(new Investigation(program, {}).session)
  const { exploration } = first
  while (exploration.restart() || (exploration.search.steps < STEPS_BEFORE_THE_CUT && !exploration.search.isDone))
    exploration.search.slice(STEPS_AT_ONCE)
  const { rules, branches, ...results } = structuredClone(await toItsEnd<TraceSnapshot>(first.snapshot()))
  const second = new LocalTraces(new Investigation(program, {}).session, { rules, branches, results })
  await toItsEnd(second.run())
  return { results: await resultsOf(second), left: branches.length }
}

/** The same by several workers. */
async function together(name: string) {
  const program = await programOf(name)
  const investigation = new Investigation(program, {})
  const open = besides(program, STEPS_AT_ONCE)
  const source = new ParallelTraces(investigation, { workers: WORKERS, module: '', open })
  await toItsEnd(source.run())
  await toItsEnd(source.finish())
  return resultsOf(source)
}

describe('Every scenario has the same executions, outcomes and findings', () => {
  const tooLarge: string[] = []
  let left = 0

  test.each(scenarios.map(({ name }) => name))('shared, or in two parts: %s', async (name) => {
    const expected = await alone(name)
    if (expected === null) {
      tooLarge.push(name)
      return
    }
    expect(await together(name)).toEqual(expected)
    const { results, left: waiting } = await interrupted(name)
    expect(results).toEqual(expected)
    left += waiting
  })

  test('but those that never end, or take too long', () => {
    expect(tooLarge).toEqual([
      'up-and-down',
      'philosophers-try-lock',
      'polite-diners',
      'polite-diners-insisting',
      'starvation',
      'starvation-tickets',
      'ticket-sellers',
    ])
    expect(left).toBeGreaterThan(0)
  })
})
