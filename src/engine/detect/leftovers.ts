import type { Outcome } from '../explore/explore-report.js'
import { formatPlace, type Place } from '../place.js'
import type { SpawnedThread } from './spawned-threads.js'

/** What an object says is left undone where a program has ended. */
export interface Leftover {
  /** `never-released`: a lock that somebody still holds. `leaked-task`: a task that nobody has waited for. */
  readonly kind: 'never-released' | 'leaked-task'
  readonly object: string
  /** Who holds it, or the task. */
  readonly thread: string
  /** What became of the task. */
  readonly fate?: string
}

/** Something that is no violation, but that hardly anybody means. */
export interface Warning {
  /** `never-joined`: a thread that was spawned, and that nobody joins in any execution. */
  readonly kind: Leftover['kind'] | 'never-joined'
  readonly message: string
  readonly object: string | null
  readonly thread: string
  /** Where the thread was spawned, when known. */
  readonly place: Place | undefined
  /** How many interleavings end so: decimal, or `unbounded`; null if that is not known, or if all do (`never-joined`). */
  readonly interleavings: string | null
  readonly probability: number | null
  readonly executions: number | null
}

/**
 * What is left undone at the ends of executions, each with how often, and the threads that nobody ever joins.
 *
 * @param spawned the threads that were spawned to be joined; only if everything has been seen is it known that nobody joins one.
 */
export function warningsOf(outcomes: readonly Outcome[], spawned: readonly SpawnedThread[]): Warning[] {
  const byKey = new Map<string, { readonly leftover: Leftover; readonly outcomes: Outcome[] }>()
  for (const outcome of outcomes)
    for (const leftover of outcome.leftovers ?? []) {
      const key = JSON.stringify(leftover)
      const entry = byKey.get(key) ?? { leftover, outcomes: [] }
      entry.outcomes.push(outcome)
      byKey.set(key, entry)
    }
  const left = [...byKey.values()].map((entry): Warning => warningOf(entry.leftover, entry.outcomes))
  return [...left, ...spawned.filter(({ isJoined }) => !isJoined).map(neverJoined)]
}

function warningOf(leftover: Leftover, outcomes: readonly Outcome[]): Warning {
  return {
    kind: leftover.kind,
    message: messageOf(leftover),
    object: leftover.object,
    thread: leftover.thread,
    place: undefined,
    interleavings: sumOfCounts(outcomes.map(({ interleavings }) => interleavings)),
    probability: sum(outcomes.map(({ probability }) => probability)),
    executions: sum(outcomes.map(({ executions }) => executions)),
  }
}

function messageOf({ kind, object, thread, fate }: Leftover): string {
  return kind === 'never-released'
    ? `${object} is still held by ${thread} when the program ends`
    : `task ${thread} of ${object} is left: ${fate ?? ''}`
}

function neverJoined({ name, place }: SpawnedThread): Warning {
  const where = place === undefined ? '' : `, spawned at ${formatPlace(place)},`
  return {
    kind: 'never-joined',
    message: `nobody joins ${name}${where} in any execution`,
    object: null,
    thread: name,
    place,
    interleavings: null,
    probability: null,
    executions: null,
  }
}

function sum(numbers: readonly (number | null)[]): number | null {
  return numbers.reduce<number | null>((total, next) => (total === null || next === null ? null : total + next), 0)
}

function sumOfCounts(counts: readonly (string | null)[]): string | null {
  if (counts.includes(null)) return null
  if (counts.includes('unbounded')) return 'unbounded'
  return String(counts.reduce((total, count) => total + BigInt(count!), 0n))
}
