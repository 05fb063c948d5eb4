import type { GraphStep } from './least-schedule.js'
import type { ViolationKind } from './explore-report.js'

/** A violation as a search finds it: by thread indices of the search's own session, before it has been confirmed. */
export interface Finding {
  readonly kind: ViolationKind
  /** The property's name, or what identifies the violation among those of its kind. */
  readonly subject: string
  readonly path: readonly GraphStep[]
  /** Of a race: the path ends with the second access. Otherwise both accesses come next after it. */
  readonly endsWithRace?: true
  /** The part that repeats for ever after the path, if the violation is an endless run. */
  readonly repeat: readonly GraphStep[]
  readonly isLeast: boolean
  readonly criticalStep: number | null
  readonly interleavings: string | null
  readonly probability: number | null
}

/** A violation that a search has met, by a schedule of which nothing more is known than that it shows it. */
export function sighted(kind: ViolationKind, subject: string, path: readonly GraphStep[]): Finding {
  return {
    kind,
    subject,
    path,
    repeat: [],
    isLeast: false,
    criticalStep: null,
    interleavings: null,
    probability: null,
  }
}

/** Findings, and those of others that are not among them: each violation once. */
export function withUnmet(findings: readonly Finding[], others: readonly Finding[]): Finding[] {
  const known = new Set(findings.map(({ kind, subject }) => `${kind} ${subject}`))
  return [...findings, ...others.filter(({ kind, subject }) => !known.has(`${kind} ${subject}`))]
}
