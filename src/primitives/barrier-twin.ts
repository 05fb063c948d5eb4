import { call, type CallLoop } from '../engine/call.js'
import type { Steps, WorldView } from '../engine/operation.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import type { Barrier, BarrierOptions } from './barrier.js'
import { BrokenBarrierError } from './broken-barrier-error.js'
import type { Cell } from './cell.js'
import { ConditionTwin } from './condition-twin.js'
import { LockTwin } from './lock-twin.js'
import { type TimeLimit, withinLimit } from './timed.js'
import { type TwinMemory, type TwinOf } from './twin.js'
import { upTo, type WaitOptions } from './wait-options.js'

const FILLING = 0
const DRAINING = 1
const RESETTING = -1
const BROKEN = -2

/**
 * The algorithm of a barrier: a phase and a number of threads inside, under the lock of a condition, as in CPython's
 * `threading.Barrier`. Its contract is `Barrier`.
 */
export class BarrierTwin implements TwinOf<Barrier> {
  readonly kind = 'barrier'
  readonly name: string
  readonly parties: number
  readonly #options: BarrierOptions
  readonly #time: TimeMode
  readonly #condition: ConditionTwin
  readonly #phase: Cell<number>
  readonly #inside: Cell<number>

  constructor(name: string, memory: TwinMemory, parties: number, options: BarrierOptions) {
    this.name = name
    this.parties = parties
    this.#options = options
    this.#time = memory.time
    this.#condition = new ConditionTwin(name, memory, new LockTwin(name, memory))
    this.#phase = memory.cell('phase', FILLING)
    this.#inside = memory.cell('inside', 0)
  }

  /** @throws BrokenBarrierError */
  wait({ timeout = this.#options.timeout }: WaitOptions = {}): Steps<number> {
    return call((loop) => this.#condition.hold(() => this.#pass(loop, timeout)))
  }

  reset(): Steps<void> {
    return call(() => this.#condition.hold(() => this.#reset()))
  }

  abort(): Steps<void> {
    return call(() => this.#condition.hold(() => this.#enterPhase(BROKEN)))
  }

  /** CPython looks without the lock; so does this, and races. */
  *nWaiting(): Steps<number> {
    return (yield* this.#phase.read()) === FILLING ? yield* this.#inside.read() : 0
  }

  *broken(): Steps<boolean> {
    return (yield* this.#phase.read()) === BROKEN
  }

  show(_world: WorldView): undefined {
    return undefined
  }

  *#pass(loop: CallLoop, timeout: number | undefined): Steps<number> {
    for (;;) {
      yield* loop('enter')
      const phase = yield* this.#phase.read()
      if (phase === BROKEN) throw new BrokenBarrierError(this.name)
      if (phase === FILLING) break
      yield* this.#condition.wait()
    }
    const index = yield* this.#inside.read()
    yield* this.#inside.write(index + 1)
    try {
      if (index + 1 === this.parties) yield* this.#release()
      else if (timeout === undefined) yield* this.#waitInside(loop, index)
      else yield* withinLimit(this.#time, timeout, (limit) => this.#waitInside(loop, index, limit))
      return index
    } finally {
      yield* this.#exit()
    }
  }

  *#release(): Steps<void> {
    let isDone = false
    try {
      yield* this.#options.action?.() ?? nothing()
      isDone = true
    } finally {
      yield* this.#enterPhase(isDone ? DRAINING : BROKEN)
    }
  }

  *#waitInside(loop: CallLoop, index: number, limit?: TimeLimit): Steps<void> {
    for (;;) {
      yield* loop('inside', index)
      const phase = yield* this.#phase.read()
      if (phase === DRAINING) return
      if (phase !== FILLING) throw new BrokenBarrierError(this.name)
      const isInTime = yield* this.#condition.wait(upTo(limit))
      if (isInTime) continue
      if ((yield* this.#phase.read()) !== FILLING) continue
      yield* this.#enterPhase(BROKEN)
      throw new BrokenBarrierError(this.name)
    }
  }

  *#exit(): Steps<void> {
    const inside = (yield* this.#inside.read()) - 1
    yield* this.#inside.write(inside)
    if (inside > 0) return
    const phase = yield* this.#phase.read()
    if (phase === RESETTING || phase === DRAINING) yield* this.#enterPhase(FILLING)
  }

  *#reset(): Steps<void> {
    const phase = yield* this.#phase.read()
    if ((yield* this.#inside.read()) === 0) yield* this.#enterPhase(FILLING)
    else if (phase === FILLING || phase === BROKEN) yield* this.#enterPhase(RESETTING)
  }

  *#enterPhase(phase: number): Steps<void> {
    yield* this.#phase.write(phase)
    yield* this.#condition.notifyAll()
  }
}

// eslint-disable-next-line require-yield -- a generator without a step
function* nothing(): Steps<void> {}
