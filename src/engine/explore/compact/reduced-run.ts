import type { Investigation } from '../investigation.js'
import { StateTable } from '../state-table.js'
import { stopMessage } from '../stop-message.js'
import type { StrategyRun } from '../strategy-run.js'
import { CompactSearch } from './compact-search.js'
import { type Conclusion, GraphlessRun } from './graphless-run.js'

/** Strategy `graph` with reduction: a part of the graph that shows everything that can go wrong. */
export function reducedRun(investigation: Investigation): StrategyRun {
  const { session, options, maxMemory, maxHeap } = investigation
  const maxStates = options.maxStates ?? Number.MAX_SAFE_INTEGER
  return new GraphlessRun(investigation, new CompactSearch(session, { maxStates, maxMemory, maxHeap }), conclude)
}

/** A graph with cycles is not complete: nothing is known of endless runs. */
// eslint-disable-next-line require-yield -- other searches have more to do
function* conclude({ isCyclic, comparedPairs }: CompactSearch): Generator<void, Conclusion> {
  return {
    stopped: isCyclic ? { reason: 'cycles', message: stopMessage('cycles', '') } : null,
    missedStateProbability: Math.min(1, comparedPairs / 2 ** StateTable.COMPARED_BITS),
  }
}
