import type { Steps, WorldView } from '../engine/operation.js'
import { withTimeout } from './timed.js'
import { StatefulObject, type Transition } from './transition.js'
import type { WaitOptions } from './wait-options.js'
import { joined, left, type WaitingList } from './waiting-list.js'

interface EventState {
  readonly isSet: boolean
  /** Who waits and has not been woken. */
  readonly waiting: WaitingList
}

/**
 * An event with the semantics of Python's `threading.Event`: a flag that threads can wait for. `set` wakes all who wait,
 * also if the flag is cleared before they step.
 *
 * Declared by `p.event(name)`. Operations are one step; `wait` is two if the flag is not set: to begin to wait, and to wake.
 */
export class Event extends StatefulObject<EventState> {
  readonly kind = 'event'
  /** In properties an event shows whether it is set. */
  declare readonly contentType?: boolean;

  /** Waits until the flag is set, and returns true. With a timeout: false if it fires first. */
  *wait({ timeout }: WaitOptions = {}): Steps<boolean> {
    if (yield* this.perform(BEGIN_WAIT)) return true
    if (timeout === undefined) return yield* this.perform(WAKE)
    return !(yield* withTimeout(this.operation(WAKE), timeout, this.operation(GIVE_UP))).timedOut
  }

  /** Sets the flag and wakes all who wait. */
  set(): Steps<void> {
    return this.perform(SET)
  }

  /** Resets the flag. */
  clear(): Steps<void> {
    return this.perform(CLEAR)
  }

  /** Whether the flag is set now. */
  isSet(): Steps<boolean> {
    return this.perform(IS_SET)
  }

  override show(world: WorldView): boolean {
    return this.stateIn(world).isSet
  }
}

const BEGIN_WAIT: Transition<EventState, boolean> = {
  name: 'wait',
  step: (event, _way, self) =>
    event.isSet
      ? { state: event, result: true }
      : { state: { isSet: false, waiting: joined(event.waiting, self) }, result: false },
  label: (isSet) => (isSet === true ? 'wait → true' : 'wait'),
}

const WAKE: Transition<EventState, boolean> = {
  name: 'wake',
  ways: ({ waiting }, self) => (waiting.includes(self) ? 0 : 1),
  step: (event) => ({ state: event, result: true }),
  label: (woken) => (woken === undefined ? 'wait' : 'wake'),
}

const GIVE_UP: Transition<EventState, void> = {
  name: 'give up',
  step: (event, _way, self) => ({ state: { ...event, waiting: left(event.waiting, self) }, result: undefined }),
}

const SET: Transition<EventState, void> = {
  name: 'set',
  step: (event) => ({ state: event.isSet ? event : { isSet: true, waiting: [] }, result: undefined }),
}

const CLEAR: Transition<EventState, void> = {
  name: 'clear',
  step: (event) => ({ state: event.isSet ? { ...event, isSet: false } : event, result: undefined }),
}

const IS_SET: Transition<EventState, boolean> = {
  name: 'isSet',
  step: (event) => ({ state: event, result: event.isSet }),
}

/** The state of an event that nobody has set yet. */
export const UNSET: EventState = { isSet: false, waiting: [] }
