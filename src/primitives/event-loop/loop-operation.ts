import { MisuseError } from '../../engine/errors.js'
import type { Footprint } from '../../engine/footprint.js'
import type { PlainData } from '../../engine/interner.js'
import {
  type CostClass,
  formatCall,
  formatData,
  type Operation,
  type SharedObject,
  type WorldAccess,
  type WorldView,
} from '../../engine/operation.js'
import { type Place, recordedPlace } from '../../engine/place.js'
import { TaskDestroyed } from './loop-errors.js'
import { LoopMachine } from './loop-machine.js'
import { type Procedure, returns, type Scene, type Step } from './loop-procedure.js'
import type { LoopState } from './loop-state.js'
import { passTurn, performAct, waysToAct } from './loop-turns.js'
import { threadWaitedFor } from './loop-holder.js'
import { type Thrown, thrownBy } from './thrown.js'

/** What an operation on a loop returns to its thread: a step of its task, or what the loop's own thread did in its place. */
export type LoopResult<R> = Step<R> | { readonly kind: 'acts'; readonly did: string }

/** The words that an operation is about: the loop's, and those of the objects besides it. */
export interface LoopWords {
  readonly loop: number
  readonly own: readonly number[]
}

/** The phase of a thread that has not begun. */
export const START = null

const DESTROYED: Thrown = thrownBy(new TaskDestroyed())

/** What a step made of the words. */
interface Change<R> {
  readonly loop: LoopState
  readonly own: readonly unknown[]
  readonly result: LoopResult<R>
}

/** One step of a thread on an event loop: it waits for the loop's word only. */
abstract class LoopOperation<R, Own extends readonly unknown[]> implements Operation<LoopResult<R>> {
  readonly object: SharedObject
  readonly name: string
  readonly args: readonly unknown[]
  readonly cost: CostClass = 'synchronisation'
  readonly place: Place | undefined = recordedPlace()
  readonly isTimed: boolean
  protected readonly procedure: Procedure<R, Own>
  readonly #words: LoopWords

  constructor(object: SharedObject, words: LoopWords, procedure: Procedure<R, Own>) {
    this.object = object
    this.name = procedure.name
    this.args = procedure.args ?? []
    this.isTimed = procedure.isTimed ?? false
    this.procedure = procedure
    this.#words = words
  }

  abstract ways(world: WorldView, thread: number): number

  /** What way `way` makes of the scene. */
  protected abstract step(scene: Scene<Own>, way: number): LoopResult<R>

  abstract label(result: unknown): string

  apply(world: WorldAccess, way: number, thread: number): LoopResult<R> {
    const { loop, own, result } = this.#perform(world, way, thread)
    if (loop !== this.stateIn(world)) world.setValue(this.#words.loop, loop)
    this.#words.own.forEach((word, i) => {
      if (own[i] !== world.value(word)) world.setValue(word, own[i])
    })
    return result
  }

  footprint(world: WorldView, thread: number): Footprint {
    const { loop, own } = this.#words
    const ways = this.ways(world, thread)
    // What is blocked now writes when it goes on, for all that is known.
    if (ways === 0) return { reads: [loop], writes: [loop] }
    const writes = new Set<number>()
    for (let way = 0; way < ways; way++) {
      const change = this.#tryOut(world, way, thread)
      if (change === null) continue
      if (change.loop !== this.stateIn(world)) writes.add(loop)
      own.forEach((word, i) => {
        if (change.own[i] !== world.value(word)) writes.add(word)
      })
    }
    return { reads: [loop, ...own], writes: [...writes] }
  }

  holder(_world: WorldView): number | null {
    return null
  }

  protected stateIn(world: WorldView): LoopState {
    return world.value(this.#words.loop) as LoopState
  }

  protected sceneIn(world: WorldView, thread: number, way = 0): Scene<Own> {
    const self = world.identityOf(thread)
    return {
      loop: new LoopMachine(this.stateIn(world), world.time),
      own: this.#words.own.map((word) => world.value(word)) as unknown as Own,
      self,
      way,
      selfName: world.givenName(thread),
      identityOf: (other) => world.identityOf(other),
    }
  }

  #perform(world: WorldView, way: number, thread: number): Change<R> {
    const scene = this.sceneIn(world, thread, way)
    const result = this.step(scene, way)
    return { loop: scene.loop.state, own: scene.own, result }
  }

  #tryOut(world: WorldView, way: number, thread: number): Change<R> | null {
    try {
      return this.#perform(world, way, thread)
    } catch (error) {
      if (error instanceof MisuseError) return null
      throw error
    }
  }

  protected callLabel(result: LoopResult<R> | undefined): string {
    const call = formatCall(this.name, this.args, undefined)
    switch (result?.kind) {
      case 'returns': {
        const isSilent = this.procedure.isShown === false || result.value === undefined || result.value === null
        return isSilent ? call : `${call} → ${formatData(result.value)}`
      }
      case 'throws':
        return `${call}: ${result.error.name ?? formatData(result.error.value)}`
      case 'waits':
        return `${call} …`
      default:
        return call
    }
  }

  /** A step that has to wait passes the turn; if that comes back at once, it goes on. */
  protected goOn(scene: Scene<Own>, first: Step<R>): Step<R> {
    let step = first
    while (step.kind === 'waits') {
      passTurn(scene.loop)
      // What it resumes with may leave a choice, which is one of the next step's.
      if (scene.loop.state.turn !== scene.self || this.procedure.ways !== undefined) return step
      step = this.resumed(scene, step.phase)
    }
    return step
  }

  protected resumed(scene: Scene<Own>, phase: PlainData): Step<R> {
    const { delivery } = scene.loop.state
    if (delivery !== null) scene.loop.change({ delivery: null })
    return this.procedure.resume!(scene, phase, delivery)
  }
}

