import type { Operation } from '../../operation.js'
import { Compute } from '../../thread-operations.js'
import { BLOCKS } from '../os/work.js'
import { askingAgainAfter } from '../program/interpreter.js'
import type { TicksConfig } from './gil-config.js'
import { Drop } from './gil-observer.js'
import { type InterpreterLock, type LockSetting, NOBODY } from './interpreter-lock.js'

const State = {
  /** It does not want the lock, or has not asked yet. */
  Out: 0,
  Waiting: 1,
  /** It was woken: the lock was given back. */
  Signalled: 2,
  /** It has given the lock back, and is about to make the call that wakes a waiter. */
  Released: 3,
  /** It is in that call. */
  Waking: 4,
} as const
type State = (typeof State)[keyof typeof State]

/**
 * The lock of CPython up to 3.1 and 2.7: every 100 ticks the holder gives it back and takes it again. To give it back wakes a waiter,
 * and hands nothing over: the waiter gets the lock only if it has a core before the holder is back from the call that wakes it. On
 * several cores it mostly has not, and was woken in vain; on one, it depends on whether the system lets it run at once.
 *
 * If nobody waits in the system, to give the lock back and to take it again is one instant, and nothing comes of it.
 */
export class TickLock implements InterpreterLock {
  readonly #setting: LockSetting
  readonly #config: TicksConfig
  readonly #tick: number
  #holder = NOBODY
  #lastHolder = NOBODY
  #left: number
  /** Since when the holder computes, and whether it looks up in time. */
  #since = 0
  #isCounting = false
  readonly #queue: number[] = []
  // By thread.
  readonly #state: State[] = []

  constructor(setting: LockSetting, config: TicksConfig) {
    this.#setting = setting
    this.#config = config
    this.#left = config.ticks
    this.#tick = Math.max(1, Math.round(config.byteCode / config.ticksPerOperation))
  }

  enter(thread: number): number {
    if (this.#holder === thread) {
      this.#since = this.#setting.kernel.now
      return 0
    }
    if (this.#state[thread] === State.Released) {
      this.#state[thread] = State.Waking
      return askingAgainAfter(this.#durationOfCall())
    }
    return this.#holder === NOBODY ? this.#take(thread) : this.#wait(thread)
  }

  atMost(): number {
    this.#isCounting = this.#queue.length > 0
    return this.#isCounting ? (this.#left + 1) * this.#tick : Infinity
  }

  performed(thread: number, operation: Operation): void {
    if (this.#holder !== thread) return
    this.#left -= this.#ticksOf(operation)
    if (this.#left >= 0) return
    // The tick below 0 counts; what is beyond it is of the next hundred.
    this.#left += this.#config.ticks + 1
    if (this.#queue.length === 0) return
    this.#drop(thread, Drop.Ticks)
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
    const { observer, kernel } = this.#setting
    this.#state[thread] = State.Out
    this.#holder = thread
    this.#since = kernel.now
    observer?.takes(thread, kernel.now)
    if (this.#lastHolder === thread) return 0
    this.#lastHolder = thread
    observer?.switches(thread, kernel.now)
    return 0
  }

  #wait(thread: number): number {
    const { observer, kernel } = this.#setting
    if (this.#state[thread] === State.Signalled) observer?.wakesInVain(thread, kernel.now)
    else observer?.waits(thread, kernel.now)
    this.#state[thread] = State.Waiting
    this.#queue.push(thread)
    // From now on the holder's ticks count.
    if (!this.#isCounting) this.#setting.cut(this.#holder)
    return BLOCKS
  }

  #drop(thread: number, why: Drop): void {
    this.#setting.observer?.drops(thread, why, this.#setting.kernel.now)
    this.#holder = NOBODY
    this.#state[thread] = why === Drop.Ticks ? State.Released : State.Out
    this.#signal(thread)
  }

  #signal(by: number): void {
    if (this.#queue.length === 0) return
    const place = this.#config.wakes === 'first' ? 0 : this.#setting.random.below(this.#queue.length)
    const [thread] = this.#queue.splice(place, 1) as [number]
    this.#state[thread] = State.Signalled
    this.#setting.wake(thread, by)
  }

  #forget(thread: number): void {
    const at = this.#queue.indexOf(thread)
    if (at >= 0) this.#queue.splice(at, 1)
    // It was to have had the lock.
    if (this.#state[thread] === State.Signalled && this.#holder === NOBODY) this.#signal(thread)
  }

  #ticksOf(operation: Operation): number {
    if (!(operation instanceof Compute)) return this.#config.ticksPerOperation
    if (operation.code !== 'interpreted') return 1
    const passed = Math.round((this.#setting.kernel.now - this.#since) / this.#tick)
    // Nobody waited: it has looked up whenever it was time.
    return this.#isCounting ? passed : passed % Math.max(1, this.#left + 1)
  }

  /** Most calls take less than the average, and some take much longer. */
  #durationOfCall(): number {
    const { random } = this.#setting
    let halves = 0
    while (random.below(2) === 1) halves++
    return Math.round(((halves + random.unit()) * this.#config.signal) / MEAN_OF_HALVES)
  }
}

/** Of the number of heads before the first tail, plus what is uniform between 0 and 1. */
const MEAN_OF_HALVES = 1.5
