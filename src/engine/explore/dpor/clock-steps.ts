import { EVENT_BEFORE, EVENT_MARK, EVENT_SHIFT } from './event-fields.js'
import type { Execution } from './execution.js'

/**
 * Steps of the clock in an execution: time passes. From there on no thread can be where it was before without that, as if
 * the clock had brought each one there: so nothing after the step races with anything before it, and the next event of
 * every thread has the step's row.
 */
export class ClockSteps {
  readonly #execution: Execution
  // By step of the clock, earliest first: the arrivals of all threads before.
  readonly #arrivalsBefore: Int32Array[] = []

  constructor(execution: Execution) {
    this.#execution = execution
  }

  /** Goes on with an event that has a row of its own. */
  push(event: number, clock: number): void {
    const execution = this.#execution
    const { session, rules, log } = execution
    const { mark } = session.world
    const record = event << EVENT_SHIFT
    // The clock's step before has brought along what was before it, and the latest events bring along most others.
    const first = execution.events[record + EVENT_BEFORE]!
    for (let earlier = event - 1; earlier >= first; earlier--) execution.races.comeAfter(event, clock, earlier)
    execution.events[record + EVENT_MARK] = mark
    session.step(clock, 0)
    execution.followLearning()
    const own = execution.wordOfThread(clock)
    for (const [word, content] of session.world.contentsBefore(mark))
      if (word !== own && !session.threads.deadlines.has(word)) log.add(event, rules.wordKey(word), true, content)
    this.#arrivalsBefore.push(
      Int32Array.from({ length: execution.threads }, (_, thread) => execution.arrivalOf(thread)),
    )
    for (let thread = 0; thread < execution.threads; thread++)
      if (execution.nodeAt(thread) !== 0) execution.setArrival(thread, event + 1)
    execution.length = event + 1
  }

  /** Takes back what the latest of these steps has done to arrivals. */
  pop(): void {
    this.#arrivalsBefore.pop()!.forEach((arrival, thread) => this.#execution.setArrival(thread, arrival))
  }
}
