import { formatData } from '../operation.js'
import type { ExploreReport, Outcome, Violation } from './explore-report.js'
import { MAX_FINDINGS } from './graph-findings.js'

/** Whether a repair does it; `unknown` if nothing fails as far as it was explored, but that is no proof. */
export type RepairVerdict = 'repaired' | 'not-repaired' | 'unknown'

/** What a repair changes in the ways a program fails. What is not known is null. */
export interface RepairChanges<T> {
  /** What fails in the broken program only, as it shows it; null if the repaired program was not explored completely. */
  readonly removed: readonly T[] | null
  /** What fails in both, as the repaired program shows it: its tokens are for that one. */
  readonly remaining: readonly T[]
  /** What fails in the repaired program and is not known from the broken one. */
  readonly added: readonly T[]
}

/** What a repair changes in the outcomes of a program. */
export interface OutcomeChanges extends RepairChanges<Outcome> {
  /**
   * Outcomes that hold in the broken program and that the repaired one does not reach: it may forbid too much. Null if it
   * was not explored completely.
   */
  readonly lost: readonly Outcome[] | null
}

/** What two explorations say about a repair. */
export interface RepairComparison {
  readonly verdict: RepairVerdict
  /** Which of the two was explored completely. If the broken one was not, it may fail in more ways than are known here. */
  readonly complete: { readonly broken: boolean; readonly repaired: boolean }
  readonly outcomes: OutcomeChanges
  readonly violations: RepairChanges<Violation>
  /**
   * Objects, and threads by what they return, that only one of the programs shows, so that outcomes had to be found in the
   * other without them.
   */
  readonly ignored: readonly string[]
}

/**
 * Whether a repaired program has lost every failing outcome and every violation of the broken one, and what else it has
 * changed.
 *
 * Two programs' outcomes are the same if everything agrees that both programs show: a repair often brings a lock or a flag
 * of its own, which no outcome of the broken program can have. An object that both show at times, such as a lock that is
 * held in the end, counts as free where it is not shown. Errors, and what threads wait for in a deadlock, must agree
 * entirely: they are the failure. Violations are the same if their kinds and their messages are.
 *
 * Limits: an object that a repair renames is taken for two; both explorations should have the same parameters. Since a
 * report does not tell more than some thirty violations, `violations.removed` is null where the repaired program has so many.
 *
 * @example
 * ```ts
 * import { compareRepair, explore } from 'entrelacs'
 * import bankAccount from 'entrelacs/scenarios/bank-account'
 * import bankAccountLocked from 'entrelacs/scenarios/bank-account-locked'
 * const comparison = compareRepair(await explore(bankAccount), await explore(bankAccountLocked))
 * console.log(comparison.verdict) // repaired
 * console.log(comparison.outcomes.removed?.map(({ final }) => final.balance).join(' and ')) // 1000 and 7000
 * ```
 */
export function compareRepair(broken: ExploreReport, repaired: ExploreReport): RepairComparison {
  const shared = sharedNames(broken.outcomes, repaired.outcomes)
  const look = (outcome: Outcome): string => lookOf(outcome, shared)
  const knowsAllViolations = repaired.complete && repaired.violations.length < MAX_FINDINGS
  return {
    verdict: verdictOf(repaired),
    complete: { broken: broken.complete, repaired: repaired.complete },
    outcomes: {
      ...changes(broken.outcomes.filter(fails), repaired.outcomes.filter(fails), look, repaired.complete),
      lost: repaired.complete ? without(broken.outcomes.filter(holds), repaired.outcomes, look) : null,
    },
    violations: changes(broken.violations, repaired.violations, identify, knowsAllViolations),
    ignored: ignoredNames(broken.outcomes, repaired.outcomes, shared, look),
  }
}

/** What a program shows in the end that another may lack: names of objects, and of threads that return something. */
interface Names {
  readonly objects: ReadonlySet<string>
  readonly threads: ReadonlySet<string>
}

const holds = (outcome: Outcome): boolean => outcome.holds
const fails = (outcome: Outcome): boolean => !outcome.holds
const identify = ({ kind, message }: Violation): string => `${kind} ${message}`

function verdictOf(repaired: ExploreReport): RepairVerdict {
  switch (repaired.verdict) {
    case 'holds':
      return 'repaired'
    case 'violated':
      return 'not-repaired'
    case 'unknown':
      return 'unknown'
  }
}

function changes<T>(
  broken: readonly T[],
  repaired: readonly T[],
  key: (failure: T) => string,
  knowsAll: boolean,
): RepairChanges<T> {
  return {
    removed: knowsAll ? without(broken, repaired, key) : null,
    remaining: within(repaired, broken, key),
    added: without(repaired, broken, key),
  }
}

function within<T>(items: readonly T[], others: readonly T[], key: (item: T) => string): T[] {
  const keys = new Set(others.map(key))
  return items.filter((item) => keys.has(key(item)))
}

function without<T>(items: readonly T[], others: readonly T[], key: (item: T) => string): T[] {
  const keys = new Set(others.map(key))
  return items.filter((item) => !keys.has(key(item)))
}

function namesIn(outcomes: readonly Outcome[]): Names {
  return {
    objects: new Set(outcomes.flatMap(({ final }) => Object.keys(final))),
    threads: new Set(outcomes.flatMap(({ results }) => Object.keys(results ?? {}))),
  }
}

function sharedNames(broken: readonly Outcome[], repaired: readonly Outcome[]): Names {
  const [ours, theirs] = [namesIn(broken), namesIn(repaired)]
  const common = (a: ReadonlySet<string>, b: ReadonlySet<string>) => new Set([...a].filter((name) => b.has(name)))
  return { objects: common(ours.objects, theirs.objects), threads: common(ours.threads, theirs.threads) }
}

function lookOf({ final, results = {}, errors = {}, waiting }: Outcome, shared: Names): string {
  return JSON.stringify([
    valuesOf(final, shared.objects),
    valuesOf(results, shared.threads),
    sortedEntries(errors),
    waiting === undefined ? null : sortedEntries(waiting),
  ])
}

function valuesOf(record: Readonly<Record<string, unknown>>, names: ReadonlySet<string>): (string | null)[] {
  return [...names].map((name) => (Object.hasOwn(record, name) ? formatData(record[name]) : null))
}

/** Threads come in an order of their own in each program. */
function sortedEntries(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
}

function ignoredNames(
  broken: readonly Outcome[],
  repaired: readonly Outcome[],
  shared: Names,
  look: (outcome: Outcome) => string,
): string[] {
  const found = namesIn([...within(broken, repaired, look), ...within(repaired, broken, look)])
  const rest = (names: ReadonlySet<string>, known: ReadonlySet<string>) => [...names].filter((name) => !known.has(name))
  return [...new Set([...rest(found.objects, shared.objects), ...rest(found.threads, shared.threads)])]
}
