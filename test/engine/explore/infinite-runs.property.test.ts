import fc from 'fast-check'
import { expect, test } from 'vitest'
import { analyseGraph } from '../../../src/engine/explore/graph-findings.js'
import { GraphSearch } from '../../../src/engine/explore/graph-search.js'
import { Session } from '../../../src/engine/session.js'
import { anyAutomata, type Automata, infiniteRuns, programOf } from '../../oracle/automata.js'
import { finish } from '../support/finish.js'
import { SEED } from '../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 400)
const BOUNDS = { maxStates: 100_000, maxMemory: 1e9, maxHeap: 1e9 }

interface Found {
  readonly kind: string
  readonly subject: string
  /** The names of those who step for ever. */
  readonly others: string
}

function found(automata: Automata): Found[] {
  const session = new Session(programOf(automata))
  const search = new GraphSearch(session, BOUNDS)
  finish(search.run())
  expect(search.stopped).toBeNull()
  return finish(analyseGraph(search, BOUNDS.maxMemory)).findings.map(({ kind, subject, repeat }) => {
    const names = new Set(repeat.map(({ thread }) => session.threads.all[thread]!.name))
    return { kind, subject, others: JSON.stringify([...names].sort()) }
  })
}

test('Endless runs, livelocks, starvation and deadlocks, of all or of some, are found exactly where they are', () => {
  const seen = { programs: 0, states: 0, deadlocks: 0, endless: 0, livelocks: 0, partial: 0, starving: 0, fair: 0 }
  fc.assert(
    fc.property(anyAutomata, (automata) => {
      const truth = infiniteRuns(automata)
      const findings = found(automata)
      const subjects = (kind: string, isForEver: boolean) =>
        findings.filter((one) => one.kind === kind && (one.others !== '[]') === isForEver).map(({ subject }) => subject)

      const waiting = subjects('deadlock', false).map((subject) => JSON.stringify(Object.keys(JSON.parse(subject))))
      expect(waiting.sort()).toEqual([...truth.deadlocks].sort())
      expect(findings.some(({ kind }) => kind === 'endless')).toBe(truth.isEndless)
      expect(findings.some(({ kind }) => kind === 'livelock')).toBe(truth.isLivelocked)
      expect(subjects('starvation', true).sort()).toEqual([...truth.starving].map((thread) => `T${thread}`).sort())
      const partial = findings.filter(({ kind, others }) => kind === 'deadlock' && others !== '[]')
      expect(partial.map(({ subject, others }) => `${subject} ${others}`).sort()).toEqual([...truth.partial].sort())

      seen.programs++
      seen.states += truth.states
      seen.deadlocks += truth.deadlocks.size
      seen.endless += Number(truth.isEndless)
      seen.livelocks += Number(truth.isLivelocked)
      seen.partial += truth.partial.size
      seen.starving += truth.starving.size
      seen.fair += Number(findings.length === 0)
    }),
    { seed: SEED, numRuns: RUNS },
  )
  console.log(seen)
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(RUNS / 100)
})
