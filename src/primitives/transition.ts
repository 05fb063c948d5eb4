import { MisuseError } from '../engine/errors.js'
import type { Footprint } from '../engine/footprint.js'
import {
  type CostClass,
  formatCall,
  type Operation,
  perform,
  type SharedObject,
  type Steps,
  type WorldAccess,
  type WorldView,
} from '../engine/operation.js'
import { type Place, recordedPlace } from '../engine/place.js'

/** What a step makes of an object's state, and what its thread receives: plain data, both of them. */
export interface Effect<S, R> {
  /** The very state that was given if nothing changes. */
  readonly state: S
  readonly result: R
}

/**
 * What can be done to an object whose whole state is one piece of plain data: pure functions of that state, of the thread
 * that acts (its identity), and of the way that is taken. States are frozen; a step makes a new one.
 */
export interface Transition<S, R> {
  readonly name: string
  readonly args?: readonly unknown[]
  /** @default 'synchronisation' */
  readonly cost?: CostClass
  /** Whether it matters to it what time means. @default false */
  readonly isTimed?: boolean
  /** In how many ways it can proceed in this state; 0 = blocked. @default 1 */
  ways?(state: S, self: string): number
  /** @throws MisuseError if the object must not be used like this in this state. */
  step(state: S, way: number, self: string): Effect<S, R>
  /** The identity of the thread that keeps others waiting in this state, if it is one. */
  holder?(state: S): string | null
  /** How it reads in a trace. @default its name, its arguments and its result */
  label?(result: unknown): string
}

/**
 * A shared object whose whole state is one word of plain data: the shortest way to a primitive of one's own. Its operations
 * are `Transition`s, and everything else that the contract asks for follows from them.
 */
export abstract class StatefulObject<S> implements SharedObject {
  abstract readonly kind: string
  readonly name: string
  protected readonly word: number

  constructor(name: string, word: number) {
    this.name = name
    this.word = word
  }

  /** What a person sees of the state. @default the state itself */
  show(world: WorldView): unknown {
    return this.stateIn(world)
  }

  /** The state in a world. */
  protected stateIn(world: WorldView): S {
    return world.value(this.word) as S
  }

  /** One step of a thread. */
  protected perform<R>(transition: Transition<S, R>): Steps<R> {
    return perform(this.operation(transition))
  }

  /** The operation of a transition, to be yielded or to be made part of another one. */
  protected operation<R>(transition: Transition<S, R>): TransitionOperation<S, R> {
    return new TransitionOperation(this, this.word, transition, recordedPlace())
  }
}

/** A transition as the engine's contract wants it. */
export class TransitionOperation<S, R> implements Operation<R> {
  readonly name: string
  readonly args: readonly unknown[]
  readonly cost: CostClass
  readonly object: SharedObject
  readonly place: Place | undefined
  readonly words: readonly number[] | undefined
  readonly isTimed: boolean
  readonly #word: number
  readonly #transition: Transition<S, R>

  constructor(object: SharedObject, word: number, transition: Transition<S, R>, place: Place | undefined) {
    this.object = object
    this.name = transition.name
    this.args = transition.args ?? []
    this.cost = transition.cost ?? 'synchronisation'
    this.place = place
    this.words = [word]
    this.isTimed = transition.isTimed ?? false
    this.#word = word
    this.#transition = transition
  }

  ways(world: WorldView, thread: number): number {
    return this.#transition.ways?.(world.value(this.#word) as S, world.identityOf(thread)) ?? 1
  }

  apply(world: WorldAccess, way: number, thread: number): R {
    const before = world.value(this.#word) as S
    const { state, result } = this.#transition.step(before, way, world.identityOf(thread))
    if (state !== before) world.setValue(this.#word, state)
    return result
  }

  footprint(world: WorldView, thread: number): Footprint {
    const touched = [this.#word]
    return { reads: touched, writes: this.#changes(world, thread) ? touched : [] }
  }

  label(result: unknown): string {
    return this.#transition.label?.(result) ?? formatCall(this.name, this.args, result)
  }

  holder(world: WorldView): number | null {
    const identity = this.#transition.holder?.(world.value(this.#word) as S) ?? null
    return identity === null ? null : world.threadWith(identity)
  }

  /** Whether any of its ways changes the state: a failed attempt is a read, so that it does not multiply traces. */
  #changes(world: WorldView, thread: number): boolean {
    const before = world.value(this.#word) as S
    const self = world.identityOf(thread)
    const ways = this.#transition.ways?.(before, self) ?? 1
    for (let way = 0; way < ways; way++)
      try {
        if (this.#transition.step(before, way, self).state !== before) return true
      } catch (error) {
        if (!(error instanceof MisuseError)) throw error
      }
    // What is blocked now writes when it goes on, for all that is known.
    return ways === 0
  }
}
