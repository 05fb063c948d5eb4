import type { SpawnedThread } from '../../detect/spawned-threads.js'
import type { OutcomeFacts } from '../../outcome.js'
import type { ViolationKind } from '../explore-report.js'
import type { PortableSchedule } from './portable-schedule.js'
import type { TraceBranch } from './trace-branch.js'
import type { PortableRules } from './trace-rules.js'

/** How many executions there were, how they ended, and what they took. */
export interface TraceCounts {
  readonly complete: number
  readonly deadlocked: number
  readonly assumeFailed: number
  /** Steps taken, also again and again. */
  readonly steps: number
  /** The length of the longest execution. */
  readonly depth: number
}

/** An outcome with the number of executions that ended in it. */
export interface ExecutedOutcome {
  /** What tells it from all others, in every session. */
  readonly identity: string
  readonly facts: OutcomeFacts
  readonly executions: number
}

/** Something that went wrong, with the schedule that showed it. */
export interface PortableSighting {
  readonly kind: ViolationKind
  readonly subject: string
  readonly schedule: PortableSchedule
}

/** What executions have shown, in terms that every session of the program knows. */
export interface TraceResults {
  readonly counts: TraceCounts
  readonly outcomes: readonly ExecutedOutcome[]
  readonly sightings: readonly PortableSighting[]
  readonly spawned: readonly SpawnedThread[]
}

/** A search for traces at one moment: what it has shown, and all that is left to do. */
export interface TraceSnapshot extends TraceResults {
  readonly rules: PortableRules
  readonly branches: readonly TraceBranch[]
}

/** No executions. */
export const NO_COUNTS: TraceCounts = { complete: 0, deadlocked: 0, assumeFailed: 0, steps: 0, depth: 0 }

/** Nothing has been run. */
export const NO_RESULTS: TraceResults = { counts: NO_COUNTS, outcomes: [], sightings: [], spawned: [] }

export function addCounts(a: TraceCounts, b: TraceCounts): TraceCounts {
  return {
    complete: a.complete + b.complete,
    deadlocked: a.deadlocked + b.deadlocked,
    assumeFailed: a.assumeFailed + b.assumeFailed,
    steps: a.steps + b.steps,
    depth: Math.max(a.depth, b.depth),
  }
}

const ADDED_AT_ONCE = 2000

/** Outcomes from several searches: equal ones are one. Pauses now and then. */
export function* addOutcomes(...lists: readonly (readonly ExecutedOutcome[])[]): Generator<void, ExecutedOutcome[]> {
  const all = new Map<string, ExecutedOutcome>()
  for (const list of lists)
    for (let i = 0; i < list.length; i++) {
      const outcome = list[i]!
      const known = all.get(outcome.identity)
      const executions = (known?.executions ?? 0) + outcome.executions
      all.set(outcome.identity, known === undefined ? outcome : { ...known, executions })
      if (i % ADDED_AT_ONCE === ADDED_AT_ONCE - 1) yield
    }
  return [...all.values()]
}
