import type { AccessSites } from '../../detect/access-sites.js'
import { HistoryLimit } from '../../errors.js'
import type { Session } from '../../session.js'
import { RandomSearch } from '../random-search.js'
import { type Census, type CensusLimits, RaceList } from './race-census.js'
import { RaceWatch } from './race-watch.js'

const SAMPLES = 200
const MAX_STEPS = 50_000
// An execution that is longer is left.
const MAX_LENGTH = 5_000

/** The races of some random executions, together with those that are known: what is left where all of them are too much. */
export function* sampleRaces(
  session: Session,
  sites: AccessSites,
  limits: CensusLimits,
  races = new RaceList(sites),
): Generator<void, Census> {
  const watch = new RaceWatch(session, sites, races)
  const search = new RandomSearch(session, 1, { races: watch })
  try {
    for (let i = 0; i < SAMPLES && search.steps < MAX_STEPS && !limits.isStopped(); i++) {
      // What was learnt to no avail may have used up the nodes; executions need some of their own.
      if (session.nodes.count > 2 * limits.maxNodes || session.bytes > 2 * limits.maxMemory) break
      yield* search.runOne(MAX_LENGTH)
      yield
    }
  } catch (error) {
    if (!(error instanceof HistoryLimit)) throw error
  }
  return { races: races.all, isComplete: false }
}
