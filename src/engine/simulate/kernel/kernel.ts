import { EventQueue } from './event-queue.js'
import type { EventId } from './event-slots.js'
import { KernelError } from './kernel-error.js'
import { MAX_TIME } from './time.js'

export type { EventId } from './event-slots.js'

/** What an event does. The argument is a number, so that one function serves many events and nothing is allocated for one. */
export type Handler = (argument: number) => void

/**
 * Why a run has ended:
 *
 * * `empty`: nothing is left to do
 * * `until`: all is done up to that time, and something is left after it
 * * `events`: that many events have been done, or `stop` was called
 */
export type RunEnd = 'empty' | 'until' | 'events'

/** As a number of events left: none, and time stays what it is. */
const STOPPED = -1

/**
 * The discrete-event kernel: the present time of a simulation and what happens when.
 *
 * Times are whole numbers of picoseconds from 0 to `MAX_TIME` (2⁵³ − 1, about 2.5 hours). Events happen in a total order:
 * by time, then by priority class (`Priority`, lower numbers first), then in the order in which they were scheduled. Two
 * kernels know nothing of each other.
 */
export class Kernel {
  readonly #queue = new EventQueue()
  /** By slot of the queue. */
  readonly #handlers: Handler[] = []
  #arguments = new Float64Array(64)
  #now = 0
  #until = 0
  #eventsLeft = 0
  #isRunning = false

  /** The present time in picoseconds. */
  get now(): number {
    return this.#now
  }

  /** The time of the next event in picoseconds; Infinity if there is none. */
  get nextTime(): number {
    return this.#queue.nextTime
  }

  /** How many events are pending; cancelled ones are not. */
  get pending(): number {
    return this.#queue.size
  }

  /**
   * Has `handler(argument)` called at that time.
   *
   * @param time in picoseconds, not before `now`.
   * @param priority a class of `Priority`: who comes first among events of the same time.
   * @returns a number for `cancel`.
   * @throws KernelError `kernel/past`, `kernel/time`, `kernel/overflow`, `kernel/priority`, `kernel/full`
   */
  schedule(time: number, priority: number, handler: Handler, argument = 0): EventId {
    if (!(time >= this.#now && time <= MAX_TIME && Math.floor(time) === time)) throw wrongTime(time, this.#now)
    const slot = this.#queue.add(time, priority)
    if (slot >= this.#arguments.length) this.#growArguments()
    this.#handlers[slot] = handler
    this.#arguments[slot] = argument
    return this.#queue.idOf(slot)
  }

  /** Takes an event back. False if it has happened or was cancelled before: no other event can be meant by its number. */
  cancel(id: EventId): boolean {
    return this.#queue.cancel(id)
  }

  /**
   * Lets time pass without an event, if nothing is due before or at that time: whoever runs on may do so without the queue.
   * It counts as an event of the run. Returns false, and does nothing, if something is due first, if the run ends before
   * that time or is to stop, and outside of a run: then the caller schedules what it wanted to do.
   *
   * @param time in picoseconds, not before `now`.
   * @throws KernelError `kernel/past`, `kernel/time`, `kernel/overflow`
   */
  advanceTo(time: number): boolean {
    if (!(time >= this.#now && time <= MAX_TIME && Math.floor(time) === time)) throw wrongTime(time, this.#now)
    if (this.#eventsLeft <= 0 || time > this.#until || time >= this.#queue.nextTime) return false
    this.#eventsLeft--
    this.#now = time
    return true
  }

  /**
   * Lets events happen until none is left, or up to a time, or a number of them.
   *
   * An error thrown by a handler ends the run and comes out of it; the next run goes on with the next event.
   *
   * @param until in picoseconds: events at that very time still happen. If later ones are left, `now` is `until` afterwards.
   * @param maxEvents how many events may happen, advances included.
   * @throws KernelError `kernel/running`, `kernel/events`, `kernel/past`, `kernel/time`, `kernel/overflow`
   */
  run(until = Infinity, maxEvents = Infinity): RunEnd {
    if (this.#isRunning) throw new KernelError('kernel/running', 'The kernel runs already.')
    if (until !== Infinity && !(until >= this.#now && until <= MAX_TIME && Math.floor(until) === until)) {
      throw wrongTime(until, this.#now)
    }
    if (!(maxEvents >= 0)) throw new KernelError('kernel/events', `Not a number of events: ${maxEvents}.`)
    this.#isRunning = true
    this.#until = until
    this.#eventsLeft = Math.ceil(maxEvents)
    try {
      return this.#runEvents(until)
    } finally {
      this.#isRunning = false
      this.#eventsLeft = 0
    }
  }

  /** Ends the run after the event that happens now; it then comes to `events`. Outside of a run it does nothing. */
  stop(): void {
    this.#eventsLeft = STOPPED
  }

  #runEvents(until: number): RunEnd {
    const queue = this.#queue
    while (this.#eventsLeft > 0) {
      const slot = queue.take(until)
      if (slot === -1) break
      this.#eventsLeft--
      this.#now = queue.timeOf(slot)
      this.#handlers[slot]!(this.#arguments[slot]!)
    }
    if (queue.size === 0) return 'empty'
    if (this.#eventsLeft === STOPPED || queue.nextTime <= until) return 'events'
    this.#now = until
    return 'until'
  }

  #growArguments(): void {
    const grown = new Float64Array(2 * this.#arguments.length)
    grown.set(this.#arguments)
    this.#arguments = grown
  }
}

function wrongTime(time: number, now: number): KernelError {
  if (time < now) return new KernelError('kernel/past', `${time} ps is before the present, ${now} ps.`)
  if (time > MAX_TIME) return new KernelError('kernel/overflow', `${time} ps is beyond 2^53 - 1 ps.`)
  return new KernelError('kernel/time', `A time is a whole number of picoseconds, not ${time}.`)
}
