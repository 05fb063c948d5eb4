import { EntrelacsError } from '../engine/errors.js'
import type { Steps, WorldAccess, WorldView } from '../engine/operation.js'
import { nanosecondsOf } from '../engine/time/duration.js'
import type { TimedObject } from '../engine/time/timed-object.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import { type Attempt, attempting, type ErrorKinds, settled, succeeded } from './attempt.js'
import { StatefulObject, type Transition } from './transition.js'

/** What a circuit breaker lets through: everything, nothing, or nothing while a probe is under way. */
export type CircuitState =
  /** With the number of calls that failed since one succeeded. */
  | { readonly mode: 'closed'; readonly failures: number }
  /** With a clock, and the nanoseconds until a probe is let through. */
  | { readonly mode: 'open'; readonly left?: number }
  | { readonly mode: 'half-open' }

/** Thrown inside a thread whose call a circuit breaker does not let through. */
export class CircuitOpen extends EntrelacsError {
  constructor(message: string) {
    super('circuit/open', message)
  }
}

const ERRORS: ErrorKinds = { CircuitOpen }

/** How a call was let through: like all others, or as the one that tries whether the circuit may close. */
export type Admission = 'call' | 'probe'

/**
 * Keeps calls away from what fails. Closed, it lets every call through, and opens when so many in a row have failed. Open,
 * it refuses every call until `resetAfter` seconds have passed; the next call then is a probe, and while the probe is
 * under way (half-open), all others are refused. A probe that succeeds closes the circuit, one that fails opens it again.
 * What calls from before it opened come to does not matter any more.
 *
 * In time mode `free`, `resetAfter` may have passed or not whenever a call comes: both are explored. In mode `virtual` the clock says.
 *
 * Declared by `p.circuitBreaker(name, { failures, resetAfter })`. Coming in is one step, and so is saying how it went.
 */
export class CircuitBreaker extends StatefulObject<CircuitState> implements TimedObject {
  readonly kind = 'circuit breaker'
  /** How many failures in a row open it. */
  readonly failures: number
  /** Seconds from its opening to the next probe. */
  readonly resetAfter: number
  readonly #time: TimeMode
  /** In properties a circuit breaker shows its mode, and while it is closed the failures so far. */
  declare readonly contentType?: CircuitState

  constructor(name: string, word: number, failures: number, resetAfter: number, time: TimeMode = 'free') {
    super(name, word)
    this.#time = time
    this.failures = failures
    this.resetAfter = resetAfter
  }

  /**
   * Runs `body` if the circuit lets it through. It is told whether it is a probe. It counts as failed if it throws, and the
   * error is the caller's.
   *
   * @throws CircuitOpen if it does not.
   */
  *call<R>(body: (admission: Admission) => Steps<R>): Steps<R> {
    const admission = yield* settled(this.perform(this.entering()), ERRORS)
    let result: R
    try {
      result = yield* body(admission)
    } catch (error) {
      yield* this.perform(this.leaving(admission, false))
      throw error
    }
    yield* this.perform(this.leaving(admission, true))
    return result
  }

  override show(world: WorldView): CircuitState {
    const state = this.stateIn(world)
    return state.mode === 'open' ? { mode: 'open' } : state
  }

  untilNext(world: WorldView): number | null {
    const left = leftIn(this.stateIn(world))
    return left > 0 ? left : null
  }

  advance(world: WorldAccess, nanoseconds: number): void {
    const left = leftIn(this.stateIn(world))
    if (left > 0) world.setValue(this.word, { mode: 'open', left: left - nanoseconds })
  }

  /** Coming in. */
  protected entering(): Transition<CircuitState, Attempt<Admission>> {
    return attempting<CircuitState, Admission>({
      name: 'enter',
      isTimed: this.resetAfter > 0,
      ways: ({ mode }) => (mode === 'open' && this.resetAfter > 0 && this.#time === 'free' ? 2 : 1),
      step: (state, way) => {
        if (state.mode === 'closed') return { state, result: succeeded('call') }
        if (state.mode === 'open' && this.#hasWaited(state, way))
          return { state: { mode: 'half-open' }, result: succeeded('probe') }
        return {
          state,
          result: { error: 'CircuitOpen', message: `circuit breaker “${this.name}” lets no calls through` },
        }
      },
    })
  }

  /** Saying how it went. */
  protected leaving(admission: Admission, hasSucceeded: boolean): Transition<CircuitState, void> {
    return {
      name: hasSucceeded ? 'succeed' : 'fail',
      args: [admission],
      step: (state) => ({ state: this.after(state, admission, hasSucceeded), result: undefined }),
    }
  }

  #hasWaited(state: CircuitState, way: number): boolean {
    return this.#time === 'free' ? this.resetAfter === 0 || way === 1 : leftIn(state) === 0
  }

  /** The circuit once it has opened. */
  #opened(): CircuitState {
    if (this.#time === 'free') return { mode: 'open' }
    return { mode: 'open', left: nanosecondsOf(this.resetAfter, `circuit breaker “${this.name}”`, 'no breaker') }
  }

  /** What a call that went like this makes of the circuit. A pure function. */
  protected after(state: CircuitState, admission: Admission, hasSucceeded: boolean): CircuitState {
    if (admission === 'probe') return hasSucceeded ? { mode: 'closed', failures: 0 } : this.#opened()
    if (state.mode !== 'closed') return state
    if (hasSucceeded) return state.failures === 0 ? state : { mode: 'closed', failures: 0 }
    const failures = state.failures + 1
    return failures >= this.failures ? this.#opened() : { mode: 'closed', failures }
  }
}

/** Nanoseconds until a probe is let through. */
function leftIn(state: CircuitState): number {
  return state.mode === 'open' ? (state.left ?? 0) : 0
}
