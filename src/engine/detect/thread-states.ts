import type { Session } from '../session.js'

/**
 * Where a thread is in its life: declared but not started; able to go on; the one that has just stepped, and can go on;
 * waiting; ended.
 */
export type ThreadState = 'new' | 'runnable' | 'running' | 'blocked' | 'dead'

/** The states of all threads that are known, by name, in canonical order; `running` is the index of the thread on the processor. */
export function threadStates(session: Session, running: number): Readonly<Record<string, ThreadState>> {
  const states = Object.create(null) as Record<string, ThreadState>
  for (const index of session.threads.canonical)
    if (!session.threads.all[index]!.agent)
      states[session.threads.all[index]!.name] = stateOf(session, index, index === running)
  return states
}

function stateOf(session: Session, thread: number, isRunning: boolean): ThreadState {
  if (session.node(thread) === 0) return 'new'
  if (session.world.hasEnded(thread)) return 'dead'
  if (session.ways(thread) === 0) return 'blocked'
  return isRunning ? 'running' : 'runnable'
}
