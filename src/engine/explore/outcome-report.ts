import { formatData } from '../operation.js'
import type { OutcomeFacts } from '../outcome.js'
import type { Outcome } from './explore-report.js'
import type { OutcomeRegistry } from './outcome-registry.js'
import type { PathNumber } from './path-numbers.js'
import { outcomeViolations } from './outcome-violations.js'

/** What a strategy knows about how often an outcome occurs. */
export interface OutcomeNumbers {
  readonly number?: PathNumber | undefined
  readonly executions: number | null
}

/** The outcomes as they are reported: failing ones first. Pauses after each. */
export function* reportOutcomes(
  registry: OutcomeRegistry,
  numbersOf: (index: number) => OutcomeNumbers,
): Generator<void, Outcome[]> {
  const keyed: KeyedOutcome[] = []
  for (let index = 0; index < registry.count; index++) {
    keyed.push(keyedOutcome(registry.facts(index), numbersOf(index)))
    yield
  }
  return inOrder(keyed)
}

/** The same for outcomes that were described elsewhere. */
export function* reportFacts(
  outcomes: Iterable<{ readonly facts: OutcomeFacts; readonly executions: number }>,
): Generator<void, Outcome[]> {
  const keyed: KeyedOutcome[] = []
  for (const { facts, executions } of outcomes) {
    keyed.push(keyedOutcome(facts, { executions }))
    yield
  }
  return inOrder(keyed)
}

interface KeyedOutcome {
  readonly key: string
  readonly outcome: Outcome
}

/** With its key made once: a state of a thousand words takes longer to write out than to explore. */
function keyedOutcome(facts: OutcomeFacts, numbers: OutcomeNumbers): KeyedOutcome {
  const holds = outcomeViolations(facts).length === 0 && Object.keys(facts.misuses).length === 0
  const outcome = makeOutcome(facts, holds, numbers)
  return { key: `${Number(holds)}${formatData(outcome)}`, outcome }
}

function inOrder(keyed: KeyedOutcome[]): Outcome[] {
  return keyed.sort((a, b) => compareTexts(a.key, b.key)).map(({ outcome }) => outcome)
}

function makeOutcome(facts: OutcomeFacts, holds: boolean, { number, executions }: OutcomeNumbers): Outcome {
  const some = (record: Readonly<Record<string, unknown>>) => Object.keys(record).length > 0
  return {
    final: facts.final,
    ...(some(facts.results) ? { results: facts.results } : {}),
    ...(some(facts.errors) ? { errors: facts.errors } : {}),
    ...(facts.waiting === null ? {} : { waiting: facts.waiting }),
    ...(facts.leftovers.length === 0 ? {} : { leftovers: facts.leftovers }),
    holds,
    interleavings: number === undefined ? null : formatCount(number),
    probability: number?.probability ?? null,
    executions,
  }
}

/** A number of interleavings: decimal, or `unbounded`. */
export function formatCount(number: PathNumber): string {
  return number.interleavings === null ? 'unbounded' : String(number.interleavings)
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
