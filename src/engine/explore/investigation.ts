import { HistoryLimit } from '../errors.js'
import type { Program } from '../program.js'
import { Session } from '../session.js'
import { confirm, runBeside } from './confirmation.js'
import type { CheckpointKeeper } from './checkpoint.js'
import type { ExplorationOptions } from './explore-options.js'
import type { LongestThread, RaceSummary, Violation } from './explore-report.js'
import type { Finding } from './finding.js'
import type { GraphStep } from './least-schedule.js'
import { findRaces, type TakeCensus } from './races/race-findings.js'
import { shrink } from './shrink.js'
import { longestText } from './stop-message.js'

/** Histories that are run again to find programs that are not functions of their results, and what that may cost. */
const RERUN_HISTORIES = 64
const RERUN_OPERATIONS = 300_000
const DEFAULT_MEMORY = 1 << 30
/** Of the bound on memory, what looking for a least schedule may take beside the search that has found one. */
const SHRINKING_SHARE = 1 / 4
const KIND_ORDER = ['property', 'deadlock', 'error', 'misuse', 'livelock', 'endless', 'starvation', 'race']

/** Violations, and how far races were looked for, if there are any. */
export interface Explained {
  readonly violations: readonly Violation[]
  readonly races?: RaceSummary
}

/** What all strategies share: the session, its bounds, and how findings are confirmed and the program is checked. */
export class Investigation {
  readonly program: Program
  readonly options: ExplorationOptions
  readonly session: Session
  readonly maxMemory: number
  /** Bytes at most in the JavaScript heap. */
  readonly maxHeap: number
  /** Where what is known and what is left to do is kept now and then, and taken up again from. */
  readonly checkpoints: CheckpointKeeper | undefined

  /**
   * @throws UsageError for parameters that the program does not have.
   * @throws ProgramFault for what the program does wrong in its setup.
   */
  constructor(program: Program, options: ExplorationOptions, checkpoints?: CheckpointKeeper) {
    this.program = program
    this.options = options
    this.checkpoints = checkpoints
    this.maxMemory = options.maxMemory ?? DEFAULT_MEMORY
    this.maxHeap = Math.min(this.maxMemory, options.maxHeap ?? DEFAULT_MEMORY)
    this.session = new Session(program, options.params, { monitor: options.monitor, maxValues: this.maxHeap })
  }

  /**
   * Explains findings; if a race is among them, all races of the program are looked for.
   *
   * @param explain makes violations of findings.
   * @param isStopped asked now and then; once it says so, races are explained as they are.
   */
  *explainWithRaces(
    findings: readonly Finding[],
    explain: (findings: readonly Finding[]) => Generator<void, Violation[]>,
    takeCensus: TakeCensus,
    isStopped: () => boolean,
  ): Generator<void, Explained> {
    const seen = findings.filter(({ kind }) => kind === 'race')
    if (seen.length === 0 || isStopped()) return { violations: yield* explain(findings) }
    const violations = yield* explain(findings.filter(({ kind }) => kind !== 'race'))
    const session = new Session(this.program, this.options.params, {
      recordPlaces: true,
      monitor: this.options.monitor,
      maxValues: this.maxHeap,
    })
    const bounds = { maxMemory: this.maxMemory * SHRINKING_SHARE, isStopped }
    const { findings: races, summary } = yield* findRaces(session, this.session, seen, takeCensus, bounds)
    const shown = yield* this.confirmAll(races, session)
    return { violations: [...violations, ...shown], races: { ...summary, shown: shown.length } }
  }

  /** @param searched the session whose threads the findings are about. @default that of the search */
  *confirmAll(findings: readonly Finding[], searched = this.session): Generator<void, Violation[]> {
    const violations: Violation[] = []
    for (const finding of findings) {
      try {
        violations.push(yield* this.confirmOne(finding, searched))
      } catch (error) {
        // A run that does not fit cannot be shown; the search has been stopped by the same bound.
        if (!(error instanceof HistoryLimit)) throw error
      }
    }
    return violations.sort((a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind))
  }

  /**
   * Confirms findings, each by the least schedule that can be found for it.
   *
   * @param isStopped asked now and then; once it says so, they are confirmed as they are.
   */
  *explainAll(findings: readonly Finding[], isStopped: () => boolean): Generator<void, Violation[]> {
    const least: Finding[] = []
    const maxMemory = this.maxMemory * SHRINKING_SHARE
    for (const finding of findings)
      least.push(isStopped() ? finding : yield* shrink(this.session, finding, { maxMemory, isStopped }))
    return yield* this.confirmAll(least)
  }

  *confirmOne(finding: Finding, searched = this.session): Generator<void, Violation> {
    return yield* confirm(searched, finding, { monitor: this.options.monitor, maxValues: this.maxHeap })
  }

  /**
   * Looks for programs that are not functions of their results: threads alone, and all together on fresh sessions.
   *
   * @param paths schedules that are run again.
   */
  *verify(paths: readonly (readonly GraphStep[])[]): Generator<void> {
    for (const path of paths) {
      try {
        yield* runBeside(this.session, path, { maxValues: this.maxHeap })
      } catch (error) {
        if (!(error instanceof HistoryLimit)) throw error
      }
      yield
    }
    const { nodes } = this.session
    const stride = Math.max(1, Math.floor(nodes.count / RERUN_HISTORIES))
    let operations = 0
    for (let node = nodes.count - 1; node > 0 && operations < RERUN_OPERATIONS; node -= stride) {
      operations += nodes.lengths[node]! + 1
      if (!(yield* this.#verifyNode(node))) return
      yield
    }
  }

  /** Returns false if the histories do not fit in the bounds. */
  *#verifyNode(node: number): Generator<void, boolean> {
    try {
      yield* this.session.image.verify(node)
      return true
    } catch (error) {
      if (error instanceof HistoryLimit) return false
      throw error
    }
  }

  /** Who has performed the most operations, as a sentence. */
  longestThread(): string {
    return longestText(this.longest())
  }

  /** Who has performed the most operations. */
  longest(): LongestThread {
    const { nodes, threads } = this.session
    let longest = 0
    for (let node = 1; node < nodes.count; node++)
      if (nodes.lengths[node]! > nodes.lengths[longest]! && nodes.lengths[node]! < 2 ** 30) longest = node
    return { thread: threads.all[nodes.owners[longest]!]?.name ?? '', operations: nodes.lengths[longest]! }
  }
}
