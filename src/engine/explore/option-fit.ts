import { UsageError } from '../errors.js'
import type { ExplorationOptions } from './explore-options.js'
import type { TimeMode } from '../time/time-mode.js'
import type { Strategy } from './explore-report.js'

/** What has been settled about an exploration before it begins. */
export interface ExplorationPlan {
  readonly strategy: Strategy
  readonly time: TimeMode
  /** Neither within a bound nor by another equivalence. */
  readonly isPlain: boolean
  readonly isReadsFrom: boolean
  readonly keepsCheckpoints: boolean
}

/**
 * Refuses options that do not go with the strategy.
 *
 * @throws UsageError
 */
export function requireFit(plan: ExplorationPlan, options: ExplorationOptions): void {
  requireGraph(plan, options)
  requireShareable(plan, options)
  requireKeepable(plan, options)
  requireTimeless(plan)
}

/** What is read from what says nothing of when nobody can step. */
function requireTimeless({ time, isReadsFrom }: ExplorationPlan): void {
  if (!isReadsFrom || time === 'free') return
  throw new UsageError('usage/reads-from-time', 'equivalence reads-from does not go with virtual time', {
    hint: 'leave the equivalence out, or explore with time free',
  })
}

/** What only the strategy `graph` can do. */
function requireGraph({ strategy }: ExplorationPlan, { reduction, bitstate }: ExplorationOptions): void {
  if (strategy === 'graph') return
  if (reduction === true)
    throw new UsageError('usage/reduction-needs-graph', `strategy ${strategy} does not go with reduction`, {
      hint: 'leave the strategy out, or ask for graph; dpor is a reduction itself',
    })
  if (bitstate !== undefined)
    throw new UsageError('usage/bitstate-needs-graph', `strategy ${strategy} does not go with bitstate`, {
      hint: 'leave the strategy out, or ask for graph; the other strategies keep no states',
    })
}

function requireShareable({ strategy, isPlain }: ExplorationPlan, { workers = 1 }: ExplorationOptions): void {
  if (workers === 1 || (strategy === 'dpor' && isPlain)) return
  throw new UsageError(
    'usage/workers',
    'several workers can only share the work of strategy dpor, without a bound or another equivalence',
    { hint: 'explore with dpor alone, or with one worker' },
  )
}

function requireKeepable(
  { strategy, isPlain, keepsCheckpoints }: ExplorationPlan,
  { reduction, bitstate }: ExplorationOptions,
): void {
  const isKeepable = strategy === 'dpor' || (strategy === 'graph' && reduction !== true && bitstate === undefined)
  if (!keepsCheckpoints || (isPlain && isKeepable)) return
  throw new UsageError(
    'usage/checkpoint',
    'only the strategies graph and dpor keep checkpoints, without a bound, another equivalence, a reduction or a filter',
    { hint: 'explore with graph or dpor alone, or without a checkpoint' },
  )
}
