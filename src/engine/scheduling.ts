import { ProgramFault } from './errors.js'
import type { Place } from './place.js'

/** What an operating system is told of a thread. It counts on machines with time; exploring takes every order, whatever is said here. */
export interface ThreadScheduling {
  /** Larger is more urgent, for policies by priority. @default 0 */
  readonly priority?: number
  /** From −20, the most urgent, to 19: what Linux weighs by. @default 0 */
  readonly nice?: number
  /** Its share by lottery or stride, above 0. @default 1 */
  readonly tickets?: number
  /** The cores it may run on, from 0. @default all */
  readonly affinity?: readonly number[]
}

/** What is said of it; undefined if nothing is. */
export function schedulingOf({ priority, nice, tickets, affinity }: ThreadScheduling): ThreadScheduling | undefined {
  if (priority === undefined && nice === undefined && tickets === undefined && affinity === undefined) return undefined
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(nice === undefined ? {} : { nice }),
    ...(tickets === undefined ? {} : { tickets }),
    ...(affinity === undefined ? {} : { affinity }),
  }
}

/** @throws ProgramFault `program/scheduling` */
export function requireScheduling(thread: string, said: ThreadScheduling, place: Place | undefined): void {
  const { priority = 0, nice = 0, tickets = 1, affinity } = said
  const wrong = (what: string, hint: string) =>
    new ProgramFault('program/scheduling', `thread “${thread}” cannot have ${what}`, { place, hint })
  if (!Number.isFinite(priority)) throw wrong(`priority ${priority}`, 'a priority is a number; larger is more urgent')
  if (!Number.isInteger(nice) || nice < -20 || nice > 19)
    throw wrong(`nice ${nice}`, 'nice is a whole number from −20, the most urgent, to 19')
  if (!(tickets > 0 && tickets < Infinity)) throw wrong(`${tickets} tickets`, 'give it more than 0')
  if (
    affinity !== undefined &&
    (affinity.length === 0 || !affinity.every((core) => Number.isInteger(core) && core >= 0))
  )
    throw wrong(`affinity [${affinity.join(', ')}]`, 'name at least one core; they are numbered from 0')
}
