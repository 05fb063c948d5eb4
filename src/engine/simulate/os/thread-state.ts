/**
 * The five states of a thread, as textbooks name them. `waiting` is what some call "not running": it waits for a lock, a
 * device or a timer, and no core would help it.
 */
export const ThreadState = { New: 0, Runnable: 1, Running: 2, Waiting: 3, Dead: 4 } as const
export type ThreadState = (typeof ThreadState)[keyof typeof ThreadState]

/** Their names, by number. */
export const THREAD_STATES = ['new', 'runnable', 'running', 'waiting', 'dead'] as const

/** Why a thread has left a state. */
export const Reason = {
  /** It was made ready to run for the first time. */
  Started: 0,
  /** It got a core. */
  Dispatched: 1,
  /** Its time slice was over, and somebody else had waited. */
  SliceEnded: 2,
  /** Somebody more urgent became runnable. */
  Preempted: 3,
  /** It gave up its core. */
  Yielded: 4,
  /** It has to wait. */
  Blocked: 5,
  /** What it waited for has come. */
  Woken: 6,
  /** It has come to its end. */
  Ended: 7,
  /** It was moved to another core's queue, where less is to do. */
  Migrated: 8,
} as const
export type Reason = (typeof Reason)[keyof typeof Reason]

/** Their names, by number. */
export const REASONS = [
  'started',
  'dispatched',
  'slice ended',
  'preempted',
  'yielded',
  'blocked',
  'woken',
  'ended',
  'migrated',
] as const
