import { call, type CallLoop } from '../engine/call.js'
import type { Steps, WorldView } from '../engine/operation.js'
import { perform } from '../engine/operation.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import { recordedPlace } from '../engine/place.js'
import { BeginWait, Notify, ReturnTimedOut } from './condition-operations.js'
import type { Lock } from './lock.js'
import type { RLock } from './rlock.js'
import { type TimeLimit, withinLimit, withTimeout } from './timed.js'
import { StatefulObject, type Transition } from './transition.js'
import type { WaitOptions } from './wait-options.js'
import type { WaitingList } from './waiting-list.js'

/** The state of a condition. */
export interface ConditionState {
  /** Who waits and has not been notified; also those whose timeout has fired, until they have the lock again. */
  readonly waiting: WaitingList
  /** How many more spurious wake-ups there may be, if they are bounded; 0 otherwise. */
  readonly spuriousLeft: number
}

/** What a condition shows: who holds its lock, if the lock is its own, and who waits. */
export interface ConditionContent {
  readonly waiting?: readonly string[]
  readonly owner?: string
}

/**
 * A condition variable with the semantics of Python's `threading.Condition`, over a lock that is given to it or a
 * re-entrant one of its own. Which of those who wait are woken by `notify` is not determined, and who is woken must get the lock
 * before it goes on. To wait or to notify without holding the lock is misuse (CPython does not notice if another
 * thread holds it and the lock is no RLock).
 *
 * As in CPython, a thread whose timeout has fired counts as waiting until it has the lock again: it may be the one
 * that a `notify` chooses, which then wakes nobody else.
 *
 * Declared by `p.condition(name, lock?, { spurious? })`. Operations are one step; `wait` is three: it frees the lock and begins to wait, it
 * is woken, and it takes the lock again. With `spurious`, a wait may also end without any notify, as POSIX allows.
 */
export class Condition extends StatefulObject<ConditionState> {
  readonly kind = 'condition'
  readonly #lock: Lock | RLock
  readonly #ownsLock: boolean
  readonly #unlimited: boolean
  readonly #time: TimeMode
  /** In properties a condition shows who waits, and who holds its lock if it is its own; `undefined` if nobody does. */
  declare readonly contentType?: ConditionContent | undefined

  /** @param unlimited whether any wait may end spuriously. */
  constructor(
    name: string,
    word: number,
    lock: Lock | RLock,
    ownsLock: boolean,
    unlimited: boolean,
    time: TimeMode = 'free',
  ) {
    super(name, word)
    this.#time = time
    this.#lock = lock
    this.#ownsLock = ownsLock
    this.#unlimited = unlimited
  }

  /** Takes the lock. With a timeout: returns whether it did. */
  acquire(): Steps<void>
  acquire(options: WaitOptions): Steps<boolean>
  acquire(options?: WaitOptions): Steps<boolean | void> {
    return options === undefined ? this.#lock.acquire() : this.#lock.acquire(options)
  }

  /** Takes the lock if that is possible without waiting; returns whether it did. */
  tryAcquire(): Steps<boolean> {
    return this.#lock.tryAcquire()
  }

  /**
   * Frees the lock.
   *
   * @throws MisuseError inside the thread if the lock cannot be released by it.
   */
  release(): Steps<void> {
    return this.#lock.release()
  }

  /** Runs `body` with the lock held: Python's `with condition:`. */
  hold<R>(body: () => Steps<R>): Steps<R> {
    return this.#lock.hold(body)
  }

  /**
   * Frees the lock, however often it has been taken, waits to be notified, and takes the lock again as often. Returns true; with a
   * timeout, false if that fired first.
   *
   * @throws MisuseError inside the thread if it does not hold the lock.
   */
  wait({ timeout }: WaitOptions = {}): Steps<boolean> {
    return this.#wait(timeout)
  }

