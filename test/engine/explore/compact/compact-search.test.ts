import { describe, expect, test } from 'vitest'
import { CompactSearch } from '../../../../src/engine/explore/compact/compact-search.js'
import { GraphSearch } from '../../../../src/engine/explore/graph-search.js'
import { Session } from '../../../../src/engine/session.js'
import { lostUpdate } from '../../support/small-programs.js'

const NO_BOUNDS = { maxStates: 2 ** 40, maxMemory: 2 ** 40, maxHeap: 2 ** 40 }

/** Bytes a state, at the most, while a program is searched in which nothing can be reduced. */
function bytesPerState(make: (session: Session) => { run(): Generator<void>; bytes: number }): number {
  const session = new Session(lostUpdate(7))
  const search = make(session)
  let most = 0
  for (const _pause of search.run()) most = Math.max(most, search.bytes - session.bytes)
  return most / STATES
}

const STATES = 96_679

describe('A search that keeps no graph', () => {
  test('takes less than a quarter of the memory for a state', () => {
    const graph = bytesPerState((session) => new GraphSearch(session, NO_BOUNDS))
    const compact = bytesPerState((session) => new CompactSearch(session, NO_BOUNDS))

    console.log(`bytes a state: ${graph.toFixed(1)} in a graph, ${compact.toFixed(1)} without one`)
    expect(compact).toBeLessThan(graph / 4)
  })

  test('visits as many states as there are where every step concerns all threads', () => {
    const search = new CompactSearch(new Session(lostUpdate(7)), NO_BOUNDS)
    for (const _pause of search.run());

    expect(search.stateCount).toBe(STATES)
  })
})
