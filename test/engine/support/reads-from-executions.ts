import { type Program } from 'entrelacs'
import { ReadsFromExploration } from '../../../src/engine/explore/reads-from/reads-from-exploration.js'
import { Session } from '../../../src/engine/session.js'
import { type DporExecution } from './dpor-executions.js'
import { finish } from './finish.js'

/** A schedule of every reads-from class that `dpor` meets with that equivalence, in the order in which it meets them. */
export function readsFromExecutions(subject: Program): DporExecution[] {
  const session = new Session(subject)
  let executions: DporExecution[] = []
  const exploration: ReadsFromExploration = new ReadsFromExploration(session, {
    onRestart: () => {
      executions = []
    },
    onEnd: (end, _wrongs, witness) => {
      const steps = exploration.search.scheduleOf(witness)
      executions.push({
        end,
        schedule: steps.map(({ thread, way }) => ({ thread: session.threads.all[thread]!.path, way })),
      })
    },
  })
  finish(exploration.run())
  return executions
}
