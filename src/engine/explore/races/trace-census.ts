import type { AccessSites } from '../../detect/access-sites.js'
import { labelOfStep } from '../../detect/step-label.js'
import { SyncClocks } from '../../detect/sync-clocks.js'
import { HistoryLimit } from '../../errors.js'
import type { Footprint } from '../../footprint.js'
import * as Code from '../../code.js'
import { NODE_WORD } from '../../node-fields.js'
import type { Session } from '../../session.js'
import type { DporSearch } from '../dpor/dpor-search.js'
import { TraceExploration } from '../dpor/trace-exploration.js'
import { EXECUTION_LIMIT } from '../random-search.js'
import { type Census, type CensusLimits, RaceList } from './race-census.js'
import { sampleRaces } from './sampled-races.js'

/**
 * All data races of a program, from one execution of each of its traces: happens-before is the same in all schedules of a
 * trace, and a race stays one however the execution goes on. If there are too many, those of some random executions besides.
 */
export function* traceCensus(session: Session, sites: AccessSites, limits: CensusLimits): Generator<void, Census> {
  const clocks = new SyncClocks(session, sites)
  const races = new RaceList(sites)
  let isComplete = true
  try {
    const exploration: TraceExploration = new TraceExploration(session, {
      onStep: () => noteStep(exploration.search, clocks, races),
    })
    for (const _pause of exploration.run()) {
      yield
      const { search } = exploration
      isComplete =
        search.steps <= limits.maxStates &&
        session.nodes.count <= limits.maxNodes &&
        exploration.bytes + session.bytes <= limits.maxMemory &&
        search.execution.length <= EXECUTION_LIMIT &&
        !limits.isStopped()
      if (!isComplete) break
    }
  } catch (error) {
    if (!(error instanceof HistoryLimit)) throw error
    isComplete = false
  }
  return isComplete ? { races: races.all, isComplete } : yield* sampleRaces(session, sites, limits, races)
}

/** Adds the latest step of an execution, in place of those that were taken back. */
function noteStep(search: DporSearch, clocks: SyncClocks, races: RaceList): void {
  const { execution, session } = search
  const event = execution.length - 1
  clocks.truncate(event)
  const node = execution.nodeOf(event)
  const label = labelOfStep(session, execution.threadOf(event), node, footprintOf(search, event, node))
  for (const { sites } of clocks.push(label)) if (!races.has(...sites, event + 1)) races.add(...sites, search.schedule)
}

/** Joins and spawns touch the word of a thread, which the search knows in its own way. */
function footprintOf({ execution, session }: DporSearch, event: number, node: number): Footprint {
  const word = session.nodes.field(node, NODE_WORD)
  switch (session.nodes.code(node)) {
    case Code.Join:
      return { reads: [word], writes: [] }
    case Code.Spawn:
      return { reads: [], writes: [word] }
    default:
      return execution.footprintOf(event)
  }
}
