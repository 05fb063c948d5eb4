import type { Program } from 'entrelacs'
import { describe, expect, test } from 'vitest'
import { BitstateSearch } from '../../../../src/engine/explore/bitstate/bitstate-search.js'
import { Probing } from '../../../../src/engine/explore/bitstate/coverage-probes.js'
import type { VisitedSample } from '../../../../src/engine/explore/bitstate/visited-sample.js'
import { Session } from '../../../../src/engine/session.js'
import { finish } from '../../support/finish.js'
import { lastzero, readers } from '../../support/published-programs.js'
import { seenInGraph } from '../../support/reduced-graphs.js'
import { guardedWork, privateWork } from '../../support/shared-and-private.js'
import { lostUpdate, philosophers } from '../../support/small-programs.js'

const NO_BOUNDS = { maxStates: 2 ** 40, maxMemory: 2 ** 40, maxHeap: 2 ** 40 }
const SEEDS = 8

interface Covered {
  /** What is reported. */
  readonly states: number
  readonly expectedFalseHits: number
  readonly missedAtLeast: number
  readonly low: number
  readonly high: number
  /** What is so: states that were met and never visited, the share of all that were not, and of random executions. */
  readonly falseHits: number
  readonly missed: number
  readonly missedOnExecutions: number
}

/** A search in a filter that is far too small, beside what it has really visited. */
function covered(subject: Program, all: number, bitsPerState: number, seed: number): Covered {
  const session = new Session(subject)
  const filter = Math.ceil((all * bitsPerState) / 8)
  const search = new BitstateSearch(session, { ...NO_BOUNDS, filter, seed, reduction: false })
  const met = new Set<string>()
  const visited = new Set<string>()
  const add = search.filter.add.bind(search.filter)
  search.filter.add = (hash1, hash2) => {
    const isNew = add(hash1, hash2)
    ;(isNew ? visited : met).add(`${hash1} ${hash2}`)
    return isNew
  }
  finish(search.run())
  const probing = new Probing(session, search.sample, seed)
  finish(probing.run())
  const { states, expectedFalseHits } = search.filter
  expect(states).toBe(visited.size)
  return {
    states,
    expectedFalseHits,
    missedAtLeast: expectedFalseHits / (states + expectedFalseHits),
    low: probing.result!.low,
    high: probing.result!.high,
    falseHits: [...met].filter((state) => !visited.has(state)).length,
    missed: 1 - visited.size / all,
    missedOnExecutions: shareMissed(session, visited),
  }
}

/** The share that 8,000 draws find that know every state. */
function shareMissed(session: Session, visited: ReadonlySet<string>): number {
  const exact = {
    concerns: () => true,
    has: (hash1: number, hash2: number) => visited.has(`${hash1} ${hash2}`),
  } as unknown as VisitedSample
  let probes = 0
  let missed = 0
  for (let round = 0; round < 8; round++) {
    const probing = new Probing(session, exact, `truth ${round}`)
    finish(probing.run())
    probes += probing.probes
    missed += probing.missed
  }
  return missed / probes
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}

const percent = (share: number) => `${(share * 100).toFixed(1)}%`

const SUBJECTS: readonly (readonly [string, Program])[] = [
  ['5 philosophers', philosophers(5, 'left first')],
  ['5 philosophers who take their forks in order', philosophers(5, 'ordered')],
  ['lastzero with 5 writers', lastzero(5)],
  ['6 readers and a writer', readers(6)],
  ['private work', privateWork(3, 4, 4)],
  ['guarded work', guardedWork(4, 2)],
  ['a lost update of 5 threads', lostUpdate(5)],
]

describe('The coverage that is reported for filters that are far too small', () => {
  const runs: Covered[] = []

  test.each(SUBJECTS)('is borne out on average: %s', (name, subject) => {
    const all = seenInGraph(subject)!.states
    for (const bitsPerState of [2, 4, 8]) {
      const some = Array.from({ length: SEEDS }, (_, seed) => covered(subject, all, bitsPerState, seed))
      runs.push(...some)
      const average = (of: (run: Covered) => number) => mean(some.map(of))
      const missed = average((run) => run.missed)
      const missedAtLeast = average((run) => run.missedAtLeast)
      console.log(
        `${name}, ${all} states, ${bitsPerState} bits each: missed ${percent(missed)}, reported at least ${percent(missedAtLeast)};`,
        `of random executions missed ${percent(average((run) => run.missedOnExecutions))},`,
        `reported ${percent(average((run) => run.low))} to ${percent(average((run) => run.high))}`,
      )
      // What the report calls a lower bound is one, up to chance.
      expect(missedAtLeast).toBeLessThan(missed * 1.1 + 0.005)
    }
  })

  test('expects as many states to be taken for known as there were', () => {
    const expected = mean(runs.map((run) => run.expectedFalseHits))
    const counted = mean(runs.map((run) => run.falseHits))

    console.log(`taken for known in a search: ${expected.toFixed(1)} expected, ${counted.toFixed(1)} counted`)
    expect(expected / counted).toBeGreaterThan(0.93)
    expect(expected / counted).toBeLessThan(1.07)
  })

  test('gives an interval for random executions that the truth is in', () => {
    const within = runs.filter((run) => run.low <= run.missedOnExecutions && run.missedOnExecutions <= run.high)

    console.log(`${within.length} of ${runs.length} intervals hold the truth`)
    expect(runs.length).toBe(SUBJECTS.length * 3 * SEEDS)
    // 95 of 100, and the truth itself is drawn.
    expect(within.length / runs.length).toBeGreaterThan(0.88)
  })
})
