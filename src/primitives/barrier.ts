import type { Steps, WorldView } from '../engine/operation.js'
import { BrokenBarrierError } from './broken-barrier-error.js'
import { withTimeout } from './timed.js'
import { StatefulObject, type Transition } from './transition.js'
import type { WaitOptions } from './wait-options.js'

/** The phases of CPython's barrier, and one more: its action runs, and its lock is held meanwhile. */
export type BarrierPhase = 'filling' | 'acting' | 'draining' | 'resetting' | 'broken'

interface BarrierState {
  readonly phase: BarrierPhase
  /** How many have come and not left yet. */
  readonly inside: number
  /** Who runs the action (an identity), in phase `acting`. */
  readonly by: string | null
}

/** What a barrier shows. */
export interface BarrierContent {
  readonly phase: BarrierPhase
  /** How many threads have come and not left yet. */
  readonly inside: number
}

/** What a barrier is besides its name. */
export interface BarrierOptions extends WaitOptions {
  /** Run by the last to come, before any is released. If it throws, the barrier is broken, and its thread gets the error. */
  readonly action?: () => Steps<unknown>
}

/** What came of arriving. */
type Arrival =
  | { readonly as: 'waiting' | 'releasing' | 'acting'; readonly index: number }
  | { readonly as: 'refused'; readonly index: null }

/**
 * A barrier with the semantics of Python's `threading.Barrier`: so many threads wait for each other, are released together,
 * and the barrier can be used again once all have left. A timeout, an abort, or an action that throws breaks it for all who
 * wait and all who come; a reset makes those who wait fail and leaves it empty.
 *
 * Declared by `p.barrier(name, parties, { action?, timeout? })`. Operations are one step; `wait` is two: to come, and, unless it is
 * the last to come, to leave; with the steps of the action between them, and one more where it ends. A timeout that has
 * fired takes one more step to break the barrier, and may find it released by then.
 */
export class Barrier extends StatefulObject<BarrierState> {
  readonly kind = 'barrier'
  /** How many threads wait for each other. */
  readonly parties: number
  readonly #options: BarrierOptions
  /** In properties a barrier shows its phase and how many are inside. */
  declare readonly contentType?: BarrierContent

  constructor(name: string, word: number, parties: number, options: BarrierOptions) {
    super(name, word)
    this.parties = parties
    this.#options = options
  }

