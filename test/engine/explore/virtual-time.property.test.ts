import { explore, type ExplorationOptions, type ExploreReport, replay } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildTimedProgram, printTimed } from '../../oracle/timed/build-timed-program.js'
import { type Ending, TimedMachine } from '../../oracle/timed/timed-machine.js'
import { anyTimedScript, type TimedScript } from '../../oracle/timed/timed-script.js'
import { SEED } from '../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 120)
const MAX_STATES = 3_000
const PATIENCE = 300_000

/** The endings of a report as the oracle writes them, with their interleavings; several outcomes may look alike to it. */
function endingsOf(script: TimedScript, { outcomes }: ExploreReport): Map<string, bigint> {
  const endings = new Map<string, bigint>()
  for (const { final, results, waiting, interleavings } of outcomes) {
    const ending: Ending = {
      final: sorted(final),
      results: script.threads.map((_, i) => (results?.[`T${i}`] as unknown[] | undefined) ?? null),
      isDeadlock: waiting !== undefined,
    }
    const key = JSON.stringify(ending)
    endings.set(key, (endings.get(key) ?? 0n) + BigInt(interleavings ?? 0))
  }
  return endings
}

function sorted(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The oracle's counts by ending, its objects in the same order. */
function truthOf(script: TimedScript): Map<string, bigint> | null {
  const counts = new TimedMachine(script).interleavings(MAX_STATES)
  if (counts === null) return null
  return new Map(
    [...counts].map(([text, count]) => {
      const ending = JSON.parse(text) as Ending
      return [JSON.stringify({ ...ending, final: sorted(ending.final) }), count]
    }),
  )
}

const order = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

describe('In virtual time', { timeout: PATIENCE }, () => {
  test('the graph has the outcomes of brute force, with its numbers of interleavings', async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(anyTimedScript(3), async (script) => {
        const truth = truthOf(script)
        if (truth === null) return
        compared++
        const report = await explore(buildTimedProgram(script))
        const met = endingsOf(script, report)
        expect([...met].sort(order), printTimed(script)).toEqual([...truth].sort(order))
        for (const { token, preemptions } of report.violations)
          expect(replay(buildTimedProgram(script, 'free'), token)).toMatchObject({
            holds: false,
            preemptions,
            time: 'virtual',
          })
      }),
      { seed: SEED, numRuns: RUNS },
    )
    expect(compared).toBeGreaterThan(RUNS * 0.8)
  })

  const strategies: readonly (readonly [string, ExplorationOptions])[] = [
    ['dpor', { strategy: 'dpor' }],
    ['reduction', { reduction: true }],
    ['bitstate', { bitstate: 1 << 20 }],
    ['bitstate with reduction', { bitstate: 1 << 20, reduction: true }],
    ['a bound on preemptions', { preemptions: 20 }],
    ['a bound on delays', { delays: 40 }],
  ]
  for (const [name, options] of strategies)
    test(`${name} meets the same outcomes and violations as the graph`, async () => {
      await fc.assert(
        fc.asyncProperty(anyTimedScript(3), async (script) => {
          const program = buildTimedProgram(script)
          const expected = await explore(program, { maxStates: MAX_STATES })
          if (!expected.complete) return
          const report = await explore(program, options)
          const keys = (one: ExploreReport) => [...endingsOf(script, one).keys()].sort()
          expect(keys(report), printTimed(script)).toEqual(keys(expected))
          const wrongs = ({ violations }: ExploreReport) =>
            violations.map(({ kind, message }) => `${kind} ${message}`).sort()
          expect(wrongs(report), printTimed(script)).toEqual(wrongs(expected))
        }),
        { seed: SEED, numRuns: Math.ceil(RUNS / 5) },
      )
    })

  test.each(['random', 'pct', 'pos', 'surw'] as const)('%s draws outcomes of the graph alone', async (strategy) => {
    await fc.assert(
      fc.asyncProperty(anyTimedScript(3), async (script) => {
        const program = buildTimedProgram(script)
        const expected = await explore(program, { maxStates: MAX_STATES })
        if (!expected.complete) return
        const report = await explore(program, { strategy, samples: 30 })
        const known = endingsOf(script, expected)
        for (const ending of endingsOf(script, report).keys()) expect(known.has(ending)).toBe(true)
      }),
      { seed: SEED, numRuns: Math.ceil(RUNS / 10) },
    )
  })

  test('free time has every outcome of virtual time', async () => {
    let more = 0
    await fc.assert(
      fc.asyncProperty(anyTimedScript(2), async (script) => {
        const free = await explore(buildTimedProgram(script, 'free'), { maxStates: MAX_STATES })
        const virtual = await explore(buildTimedProgram(script), { maxStates: MAX_STATES })
        if (!free.complete || !virtual.complete) return
        const known = endingsOf(script, free)
        const met = endingsOf(script, virtual)
        if (known.size > met.size) more++
        for (const ending of met.keys()) expect(known.has(ending), printTimed(script)).toBe(true)
      }),
      { seed: SEED, numRuns: Math.ceil(RUNS / 5) },
    )
    expect(more).toBeGreaterThan(RUNS / 60)
  })
})
