import type { OperatingSystem } from '../../../../../src/engine/simulate/os/operating-system.js'
import { CoreState, type OsObserver } from '../../../../../src/engine/simulate/os/os-observer.js'
import { Reason, REASONS, THREAD_STATES, ThreadState } from '../../../../../src/engine/simulate/os/thread-state.js'

/** A time during which a thread ran on a core. */
export interface Stretch {
  readonly core: number
  readonly thread: number
  readonly from: number
  readonly to: number
}

export interface Transition {
  readonly thread: number
  readonly from: ThreadState
  readonly to: ThreadState
  readonly reason: Reason
  readonly core: number
  readonly at: number
}

/** Writes down all that an operating system tells, and objects at once to what cannot be. */
export class Recorder implements OsObserver {
  readonly transitions: Transition[] = []
  readonly #system: OperatingSystem
  readonly #stretches: Stretch[] = []
  readonly #state: ThreadState[] = []
  readonly #coreState: CoreState[]
  /** By core: the thread it runs or switches to, and since when it does what it does. */
  readonly #thread: number[]
  readonly #since: number[]
  readonly #busy: number[]
  readonly #switching: number[]
  switches = 0
  migrations = 0
  /** How long cores were idle while a thread that may run on them was runnable. */
  wasted = 0
  #last = 0

  constructor(system: OperatingSystem) {
    this.#system = system
    const { cores } = system
    this.#coreState = Array.from({ length: cores }, () => CoreState.Idle)
    this.#thread = Array.from({ length: cores }, () => -1)
    this.#since = Array.from({ length: cores }, () => 0)
    this.#busy = Array.from({ length: cores }, () => 0)
    this.#switching = Array.from({ length: cores }, () => 0)
  }

