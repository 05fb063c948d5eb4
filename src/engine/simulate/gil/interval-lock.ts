import type { Operation } from '../../operation.js'
import { Compute } from '../../thread-operations.js'
import type { EventId } from '../kernel/kernel.js'
import { Priority } from '../kernel/priority.js'
import { BLOCKS } from '../os/work.js'
import type { IntervalConfig } from './gil-config.js'
import { Drop } from './gil-observer.js'
import { type InterpreterLock, type LockSetting, NOBODY } from './interpreter-lock.js'
import { isSwitchPoint, READS_OF_A_LOOP } from './switch-points.js'

/** Where a thread is that does not hold the lock. */
const State = {
  /** It does not want it, or has not asked yet. */
  Out: 0,
  /** In `cond_timedwait`. */
  Waiting: 1,
  /** On its way out of it: the lock was given back, or its patience is over. */
  Signalled: 2,
  TimedOut: 3,
  /** It has given the lock back on request, and goes on only after somebody else has had it. */
  Obliged: 4,
  /** It waits for that. */
  AwaitingSwitch: 5,
} as const
type State = (typeof State)[keyof typeof State]

const MICROSECOND = 1_000_000
const NO_TIMER = -1 as EventId

/**
 * The lock of CPython 3.2 and later, `take_gil` and `drop_gil` of Python/ceval_gil.h. The interval is the patience of who waits, no time
 * slice of who runs: a waiter that has waited so long, and has seen no switch meanwhile, asks the holder, who gives the lock
 * back where it looks next and then waits until somebody else has taken it. Who gives it back of its own accord may take it again at
 * once. To ask and to take, a waiter needs a core.
 *
 * The lock is given back before a call into the system, not at its beginning and end. If there is a request then, CPython waits for the
 * switch before the call; here it is waited for after it.
 */
export class IntervalLock implements InterpreterLock {
  readonly #setting: LockSetting
  readonly #config: IntervalConfig
  readonly #interval: number
  #holder = NOBODY
  #lastHolder = NOBODY
  #switchNumber = 0
  #isRequested = false
  /** How often the holder has only read since it was asked. */
  #reads = 0
  /** Who waits for a switch: the last to have been asked. */
  #awaiting = NOBODY
  /** In `cond_timedwait`. */
  readonly #queue: number[] = []
  /** How many threads are between asking for the lock and having it. */
  #contenders = 0
  // By thread.
  readonly #state: State[] = []
  /** When it came to the lock, as a number among all that came. */
  readonly #arrival: number[] = []
  #arrivals = 0
  readonly #savedNumber: number[] = []
  readonly #timer: EventId[] = []
  readonly #onTimeout = (thread: number): void => this.#timeOut(thread)

  constructor(setting: LockSetting, config: IntervalConfig) {
    this.#setting = setting
    this.#config = config
    this.#interval = Math.max(config.interval, MICROSECOND)
  }

