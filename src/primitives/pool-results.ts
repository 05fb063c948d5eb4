import type { Steps } from '../engine/operation.js'
import type { Future } from './future.js'
import type { LimitedWaitOptions, WaitOptions } from './wait-options.js'

/** How items are mapped. */
export interface MapOptions extends WaitOptions {
  /** How many items make one job of a pool of processes; a pool of threads takes no notice, as in Python. @default 1 */
  readonly chunksize?: number
}

/** The results of futures in their order. However it ends, those that it has not come to are cancelled: Python's `Executor.map`. */
export function* resultsInOrder<R>(futures: readonly Future<R>[], options: LimitedWaitOptions): Steps<R[]> {
  const results: R[] = []
  try {
    for (const future of futures) results.push(yield* future.result(options))
    return results
  } finally {
    for (const future of futures.slice(results.length)) yield* future.cancel()
  }
}
