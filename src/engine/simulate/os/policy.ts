import type { Random } from '../../random.js'
import type { Reason } from './thread-state.js'

/** What a policy may know of the threads and cores that it schedules. Times are in picoseconds. */
export interface SchedulingView {
  readonly cores: number
  readonly now: number
  readonly random: Random
  /** The thread that a core has, also while it still switches to it; −1 if there is none. */
  running(core: number): number
  /** The core on which a thread ran last, −1 if it never has. */
  lastCore(thread: number): number
  /** What the thread was given: larger is more urgent. @default 0 */
  priority(thread: number): number
  /** From −20, the most urgent, to 19. @default 0 */
  nice(thread: number): number
  /** Its share by lottery or stride. @default 1 */
  tickets(thread: number): number
  /** How long it is known to take in all; Infinity if that is not known. Only an oracle's policies look at it. */
  expected(thread: number): number
  /** Whether it belongs to the program in front of the person at the computer. @default false */
  isForeground(thread: number): boolean
  mayRunOn(thread: number, core: number): boolean
}

/**
 * Who runs next, where, and for how long. A policy owns the run queues: one for each core, or one for all. The operating system
 * tells it what happens to threads; all costs of switching are the operating system's.
 */
export interface Policy {
  readonly name: string
  /** Whether all cores take their threads from one queue. */
  readonly isGlobal: boolean
  /** Every end of a burst is a scheduling point: the thread goes back to the queue before it begins the next one. */
  readonly isAskedAfterEveryBurst?: boolean
  /** Slices depend on who waits: they are asked for anew when somebody comes to wait for that core. */
  readonly isReslicedByArrivals?: boolean
  /** There is one more thread. They are numbered from 0. */
  created(thread: number): void
  /** A thread is ready to run; `core` is where it should wait, if there is a queue for each. */
  enqueue(thread: number, core: number, reason: Reason): void
  /** Takes the next thread for a core out of its queue; −1 if nobody waits for it. */
  pick(core: number): number
  /** Whether anybody waits who could run on this core. */
  hasWaiting(core: number): boolean
  /** Takes a thread that may run on this core out of another core's queue; −1 if there is none. */
  steal(core: number, from: number): number
  /** How many wait for a core, for balancing and for choosing where a thread wakes. */
  load(core: number): number
  /** How long the thread may run on from now before `expires` is asked; Infinity: until it blocks. */
  slice(thread: number, core: number): number
  /** So much time of a core went by with this thread running. Told before everything that it could make a difference to. */
  ran(thread: number, core: number, duration: number): void
  /** Its slice is over: whether somebody who waits should run now. */
  expires(thread: number, core: number): boolean
  /** Another thread has become runnable for that core: whether it takes the core from the one that is running. */
  preempts(waking: number, running: number, core: number): boolean
  /** Priorities have changed: whether somebody who waits should have that core at once. */
  isOutranked?(running: number, core: number): boolean
  /** The thread waits, or has ended. */
  leaves(thread: number, core: number): void
  /** Periodic work (a boost of everybody, say), at the multiples of this period at which there is anything to run. */
  readonly period?: number
  tick?(): void
  /** The priority of a thread has changed, which may be waiting in a queue. */
  changed?(thread: number): void
}

/** Makes a policy for one simulated computer. */
export type MakePolicy = (view: SchedulingView) => Policy