  transition(thread: number, from: ThreadState, to: ThreadState, reason: Reason, core: number, at: number): void {
    this.#passTo(at)
    const before = this.#state[thread] ?? ThreadState.New
    const step = `${THREAD_STATES[from]} → ${THREAD_STATES[to]} (${REASONS[reason]})`
    if (before !== from) throw new Error(`thread ${thread} was ${THREAD_STATES[before]}, not ${step}`)
    if (!LEGAL.has(step)) throw new Error(`thread ${thread}: ${step} cannot be`)
    if (this.#system.stateOf(thread) !== to) throw new Error(`thread ${thread} is not ${THREAD_STATES[to]}`)
    if (to === ThreadState.Running) {
      if (!this.#system.mayRunOn(thread, core)) throw new Error(`thread ${thread} may not run on core ${core}`)
      if (this.#thread[core] !== thread || this.#coreState[core] !== CoreState.Busy)
        throw new Error(`core ${core} does not run thread ${thread}`)
      if (this.#state.some((state, other) => state === ThreadState.Running && this.#coreOf[other] === core))
        throw new Error(`core ${core} runs two threads`)
      const last = this.#coreOf[thread]
      if (last !== undefined && last !== core) this.migrations++
      this.#coreOf[thread] = core
    }
    if (from === ThreadState.Running && this.#coreOf[thread] !== core)
      throw new Error(`thread ${thread} leaves core ${core}, on which it does not run`)
    this.#state[thread] = to
    this.transitions.push({ thread, from, to, reason, core, at })
  }

  readonly #coreOf: number[] = []

  core(core: number, state: CoreState, thread: number, now: number): void {
    this.#passTo(now)
    this.#close(core, now)
    if (state !== CoreState.Idle && this.#lastOn[core] !== thread) {
      this.switches++
      this.#lastOn[core] = thread
    }
    this.#coreState[core] = state
    this.#thread[core] = thread
  }

  readonly #lastOn: number[] = []

  end(): void {
    this.#passTo(this.#system.now)
    for (let core = 0; core < this.#system.cores; core++) this.#close(core, this.#system.now)
  }

  /** Who ran where from when to when, in the order of beginning, joined where a thread went on. */
  get stretches(): Stretch[] {
    const joined: Stretch[] = []
    const lastOn = new Map<number, number>()
    for (const stretch of this.#stretches) {
      const at = lastOn.get(stretch.core)
      const before = at === undefined ? undefined : joined[at]
      if (at !== undefined && before?.thread === stretch.thread && before.to === stretch.from)
        joined[at] = { ...before, to: stretch.to }
      else lastOn.set(stretch.core, joined.push(stretch) - 1)
    }
    return joined.toSorted((a, b) => a.from - b.from || a.core - b.core)
  }

  /** The time line of a core as text: `0:0–5 1:5–9`, thread, from, to; with times in that unit. */
  line(core = 0, unit = 1): string {
    return this.stretches
      .filter((stretch) => stretch.core === core)
      .map(({ thread, from, to }) => `${thread}:${from / unit}–${to / unit}`)
      .join(' ')
  }

  /** How long a thread ran, or all, before a time. */
  ran(thread?: number, before = Infinity): number {
    return this.#stretches
      .filter((stretch) => thread === undefined || stretch.thread === thread)
      .reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, before) - from), 0)
  }

  busy(core: number): number {
    return this.#busy[core]
  }

  switching(core: number): number {
    return this.#switching[core]
  }

  /** When a thread first came to a state; from a time on. */
  first(thread: number, state: ThreadState, from = 0): number {
    const found = this.transitions.find((each) => each.thread === thread && each.to === state && each.at >= from)
    return found === undefined ? Infinity : found.at
  }

  /** From being started to first running. */
  response(thread: number): number {
    return this.first(thread, ThreadState.Running) - this.first(thread, ThreadState.Runnable)
  }

  /** From being started to the end. */
  turnaround(thread: number): number {
    return this.first(thread, ThreadState.Dead) - this.first(thread, ThreadState.Runnable)
  }

  /** When the last thread ended. */
  get makespan(): number {
    return Math.max(...this.transitions.filter(({ to }) => to === ThreadState.Dead).map(({ at }) => at))
  }

  get ended(): number {
    return this.transitions.filter(({ to }) => to === ThreadState.Dead).length
  }

  /** Of each time that a thread waited for a core after a wake-up, how long. */
  wakeToRun(thread: number): number[] {
    const own = this.transitions.filter((each) => each.thread === thread)
    return own.flatMap((each, i) => (each.reason === Reason.Woken && i + 1 < own.length ? own[i + 1].at - each.at : []))
  }

  #close(core: number, now: number): void {
    const from = this.#since[core]
    this.#since[core] = now
    if (from === now) return
    if (this.#coreState[core] === CoreState.Switching) this.#switching[core] += now - from
    if (this.#coreState[core] !== CoreState.Busy) return
    this.#busy[core] += now - from
    this.#stretches.push({ core, thread: this.#thread[core], from, to: now })
  }

  /** Looks at the instant that ends as time passes. */
  #passTo(now: number): void {
    if (now < this.#last) throw new Error('time goes back')
    if (now === this.#last) return
    for (const [core, state] of this.#coreState.entries()) {
      if (state === CoreState.Busy && this.#state[this.#thread[core]] !== ThreadState.Running)
        throw new Error(`core ${core} is busy with a thread that does not run`)
      if (state !== CoreState.Idle) continue
      const isWanted = (thread: number) =>
        this.#state[thread] === ThreadState.Runnable &&
        !this.#thread.includes(thread) &&
        this.#system.mayRunOn(thread, core)
      if (this.#state.some((_, thread) => isWanted(thread))) this.wasted += now - this.#last
    }
    this.#last = now
  }
}

const LEGAL = new Set([
  'new → runnable (started)',
  'runnable → running (dispatched)',
  'running → runnable (slice ended)',
  'running → runnable (preempted)',
  'running → runnable (yielded)',
  'running → waiting (blocked)',
  'running → dead (ended)',
  'waiting → runnable (woken)',
])
