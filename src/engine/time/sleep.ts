import type { Footprint } from '../footprint.js'
import { formatCall, type Operation, perform, type Steps, type WorldAccess, type WorldView } from '../operation.js'
import type { Place } from '../place.js'
import { Pause } from '../thread-operations.js'
import { isDue, setOwnDeadline } from './deadlines.js'
import { nanosecondsOf } from './duration.js'
import type { TimeMode } from './time-mode.js'

/** What `p.sleep` does. */
export function* sleepFor(seconds: number, time: TimeMode, place: Place | undefined): Steps<void> {
  const nanoseconds = nanosecondsOf(seconds, 'a sleep', 'wait for something that never comes')
  if (seconds < 0) throw new RangeError(`a sleep cannot take ${seconds} seconds: give it a number from 0 on`)
  if (time === 'free' || nanoseconds === 0) return yield* perform(new Pause('sleep', [seconds], 'wait', place))
  yield* perform(new Sleep(seconds, nanoseconds, place))
  yield* perform(new Wake(place))
}

/** An operation of a thread on its own deadline, which the clock brings to 0. */
abstract class DeadlineOperation implements Operation<void> {
  abstract readonly name: string
  readonly object = null
  readonly args: readonly unknown[]
  readonly cost = 'wait'
  readonly place: Place | undefined
  readonly isTimed = true

  constructor(args: readonly unknown[], place: Place | undefined) {
    this.args = args
    this.place = place
  }

  abstract ways(world: WorldView, thread: number): number
  abstract apply(world: WorldAccess, way: number, thread: number): void

  footprint(world: WorldView, thread: number): Footprint {
    const own = [world.deadlineWord(thread)]
    return { reads: own, writes: own }
  }

  label(): string {
    return formatCall(this.name, this.args, undefined)
  }

  holder(): null {
    return null
  }
}

/** Falls asleep. */
class Sleep extends DeadlineOperation {
  readonly name = 'sleep'
  readonly #nanoseconds: number

  constructor(seconds: number, nanoseconds: number, place: Place | undefined) {
    super([seconds], place)
    this.#nanoseconds = nanoseconds
  }

  ways(): number {
    return 1
  }

  apply(world: WorldAccess, _way: number, thread: number): void {
    setOwnDeadline(world, thread, this.#nanoseconds)
  }
}

/** Wakes up, once it is time. */
class Wake extends DeadlineOperation {
  readonly name = 'wake'

  constructor(place: Place | undefined) {
    super([], place)
  }

  ways(world: WorldView, thread: number): number {
    return isDue(world, thread) ? 1 : 0
  }

  apply(world: WorldAccess, _way: number, thread: number): void {
    setOwnDeadline(world, thread, null)
  }
}
