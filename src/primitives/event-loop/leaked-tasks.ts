import type { LoopState } from './loop-state.js'

/** A task that nobody has waited for, as a state of its loop tells. */
export interface LeakedTask {
  readonly name: string
  /** The identity of its thread, whose entry knows where it was created. */
  readonly thread: string
  /** What became of it, in words. */
  readonly fate: string
  readonly kind: 'cancelled at the end' | 'destroyed while pending' | 'error never retrieved'
}

/**
 * The tasks of a loop that has ended which were still pending when its main task ended, or whose error nobody has asked for: CPython logs the
 * latter (“Task exception was never retrieved”) and those that are destroyed while pending, and says nothing of the others.
 */
export function leakedTasks(state: LoopState): readonly LeakedTask[] {
  if (state.phase !== 'closed') return []
  return Object.entries(state.futures).flatMap(([thread, { part, outcome, isRetrieved }]): LeakedTask[] => {
    if (part.kind !== 'task') return []
    const { name } = part
    if (outcome === null) return [{ name, thread, kind: 'destroyed while pending', fate: 'destroyed while pending' }]
    if (part.isCancelledAtEnd)
      return [{ name, thread, kind: 'cancelled at the end', fate: 'pending when run ended, cancelled' }]
    if (outcome.kind !== 'error' || isRetrieved) return []
    const { name: error, message } = outcome.error
    const text = error === null ? message : `${error}: ${message}`
    return [{ name, thread, kind: 'error never retrieved', fate: `never awaited, failed: ${text}` }]
  })
}
