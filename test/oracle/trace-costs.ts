import { ableEvents, endKind, type EndKind, type Event } from './events.js'
import { initialState, type State } from './machine.js'
import { type ProgramTree } from './program-tree.js'
import { traceText } from './trace-text.js'

/** A maximal trace, how it ends, and what its cheapest schedule costs. */
export interface TraceCosts {
  readonly end: EndKind
  readonly cost: number
}

/** What schedules are charged for; see `stepCost`. */
export type CostKind = 'preemptions' | 'delays'

/**
 * Every maximal trace with the least cost of all interleavings that make it, each walked to its end; null if there are
 * more than `limit`.
 */
export function leastCosts(tree: ProgramTree, kind: CostKind, limit: number): TraceCosts[] | null {
  const costs = new Map<string, TraceCosts>()
  const path: Event[] = []
  let interleavings = 0
  const visit = (state: State, last: string | null, cost: number): void => {
    const able = ableEvents(state, tree)
    if (able.length === 0) {
      interleavings++
      const end = endKind(state)
      const text = `${end}\n${traceText(path)}`
      const known = costs.get(text)
      if (known === undefined || cost < known.cost) costs.set(text, { end, cost })
    }
    const order = schedulersOrder(able, last)
    for (const event of able) {
      if (interleavings > limit) return
      const passedOver = order.indexOf(event.thread)
      const isPreemption = order[0] === last && event.thread !== last
      path.push(event)
      visit(event.next, event.thread, cost + (kind === 'delays' ? passedOver : Number(isPreemption)))
      path.pop()
    }
  }
  visit(initialState(tree), null, 0)
  return interleavings > limit ? null : [...costs.values()]
}

/** The threads that can step: the one that stepped last, then the others in canonical order. */
function schedulersOrder(able: readonly Event[], last: string | null): string[] {
  const threads = [...new Set(able.map(({ thread }) => thread))]
  return last !== null && threads.includes(last) ? [last, ...threads.filter((thread) => thread !== last)] : threads
}
