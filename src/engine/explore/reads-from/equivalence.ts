import { UsageError } from '../../errors.js'
import type { ExplorationOptions } from '../explore-options.js'

/** Which executions strategy `dpor` takes for one: see `ExplorationOptions.equivalence`. */
export type Equivalence = 'mazurkiewicz' | 'reads-from'

const EQUIVALENCES: readonly unknown[] = ['mazurkiewicz', 'reads-from'] satisfies Equivalence[]

/**
 * Whether the options ask for reads-from classes.
 *
 * @throws UsageError for an equivalence that there is not, or that does not go with the other options.
 */
export function asksForReadsFrom({ equivalence, strategy, preemptions, delays }: ExplorationOptions): boolean {
  if (equivalence === undefined) return false
  if (!EQUIVALENCES.includes(equivalence))
    throw new UsageError('usage/unknown-equivalence', `there is no equivalence “${equivalence as string}”`, {
      hint: `it is ${EQUIVALENCES.join(' or ')}`,
    })
  if (strategy !== undefined && strategy !== 'dpor')
    throw new UsageError('usage/equivalence-needs-dpor', `strategy ${strategy} does not go with an equivalence`, {
      hint: 'leave the strategy out, or ask for dpor',
    })
  if (equivalence === 'mazurkiewicz') return false
  if (preemptions !== undefined || delays !== undefined)
    throw new UsageError(
      'usage/equivalence-and-bound',
      `equivalence reads-from does not go with a bound on ${preemptions === undefined ? 'delays' : 'preemptions'}`,
      { hint: 'the executions of one class differ in what they cost; leave one of the two out' },
    )
  return true
}
