import { UsageError } from '../../errors.js'

/** What the operating system is told of a thread when it is created. */
export interface ThreadOptions {
  /** Larger is more urgent. @default 0 */
  readonly priority?: number
  /** From −20, the most urgent, to 19: what Linux weighs by. @default 0 */
  readonly nice?: number
  /** Its share by lottery or stride, above 0. @default 1 */
  readonly tickets?: number
  /** How long it takes in all, in picoseconds, for policies that know the future. @default Infinity */
  readonly expected?: number
  /** Whether it belongs to the program in front of the person at the computer, which Windows favours. @default false */
  readonly foreground?: boolean
  /** The cores it may run on. @default all */
  readonly affinity?: readonly number[]
}

/** @throws UsageError `usage/no-core`, `usage/thread` */
export function checkThreadOptions(options: ThreadOptions, cores: number): void {
  const { affinity, nice = 0, tickets = 1, priority = 0, expected = Infinity } = options
  if (affinity !== undefined && !affinity.some((core) => core >= 0 && core < cores))
    throw new UsageError('usage/no-core', `a thread may run on cores [${affinity.join(', ')}] only: there is none`, {
      hint: `cores are numbered from 0 to ${cores - 1}`,
    })
  if (!Number.isInteger(nice) || nice < -20 || nice > 19)
    throw wrong(`nice is a whole number from −20 to 19, not ${nice}`)
  if (!(tickets > 0 && tickets < Infinity)) throw wrong(`a thread has more than 0 tickets, not ${tickets}`)
  if (!Number.isFinite(priority)) throw wrong(`a priority is a number, not ${priority}`)
  if (!(expected >= 0)) throw wrong(`what a thread is expected to take is 0 ps or more, not ${expected}`)
}

function wrong(message: string): UsageError {
  return new UsageError('usage/thread', message)
}
