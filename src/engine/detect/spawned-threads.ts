import type { Place } from '../place.js'
import type { Session } from '../session.js'
import { comparePaths } from '../thread-registry.js'

/** A thread that was spawned to be joined, in terms that every session of the program knows. */
export interface SpawnedThread {
  readonly identity: string
  readonly path: readonly number[]
  readonly name: string
  /** Where it was spawned, when known. */
  readonly place: Place | undefined
  /** Whether some thread joins it in some execution. */
  readonly isJoined: boolean
}

/** The threads that a session has seen spawned to be joined, in canonical order. */
export function spawnedThreads({ image, threads }: Session): SpawnedThread[] {
  return threads.canonical
    .filter((thread) => image.toBeJoined.has(thread))
    .map((thread) => {
      const { identity, path, name } = threads.all[thread]!
      const place = image.operationAt(image.toBeJoined.get(thread)!)?.place
      return { identity, path, name, place, isJoined: image.joined.has(thread) }
    })
}

/** What several sessions have seen together: no session of several meets all operations. */
export function mergeSpawned(...lists: readonly (readonly SpawnedThread[])[]): SpawnedThread[] {
  const all = new Map<string, SpawnedThread>()
  for (const thread of lists.flat()) {
    const known = all.get(thread.identity)
    all.set(thread.identity, { ...(known ?? thread), isJoined: thread.isJoined || known?.isJoined === true })
  }
  return [...all.values()].sort((a, b) => comparePaths(a.path, b.path))
}
