import type { Program } from 'entrelacs'
import { DporSearch } from '../../../src/engine/explore/dpor/dpor-search.js'
import { portable, type TraceBranch } from '../../../src/engine/explore/dpor/trace-branch.js'
import { TraceRules } from '../../../src/engine/explore/dpor/trace-rules.js'
import { Random } from '../../../src/engine/random.js'
import { Session } from '../../../src/engine/session.js'
import type { DporExecution } from './dpor-executions.js'
import { finish } from './finish.js'

interface Traveller {
  readonly session: Session
  readonly search: DporSearch
}

/**
 * All executions of a program by several searches, each on a session of its own, between which branches travel as they
 * would between computers. Now and then a search is thrown away, and another one goes on with what was left.
 *
 * @returns null for a program whose rules of dependence are met late: its searches would have to begin again.
 */
export function travellingExecutions(subject: Program, searches: number, seed: number): DporExecution[] | null {
  const random = new Random(seed)
  const executions: DporExecution[] = []
  const begin = (isIdle: boolean): Traveller => {
    const session = new Session(subject)
    const search: DporSearch = new DporSearch(session, new TraceRules(session), {
      ...(isIdle ? { branches: [] } : {}),
      maxWaiting: random.below(3) === 0 ? 4 : 1000,
      onEnd: (end) =>
        executions.push({
          end,
          schedule: search.schedule.map(({ thread, way }) => ({ thread: session.threads.all[thread]!.path, way })),
        }),
    })
    return { session, search }
  }
  const travellers = Array.from({ length: searches }, (_, i) => begin(i > 0))
  while (travellers.some(({ search }) => !search.isDone)) {
    const i = random.below(searches)
    const { session, search } = travellers[i]!
    search.slice(1 + random.below(6))
    if (search.rules.isChanged) return null
    const action = random.below(10)
    if (action < 4) hand(travellers[random.below(searches)]!, search.giveAway(1 + random.below(3)), session)
    if (action === 4) {
      const left = finish(search.suspend())
      const next = begin(true)
      if (next.search.rules.isChanged) return null
      travellers[i] = next
      hand(next, left, session)
    }
  }
  return executions
}

function hand(to: Traveller, branches: readonly TraceBranch[], from: Session): void {
  to.search.handIn(branches.map((branch) => structuredClone(portable(branch, from.threads))))
}
