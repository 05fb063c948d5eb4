import { CoreState, type OsObserver } from '../os/os-observer.js'
import { Reason, ThreadState } from '../os/thread-state.js'
import { Histogram } from './histogram.js'
import { TimeLine } from './time-line.js'

const STATES = 5
const CORE_STATES = 3

/** How often threads changed hands. */
export interface SwitchCounts {
  /** Times a thread got a core. */
  readonly dispatched: number
  /** Times it lost it because its slice was over or somebody was more urgent. */
  readonly preempted: number
  /** Times it got another core than before. */
  readonly migrated: number
}

/** Where the time of threads and cores has gone: all that a summary needs, in memory that does not grow with the run. Times are in picoseconds. */
export class RunAccounts implements OsObserver {
  /** What each thread of the operating system does over time: its `ThreadState`. */
  readonly threadLine = new TimeLine()
  /** Whom each core runs over time: the thread, `SWITCHING`, or nothing. */
  readonly coreLine = new TimeLine()
  /** How long threads were ready before they got a core. */
  readonly dispatch = new Histogram()
  readonly #threads: {
    readonly times: Float64Array
    state: ThreadState
    since: number
    core: number
    dispatched: number
    preempted: number
    migrated: number
  }[] = []
  readonly #cores: { readonly times: Float64Array; state: CoreState; since: number; switches: number }[] = []

  /** When something changed last. */
  last = 0

  transition(thread: number, _from: ThreadState, to: ThreadState, reason: Reason, core: number, now: number): void {
    this.last = now
    const account = this.#thread(thread)
    account.times[account.state]! += now - account.since
    if (account.state === ThreadState.Runnable && to === ThreadState.Running) this.dispatch.add(now - account.since)
    account.state = to
    account.since = now
    if (reason === Reason.SliceEnded || reason === Reason.Preempted) account.preempted++
    if (to === ThreadState.Running) {
      account.dispatched++
      if (account.core !== -1 && account.core !== core) account.migrated++
      account.core = core
    }
    this.threadLine.set(thread, to, now)
  }

  core(core: number, state: CoreState, thread: number, now: number): void {
    this.last = now
    while (this.#cores.length <= core)
      this.#cores.push({ times: new Float64Array(CORE_STATES), state: CoreState.Idle, since: 0, switches: 0 })
    const account = this.#cores[core]!
    account.times[account.state]! += now - account.since
    if (state === CoreState.Switching) account.switches++
    account.state = state
    account.since = now
    this.coreLine.set(core, coreShown(state, thread), now)
  }

  /** The run has ended: what is under way counts up to now. */
  end(now: number): void {
    for (const account of [...this.#threads, ...this.#cores]) {
      account.times[account.state]! += now - account.since
      account.since = now
    }
    this.threadLine.end(now)
    this.coreLine.end(now)
  }

  /** Whether a thread has ever been told of. */
  hasBegun(thread: number): boolean {
    return this.#threads[thread] !== undefined && this.#threads[thread].state !== ThreadState.New
  }

  /** How long a thread was in a state. */
  timeIn(thread: number, state: ThreadState): number {
    return this.#thread(thread).times[state]!
  }

  switchesOf(thread: number): SwitchCounts {
    return this.#thread(thread)
  }

  /** How long a core was in a state. */
  coreTime(core: number, state: CoreState): number {
    return this.#cores[core]?.times[state] ?? 0
  }

  /** How often a core changed from one thread to another, at a cost. */
  switchesOn(core: number): number {
    return this.#cores[core]?.switches ?? 0
  }

  #thread(thread: number) {
    while (this.#threads.length <= thread)
      this.#threads.push({
        times: new Float64Array(STATES),
        state: ThreadState.New,
        since: 0,
        core: -1,
        dispatched: 0,
        preempted: 0,
        migrated: 0,
      })
    return this.#threads[thread]!
  }
}

function coreShown(state: CoreState, thread: number): number {
  if (state === CoreState.Idle) return IDLE
  // Between two threads of a mapping in user space it is nobody's.
  return state === CoreState.Switching || thread === -1 ? SWITCHING : thread
}

/** In the time line of a core: it changes from one thread to another, or has nothing to do. */
export const SWITCHING = 1 << 20
export const IDLE = (1 << 20) + 1
