import type { Operation, WorldAccess, WorldView } from '../engine/operation.js'

/** What a condition needs of its lock: CPython's `_is_owned`, `_release_save` and `_acquire_restore`. */
export interface MonitorLock {
  /** The word that holds the lock's state. */
  readonly word: number
  isHeldBy(world: WorldView, thread: number): boolean
  /** Frees the lock, however often it has been taken; returns how often that was. */
  releaseAll(world: WorldAccess): number
  /** Waits until the lock is free and takes it so often. */
  acquireAgain(levels: number): Operation<void>
}