/** The first step of a procedure. */
export class Begin<R, Own extends readonly unknown[]> extends LoopOperation<R, Own> {
  ways(world: WorldView, thread: number): number {
    if (this.procedure.ways === undefined) return 1
    const scene = this.sceneIn(world, thread)
    return scene.loop.state.turn === scene.self ? this.procedure.ways(scene) : 1
  }

  protected step(scene: Scene<Own>): LoopResult<R> {
    if (scene.loop.state.abandoned.includes(scene.self)) return { kind: 'throws', error: DESTROYED }
    this.#requireCaller(scene)
    return this.goOn(scene, this.procedure.begin(scene))
  }

  label(result: unknown): string {
    return this.callLabel(result as LoopResult<R> | undefined)
  }

  #requireCaller({ loop, self }: Scene<Own>): void {
    const { caller } = this.procedure
    if (caller === 'anyone') return
    const what = `${this.name} on ${this.object.kind} “${this.object.name}”`
    if (loop.state.turn !== self)
      throw new MisuseError(
        caller === 'task'
          ? `${what} outside a task: only a task of the event loop can wait there`
          : `${what} by a thread that is not the event loop's: hand it over with callSoonThreadsafe`,
      )
    if (caller === 'task' && loop.task(self) === null)
      throw new MisuseError(`${what} outside a task: a callback of the event loop cannot wait`)
  }
}

/**
 * The further steps of a procedure: the task waits for its turn. The thread that runs the loop does the loop's own work meanwhile.
 * What is never called again is destroyed when the loop is over.
 */
export class Resume<R, Own extends readonly unknown[]> extends LoopOperation<R, Own> {
  readonly #phase: PlainData

  constructor(object: SharedObject, words: LoopWords, procedure: Procedure<R, Own>, phase: PlainData) {
    super(object, words, procedure)
    this.#phase = phase
  }

  ways(world: WorldView, thread: number): number {
    const state = this.stateIn(world)
    const self = world.identityOf(thread)
    if (state.turn === self) return this.procedure.ways?.(this.sceneIn(world, thread), this.#phase) ?? 1
    if (state.abandoned.includes(self)) return 1
    return state.runner === self ? waysToAct(state, world.time) : 0
  }

  protected step(scene: Scene<Own>, way: number): LoopResult<R> {
    const { state } = scene.loop
    if (state.turn === scene.self) return this.goOn(scene, this.resumed(scene, this.#phase))
    if (state.abandoned.includes(scene.self)) return { kind: 'throws', error: DESTROYED }
    const did = performAct(scene.loop, way)
    return scene.loop.state.phase === 'closed' ? (returns(null) as Step<never>) : { kind: 'acts', did }
  }

  label(result: unknown): string {
    const known = result as LoopResult<R> | undefined
    if (known?.kind === 'acts') return known.did
    const call = this.callLabel(known)
    return known === undefined || this.#phase === START ? call : `… ${call}`
  }

  override holder(world: WorldView): number | null {
    const { turn } = this.stateIn(world)
    const identity = turn ?? this.#waitedFor(world)
    return identity === null ? null : world.threadWith(identity)
  }

  #waitedFor(world: WorldView): string | null {
    const scene = this.sceneIn(world, 0)
    return this.procedure.holder?.(scene, this.#phase) ?? threadWaitedFor(scene.loop, this.#phase)
  }
}
