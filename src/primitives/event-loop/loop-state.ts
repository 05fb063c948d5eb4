import type { ReturnWhen } from '../future-waiter.js'
import type { PlainData } from '../../engine/interner.js'
import type { Thrown } from './thrown.js'

/** How a future ended. */
export type Outcome =
  | { readonly kind: 'result'; readonly value: PlainData }
  | { readonly kind: 'error'; readonly error: Thrown }
  | { readonly kind: 'cancelled'; readonly message: string | null }

/** What a future is besides a future. */
export type Part =
  { readonly kind: 'plain' } | TaskPart | GatherPart | WaitPart | { readonly kind: 'worker'; readonly thread: string }

/** A task: whose coroutine runs in the engine thread with its identity. */
export interface TaskPart {
  readonly kind: 'task'
  readonly name: string
  /** The future whose end it waits for: CPython's `_fut_waiter`. */
  readonly waitsFor: string | null
  /** Cancelled while it could not be told: it is told at its next step. */
  readonly mustCancel: boolean
  readonly message: string | null
  readonly cancelRequests: number
  /** It was still pending when `run` ended, and cancelled for that reason. */
  readonly isCancelledAtEnd: boolean
}

/** What `gather` returns. */
export interface GatherPart {
  readonly kind: 'gather'
  readonly children: readonly string[]
  /** How many different children have not been heard of. */
  readonly left: number
  readonly returnExceptions: boolean
  readonly isCancelRequested: boolean
}

/** What a task in `wait` waits for, with a timer if there is a timeout. */
export interface WaitPart {
  readonly kind: 'wait'
  readonly left: number
  readonly returnWhen: ReturnWhen
}

/** A future: CPython's `asyncio.Future`. */
export interface FutureState {
  readonly part: Part
  /** Null while it is pending. */
  readonly outcome: Outcome | null
  /** Whom `call_soon` calls when it is done, in this order. */
  readonly callbacks: readonly Handle[]
  /** Whether somebody has asked for its error. */
  readonly isRetrieved: boolean
}

/** What waits in the loop's queue to be called: a step of a task, a callback of the program's, or one of the loop's own. */
export type Handle =
  /** A step of a task; an error is thrown into it. */
  | { readonly call: 'step'; readonly task: string; readonly error: Thrown | null }
  /** A step of a task that has waited for a future. */
  | { readonly call: 'wakeUp'; readonly task: string; readonly future: string }
  /** A callback of the program's, which runs in an engine thread of its own. */
  | { readonly call: 'callback'; readonly thread: string; readonly name: string }
  | LoopCallback

/** Callbacks of the loop's own. */
export type LoopCallback =
  | { readonly call: 'setResult'; readonly future: string; readonly value: PlainData }
  | { readonly call: 'settle'; readonly future: string; readonly outcome: Outcome }
  | { readonly call: 'release'; readonly future: string }
  | { readonly call: 'gathered'; readonly future: string; readonly child: string }
  | { readonly call: 'waited'; readonly future: string; readonly child: string }
  | { readonly call: 'shielded'; readonly future: string; readonly inner: string }
  | { readonly call: 'unshield'; readonly future: string; readonly inner: string }
  | { readonly call: 'cancelWorker'; readonly worker: string }
  | { readonly call: 'expire'; readonly timeout: string }
  | { readonly call: 'groupTaskDone'; readonly group: string; readonly task: string }
  | { readonly call: 'stop' }

/** A call that is due after some time. */
export interface Timer {
  /** That of what it is for: of a future, a timeout, or a callback’s thread. */
  readonly id: string
  /** For how long it was set. */
  readonly seconds: number
  /**
   * With a clock, the nanoseconds until it is due, which the clock brings down to 0 at that moment; from then on, less than 0, and the
   * less the more other timers have become due since. Null without a clock.
   */
  readonly left: number | null
  readonly handle: Handle
}

/** A `timeout` block that a task is in. */
export interface TimeoutState {
  readonly task: string
  /** How often the task had been cancelled when it entered. */
  readonly cancelRequests: number
  readonly isExpiring: boolean
}

/** A task group. */
export interface GroupState {
  readonly parent: string
  readonly tasks: readonly string[]
  readonly errors: readonly Thrown[]
  readonly isExiting: boolean
  readonly isAborting: boolean
  readonly isParentCancelRequested: boolean
  /** The future that the parent waits for. */
  readonly completed: string | null
}

/**
 * How far `run` is: its main task runs; the tasks that were left are being cancelled; what is ready is called a last few
 * times.
 */
export type Phase = 'new' | 'main' | 'cancelling' | 'closing' | 'closed'

/** What the loop's own thread has to do, when it is no task's turn. */
export type LoopAct = 'callback' | 'select' | 'cancelTasks' | 'close'

/** The whole state of an event loop, as plain data. */
export interface LoopState {
  readonly phase: Phase
  /** The thread that runs the loop, which is also its main task's. */
  readonly runner: string | null
  /** The thread whose turn it is. */
  readonly turn: string | null
  /** What is thrown into the task whose turn it is, when it resumes. */
  readonly delivery: Thrown | null
  /** What the loop has to do. With neither a turn nor this, it waits for events. */
  readonly act: LoopAct | null
  /** What `call_soon` has queued. */
  readonly ready: readonly Handle[]
  /** How many of those belong to the present iteration of the loop. */
  readonly todo: number
  /** The loop stops at the end of this iteration. */
  readonly isStopping: boolean
  /** How many iterations are left while it closes. */
  readonly grace: number
  /** In the order in which they were set. */
  readonly timers: readonly Timer[]
  readonly futures: Readonly<Record<string, FutureState>>
  readonly timeouts: Readonly<Record<string, TimeoutState>>
  readonly groups: Readonly<Record<string, GroupState>>
  /** Threads of `toThread` that have not handed their result in. */
  readonly workers: number
  /** Threads of `toThread` that were cancelled before they began. */
  readonly cancelledWorkers: readonly string[]
  /** Threads of callbacks and tasks that are never called again. */
  readonly abandoned: readonly string[]
  /** Numbers the next group. */
  readonly nextGroup: number
}

export const NEW_LOOP: LoopState = {
  phase: 'new',
  runner: null,
  turn: null,
  delivery: null,
  act: null,
  ready: [],
  todo: 0,
  isStopping: false,
  grace: 0,
  timers: [],
  futures: {},
  timeouts: {},
  groups: {},
  workers: 0,
  cancelledWorkers: [],
  abandoned: [],
  nextGroup: 1,
}