  enter(thread: number, operation: Operation): number {
    if (this.#holder === thread) {
      if (!this.#isRequested || !isInterpreted(operation)) return 0
      this.#drop(thread, Drop.Requested)
    }
    return this.#take(thread)
  }

  atMost(): number {
    return Infinity
  }

  performed(thread: number, operation: Operation): void {
    if (!this.#isRequested || this.#holder !== thread) return
    if (isSwitchPoint(this.#config.switchPoints, operation) || ++this.#reads >= READS_OF_A_LOOP)
      this.#drop(thread, Drop.Requested)
  }

  leave(thread: number): void {
    if (this.#holder === thread) this.#drop(thread, Drop.Voluntary)
  }

  ended(thread: number): void {
    if (this.#holder === thread) this.#drop(thread, Drop.Ended)
    else this.#forget(thread)
    this.#state[thread] = State.Out
  }

  #take(thread: number): number {
    const state = this.#state[thread] ?? State.Out
    if (state === State.Obliged && this.#lastHolder === thread && this.#contenders > 0) return this.#awaitSwitch(thread)
    if (this.#holder !== NOBODY) return this.#wait(thread, state)
    if (isContending(state)) this.#contenders--
    this.#state[thread] = State.Out
    this.#holder = thread
    const { observer, kernel } = this.#setting
    observer?.takes(thread, kernel.now)
    if (this.#lastHolder !== thread) {
      this.#lastHolder = thread
      this.#switchNumber++
      observer?.switches(thread, kernel.now)
    }
    this.#releaseObliged(thread)
    return 0
  }

  #awaitSwitch(thread: number): number {
    this.#state[thread] = State.AwaitingSwitch
    this.#awaiting = thread
    this.#setting.observer?.waits(thread, this.#setting.kernel.now)
    return BLOCKS
  }

  #releaseObliged(by: number): void {
    const thread = this.#awaiting
    if (thread === NOBODY) return
    this.#awaiting = NOBODY
    this.#setting.wake(thread, by)
  }

  /** One more round of `take_gil`. */
  #wait(thread: number, state: State): number {
    const { kernel, observer } = this.#setting
    if (isContending(state)) {
      if (state === State.Signalled) observer?.wakesInVain(thread, kernel.now)
      if (state === State.TimedOut && this.#savedNumber[thread] === this.#switchNumber) this.#request(thread)
    } else {
      this.#contenders++
      this.#arrival[thread] = this.#arrivals++
      // Who was obliged to let somebody else go first waits already.
      if (state !== State.AwaitingSwitch) observer?.waits(thread, kernel.now)
    }
    this.#state[thread] = State.Waiting
    this.#savedNumber[thread] = this.#switchNumber
    this.#queue.push(thread)
    this.#timer[thread] = kernel.schedule(this.#endOfPatience(), Priority.Timer, this.#onTimeout, thread)
    return BLOCKS
  }

  #endOfPatience(): number {
    const { kernel, random } = this.#setting
    return kernel.now + this.#interval + Math.floor(random.unit() * this.#config.timerSlack)
  }

  #timeOut(thread: number): void {
    this.#timer[thread] = NO_TIMER
    this.#queue.splice(this.#queue.indexOf(thread), 1)
    this.#state[thread] = State.TimedOut
    this.#setting.wake(thread, NOBODY)
  }

  #request(thread: number): void {
    this.#setting.observer?.requests(thread, this.#setting.kernel.now)
    if (this.#isRequested) return
    this.#isRequested = true
    this.#reads = 0
    this.#setting.cut(this.#holder)
  }

  #drop(thread: number, why: Drop): void {
    this.#setting.observer?.drops(thread, why, this.#setting.kernel.now)
    this.#holder = NOBODY
    // Also who leaves of its own accord: the request was made, and nobody has had the lock yet.
    this.#state[thread] = this.#isRequested ? State.Obliged : State.Out
    this.#isRequested = false
    this.#signal(thread)
  }

  #signal(by: number): void {
    if (this.#queue.length === 0) return
    const { kernel, random } = this.#setting
    const place = this.#config.wakes === 'first' ? this.#firstPlace() : random.below(this.#queue.length)
    const [thread] = this.#queue.splice(place, 1) as [number]
    kernel.cancel(this.#timer[thread]!)
    this.#timer[thread] = NO_TIMER
    this.#state[thread] = State.Signalled
    this.#setting.wake(thread, by)
  }

  /** Where in the queue is who came to the lock first, however often its patience was over meanwhile. */
  #firstPlace(): number {
    let first = 0
    for (let place = 1; place < this.#queue.length; place++)
      if (this.#arrival[this.#queue[place]!]! < this.#arrival[this.#queue[first]!]!) first = place
    return first
  }

  /** A thread has ended that wanted the lock. */
  #forget(thread: number): void {
    const state = this.#state[thread] ?? State.Out
    if (state === State.AwaitingSwitch && this.#awaiting === thread) this.#awaiting = NOBODY
    if (!isContending(state)) return
    this.#contenders--
    if (state === State.Waiting) {
      this.#setting.kernel.cancel(this.#timer[thread]!)
      this.#queue.splice(this.#queue.indexOf(thread), 1)
    }
    if (this.#holder !== NOBODY) return
    // It was to have had the lock.
    if (state === State.Signalled) this.#signal(thread)
    if (this.#contenders === 0) this.#releaseObliged(thread)
  }
}

function isContending(state: State): boolean {
  return state === State.Waiting || state === State.Signalled || state === State.TimedOut
}

/** Whether an operation is many byte codes, each of which may look for requests. */
function isInterpreted(operation: Operation): boolean {
  return operation instanceof Compute && operation.code === 'interpreted'
}
