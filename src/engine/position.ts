import { chain } from './content-hash.js'
import type { Interner } from './interner.js'
import { AtMark, CallMark, type Claim, JobMark, LoopMark } from './marks.js'
import type { LiveRun } from './thread-runner.js'

/** What matters of a thread's history between two operations. */
export interface Position {
  /** Tells it from all others of its thread, in this session. */
  readonly key: string
  /** The same in every session. */
  readonly hash1: number
  readonly hash2: number
}

/** Where a thread stands after what it has said of its history. */
export interface ClaimedPosition {
  readonly position: Position
  /** The last claim by which different histories may have become one; null if there was none. */
  readonly merging: Claim | null
}

/**
 * Follows what a thread says of its history, from where its last result has led to.
 *
 * @param start of the thread: what `p.at` goes back to, unless the thread runs code for others.
 */
export function follow(
  run: LiveRun,
  claims: readonly Claim[],
  from: Position,
  start: Position,
  interner: Interner,
): ClaimedPosition {
  let position = from
  let merging: Claim | null = null
  for (const claim of claims) {
    if (claim instanceof JobMark) {
      run.job = claim.job === null ? null : beginning(run, claim.job, start, interner)
      continue
    }
    if (claim instanceof CallMark) {
      // A call that begins where another one begins is another place.
      position = { key: `[${position.key}`, hash1: chain(position.hash1, 1), hash2: chain(position.hash2, 1) }
      run.calls.push(position)
      continue
    }
    const inCall = claim instanceof AtMark ? undefined : run.calls.at(-1)
    if (!(claim instanceof AtMark || claim instanceof LoopMark)) run.calls.pop()
    position = claimed(run, claim, inCall ?? run.job ?? start, interner)
    merging = claim
  }
  return { position, merging }
}

/** Where a thread stands that begins to run some code for others. */
function beginning({ thread }: LiveRun, job: unknown, start: Position, interner: Interner): Position {
  const id = interner.intern(job, `what thread “${thread.name}” runs`)
  return {
    key: `job ${id}`,
    hash1: chain(start.hash1, interner.hash1[id]!),
    hash2: chain(start.hash2, interner.hash2[id]!),
  }
}

type Merging = Exclude<Claim, CallMark | JobMark>

/** What is left of a position at which a claim holds. */
function claimed(run: LiveRun, claim: Merging, base: Position, interner: Interner): Position {
  const said = content(run, claim, interner)
  let { hash1, hash2 } = base
  for (const id of said) {
    hash1 = chain(hash1, interner.hash1[id]!)
    hash2 = chain(hash2, interner.hash2[id]!)
  }
  // Objects and threads are numbered as they are made.
  hash1 = chain(chain(hash1, run.objects), run.children)
  hash2 = chain(chain(hash2, run.objects), run.children)
  return { key: `(${base.key}) ${said.join(' ')} ${run.objects} ${run.children}`, hash1, hash2 }
}

/** What a claim says, as interned values. */
function content(run: LiveRun, claim: Merging, interner: Interner): readonly number[] {
  const { name } = run.thread
  if (claim instanceof AtMark || claim instanceof LoopMark) {
    const what = claim instanceof AtMark ? `p.at(“${claim.label}”)` : `the loop “${claim.label}” of a call`
    return [
      interner.intern(claim.label, `the label of ${what} in thread “${name}”`),
      interner.intern([...claim.locals], `the locals of ${what} in thread “${name}”`),
    ]
  }
  return [interner.intern(claim.outcome, `the result of a call in thread “${name}”`)]
}
