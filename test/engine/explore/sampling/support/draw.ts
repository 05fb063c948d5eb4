import type { Program, SamplingStrategy } from 'entrelacs'
import { outcomeViolations } from '../../../../../src/engine/explore/outcome-violations.js'
import { RandomSearch } from '../../../../../src/engine/explore/random-search.js'
import { Session } from '../../../../../src/engine/session.js'

/** One execution that was drawn. */
export interface Drawn {
  /** The threads in the order of their steps, a letter each, in the order in which they were first met: `ABBA`. */
  readonly schedule: string
  readonly fails: boolean
}

/** Every strategy that draws executions. */
export const STRATEGIES: readonly SamplingStrategy[] = ['random', 'pct', 'pos', 'surw']

/** Draws executions; the first one is left out, because strategies that learn know nothing in it. */
export function draw(
  program: Program,
  strategy: SamplingStrategy,
  { seed, count, depth }: { readonly seed: string | number; readonly count: number; readonly depth?: number },
): Drawn[] {
  const session = new Session(program)
  const search = new RandomSearch(session, seed, { strategy, ...(depth === undefined ? {} : { depth }) })
  const drawn: Drawn[] = []
  for (let i = 0; i <= count; i++) {
    const before = [...search.counts]
    for (const _pause of search.runOne());
    const outcome = search.counts.findIndex((times, index) => times !== before[index])
    drawn.push({
      schedule: search.latestPath.map(({ thread }) => String.fromCharCode(65 + thread)).join(''),
      fails: outcomeViolations(search.outcomes.facts(outcome)).length > 0,
    })
  }
  return drawn.slice(1)
}

export function schedules(drawn: readonly Drawn[]): string[] {
  return drawn.map(({ schedule }) => schedule)
}

export function failures(drawn: readonly Drawn[]): number {
  return drawn.filter(({ fails }) => fails).length
}
