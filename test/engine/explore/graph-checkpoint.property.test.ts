import type { Program } from 'entrelacs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GraphSearch } from '../../../src/engine/explore/graph-search.js'
import { learnAgain, snapshotOfSession } from '../../../src/engine/session-snapshot.js'
import { Session } from '../../../src/engine/session.js'
import { buildProgram } from '../../oracle/build-program.js'
import { printProgram } from '../../oracle/print-program.js'
import { anyProgram, anyTraceProgram } from '../../oracle/random-programs.js'
import { buildTimedProgram, printTimed } from '../../oracle/timed/build-timed-program.js'
import { anyTimedScript } from '../../oracle/timed/timed-script.js'
import { finish } from '../support/finish.js'
import { anyProcessScript, programOfProcesses } from '../support/process-programs.js'
import { SEED } from '../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 150)

const BOUNDS = { maxStates: 20_000, maxMemory: 2 ** 30, maxHeap: 2 ** 30 }

function begin(program: Program, statesPerSlice: number): GraphSearch {
  return new GraphSearch(new Session(program), { ...BOUNDS, statesPerSlice })
}

/** Everything that the analyses of a graph read. */
function found({ graph, outcomes, accesses, alwaysFailures, misuses, stopped, depth, session }: GraphSearch) {
  const edges = Array.from({ length: graph.edgeCount }, (_, edge) => [graph.target(edge), graph.thread(edge)])
  const all = Array.from({ length: graph.stateCount }, (_, state) => state)
  return {
    edges,
    starts: Array.from({ length: graph.stateCount + 1 }, (_, state) => graph.firstEdge(state)),
    layers: graph.layerStarts,
    ends: Array.from({ length: graph.terminalStates.length }, (_, i) => [
      graph.terminalStates.get(i),
      graph.terminalOutcomes.get(i),
    ]),
    facts: outcomes.all,
    races: Array.from(accesses.races.values(), ({ word, states }) => [word, all.filter((state) => states.has(state))]),
    failures: alwaysFailures.map(({ states }) => all.filter((state) => states.has(state))),
    flags: [graph.isTopological, graph.isLayered, graph.hasWays, graph.hasDropped],
    misuses,
    stopped,
    depth,
    nodes: session.nodes.count,
  }
}

/** Goes on with what another process has left, again and again. */
function takenUpAgain(program: Program, statesPerSlice: number, slices: number): GraphSearch {
  let search = begin(program, statesPerSlice)
  for (;;) {
    const work = search.run()
    let isDone = false
    for (let i = 0; i < slices && !isDone; i++) isDone = work.next().done === true
    if (isDone) return search
    const kept = structuredClone({ ...snapshotOfSession(search.session), ...search.saved })
    const next = begin(program, statesPerSlice)
    finish(learnAgain(next.session, kept))
    next.session.rewind()
    next.restore(kept)
    search = next
  }
}

test('A graph that is taken up again and again is the same as one that is made at once', { timeout: 600_000 }, () => {
  let resumed = 0
  const agrees = fc.property(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc
          .oneof(anyProgram, anyTraceProgram)
          .map((tree) => [buildProgram(tree), printProgram(tree)] as const),
      },
      {
        weight: 1,
        arbitrary: anyTimedScript(3).map((script) => [buildTimedProgram(script), printTimed(script)] as const),
      },
    ),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 2, max: 12 }),
    ([program, text], statesPerSlice, slices) => {
      const whole = begin(program, 1000)
      finish(whole.run())
      if (whole.graph.stateCount > 400) return
      if (whole.graph.stateCount > slices * statesPerSlice) resumed++
      expect(found(takenUpAgain(program, statesPerSlice, slices)), text).toEqual(found(whole))
    },
  )
  fc.assert(agrees, { seed: SEED, numRuns: RUNS })
  console.log(`${resumed} of ${RUNS} graphs were taken up again.`)
  expect(resumed).toBeGreaterThan(RUNS / 10)
})

test('So is a graph of a program with processes', { timeout: 600_000 }, () => {
  let resumed = 0
  const agrees = fc.property(
    anyProcessScript,
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 2, max: 12 }),
    (script, statesPerSlice, slices) => {
      const program = programOfProcesses(script)
      const whole = begin(program, 1000)
      finish(whole.run())
      if (whole.graph.stateCount > 400) return
      if (whole.graph.stateCount > slices * statesPerSlice) resumed++
      expect(found(takenUpAgain(program, statesPerSlice, slices))).toEqual(found(whole))
    },
  )
  fc.assert(agrees, { seed: SEED, numRuns: Math.ceil(RUNS / 6) })
  console.log(`${resumed} graphs of programs with processes were taken up again.`)
  expect(resumed).toBeGreaterThan(RUNS / 60)
})