  *#wait(timeout: number | TimeLimit | undefined): Steps<boolean> {
    const { levels, isSpurious } = yield* perform(new BeginWait(this.#core(), this.#unlimited, recordedPlace()))
    const waking = this.operation(isSpurious ? WAKE_SPURIOUSLY : WAKE)
    const isTimedOut = timeout === undefined ? yield* perform(waking) : (yield* withTimeout(waking, timeout)).timedOut
    const acquiring = this.#lock.monitor.acquireAgain(levels)
    yield* perform(isTimedOut ? new ReturnTimedOut(acquiring, this.word) : acquiring)
    return !isTimedOut
  }

  /**
   * Waits until `predicate` holds, which is asked with the lock held, before the first wait and after every one. Returns
   * what it said last, which is false only if the timeout has fired: it is for all waits together.
   *
   * @param predicate a generator function, or a pure function of what its thread knows. It must not remember anything from
   * one question to the next: how often it has been asked is forgotten.
   * @throws MisuseError inside the thread if it has to wait and does not hold the lock.
   */
  waitFor(predicate: Predicate, { timeout }: WaitOptions = {}): Steps<boolean> {
    return call((loop) => this.#waitFor(predicate, timeout, loop))
  }

  *#waitFor(predicate: Predicate, timeout: number | undefined, loop: CallLoop): Steps<boolean> {
    yield* loop('asks', false, false)
    if (yield* ask(predicate)) return true
    const wait = (limit?: TimeLimit) => waitUntil(predicate, () => this.#wait(limit), limit, loop)
    return yield* timeout === undefined ? wait() : withinLimit(this.#time, timeout, wait)
  }

  /**
   * Wakes `n` of the threads that wait, or all if there are fewer. Which ones is a choice of the explorer: one way for each
   * subset.
   *
   * @throws MisuseError inside the thread if it does not hold the lock.
   */
  notify(n = 1): Steps<void> {
    if (!Number.isInteger(n)) throw new RangeError(`notify cannot wake ${n} threads: give it an integer`)
    return perform(new Notify(this.#core(), n, recordedPlace()))
  }

  /**
   * Wakes all threads that wait.
   *
   * @throws MisuseError inside the thread if it does not hold the lock.
   */
  notifyAll(): Steps<void> {
    return perform(new Notify(this.#core(), Infinity, recordedPlace()))
  }

  override show(world: WorldView): ConditionContent | undefined {
    const waiting = this.stateIn(world).waiting.map((identity) => world.threadName(world.threadWith(identity)))
    const owner = this.#ownsLock ? ownerIn(this.#lock, world) : undefined
    if (waiting.length === 0 && owner === undefined) return undefined
    return { ...(waiting.length === 0 ? {} : { waiting }), ...(owner === undefined ? {} : { owner }) }
  }

  #core() {
    return { condition: this, word: this.word, lock: this.#lock.monitor }
  }
}

/** Waits and asks in turns; after a wait that says false it asks for the last time. */
function* waitUntil(
  predicate: Predicate,
  wait: () => Steps<boolean>,
  limit: TimeLimit | undefined,
  loop: CallLoop,
): Steps<boolean> {
  for (;;) {
    const isTimedOut = !(yield* wait())
    yield* loop('asks', isTimedOut, limit?.isRunning ?? false)
    const holds = yield* ask(predicate)
    if (holds || isTimedOut) return holds
    if (limit !== undefined && (yield* limit.isOver())) return false
  }
}

/** What `waitFor` waits for. */
export type Predicate = (() => Steps<boolean>) | (() => boolean)

/** What a predicate says. */
export function* ask(predicate: Predicate): Steps<boolean> {
  const asked = predicate()
  return typeof asked === 'boolean' ? asked : yield* asked
}

function ownerIn(lock: Lock | RLock, world: WorldView): string | undefined {
  const shown = lock.show(world) as string | { readonly owner: string } | undefined
  return typeof shown === 'object' ? shown.owner : shown
}

/** Whoever has been notified is on the list no more; its result says whether it has timed out. */
const WAKE: Transition<ConditionState, false> = {
  name: 'wake',
  ways: ({ waiting }, self) => (waiting.includes(self) ? 0 : 1),
  step: (state) => ({ state, result: false }),
  label: (result) => (result === undefined ? 'wait' : 'wake'),
}

const WAKE_SPURIOUSLY: Transition<ConditionState, false> = { ...WAKE, label: () => 'wake without notify' }
