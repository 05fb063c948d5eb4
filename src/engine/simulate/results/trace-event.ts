import type { CoreState } from '../os/os-observer.js'
import type { Parameters } from '../../program.js'

/** What a trace begins with: which run it is of. */
export interface TraceHeader {
  readonly event: 'run'
  /** Of this format. */
  readonly schema: 1
  readonly program: string
  readonly params: Parameters
  readonly machine: string
  readonly cores: number
  readonly mapping: string
  readonly policy: string
  readonly interpreter: string | null
  readonly twins: boolean
  readonly seed: string
}

/** The five states of a thread. */
export type TracedState = 'new' | 'runnable' | 'running' | 'waiting' | 'dead'

/** Why a thread may go on: it was started, somebody's step has changed what it waited for, a timer, a device or the interpreter's lock. */
export const WAKE_CAUSES = ['start', 'step', 'time', 'device', 'gil'] as const
export type WakeCauseName = (typeof WAKE_CAUSES)[number]

/** What happens to an interpreter's lock; `request`: a waiter has asked the holder for it; `wasted`: woken, and it was not free. */
export const GIL_EVENTS = ['wait', 'take', 'switch', 'drop', 'request', 'wasted'] as const
export type GilEventName = (typeof GIL_EVENTS)[number]

/** Why it was given back, as `Drop` counts it: before waiting or working outside, on request, after so many ticks, at the thread's end. */
export const DROPS = ['voluntary', 'requested', 'ticks', 'ended'] as const
export type DropName = (typeof DROPS)[number]

/** What a core does, as `CoreState` counts it. */
export const CORE_STATES = ['idle', 'busy', 'switching'] as const satisfies Record<CoreState, string>
export type CoreStateName = (typeof CORE_STATES)[number]

interface Moment {
  /** Nanoseconds since the beginning, to the picosecond. No event has a smaller one than those before it. */
  readonly time: number
}

/** Of one thread; threads are numbers, and a `thread` event tells each one's name before anything else happens to it. */
interface ThreadMoment extends Moment {
  readonly thread: number
}

/** One thing that has happened in a simulated run. */
export type TraceEvent =
  | (ThreadMoment & { readonly event: 'thread'; readonly name: string })
  | (ThreadMoment & {
      readonly event: 'state'
      readonly from: TracedState
      readonly to: TracedState
      readonly reason: string
      /** The core that it got or left; null for none. */
      readonly core: number | null
    })
  | (Moment & {
      readonly event: 'core'
      readonly core: number
      /** What it does from now on. */
      readonly state: CoreStateName
      readonly thread: number | null
    })
  | (ThreadMoment & {
      /** An operation has taken effect; `time` is when. */
      readonly event: 'step'
      /** When the thread had a core and could begin with it: what the device or the lock took before is over. */
      readonly from: number
      readonly core: number
      readonly object: string | null
      readonly operation: string
      /** How it reads: `read → 0`. */
      readonly label: string
      /** Missing if there is none. */
      readonly result?: unknown
    })
  | (ThreadMoment & {
      readonly event: 'wait'
      /** The object that it waits for, or what it does: `sleep`, `io`. */
      readonly what: string
    })
  | (ThreadMoment & {
      /** It is told that it may go on. Whether it can, it finds out when it has a core. */
      readonly event: 'wake'
      /** The thread that has done it; null if none has. */
      readonly by: number | null
      readonly cause: WakeCauseName
    })
  | (ThreadMoment & {
      readonly event: 'gil'
      readonly what: GilEventName
      /** Of `drop`. */
      readonly why?: DropName
    })
  | (ThreadMoment & { readonly event: 'request'; readonly device: string; readonly bytes: number | null })
  | (ThreadMoment & { readonly event: 'answer'; readonly device: string })
