import type { Session } from '../../session.js'
import { packStep, threadOf, wayOf } from './packed-step.js'
import type { ExecutionStep } from './execution.js'

/** A schedule in terms that every session of the program knows: packed steps, whose threads are places in a list of identities. */
export interface PortableSchedule {
  readonly threads: readonly string[]
  readonly steps: readonly number[]
}

/** A session's schedule for other sessions. */
export function portableSchedule(session: Session, schedule: readonly ExecutionStep[]): PortableSchedule {
  const threads: string[] = []
  const places = new Map<number, number>()
  const steps = schedule.map(({ thread, way }) => {
    let place = places.get(thread)
    if (place === undefined) {
      place = threads.push(session.threads.all[thread]!.identity) - 1
      places.set(thread, place)
    }
    return packStep(place, way)
  })
  return { threads, steps }
}

/** A schedule by the indices of a session, which takes its steps to get to know its threads. Ends in the initial state. */
export function scheduleHere(session: Session, { threads, steps }: PortableSchedule): ExecutionStep[] {
  session.rewind()
  const schedule = steps.map((step) => {
    const thread = session.threads.withIdentity(threads[threadOf(step)]!).index
    session.step(thread, wayOf(step))
    return { thread, way: wayOf(step) }
  })
  session.rewind()
  return schedule
}
