import type { SpawnedThread } from '../../detect/spawned-threads.js'
import type { Finding } from '../finding.js'
import type { Outcome } from '../explore-report.js'
import type { Pause } from '../strategy-run.js'
import type { TraceCounts, TraceSnapshot } from './trace-snapshot.js'

/** Who runs one execution of every trace, here or elsewhere. */
export interface TraceSource {
  readonly counts: TraceCounts
  /** An estimate of the memory held, without what the investigation's session has learnt, in bytes. */
  readonly bytes: number
  /** The part of it that lives in the JavaScript heap of this thread. */
  readonly heapBytes: number
  /** Whether something has gone wrong so far. */
  readonly hasFindings: boolean
  /** Whether an execution takes more steps than any may. */
  readonly isTooLong: boolean
  /** Runs to the end; may be left at any pause. */
  run(): Generator<Pause>
  /** Brings together what was found, wherever that was; no more is run afterwards. */
  finish(): Generator<Pause>
  /** What went wrong, once finished. */
  readonly findings: readonly Finding[]
  /** Threads spawned to be joined, once finished. */
  readonly spawned: readonly SpawnedThread[]
  /** The outcomes as they are reported, once finished. */
  outcomes(): Generator<Pause, Outcome[]>
  /** All that is known and all that is left to do. */
  snapshot(): Generator<Pause, TraceSnapshot>
}
