import { chain, hashText, LANE_1 } from './content-hash.js'
import { HistoryLimit, UsageError } from './errors.js'
import * as Code from './code.js'
import type { GeneratorImage } from './generator-image.js'
import type { PlainData } from './interner.js'
import { NODE_CODE, NODE_SHIFT, NODE_WORD, NODE_A, NODE_B } from './node-fields.js'
import { formatData, type Operation } from './operation.js'
import type { Session } from './session.js'

/** What a session has learnt, so that a fresh one of the same program can learn it again with equal indices. */
export interface SessionSnapshot {
  /** All values that were ever in shared objects, in order. */
  readonly values: readonly PlainData[]
  /** See `LearningLog`. */
  readonly learnt: Int32Array
  /** Of all that threads do: another one if the program has changed. */
  readonly fingerprint: number
}

// Between two pauses: about a millisecond's work.
const LEARNT_PER_SLICE = 500

export function snapshotOfSession(session: Session): SessionSnapshot {
  const { interner, image } = session
  return {
    values: interner.values,
    learnt: image.log.entries,
    fingerprint: fingerprint(session),
  }
}

/**
 * Lets a fresh session learn what another one had learnt. Pauses after every millisecond or so.
 *
 * @throws UsageError `checkpoint/changed` if threads do something else now.
 */
export function* learnAgain(session: Session, snapshot: SessionSnapshot): Generator<void> {
  const { interner, image, nodes } = session
  snapshot.values.forEach((value, id) => {
    if (interner.intern(value, 'a value') !== id) throw changed()
  })
  const { learnt } = snapshot
  for (let at = image.log.count * 2; at < learnt.length; at += 2) {
    const node = learnt[at]!
    if (Math.abs(node) >= nodes.count) throw changed()
    relearn(() => learnOne(image, node, learnt[at + 1]!))
    if (at % (2 * LEARNT_PER_SLICE) === 0) yield
  }
  if (fingerprint(session) !== snapshot.fingerprint) throw changed()
}

function learnOne(image: GeneratorImage, node: number, what: number): void {
  if (node > 0) image.resume(node, what)
  else if (what === 0) image.firstNodeOfSpawned(-node)
  else image.firstNodeOfStarted(-node, what - 1)
}

function relearn(action: () => void): void {
  try {
    action()
  } catch (error) {
    if (error instanceof HistoryLimit) throw error
    throw changed()
  }
}

/** What a checkpoint is refused with whose program does something else now. */
export function changed(): UsageError {
  return new UsageError('checkpoint/changed', 'the program has changed since the checkpoint was written', {
    hint: 'delete the checkpoint and begin again, or give another file',
  })
}

function fingerprint({ nodes, image }: Session): number {
  const { fields, count } = nodes
  let hash = count
  for (let node = 1; node < count; node++) {
    const at = node << NODE_SHIFT
    hash = chain(chain(hash, fields[at + NODE_CODE]!), fields[at + NODE_WORD]!)
    hash = chain(chain(hash, fields[at + NODE_A]!), fields[at + NODE_B]!)
    const operation = nodes.code(node) === Code.Contract ? image.operations.get(node) : undefined
    if (operation !== undefined) hash = chain(hash, hashText(describe(operation), LANE_1))
  }
  return hash
}

function describe({ object, name, args }: Operation): string {
  return `${object?.kind} ${object?.name} ${name} ${args.map(formatData).join()}`
}
