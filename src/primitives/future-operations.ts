import type { Footprint } from '../engine/footprint.js'
import type { Carried, Operation, SharedObject, WorldAccess, WorldView } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'
import { type FutureState, type FutureWaiter, isDone } from './future-state.js'
import { type Transition, TransitionOperation } from './transition.js'
import type { WaiterState } from './future-waiter.js'

/** A step that may complete a future: together with it, whoever waits for several futures is told. */
export class CompletingOperation<R> extends TransitionOperation<FutureState, R> {
  // Which waiters there will be to tell, it cannot say.
  override readonly words = undefined
  readonly carries?: Carried
  readonly #word: number

  /** @param carries the error that the future is completed with. */
  constructor(object: SharedObject, word: number, transition: Transition<FutureState, R>, carries?: Carried) {
    super(object, word, transition, recordedPlace())
    this.#word = word
    if (carries !== undefined) this.carries = carries
  }

  override apply(world: WorldAccess, way: number, thread: number): R {
    const { waiters } = this.#stateIn(world)
    const result = super.apply(world, way, thread)
    const after = this.#stateIn(world)
    if (after.waiters.length < waiters.length) for (const waiter of waiters) tell(world, waiter, after)
    return result
  }

  override footprint(world: WorldView, thread: number): Footprint {
    const { reads, writes } = super.footprint(world, thread)
    if (writes.length === 0) return { reads, writes }
    const told = this.#stateIn(world).waiters.map(({ word }) => world.wordWith(word))
    return { reads: [...reads, ...told], writes: [...writes, ...told] }
  }

  #stateIn(world: WorldView): FutureState {
    return world.value(this.#word) as FutureState
  }
}

function tell(world: WorldAccess, { word, index }: FutureWaiter, { outcome }: FutureState): void {
  const waiter = world.wordWith(word)
  const { done } = world.value(waiter) as WaiterState
  const failed = outcome !== null && 'error' in outcome
  world.setValue(waiter, { done: [...done, { index, failed }] } satisfies WaiterState)
}

/** Adds a callback to a future; its result is whether the future is done, so that the callback is to be run at once. */
export class AddCallback implements Operation<boolean> {
  readonly name = 'addDoneCallback'
  readonly args: readonly unknown[] = []
  readonly cost = 'synchronisation'
  readonly place = recordedPlace()
  readonly object: SharedObject
  readonly carries: Carried
  readonly #word: number

  constructor(object: SharedObject, word: number, callback: unknown) {
    this.object = object
    this.#word = word
    this.carries = { content: callback }
  }

  ways(): number {
    return 1
  }

  apply(world: WorldAccess, _way: number, thread: number): boolean {
    const state = world.value(this.#word) as FutureState
    if (isDone(state)) return true
    world.setValue(this.#word, { ...state, callbacks: [...state.callbacks, world.pointOf(thread)] })
    return false
  }

  footprint(world: WorldView): Footprint {
    const touched = [this.#word]
    return { reads: touched, writes: isDone(world.value(this.#word) as FutureState) ? [] : touched }
  }

  label(isRun: unknown): string {
    return isRun === true ? 'addDoneCallback: done already' : 'addDoneCallback'
  }

  holder(): null {
    return null
  }
}
