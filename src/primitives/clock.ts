import { ProgramFault } from '../engine/errors.js'
import { secondsOf } from '../engine/time/duration.js'
import type { TimedObject } from '../engine/time/timed-object.js'
import type { Steps, WorldAccess, WorldView } from '../engine/operation.js'
import { StatefulObject, type Transition } from './transition.js'

/**
 * The virtual time since the beginning, which threads and properties can read: Python's `time.monotonic`. There is one only where
 * it is declared, since states that differ in nothing but the time of day are different states then.
 *
 * Declared by `p.clock()`, in time mode `virtual` alone.
 */
export class Clock extends StatefulObject<number> implements TimedObject {
  readonly kind: string = 'clock'
  /** In properties a clock shows the seconds since the beginning. */
  declare readonly contentType?: number

  /** The seconds since the beginning. One step. */
  read(): Steps<number> {
    return this.perform(READ)
  }

  override show(world: WorldView): number {
    return secondsOf(this.stateIn(world))
  }

  untilNext(): null {
    return null
  }

  advance(world: WorldAccess, nanoseconds: number): void {
    const now = this.stateIn(world) + nanoseconds
    if (!Number.isSafeInteger(now))
      throw new ProgramFault('program/clock-overflow', `clock “${this.name}” passes 104 days`, {
        hint: 'let less time pass, or do without p.clock: deadlines are no matter of absolute time',
      })
    world.setValue(this.word, now)
  }
}

const READ: Transition<number, number> = {
  name: 'read',
  cost: 'load',
  step: (now) => ({ state: now, result: secondsOf(now) }),
}
