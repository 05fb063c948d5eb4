import type { Steps } from '../engine/operation.js'
import type { Future } from './future.js'
import type { TimeLimit } from './timed.js'
import { upTo, type WaitOptions } from './wait-options.js'

/** How items are mapped. */
export interface MapOptions extends WaitOptions {
  /** How many items make one job of a pool of processes; a pool of threads takes no notice, as in Python. @default 1 */
  readonly chunksize?: number
}

/** The results of futures in their order, all within one limit. However it ends, those that it has not come to are cancelled: Python's `Executor.map`. */
export function* resultsInOrder<R>(futures: readonly Future<R>[], limit: TimeLimit | undefined): Steps<R[]> {
  const results: R[] = []
  try {
    for (const future of futures) results.push(yield* future.result(upTo(limit)))
    return results
  } finally {
    for (const future of futures.slice(results.length)) yield* future.cancel()
  }
}
