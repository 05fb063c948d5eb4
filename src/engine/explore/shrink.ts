import { HistoryLimit } from '../errors.js'
import type { Session } from '../session.js'
import type { Finding } from './finding.js'
import { type GraphStep, leastWithin } from './least-schedule.js'
import { PartialGraph } from './partial-graph.js'
import { reduceLocally } from './local-reduction.js'

/** What shrinking may cost. */
export interface ShrinkLimits {
  /** States to look at. @default 200,000 */
  readonly maxStates?: number
  /** Bytes for them. @default no bound */
  readonly maxMemory?: number
  /** Asked now and then; once it says so, what has been found by then has to do. */
  readonly isStopped?: () => boolean
}

const DEFAULT_STATES = 200_000
// Threads are fewer; more of them may be learnt while the search goes on.
const MAX_THREADS = 0x10000

/**
 * Finds the schedule with the fewest preemptions, then the fewest steps, then the first in canonical order, that shows
 * the same violation as a finding. It looks only at states that can be reached with as many preemptions as that takes,
 * which are few where the graph of all states is far too large. If they are too many all the same, the finding's own
 * schedule is reduced as far as that goes; only otherwise the result is known to be least. Yields every millisecond.
 *
 * Endless runs are left as they are, and so are races whose schedule ends with the second access.
 *
 * @param session of the search that has found it; its present state is lost.
 */
export function* shrink(session: Session, finding: Finding, limits: ShrinkLimits = {}): Generator<void, Finding> {
  if (finding.isLeast || finding.repeat.length > 0 || finding.endsWithRace === true) return finding
  const { isStopped = () => false } = limits
  try {
    const least = yield* leastPath(session, finding, limits)
    if (least !== null) return { ...finding, path: least, isLeast: true }
    // Schedules with few preemptions may be long, and those of the states that they lead to are what is too much.
    const short = yield* leastPath(session, finding, limits, finding.path.length)
    if (short !== null) return { ...finding, path: short }
    return { ...finding, path: yield* reduceLocally(session, finding, isStopped) }
  } catch (error) {
    // Schedules that nobody has looked at before may be those of a thread that never ends.
    if (!(error instanceof HistoryLimit)) throw error
    return finding
  }
}

/** The least schedule, or a good one among those of at most `maxSteps`; null if it did not fit in the limits. */
function* leastPath(
  session: Session,
  finding: Finding,
  { maxStates = DEFAULT_STATES, maxMemory = Infinity, isStopped }: ShrinkLimits,
  maxSteps = Infinity,
): Generator<void, readonly GraphStep[] | null> {
  const graph = new PartialGraph(session, finding)
  const heldBefore = session.bytes
  const goal =
    finding.kind === 'misuse'
      ? { step: (_state: number, _thread: number, edge: number) => graph.isMisuse(edge) }
      : { state: (state: number) => graph.shows(state) }
  const isTooLarge = (bytes: number): boolean => {
    if (isStopped?.() === true || graph.stateCount > maxStates) return true
    return graph.bytes + bytes + session.bytes - heldBefore > maxMemory
  }
  const path = yield* leastWithin(graph, MAX_THREADS, goal, isTooLarge, maxSteps)
  return path === null || path === 'too large' ? null : path.steps
}
