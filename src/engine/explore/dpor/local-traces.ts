import { mergeSpawned, type SpawnedThread, spawnedThreads } from '../../detect/spawned-threads.js'
import type { Session } from '../../session.js'
import type { Outcome } from '../explore-report.js'
import type { Finding } from '../finding.js'
import { reportFacts, reportOutcomes } from '../outcome-report.js'
import { EXECUTION_LIMIT } from '../random-search.js'
import { DporFindings } from './dpor-findings.js'
import { portable, type TraceBranch } from './trace-branch.js'
import { TraceExploration } from './trace-exploration.js'
import type { PortableRules } from './trace-rules.js'
import {
  addCounts,
  addOutcomes,
  type ExecutedOutcome,
  NO_COUNTS,
  type TraceCounts,
  type TraceResults,
  type TraceSnapshot,
} from './trace-snapshot.js'
import type { TraceSource } from './trace-source.js'

// Outcomes are described in stretches of a millisecond or so.
const DESCRIBED_AT_ONCE = 16
const COPIED_AT_ONCE = 256

/** With what a search begins that does not begin with nothing known and everything to do. */
export interface TraceStart {
  readonly rules: PortableRules
  readonly branches: readonly TraceBranch[]
  /** What was found before. */
  readonly results?: TraceResults
  /** Whether it is for others to begin again where another rule of dependence is met. */
  readonly isPart?: boolean
}

/** Traces that are run here, on one session. */
export class LocalTraces implements TraceSource {
  readonly exploration: TraceExploration
  /** How often everything has begun again. */
  restarts = 0
  readonly #session: Session
  readonly #findings: DporFindings
  #before: TraceResults | null

  constructor(session: Session, start?: TraceStart) {
    this.#session = session
    this.#findings = new DporFindings(session)
    this.#before = start?.results ?? null
    this.#findings.adopt(this.#before?.sightings ?? [])
    const exploration: TraceExploration = new TraceExploration(session, {
      ...(start === undefined ? {} : { rules: start.rules, branches: start.branches }),
      ...(start?.isPart === true ? { branchesAgain: [] } : {}),
      onEnd: (_end, outcome) => this.#findings.atEnd(exploration.search, outcome),
      onMisuse: () => this.#findings.atMisuse(exploration.search),
      onDataRace: (earlier, later) => this.#findings.atDataRace(exploration.search, earlier, later),
      onFailure: (property, search) => this.#findings.atFailure(search, property),
      onRestart: () => this.#forget(),
    })
    this.exploration = exploration
  }

  get counts(): TraceCounts {
    const { complete, deadlocked, assumeFailed, steps, depth } = this.exploration.search
    return addCounts(this.#before?.counts ?? NO_COUNTS, { complete, deadlocked, assumeFailed, steps, depth })
  }

  get bytes(): number {
    return this.exploration.bytes
  }

  get heapBytes(): number {
    return this.exploration.heapBytes
  }

  get hasFindings(): boolean {
    return !this.#findings.isEmpty
  }

  get findings(): readonly Finding[] {
    return this.#findings.all
  }

  get spawned(): readonly SpawnedThread[] {
    return mergeSpawned(this.#before?.spawned ?? [], spawnedThreads(this.#session))
  }

  get isTooLong(): boolean {
    return this.exploration.search.execution.length > EXECUTION_LIMIT
  }

  *run(): Generator<void> {
    yield* this.exploration.run()
  }

  *finish(): Generator<void> {}

  *outcomes(): Generator<void, Outcome[]> {
    const { search } = this.exploration
    if (this.#before === null)
      return yield* reportOutcomes(search.outcomes, (index) => ({ executions: search.executionsOf[index] ?? null }))
    return yield* reportFacts(yield* this.#executed())
  }

  /** What was found so far; the session's present state is lost. */
  *results(): Generator<void, TraceResults> {
    const { counts, spawned } = this
    return { counts, outcomes: yield* this.#executed(), sightings: this.#findings.portable, spawned }
  }

  *snapshot(): Generator<void, TraceSnapshot> {
    const { search, rules } = this.exploration
    // Describing outcomes takes the session's state: the search is taken up again afterwards.
    const left = yield* search.suspend()
    const results = yield* this.results()
    const branches: TraceBranch[] = []
    for (const branch of left) {
      branches.push(portable(branch, this.#session.threads))
      if (branches.length % COPIED_AT_ONCE === 0) yield
    }
    search.handIn(left)
    return { ...results, rules: rules.portable, branches }
  }

  *#executed(): Generator<void, ExecutedOutcome[]> {
    const { outcomes, executionsOf } = this.exploration.search
    const own: ExecutedOutcome[] = []
    for (let index = 0; index < outcomes.count; index++) {
      own.push({
        identity: outcomes.identity(index),
        facts: outcomes.facts(index),
        executions: executionsOf[index] ?? 0,
      })
      if (index % DESCRIBED_AT_ONCE === DESCRIBED_AT_ONCE - 1) yield
    }
    return this.#before === null ? own : yield* addOutcomes(this.#before.outcomes, own)
  }

  #forget(): void {
    this.restarts++
    this.#before = null
    this.#findings.forget()
  }
}
