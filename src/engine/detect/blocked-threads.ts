import * as Code from '../code.js'
import { NODE_WORD } from '../node-fields.js'
import { type Place } from '../place.js'
import type { Session } from '../session.js'
import { pendingLabel } from '../outcome.js'

/** A thread that cannot go on: what it waits for and who keeps it waiting. */
export interface BlockedThread {
  readonly thread: string
  /** What it is about to do: `acquire fork 1`. */
  readonly operation: string
  /** The object it waits for, if it is one. */
  readonly object: string | null
  /** The thread that keeps it waiting, if it is one. */
  readonly holder: string | null
  /** Where it waits, when known. */
  readonly place: Place | undefined
}

/** The threads, daemons aside, that are blocked in the session's present state. */
export function blockedThreads(session: Session): BlockedThread[] {
  const blocked: BlockedThread[] = []
  for (const index of session.threads.canonical) {
    const thread = session.threads.all[index]!
    const node = session.node(index)
    if (node === 0 || thread.daemon || session.world.hasEnded(index) || session.ways(index) > 0) continue
    if (session.isIdle(index)) continue
    const operation = session.image.takeOperation(node)
    const holder = operation?.holder(session.world) ?? null
    blocked.push({
      thread: thread.name,
      operation: pendingLabel(session, index),
      object:
        session.nodes.code(node) === Code.Acquire
          ? (session.objectOf(session.nodes.field(node, NODE_WORD))?.name ?? null)
          : (operation?.object?.name ?? null),
      holder: holder === null || holder < 0 ? null : session.threads.all[holder]!.name,
      place: operation?.place,
    })
  }
  return blocked
}
