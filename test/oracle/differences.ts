import { type Ending, type Truth, type TrueOutcome, type TrueViolation } from './brute-force.js'
import { toNumber, type Fraction } from './fraction.js'

/** The part of an exploration's report that brute force knows the truth about. */
export interface Claims {
  readonly verdict: string
  readonly complete: boolean
  readonly divergence: number | null
  readonly counts: { readonly interleavings: string | null }
  readonly dropped: { readonly interleavings: string; readonly probability: number } | null
  readonly outcomes: readonly ClaimedOutcome[]
  readonly violations: readonly ClaimedViolation[]
}

export interface ClaimedOutcome {
  readonly final: Readonly<Record<string, unknown>>
  readonly results?: Readonly<Record<string, unknown>> | undefined
  readonly errors?: Readonly<Record<string, string>> | undefined
  readonly waiting?: Readonly<Record<string, string>> | undefined
  readonly holds: boolean
  readonly interleavings: string | null
  readonly probability: number | null
}

interface ClaimedViolation {
  readonly kind: string
  readonly schedule: string
  readonly preemptions: number
  readonly steps: number
  readonly criticalStep: number | null
  readonly interleavings: string | null
  readonly probability: number | null
  readonly isLeast: boolean
}

/** Every difference between a report and the truth, in words; none if the report is right. */
export function differences(claims: Claims, truth: Truth): string[] {
  return [
    ...differ('complete', claims.complete, true),
    ...differ('divergence', claims.divergence, 0),
    ...differ('interleavings', claims.counts.interleavings, String(truth.interleavings)),
    ...differ('verdict', claims.verdict, verdictOf(claims, truth)),
    ...droppedDifferences(claims, truth),
    ...outcomeDifferences(claims, truth),
    ...violationDifferences(claims, truth),
  ]
}

/** Where every interleaving is dropped, nothing is proven. */
function verdictOf(claims: Claims, truth: Truth): string {
  if (claims.violations.length > 0) return 'violated'
  return truth.interleavings === 0n ? 'unknown' : 'holds'
}

function differ(what: string, claimed: unknown, actual: unknown): string[] {
  return claimed === actual ? [] : [`${what}: reported ${String(claimed)}, is ${String(actual)}`]
}

function isClose(claimed: number | null, actual: number): boolean {
  return claimed !== null && Math.abs(claimed - actual) <= 1e-12 * actual
}

function differentProbability(what: string, claimed: number | null, actual: Fraction): string[] {
  const probability = toNumber(actual)
  if (isClose(claimed, probability)) return []
  return [`${what}: reported ${claimed}, is ${actual.numerator}/${actual.denominator} = ${probability}`]
}

function droppedDifferences({ dropped: claimed }: Claims, { dropped }: Truth): string[] {
  if (claimed === null || dropped === null) return differ('dropped', claimed && 'some', dropped && 'some')
  return [
    ...differ('dropped interleavings', claimed.interleavings, String(dropped.interleavings)),
    ...differentProbability('dropped probability', claimed.probability, dropped.probability),
  ]
}

function outcomeDifferences(claims: Claims, truth: Truth): string[] {
  const claimed = claims.outcomes.map((outcome) => ({ key: keyOf(endingClaimed(outcome)), outcome }))
  const actual = truth.outcomes.map((outcome) => ({ key: keyOf(outcome), outcome }))
  const claimedKeys = claimed.map(({ key }) => key)
  const actualKeys = new Set(actual.map(({ key }) => key))
  return [
    ...claimedKeys.filter((key, i) => claimedKeys.indexOf(key) !== i).map((key) => `outcome ${key}: reported twice`),
    ...claimedKeys.filter((key) => !actualKeys.has(key)).map((key) => `outcome ${key}: reported, but impossible`),
    ...actual.flatMap(({ key, outcome }) => {
      const match = claimed.find((candidate) => candidate.key === key)
      if (match === undefined) return [`outcome ${key}: possible, but not reported`]
      return countDifferences(key, match.outcome, outcome)
    }),
  ]
}

