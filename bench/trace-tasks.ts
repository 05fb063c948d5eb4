/** What is asked of the process that explores. */
export type TraceTask = 'time' | 'count' | 'explore'

/** A search in a fresh session, or several one after the other if one is short. */
export interface Timing {
  readonly ms: number
}

/** What a search has done; the memory is what it held at most. */
export interface TraceCounts {
  readonly executions: number
  readonly deadlocked: number
  readonly assumeFailed: number
  /** Branches given up after their first steps, of which an optimal search has none. Null if they were not counted. */
  readonly blocked: number | null
  readonly steps: number
  /** Of all traces together. */
  readonly totalLength: number
  readonly searchBytes: number
  readonly learntBytes: number
}

/** What `explore` takes, with all it does besides searching. */
export interface WholeExploration extends Timing {
  readonly complete: boolean
}

export interface TraceAnswers {
  readonly time: Timing
  readonly count: TraceCounts
  readonly explore: WholeExploration
}
