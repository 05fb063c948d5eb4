import type { Leftover, Warning } from '../detect/leftovers.js'
import type { HistoryFacts } from '../detect/history-facts.js'
import type { RaceFacts } from '../detect/race-facts.js'
import type { Parameters } from '../program.js'
import type { TimeMode } from '../time/time-mode.js'

/** How to explore by executions that are drawn from a seed. */
export type SamplingStrategy = 'random' | 'pct' | 'pos' | 'surw'

/** How to explore. */
export type Strategy = 'graph' | 'dpor' | SamplingStrategy

/** What was found out: `unknown` if a bound was reached, or if executions were only sampled. */
export type Verdict = 'holds' | 'violated' | 'unknown'

/** What can go wrong. */
export type ViolationKind =
  'property' | 'deadlock' | 'race' | 'error' | 'misuse' | 'livelock' | 'endless' | 'starvation'

/** A final state as the user sees it, with its numbers. What a strategy does not know is null. */
export interface Outcome {
  /** Objects by name: values of cells and atomics, arrays, and the holder of a lock that is still held. */
  readonly final: Readonly<Record<string, unknown>>
  /**
   * Equivalence `reads-from`: objects that are left out of `final`, because executions that read the same leave different
   * contents in them.
   */
  readonly undetermined?: readonly string[]
  /** What threads returned, if not `undefined`. */
  readonly results?: Readonly<Record<string, unknown>>
  /** How threads failed. */
  readonly errors?: Readonly<Record<string, string>>
  /** In a deadlock: what each blocked thread waits for. */
  readonly waiting?: Readonly<Record<string, string>>
  /** What is left undone: locks that are still held, tasks that nobody has waited for. */
  readonly leftovers?: readonly Leftover[]
  readonly holds: boolean
  /** How many interleavings end so: decimal, or `unbounded` if a cycle leads here. */
  readonly interleavings: string | null
  /** The probability under the random scheduler, which draws a thread uniformly among those that can step, then a way. */
  readonly probability: number | null
  /** How many of the executions that were run ended so. */
  readonly executions: number | null
}

/** Something that goes wrong, with the schedule that shows it best. */
export interface Violation {
  readonly kind: ViolationKind
  readonly message: string
  /** Replays it: `entrelacs replay <program> <token>`. */
  readonly token: string
  /** The names of the threads, step by step; for endless runs the part that repeats stands in brackets. */
  readonly schedule: string
  /** Switches away from a thread that could go on. */
  readonly preemptions: number
  readonly steps: number
  /** The first step after which every maximal fair continuation shows the same violation; 0 if all do from the beginning. */
  readonly criticalStep: number | null
  /** How many interleavings show it. */
  readonly interleavings: string | null
  readonly probability: number | null
  /** Whether no schedule shows it with fewer preemptions, and none of these with fewer steps. */
  readonly isLeast: boolean
  /** Of a race: the two accesses, the second of which is the last step, and what orders their threads before. */
  readonly race?: RaceFacts
  /** Of an object that is not linearizable: the calls that no sequential order explains. */
  readonly history?: HistoryFacts
}

/** How far the data races of a program have been looked for, once one has been seen. */
export interface RaceSummary {
  readonly found: number
  /** How many of them are among the violations. */
  readonly shown: number
  /** Whether it is certain that there are no others (for strategies that sample: in the executions that were run). */
  readonly complete: boolean
}

/**
 * What a bound on schedules counts. `preemptions`: switches away from a thread that could go on. `delays`: the scheduler
 * goes on with the thread that stepped last, or else with the first in canonical order; every able thread that is passed
 * over in the order (the one that stepped last, then the others in canonical order) is one delay.
 */
export type BoundKind = 'preemptions' | 'delays'

/** How many traces (schedules up to the order of independent steps) have a schedule within a bound. */
export interface BoundCounts {
  readonly kind: BoundKind
  /** So many at most. */
  readonly bound: number
  /** Complete and deadlocked ones. */
  readonly executions: number
  readonly deadlocked: number
  /** Those in which a thread waits for ever because it assumed what is false. */
  readonly assumeFailed: number
}

/** What can be too much to be followed: one thread's operations, the steps of one execution, the values in shared objects, or threads. */
export type HistoryKind = 'operations' | 'steps' | 'values' | 'threads'

/** The thread that has performed the most operations in one execution: the likely culprit when a bound is reached. */
export interface LongestThread {
  readonly thread: string
  readonly operations: number
}

/** States that were drawn from random executions, one from each, and how many of them a search had missed. */
export interface CoverageProbes {
  readonly states: number
  readonly missed: number
  /** Between these is, in 95 of 100 cases, the share of the states of a random execution that the search missed. */
  readonly low: number
  readonly high: number
}

/**
 * What is known of how much a search has visited that remembers states by a few bits each (`bitstate`), so that it may
 * take new ones for known. The states it has visited are `counts.states`.
 */
