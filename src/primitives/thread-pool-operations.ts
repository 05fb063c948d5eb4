import { MisuseError } from '../engine/errors.js'
import type { Footprint } from '../engine/footprint.js'
import type { Carried, Operation, SharedObject, WorldAccess, WorldView } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'
import type { UnstartedThread } from '../engine/setup.js'
import { type Transition, TransitionOperation } from './transition.js'

/** The whole state of a pool, as `ThreadPoolExecutor` keeps it. */
export interface PoolState {
  /** Keys of the jobs that no worker has taken, in order. */
  readonly queue: readonly string[]
  /** How many workers have been started. */
  readonly started: number
  /**
   * Python's idle semaphore: how often workers have become free, less how often submitting has counted on that. Kept at 0
   * where no further worker will be started, so that states do not differ by what nobody asks for any more.
   */
  readonly idle: number
  readonly isShut: boolean
  readonly isBroken: boolean
}

/** A pool before anything has been submitted. */
export const OPEN: PoolState = { queue: [], started: 0, idle: 0, isShut: false, isBroken: false }

/** A job that a worker has taken; whether there are as many workers as there will ever be. */
export interface TakenJob {
  readonly key: string
  readonly isFull: boolean
}

/** Hands a job in, and starts another worker unless one is free: one step, as Python does it under its lock. */
export class Submit implements Operation<boolean> {
  readonly name = 'submit'
  readonly args: readonly unknown[]
  readonly cost = 'synchronisation'
  readonly place = recordedPlace()
  readonly object: SharedObject
  readonly starts: readonly UnstartedThread[]
  readonly carries: Carried
  readonly #word: number

  /** @param job found by workers under the key that they take. */
  constructor(object: SharedObject, word: number, workers: readonly UnstartedThread[], name: string, job: unknown) {
    this.object = object
    this.#word = word
    this.starts = workers
    this.args = [name]
    this.carries = { content: job }
  }

  ways(): number {
    return 1
  }

  /** Returns whether the pool has taken the job: not if it is broken. */
  apply(world: WorldAccess, _way: number, thread: number): boolean {
    const state = this.#stateIn(world)
    if (state.isBroken) return false
    if (state.isShut) throw new MisuseError(`pool “${this.object.name}” is given a job after its shutdown`)
    const worker = this.#wanted(state)
    const started = state.started + (worker === undefined ? 0 : 1)
    world.setValue(this.#word, {
      ...state,
      queue: [...state.queue, world.pointOf(thread)],
      idle: started === this.starts.length ? 0 : Math.max(0, state.idle - 1),
      started,
    } satisfies PoolState)
    if (worker !== undefined) world.start(worker.index, thread)
    return true
  }

  footprint(world: WorldView): Footprint {
    const state = this.#stateIn(world)
    const reads = [this.#word]
    if (state.isBroken || state.isShut) return { reads, writes: [] }
    const worker = this.#wanted(state)
    return { reads, writes: worker === undefined ? reads : [this.#word, worker.handle.word] }
  }

  label(isTaken: unknown): string {
    return `submit ${String(this.args[0])}${isTaken === false ? ': BrokenThreadPool' : ''}`
  }

  holder(): null {
    return null
  }

  #stateIn(world: WorldView): PoolState {
    return world.value(this.#word) as PoolState
  }

  #wanted({ idle, started }: PoolState): UnstartedThread | undefined {
    return idle > 0 ? undefined : this.starts[started]
  }
}

/** Takes a job, waiting for one; null once the pool is shut down and has none left. A worker that waits here is idle. */
export class TakeJob extends TransitionOperation<PoolState, TakenJob | null> {
  readonly isIdle = true

  constructor(object: SharedObject, word: number, maxWorkers: number, nameOf: (key: string) => string) {
    super(object, word, taking(maxWorkers, nameOf), recordedPlace())
  }
}

function taking(maxWorkers: number, nameOf: (key: string) => string): Transition<PoolState, TakenJob | null> {
  return {
    name: 'take a job',
    ways: ({ queue, isShut }) => (queue.length > 0 || isShut ? 1 : 0),
    step(state) {
      const [key, ...queue] = state.queue
      if (key === undefined) return { state, result: null }
      return { state: { ...state, queue }, result: { key, isFull: state.started === maxWorkers } }
    },
    label(taken) {
      if (taken === undefined) return 'take a job'
      return taken === null ? 'leave: shut down' : `take ${nameOf((taken as TakenJob).key)}`
    },
  }
}

/** A worker has become free. */
export function becomingFree(maxWorkers: number): Transition<PoolState, void> {
  return {
    name: 'become free',
    step: (state) =>
      state.isShut || state.started === maxWorkers
        ? { state, result: undefined }
        : { state: { ...state, idle: state.idle + 1 }, result: undefined },
  }
}

/** A worker's initializer has failed; returns the jobs that nobody will run. */
export const BREAK: Transition<PoolState, readonly string[]> = {
  name: 'break',
  step: (state) => ({ state: { ...state, isBroken: true, queue: [] }, result: state.queue }),
  label: () => 'break: the initializer has failed',
}

/** What is left to do after a shutdown. */
export interface ShutDown {
  readonly started: number
  readonly dropped: readonly string[]
}

/** No job is accepted any more; with `cancelFutures` those that wait are dropped. */
export function shuttingDown(cancelFutures: boolean): Transition<PoolState, ShutDown> {
  return {
    name: 'shutdown',
    step(state) {
      const result = { started: state.started, dropped: cancelFutures ? state.queue : [] }
      if (state.isShut && result.dropped.length === 0) return { state, result }
      return { state: { ...state, isShut: true, idle: 0, queue: cancelFutures ? [] : state.queue }, result }
    },
    label: () => 'shutdown',
  }
}
