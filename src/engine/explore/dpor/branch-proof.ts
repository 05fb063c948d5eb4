import { chain } from '../../content-hash.js'
import type { Session } from '../../session.js'
import { changed } from '../../session-snapshot.js'
import { threadOf, wayOf } from './packed-step.js'
import { lengthOf, stepOf, type TraceBranch } from './trace-branch.js'

// Branches whose steps are taken, spread over all of them, and steps in all.
const PROVEN = 64
const PROVEN_STEPS = 5_000

/** A hash of what the steps of some branches do: another one if the program has changed. Takes the steps on the session. */
export function proofOf(session: Session, branches: readonly TraceBranch[]): number {
  const stride = Math.max(1, Math.floor(branches.length / PROVEN))
  let hash = 0
  let steps = 0
  for (let i = 0; i < branches.length && steps < PROVEN_STEPS; i += stride) {
    steps += lengthOf(branches[i]!)
    hash = chain(hash, hashOf(session, branches[i]!))
  }
  session.rewind()
  return hash
}

/** @throws UsageError `checkpoint/changed` */
export function requireProof(session: Session, branches: readonly TraceBranch[], proof: number): void {
  if (isProven(session, branches, proof)) return
  throw changed()
}

function isProven(session: Session, branches: readonly TraceBranch[], proof: number): boolean {
  try {
    return proofOf(session, branches) === proof
  } catch {
    return false
  }
}

function hashOf(session: Session, branch: TraceBranch): number {
  const { threads } = session
  session.rewind()
  let hash = 0
  for (let event = 0; event < lengthOf(branch); event++) {
    const step = stepOf(branch, event)
    const place = threadOf(step)
    const isHere = branch.spawned === null || place < threads.declared
    const thread = isHere ? place : threads.withIdentity(branch.spawned![place - threads.declared]!).index
    const way = wayOf(step)
    const node = session.node(thread)
    if (session.ways(thread) <= way) return 0
    hash = chain(hash, session.stepHash(thread, way, node, session.step(thread, way)))
  }
  return hash
}
