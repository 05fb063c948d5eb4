import type { SharedObject, WorldAccess, WorldView } from '../operation.js'

/**
 * A shared object that has timers in its own words: the contract with the virtual clock, besides that of `SharedObject`.
 * An object that has these two methods is one; nothing else is to be declared. Both must depend on nothing but the object's own
 * words, and are asked in time mode `virtual` alone.
 *
 * Who waits for a timer waits for the object's word: an operation has a way once `advance` has brought the timer to 0.
 * A timer that is due must count no more in `untilNext`, whether or not anybody has taken notice of it: otherwise the
 * clock stands still.
 */
export interface TimedObject extends SharedObject {
  /** Nanoseconds, at least 1, until the earliest timer that is not due yet; null if there is none. */
  untilNext(world: WorldView): number | null
  /** So many nanoseconds pass: no more than until the earliest of its timers, and fewer if another deadline comes first. */
  advance(world: WorldAccess, nanoseconds: number): void
}

/** What the clock asks of timers. */
export type Timers = Pick<TimedObject, 'untilNext' | 'advance'>

/** Whether an object has timers of its own. */
export function isTimed(object: SharedObject): object is TimedObject {
  const candidate = object as Partial<TimedObject>
  return typeof candidate.untilNext === 'function' && typeof candidate.advance === 'function'
}
