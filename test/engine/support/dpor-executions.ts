import { type Program } from 'entrelacs'
import { TraceExploration } from '../../../src/engine/explore/dpor/trace-exploration.js'
import { Session } from '../../../src/engine/session.js'
import { finish } from './finish.js'

/** One execution of the strategy `dpor`, with its threads by identity, so that it says something outside its session. */
export interface DporExecution {
  readonly end: 'complete' | 'deadlocked' | 'assumeFailed'
  readonly schedule: readonly { readonly thread: readonly number[]; readonly way: number }[]
}

/** Every execution that the strategy `dpor` runs to its end. The only place in the tests that knows the search itself. */
export function dporExecutions(subject: Program, maxWaiting?: number): DporExecution[] {
  const session = new Session(subject)
  let executions: DporExecution[] = []
  const exploration = new TraceExploration(session, {
    ...(maxWaiting === undefined ? {} : { maxWaiting }),
    onRestart: () => {
      executions = []
    },
    onEnd: (end) => {
      const { schedule } = exploration.search
      const choices = schedule.map(({ thread, way }) => ({ thread: session.threads.all[thread]!.path, way }))
      executions.push({ end, schedule: choices })
    },
  })
  finish(exploration.run())
  return executions
}
