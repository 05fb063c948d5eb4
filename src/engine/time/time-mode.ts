import { UsageError } from '../errors.js'

/**
 * What sleeps and timeouts mean. `free`: they may end at any moment, so that nothing is ordered by time. `virtual`: steps
 * take no time, and a clock moves on only when nobody can step, then to the earliest deadline; all sleepers and waiters
 * with that deadline can go on then, in any order.
 */
export type TimeMode = 'free' | 'virtual'

/**
 * Refuses other modes than there are.
 *
 * @throws UsageError `usage/unknown-time`
 */
export function requireTimeMode(time: unknown): TimeMode {
  if (time === 'free' || time === 'virtual') return time
  throw new UsageError('usage/unknown-time', `time cannot be “${String(time)}”`, { hint: 'it is free or virtual' })
}
