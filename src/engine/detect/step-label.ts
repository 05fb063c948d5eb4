import * as Code from '../code.js'
import { FLAG_PLAIN, FLAG_WRITES } from '../node-head.js'
import type { Footprint } from '../footprint.js'
import { NODE_CODE, NODE_WORD } from '../node-fields.js'
import type { Session } from '../session.js'

/**
 * What a step does to happens-before. An operation that is not plain acquires from every word it touches and releases to
 * every word it writes. Spawning writes the word of the child, whose first step acquires from it, and ending a thread
 * writes its own, so that a join, which reads it, acquires all that the thread has done.
 */
export interface StepLabel {
  readonly thread: number
  /** Words acquired from. */
  readonly acquires: readonly number[]
  /** Words released to; the thread's own among them if the step ends it. */
  readonly releases: readonly number[]
  /** The node of a plain access; 0 for other steps. */
  readonly plain: number
  /** The word that a plain access is about; −1 for other steps. */
  readonly word: number
  readonly writes: boolean
  /** The thread that the step spawns; −1 for none. */
  readonly spawns: number
}

const NONE: readonly number[] = []

/**
 * The label of a step that has just been taken.
 *
 * @param node where its thread stood.
 * @param footprint what the step touched, as it was before the step; ignored for plain accesses.
 */
export function labelOfStep(session: Session, thread: number, node: number, footprint: Footprint): StepLabel {
  const { nodes, threads, world } = session
  const { records } = session.layout
  const head = nodes.field(node, NODE_CODE)
  const isPlain = (head & FLAG_PLAIN) !== 0
  const orders = (words: readonly number[]) => (records.size === 0 ? words : words.filter((word) => !records.has(word)))
  const acquires = isPlain ? NONE : orders(footprint.reads.concat(footprint.writes))
  const written = isPlain ? NONE : orders(footprint.writes)
  const releases = world.hasEnded(thread) ? [...written, threads.all[thread]!.word] : written
  return {
    thread,
    acquires,
    releases,
    plain: isPlain ? node : 0,
    word: isPlain ? nodes.field(node, NODE_WORD) : -1,
    writes: isPlain && (head & FLAG_WRITES) !== 0,
    spawns: nodes.code(node) === Code.Spawn ? nodes.owners[world.read(nodes.field(node, NODE_WORD))]! : -1,
  }
}
