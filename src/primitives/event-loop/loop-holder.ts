import type { PlainData } from '../../engine/interner.js'
import type { LoopMachine } from './loop-machine.js'

/** The thread that must end before a future can: its task's, its worker's, or that of the first child that is pending. */
export function threadWaitedFor(loop: LoopMachine, future: PlainData): string | null {
  if (typeof future !== 'string') return null
  const part = loop.future(future)?.part
  switch (part?.kind) {
    case 'task':
      return future
    case 'worker':
      return part.thread
    case 'gather': {
      const pending = part.children.find((child) => !loop.isDone(child))
      return pending === undefined ? null : threadWaitedFor(loop, pending)
    }
    default:
      return null
  }
}