function countDifferences(key: string, claimed: ClaimedOutcome, actual: TrueOutcome): string[] {
  const unsuccessful = actual.waiting !== null || Object.keys(actual.errors).length > 0
  return [
    // Whether a property can hold at all where threads failed or wait for ever is a matter of taste.
    ...(unsuccessful ? [] : differ(`outcome ${key} holds`, claimed.holds, actual.holds)),
    ...differ(`outcome ${key} interleavings`, claimed.interleavings, String(actual.interleavings)),
    ...differentProbability(`outcome ${key} probability`, claimed.probability, actual.probability),
  ]
}

/** The end that a report's outcome describes. */
export function endingClaimed({ final, results, errors, waiting }: ClaimedOutcome) {
  const objects = waiting && Object.fromEntries(Object.entries(waiting).map(([name, what]) => [name, objectIn(what)]))
  return { final, results: results ?? {}, errors: errors ?? {}, waiting: objects ?? null }
}

/** The lock or else the thread that a blocked operation is described with. */
function objectIn(description: string): string {
  return /lock\d+/.exec(description)?.[0] ?? /T\d+(c\d+)*/.exec(description)?.[0] ?? description
}

type AnyEnding = { readonly [K in keyof Ending]: unknown }

/** Equal for equal ends. */
export function keyOf({ final, results, errors, waiting }: AnyEnding): string {
  return JSON.stringify({ final, results, errors, waiting }, (_name, value: unknown) => withSortedKeys(value))
}

function withSortedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function violationDifferences(claims: Claims, truth: Truth): string[] {
  const failed = truth.outcomes.some(({ errors }) => Object.keys(errors).length > 0)
  const reportedFailed = claims.violations.some(({ kind }) => kind === 'error')
  const unexpected = claims.violations.filter(({ kind }) => !EXPECTED_KINDS.includes(kind))
  return [
    ...explanationDifferences(claims, truth),
    ...differ('some thread fails', reportedFailed, failed),
    ...unexpected.map(({ kind }) => `a violation of kind ${kind}`),
  ]
}

const EXPECTED_KINDS = ['property', 'deadlock', 'race', 'error']

/** Brute force knows the best schedule of violations of these kinds. */
const EXPLAINED_KINDS = ['property', 'deadlock']

interface Explanation {
  readonly text: string
  readonly probability: number
}

function explanationDifferences({ violations }: Claims, truth: Truth): string[] {
  const claimed = violations
    .filter(({ kind }) => EXPLAINED_KINDS.includes(kind))
    .map((one) => ({ text: explanation(one, one.isLeast), probability: one.probability ?? Number.NaN }))
    .toSorted(inOrder)
  const actual = truth.violations
    .map((one) => ({ text: explanation(one, true), probability: toNumber(one.probability) }))
    .toSorted(inOrder)
  const texts = (explanations: Explanation[]): string => explanations.map(({ text }) => text).join('; ')
  if (texts(claimed) !== texts(actual)) return differ('violations', texts(claimed), texts(actual))
  return actual.flatMap(({ text, probability }, i) =>
    isClose(claimed[i].probability, probability)
      ? []
      : differ(`probability of ${text}`, claimed[i].probability, probability),
  )
}

function explanation(violation: TrueViolation | ClaimedViolation, isLeast: boolean): string {
  const { kind, schedule, preemptions, steps, criticalStep, interleavings } = violation
  const costs = `preemptions ${preemptions}, steps ${steps}, critical ${criticalStep}, least ${isLeast}`
  return `${kind} of ${interleavings} interleavings by “${schedule}” (${costs})`
}

/** By text and then by probability: two deadlocks can have the same schedule if it goes different ways. */
function inOrder(a: Explanation, b: Explanation): number {
  if (a.text !== b.text) return a.text < b.text ? -1 : 1
  return a.probability - b.probability
}
