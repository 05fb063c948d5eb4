import { HistoryLimit, UsageError } from '../../errors.js'
import { type Conclusion, GraphlessRun } from '../compact/graphless-run.js'
import type { CoverageProbes } from '../explore-report.js'
import type { Investigation } from '../investigation.js'
import { stopMessage } from '../stop-message.js'
import type { StrategyRun } from '../strategy-run.js'
import { BitstateSearch } from './bitstate-search.js'
import { HASHES } from './bloom-filter.js'
import { Probing } from './coverage-probes.js'

const MOST_BYTES = 2 ** 28
/** Of the bound on memory, what the filter takes if nobody says. */
const FILTER_SHARE = 1 / 4

/**
 * Strategy `graph` with states remembered by a few bits each: violations, but no proof, and what is known of the coverage.
 *
 * @throws UsageError for a filter that makes no sense.
 */
export function bitstateRun(investigation: Investigation): StrategyRun {
  const { session, options, maxMemory, maxHeap } = investigation
  const search = new BitstateSearch(session, {
    maxStates: options.maxStates ?? Number.MAX_SAFE_INTEGER,
    maxMemory,
    maxHeap,
    filter: filterBytes(options.bitstate, maxMemory),
    seed: options.seed ?? 1,
    reduction: options.reduction === true,
  })
  return new GraphlessRun(investigation, search, (ended) => conclude(investigation, ended))
}

function filterBytes(asked: number | true | undefined, maxMemory: number): number {
  if (asked === undefined || asked === true) return Math.min(MOST_BYTES, maxMemory * FILTER_SHARE)
  if (!Number.isFinite(asked) || asked < 4)
    throw new UsageError('usage/filter-too-small', `a filter must have at least 4 bytes, not ${String(asked)}`)
  if (asked > maxMemory)
    throw new UsageError(
      'usage/filter-too-large',
      `a filter of ${asked} bytes does not fit in the bound on memory, which is ${Math.floor(maxMemory)} bytes`,
      { hint: 'ask for a smaller filter, or for more memory' },
    )
  return asked
}

function* conclude(investigation: Investigation, search: BitstateSearch): Generator<void, Conclusion> {
  const { bytes, fill, states, expectedFalseHits } = search.filter
  const isProbed = search.stopped === null && investigation.options.reduction !== true
  const probes = isProbed ? yield* probe(investigation, search) : null
  return {
    stopped: { reason: 'bitstate', message: stopMessage('bitstate', '') },
    coverage: {
      bytes,
      hashes: HASHES,
      fill,
      expectedFalseHits,
      missedAtLeast: states === 0 ? 0 : expectedFalseHits / (states + expectedFalseHits),
      probes,
    },
  }
}

function* probe(
  { session, options, maxMemory }: Investigation,
  search: BitstateSearch,
): Generator<void, CoverageProbes | null> {
  const probing = new Probing(session, search.sample, options.seed ?? 1)
  try {
    yield* probing.run(() => search.stopped !== null || search.bytes > maxMemory)
  } catch (error) {
    // A random execution may be one of a thread that never ends; what was drawn by then stands.
    if (!(error instanceof HistoryLimit)) throw error
  }
  return probing.result
}