  /**
   * Waits until as many threads as there are parties have come; returns the how-manieth this one was, from 0 on.
   *
   * @param options.timeout instead of the barrier's own. It counts from when the thread has come in, which it cannot while
   * others still leave.
   * @throws BrokenBarrierError if the barrier is broken or reset, or the timeout fires.
   */
  *wait({ timeout = this.#options.timeout }: WaitOptions = {}): Steps<number> {
    const arrival = yield* this.perform(this.#arriving())
    switch (arrival.as) {
      case 'refused':
        throw new BrokenBarrierError(this.name)
      case 'releasing':
        return arrival.index
      case 'acting':
        yield* this.#act()
        return arrival.index
      case 'waiting':
        if (!(yield* this.#leave(timeout))) throw new BrokenBarrierError(this.name)
        return arrival.index
    }
  }

  /** Makes the barrier empty and whole; those who wait get a BrokenBarrierError. */
  reset(): Steps<void> {
    return this.perform(RESET)
  }

  /** Breaks the barrier: those who wait and those who come get a BrokenBarrierError, until it is reset. */
  abort(): Steps<void> {
    return this.perform(ABORT)
  }

  /** How many threads wait to be released: none while those that were released leave. */
  nWaiting(): Steps<number> {
    return this.perform(N_WAITING)
  }

  /** Whether the barrier is broken. */
  broken(): Steps<boolean> {
    return this.perform(BROKEN)
  }

  override show(world: WorldView): BarrierContent {
    const { phase, inside } = this.stateIn(world)
    return { phase, inside }
  }

  *#act(): Steps<void> {
    let isDone = false
    try {
      yield* this.#options.action!()
      isDone = true
    } finally {
      yield* this.perform(isDone ? RELEASE : BREAK)
    }
  }

  /** Whether it was released. */
  *#leave(timeout: number | undefined): Steps<boolean> {
    if (timeout === undefined) return yield* this.perform(LEAVE)
    const left = yield* withTimeout(this.operation(LEAVE), timeout)
    return left.timedOut ? yield* this.perform(LEAVE_LATE) : left.result
  }

  #arriving(): Transition<BarrierState, Arrival> {
    return {
      name: 'wait',
      ways: ({ phase }) => (phase === 'filling' || phase === 'broken' ? 1 : 0),
      step: (barrier, _way, self) => {
        if (barrier.phase === 'broken') return { state: barrier, result: { as: 'refused', index: null } }
        const index = barrier.inside
        const inside = index + 1
        if (inside < this.parties)
          return { state: { phase: 'filling', inside, by: null }, result: { as: 'waiting', index } }
        if (this.#options.action !== undefined)
          return { state: { phase: 'acting', inside, by: self }, result: { as: 'acting', index } }
        return { state: afterExit({ phase: 'draining', inside, by: null }), result: { as: 'releasing', index } }
      },
      holder: ({ by }) => by,
      label: (arrival) => arrivalLabel(arrival as Arrival | undefined),
    }
  }
}

function arrivalLabel(arrival: Arrival | undefined): string {
  if (arrival === undefined) return 'wait'
  if (arrival.as === 'refused') return 'wait: broken'
  const then = { waiting: '', releasing: ', releases all', acting: ', acts' }[arrival.as]
  return `wait: comes as ${arrival.index}${then}`
}

/** One thread less; the last one leaves the barrier ready for the next round. */
function afterExit({ phase, inside }: BarrierState): BarrierState {
  const isReady = inside === 1 && (phase === 'draining' || phase === 'resetting')
  return { phase: isReady ? 'filling' : phase, inside: inside - 1, by: null }
}

/** Its result is whether the thread was released. */
const LEAVE: Transition<BarrierState, boolean> = {
  name: 'wait',
  ways: ({ phase }) => (phase === 'filling' || phase === 'acting' ? 0 : 1),
  step: (barrier) => ({ state: afterExit(barrier), result: barrier.phase === 'draining' }),
  holder: ({ by }) => by,
  label: (released) => (released === undefined ? 'wait' : released === true ? 'leave' : 'leave: broken'),
}

/** After a timeout: whoever still finds nobody released breaks the barrier. It needs the lock, so an action ends first. */
const LEAVE_LATE: Transition<BarrierState, boolean> = {
  ...LEAVE,
  ways: ({ phase }) => (phase === 'acting' ? 0 : 1),
  step: (barrier) =>
    barrier.phase === 'filling'
      ? { state: afterExit({ ...barrier, phase: 'broken' }), result: false }
      : LEAVE.step(barrier, 0, ''),
}

const RELEASE: Transition<BarrierState, void> = {
  name: 'release all',
  step: (barrier) => ({ state: afterExit({ ...barrier, phase: 'draining' }), result: undefined }),
}

const BREAK: Transition<BarrierState, void> = {
  name: 'break',
  step: (barrier) => ({ state: afterExit({ ...barrier, phase: 'broken' }), result: undefined }),
}

/** While an action runs, its thread holds the lock that everything but a look needs. */
const NEEDS_LOCK = {
  ways: ({ phase }: BarrierState) => (phase === 'acting' ? 0 : 1),
  holder: ({ by }: BarrierState) => by,
}

const RESET: Transition<BarrierState, void> = {
  ...NEEDS_LOCK,
  name: 'reset',
  step: (barrier) => ({ state: inPhase(barrier, phaseAfterReset(barrier)), result: undefined }),
}

function phaseAfterReset({ phase, inside }: BarrierState): BarrierPhase {
  if (inside === 0) return 'filling'
  return phase === 'draining' ? 'draining' : 'resetting'
}

const ABORT: Transition<BarrierState, void> = {
  ...NEEDS_LOCK,
  name: 'abort',
  step: (barrier) => ({ state: inPhase(barrier, 'broken'), result: undefined }),
}

function inPhase(barrier: BarrierState, phase: BarrierPhase): BarrierState {
  return barrier.phase === phase ? barrier : { ...barrier, phase }
}

const N_WAITING: Transition<BarrierState, number> = {
  name: 'nWaiting',
  step: (barrier) => ({
    state: barrier,
    result: barrier.phase === 'filling' || barrier.phase === 'acting' ? barrier.inside : 0,
  }),
}

const BROKEN: Transition<BarrierState, boolean> = {
  name: 'broken',
  step: (barrier) => ({ state: barrier, result: barrier.phase === 'broken' }),
}

/** The state of a barrier that nobody has come to. */
export const NOBODY_INSIDE: BarrierState = { phase: 'filling', inside: 0, by: null }
