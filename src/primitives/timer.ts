import type { Steps, ThreadBody } from '../engine/operation.js'
import { type ThreadDeclarer, Thread } from './thread.js'
import { withTimeout } from './timed.js'
import { StatefulObject, type Transition } from './transition.js'

type TimerState = 'waiting' | 'cancelled' | 'over'

/** Whether a timer's time is over, or it was cancelled before. */
export class TimerAlarm extends StatefulObject<TimerState> {
  readonly kind = 'timer'
  declare readonly contentType?: TimerState;

  /** Waits for the time to be over; returns false if the timer is cancelled before. */
  *wait(seconds: number): Steps<boolean> {
    return (yield* withTimeout(this.operation(BE_CANCELLED), seconds, this.operation(BE_OVER))).timedOut
  }

  cancel(): Steps<void> {
    return this.perform(CANCEL)
  }
}

const BE_CANCELLED: Transition<TimerState, void> = {
  name: 'wait',
  ways: (state) => (state === 'cancelled' ? 1 : 0),
  step: (state) => ({ state, result: undefined }),
}

const BE_OVER: Transition<TimerState, void> = { name: 'be over', step: () => ({ state: 'over', result: undefined }) }

const CANCEL: Transition<TimerState, void> = {
  name: 'cancel',
  step: (state) => ({ state: state === 'waiting' ? 'cancelled' : state, result: undefined }),
}

/**
 * A thread that does something after some seconds, unless it is cancelled before: Python's `threading.Timer`. Declared by
 * `p.timer(name, seconds, body)`; the time begins with `start`. Without a clock it may fire at any moment from then on.
 */
export class Timer<R = unknown> extends Thread<R | undefined> {
  readonly #alarm: TimerAlarm

  constructor(p: ThreadDeclarer, name: string, seconds: number, body: ThreadBody<R>, alarm: TimerAlarm) {
    super(p, name, {
      *target() {
        return (yield* alarm.wait(seconds)) ? yield* body() : undefined
      },
    })
    this.#alarm = alarm
  }

  /** Stops the timer if its time is not over; nothing happens if it is. May come before `start`. One step. */
  cancel(): Steps<void> {
    return this.#alarm.cancel()
  }
}