export interface Coverage {
  /** Bytes of the filter. */
  readonly bytes: number
  /** Bits of the filter that each state sets. */
  readonly hashes: number
  /** The share of its bits that are set. */
  readonly fill: number
  /** How many states that were met are expected to have been taken for known ones. */
  readonly expectedFalseHits: number
  /**
   * These as a share of all states that were met: so many are missed at least, on average over seeds. States that can only be
   * reached through them come on top, and nothing is known of how many these are.
   */
  readonly missedAtLeast: number
  /**
   * How much the search missed of what random executions go through; it may have missed more of what they seldom reach. Null
   * with reduction, which leaves out states on purpose, and if the search was stopped.
   */
  readonly probes: CoverageProbes | null
}

/** What an exploration found. Numbers that the strategy does not know are null. */
export interface ExploreReport {
  readonly schema: 1
  readonly program: string
  readonly params: Parameters
  readonly strategy: Strategy
  /** What sleeps and timeouts meant. */
  readonly time: TimeMode
  /** Primitives were their twins. Absent if they were not. */
  readonly twins?: true
  /** Present if some thread slept or waited with a timeout, so that it matters what time meant. */
  readonly timed?: true
  /** Present if executions that read the same were taken for one (`dpor`). */
  readonly equivalence?: 'reads-from'
  readonly verdict: Verdict
  /** Every state has been visited (`graph`), or with reduction enough of them to see everything that can go wrong. */
  readonly complete: boolean
  /**
   * The graph was reduced: `counts` are those of the part that was visited. It has every outcome and every violation
   * but endless runs and livelocks. Absent if it was not.
   */
  readonly reduction?: true
  /** How much was visited, as far as can be told (`bitstate`). Absent otherwise. */
  readonly coverage?: Coverage
  readonly counts: {
    readonly executions: number | null
    readonly deadlocked: number | null
    readonly assumeFailed: number | null
    readonly blocked: number | null
    readonly steps: number | null
    /** Executions that were given up after 100,000 steps (sampling); they are not among `executions`. */
    readonly cut: number | null
    readonly states: number | null
    readonly transitions: number | null
    /** Decimal, or `unbounded`. Executions that `assume` dropped are not among them. */
    readonly interleavings: string | null
  }
  /** Executions that a false `assume` dropped; null if there are none or the strategy does not know. */
  readonly dropped: { readonly interleavings: string; readonly probability: number } | null
  /** The probability that the random scheduler never ends. */
  readonly divergence: number | null
  /**
   * The counts for every bound on preemptions or delays from 0 to the one that was asked for, as far as they were searched
   * to their end; later bounds than the last of these give no more. Only for searches with such a bound.
   */
  readonly bounds?: readonly BoundCounts[]
  readonly outcomes: readonly Outcome[]
  readonly violations: readonly Violation[]
  /** What is no violation, but hardly meant. Absent if there is nothing. */
  readonly warnings?: readonly Warning[]
  /** Present if there are data races and all of them were looked for, as far as that goes. */
  readonly races?: RaceSummary
  /** Why the search stopped early: which bound, and what follows; null if it did not. */
  readonly stopped: {
    readonly reason: 'states' | 'memory' | 'history' | 'cycles' | 'bitstate' | 'aborted' | 'first' | BoundKind
    /** A sentence in English. The other fields are what it says, as data, as far as they apply. */
    readonly message: string
    /** `history`: what is too much to be followed, as far as the strategy tells. */
    readonly limit?: HistoryKind
    /** `states`, `memory`, `history`: who has performed the most operations in one execution. */
    readonly longest?: LongestThread
    /** `preemptions`, `delays`: so many at most. */
    readonly bound?: number
  } | null
  /** States are known by their hash: a bound of the probability that two of them were taken for one. */
  readonly missedStateProbability: number | null
  /** The seed of sampling. */
  readonly seed: string | null
  /** The depth of the bugs that sampling looks for (`pct`). */
  readonly depth: number | null
  /** Threads that shared the work, if several were asked for: one if the program does not name its module. */
  readonly workers?: { readonly wanted: number; readonly used: number }
  /**
   * If a checkpoint was asked for: its file, whether the exploration went on from it, whether something is kept there to go
   * on from, and why no more could be written, if so.
   */
  readonly checkpoint?: {
    readonly file: string
    readonly resumed: boolean
    readonly kept: boolean
    readonly failure: string | null
  }
  readonly elapsedMs: number
}

/** How many executions there are in all, as far as can be told: the truth is likely between `low` and `high`. */
export interface ExecutionEstimate {
  readonly executions: number
  readonly low: number
  readonly high: number
}

/** How far an exploration is. */
export interface ExploreProgress {
  readonly phase: 'sampling' | 'searching' | 'counting' | 'explaining' | 'verifying'
  readonly states: number
  readonly transitions: number
  readonly executions: number
  readonly depth: number
  /** Strategy `dpor`: how many executions the search will take; null as long as nothing can be said. */
  readonly estimate?: ExecutionEstimate | null
}
