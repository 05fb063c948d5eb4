import type { Place } from '../place.js'

/** A step that takes part in a race or in what orders threads before it. */
export interface StepFacts {
  /** The thread's name. */
  readonly thread: string
  /** `read`, `write`, `release`, …. */
  readonly operation: string
  /** Where it stands in the user's file, when known. */
  readonly place: Place | undefined
  /** Its number in the trace, from 1 on. */
  readonly step: number
}

/**
 * One thread learnt of another: what the other had done up to `from` happens before `to` and all that follows. In between may
 * be steps of further threads.
 */
export interface SyncFacts {
  readonly from: StepFacts
  readonly to: StepFacts
  /** The object that `to` acts on; null for joins and for what a thread is born with. */
  readonly object: string | null
  /** `to` is the first step of a thread that was started knowing of it. */
  readonly isBorn: boolean
}

/** Two accesses to plain memory, one of them a write, by two threads, that nothing orders. */
export interface RaceFacts {
  readonly object: string
  /** The kind of object: `cell`, `array`, …. */
  readonly kind: string
  /** Which of the object's elements, if it has some. */
  readonly element?: number
  readonly first: StepFacts
  readonly second: StepFacts
  /** The last synchronisation of the two threads before the accesses; null if they have shared none. */
  readonly lastSync: SyncFacts | null
}
