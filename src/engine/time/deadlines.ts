import type { WorldAccess, WorldView } from '../operation.js'

/**
 * What a thread's own deadlines are, in one word: null if there are none; the nanoseconds until the one deadline of what it does now; or, if
 * limits run that hold for several waits together, what is left of each, the innermost last, besides.
 */
export type Deadlines = null | number | { readonly limits: readonly number[]; readonly own: number | null }

/** What is left until the deadline of what the thread does now, null if that has none. */
export function ownDeadline(deadlines: Deadlines): number | null {
  return typeof deadlines === 'object' && deadlines !== null ? deadlines.own : deadlines
}

/** With another deadline of what the thread does now. */
export function withOwnDeadline(deadlines: Deadlines, own: number | null): Deadlines {
  return withLimits(limitsOf(deadlines), own)
}

/** What is left of the innermost limit; 0 once it is over. */
export function restOfLimit(deadlines: Deadlines): number {
  return limitsOf(deadlines).at(-1) ?? 0
}

/** With a further limit, inside all others. */
export function limited(deadlines: Deadlines, nanoseconds: number): Deadlines {
  return withLimits([...limitsOf(deadlines), Math.max(0, nanoseconds)], ownDeadline(deadlines))
}

/** Without the innermost limit. */
export function unlimited(deadlines: Deadlines): Deadlines {
  return withLimits(limitsOf(deadlines).slice(0, -1), ownDeadline(deadlines))
}

/** Nanoseconds until the first that is not over, null if there is none. */
export function untilNextDeadline(deadlines: Deadlines): number | null {
  const left = [...limitsOf(deadlines), ownDeadline(deadlines) ?? 0].filter((nanoseconds) => nanoseconds > 0)
  return left.length === 0 ? null : Math.min(...left)
}

/** After so many nanoseconds, which are no more than until the next. */
export function deadlinesAfter(deadlines: Deadlines, nanoseconds: number): Deadlines {
  const after = (left: number): number => Math.max(0, left - nanoseconds)
  const own = ownDeadline(deadlines)
  return withLimits(limitsOf(deadlines).map(after), own === null ? null : after(own))
}

function limitsOf(deadlines: Deadlines): readonly number[] {
  return typeof deadlines === 'object' && deadlines !== null ? deadlines.limits : []
}

function withLimits(limits: readonly number[], own: number | null): Deadlines {
  return limits.length === 0 ? own : { limits, own }
}

/** Whether the time of what a thread does now is over. */
export function isDue(world: WorldView, thread: number): boolean {
  return ownDeadline(deadlinesOf(world, thread)) === 0
}

/** Gives what a thread does now so many nanoseconds; null for no deadline. */
export function setOwnDeadline(world: WorldAccess, thread: number, nanoseconds: number | null): void {
  setDeadlines(world, thread, withOwnDeadline(deadlinesOf(world, thread), nanoseconds))
}

/** All deadlines of a thread. */
export function deadlinesOf(world: WorldView, thread: number): Deadlines {
  return world.value(world.deadlineWord(thread)) as Deadlines
}

export function setDeadlines(world: WorldAccess, thread: number, deadlines: Deadlines): void {
  world.setValue(world.deadlineWord(thread), deadlines)
}
