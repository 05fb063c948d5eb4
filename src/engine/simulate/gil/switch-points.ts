import type { Operation } from '../../operation.js'
import type { SwitchPoints } from './gil-config.js'

/**
 * Whether a thread that has performed an operation looks for requests before it goes on.
 *
 * Operations on objects, other than reading and writing memory, are calls of methods. The end of a loop's body, where byte code
 * jumps back, is taken to be after a write: programs say nothing of their loops, and most bodies end with one.
 */
export function isSwitchPoint(points: SwitchPoints, { name, cost }: Operation): boolean {
  // The others of this cost tell the explorer something, and are no byte codes.
  if (cost === 'none') return name === 'call'
  return points === 'every-operation' || cost !== 'load'
}

/** A thread that reads so often without any other operation is in a loop that only reads: it waits busily, or goes through an array. */
export const READS_OF_A_LOOP = 8
