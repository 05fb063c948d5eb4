import type { BlockedThread } from './blocked-threads.js'

/**
 * Threads each of which waits for the next, the last for the first: the circle of a deadlock, beginning with the thread
 * that comes first among those that are blocked; a thread that waits for itself is a circle of one. Null if there is none: somebody waits
 * for what no single thread keeps, or for a thread that is not blocked.
 */
export function waitCycle(blocked: readonly BlockedThread[]): readonly BlockedThread[] | null {
  const byName = new Map(blocked.map((thread) => [thread.thread, thread]))
  for (const start of blocked) {
    const path: BlockedThread[] = []
    for (let at: BlockedThread | undefined = start; at !== undefined && !path.includes(at);) {
      path.push(at)
      if (at.holder === start.thread) return path
      at = at.holder === null ? undefined : byName.get(at.holder)
    }
  }
  return null
}
