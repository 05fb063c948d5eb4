import type { Steps } from '../engine/operation.js'
import { hold } from './hold.js'
import { withTimeout } from './timed.js'
import { StatefulObject, type Transition } from './transition.js'
import type { WaitOptions } from './wait-options.js'

export type { WaitOptions } from './wait-options.js'
/**
 * A counting semaphore with the semantics of Python's `threading.Semaphore`: `acquire` takes one permit and waits while there is none;
 * who gets a permit that is released is not determined. Any thread may release, any number of times.
 *
 * Declared by `p.semaphore(name, permits)`. Every operation is one step.
 */
export class Semaphore extends StatefulObject<number> {
  readonly kind: string = 'semaphore'
  /** In properties a semaphore shows how many permits are left. */
  declare readonly contentType?: number

  /** Takes a permit, waiting for one. With a timeout: returns whether it got one. */
  acquire(): Steps<void>
  acquire(options: WaitOptions): Steps<boolean>
  *acquire({ timeout }: WaitOptions = {}): Steps<boolean | void> {
    if (timeout === undefined) return yield* this.perform(ACQUIRE)
    return !(yield* withTimeout(this.operation(ACQUIRE), timeout)).timedOut
  }

  /** Takes a permit if there is one; returns whether it did. */
  tryAcquire(): Steps<boolean> {
    return this.perform(TRY_ACQUIRE)
  }

  /** Gives `permits` permits back. */
  release(permits = 1): Steps<void> {
    return this.perform(this.releasing(requirePermits(permits)))
  }

  /** Runs `body` with a permit, and gives it back however `body` ends: Python's `with semaphore:`. */
  hold<R>(body: () => Steps<R>): Steps<R> {
    return hold(
      () => this.acquire(),
      () => this.release(),
      body,
    )
  }

  protected releasing(permits: number): Transition<number, void> {
    return {
      name: 'release',
      args: permits === 1 ? [] : [permits],
      step: (left) => ({ state: left + permits, result: undefined }),
    }
  }
}

const ACQUIRE: Transition<number, void> = {
  name: 'acquire',
  ways: (left) => (left > 0 ? 1 : 0),
  step: (left) => ({ state: left - 1, result: undefined }),
}

const TRY_ACQUIRE: Transition<number, boolean> = {
  name: 'tryAcquire',
  step: (left) => ({ state: left > 0 ? left - 1 : left, result: left > 0 }),
}

function requirePermits(permits: number): number {
  if (Number.isInteger(permits) && permits >= 1) return permits
  throw new RangeError(`a semaphore cannot release ${permits} permits: give it an integer from 1 on`)
}
