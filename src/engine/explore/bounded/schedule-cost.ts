import type { BoundKind } from '../explore-report.js'

/**
 * What it costs to let one of the able threads step next.
 *
 * @param next the place of that thread among the able ones, in canonical order.
 * @param last the place of the thread that stepped last; −1 if it cannot go on.
 */
export function stepCost(kind: BoundKind, next: number, last: number): number {
  if (next === last) return 0
  if (kind === 'preemptions') return last === -1 ? 0 : 1
  return next < last ? next + 1 : next
}
