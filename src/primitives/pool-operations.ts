import { MisuseError } from '../engine/errors.js'
import type { Footprint } from '../engine/footprint.js'
import {
  type Carried,
  type Operation,
  type SharedObject,
  type Steps,
  type WorldAccess,
  type WorldView,
} from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'
import type { UnstartedThread } from '../engine/setup.js'
import type { FutureOutcome } from './future-state.js'
import { type Transition, TransitionOperation } from './transition.js'

/** A job: one of those that were handed in together, by the key of these. */
export interface JobReference {
  readonly key: string
  readonly index: number
}

/** What a worker has sent back. */
interface JobResult extends JobReference {
  readonly outcome: FutureOutcome
}

/** What a pool and its handlers know, as `multiprocessing.Pool` keeps it. */
export interface PoolState {
  readonly phase: 'running' | 'closed' | 'terminated'
  /** Whether workers and handlers have been started. */
  readonly hasBegun: boolean
  /** The worker handler has seen that the pool is closed and all jobs have come back: the others can leave. */
  readonly isClosing: boolean
  /** How many results have not come back as a whole: the size of CPython's cache. */
  readonly missing: number
  /** What was sent back and has not been handled: the result queue. */
  readonly results: readonly JobResult[]
  readonly started: number
  readonly ended: number
  /** How many workers that have ended are to be replaced. */
  readonly vacant: number
  /** How many are not to be replaced when they end, because their initializer has failed. */
  readonly given: number
}

/** What workers know of their pool: the task queue. */
export interface TaskQueueState {
  readonly waiting: readonly JobReference[]
  /** Workers that find nothing to do leave. */
  readonly isClosing: boolean
}

/** A pool before anything has happened to it. */
export const UNUSED_POOL: PoolState = {
  phase: 'running',
  hasBegun: false,
  isClosing: false,
  missing: 0,
  results: [],
  started: 0,
  ended: 0,
  vacant: 0,
  given: 0,
}

/** Its task queue at that time. */
export const NO_TASKS: TaskQueueState = { waiting: [], isClosing: false }

/** Whether a part of a result has come, all of it, or all of it and somebody is to be called back before it counts. */
export interface Received {
  readonly state: unknown
  readonly came: 'a part' | 'all' | 'to be called back'
}

/** What the results of jobs go to. */
export interface ResultReceiver extends SharedObject {
  readonly word: number
  /** What its word holds once the result of a job has come. */
  received(state: unknown, index: number, outcome: FutureOutcome): Received
  /** What its word holds once it was called back. */
  completed(state: unknown): unknown
  callBack(state: unknown): Steps<unknown>
}

/** A pool to its operations. */
export interface PoolParts {
  readonly object: SharedObject
  readonly word: number
  readonly tasks: number
  readonly processes: number
  readonly handlers: () => readonly [worker: UnstartedThread, result: UnstartedThread]
  readonly receiverOf: (key: string) => ResultReceiver
}

function stateIn(world: WorldView, { word }: PoolParts): PoolState {
  return world.value(word) as PoolState
}

function tasksIn(world: WorldView, { tasks }: PoolParts): TaskQueueState {
  return world.value(tasks) as TaskQueueState
}

abstract class PoolOperation<R> implements Operation<R> {
  abstract readonly name: string
  readonly args: readonly unknown[] = []
  readonly cost = 'synchronisation'
  readonly place = recordedPlace()
  readonly object: SharedObject
  protected readonly pool: PoolParts

  constructor(pool: PoolParts) {
    this.object = pool.object
    this.pool = pool
  }

  abstract ways(world: WorldView): number
  abstract apply(world: WorldAccess, way: number, thread: number): R
  abstract footprint(world: WorldView): Footprint
  abstract label(result: unknown): string

  holder(): null {
    return null
  }
}

/** A step of who uses a pool; the first one lets its handlers begin. */
abstract class FirstSteps<R> extends PoolOperation<R> {
  readonly starts: readonly UnstartedThread[]

  constructor(pool: PoolParts) {
    super(pool)
    this.starts = pool.handlers()
  }

  ways(): number {
    return 1
  }

  protected begun(world: WorldAccess, state: PoolState, thread: number): PoolState {
    if (state.hasBegun) return state
    for (const { index } of this.starts) world.start(index, thread)
    return { ...state, hasBegun: true, started: this.pool.processes }
  }

  /** The words of those who begin. */
  protected beginning({ hasBegun }: PoolState): readonly number[] {
    return hasBegun ? [] : this.starts.map(({ handle }) => handle.word)
  }
}

/** Hands in jobs; returns whether the workers are to be started. */
export class HandIn extends FirstSteps<boolean> {
  readonly name: string
  override readonly args: readonly unknown[]
  readonly carries: Carried
  readonly #jobs: number

  /**
   * @param method of the pool.
   * @param content found by workers and handlers under the key that they take.
   */
  constructor(pool: PoolParts, method: string, jobs: number, content: unknown) {
    super(pool)
    this.name = method
    this.#jobs = jobs
    this.args = [jobs]
    this.carries = { content }
  }

  apply(world: WorldAccess, _way: number, thread: number): boolean {
    const before = stateIn(world, this.pool)
    requireRunning(before, this.object)
    const state = this.begun(world, before, thread)
    const missing = state.missing + (this.#jobs > 0 ? 1 : 0)
    if (missing !== before.missing || state !== before) world.setValue(this.pool.word, { ...state, missing })
    if (this.#jobs > 0) {
      const tasks = tasksIn(world, this.pool)
      const key = world.pointOf(thread)
      const jobs = Array.from({ length: this.#jobs }, (_, index) => ({ key, index }))
      world.setValue(this.pool.tasks, { ...tasks, waiting: [...tasks.waiting, ...jobs] } satisfies TaskQueueState)
    }
    return state !== before
  }

  footprint(world: WorldView): Footprint {
    const state = stateIn(world, this.pool)
    if (state.phase !== 'running') return { reads: [this.pool.word], writes: [] }
    const queue = this.#jobs > 0 ? [this.pool.tasks] : []
    const changes = this.#jobs > 0 || !state.hasBegun
    return {
      reads: [this.pool.word, ...queue],
      writes: [...(changes ? [this.pool.word] : []), ...queue, ...this.beginning(state)],
    }
  }

  label(): string {
    return `${this.name}: ${this.#jobs} ${this.#jobs === 1 ? 'job' : 'jobs'}`
  }
}

/** No more jobs are accepted; returns whether the workers are to be started. */
export class Close extends FirstSteps<boolean> {
  readonly name = 'close'

  apply(world: WorldAccess, _way: number, thread: number): boolean {
    const before = stateIn(world, this.pool)
    if (before.phase !== 'running') return false
    const state = this.begun(world, before, thread)
    world.setValue(this.pool.word, { ...state, phase: 'closed' } satisfies PoolState)
    return state !== before
  }

  footprint(world: WorldView): Footprint {
    const state = stateIn(world, this.pool)
    const words = [this.pool.word]
    return { reads: words, writes: state.phase === 'running' ? [...words, ...this.beginning(state)] : [] }
  }

  label(): string {
    return 'close'
  }
}

/** The end of a pool begins: jobs that no worker has taken are dropped. Whether this was the first, and whether it has begun. */
export class Terminate extends PoolOperation<{ readonly isFirst: boolean; readonly hasBegun: boolean }> {
  readonly name = 'terminate'

  ways(): number {
    return 1
  }

  apply(world: WorldAccess): { readonly isFirst: boolean; readonly hasBegun: boolean } {
    const state = stateIn(world, this.pool)
    const { phase, hasBegun } = state
    if (phase === 'terminated') return { isFirst: false, hasBegun }
    world.setValue(this.pool.word, terminated(state))
    world.setValue(this.pool.tasks, { waiting: [], isClosing: true } satisfies TaskQueueState)
    return { isFirst: true, hasBegun }
  }

  footprint(world: WorldView): Footprint {
    const words = [this.pool.word, this.pool.tasks]
    const isFirst = stateIn(world, this.pool).phase !== 'terminated'
    return isFirst ? { reads: words, writes: words } : { reads: [this.pool.word], writes: [] }
  }

  label(): string {
    return 'terminate'
  }
}

/** What the worker handler has found to do: workers to be replaced, so many from this number on; to end those that live; nothing more. */
export type Maintained = { readonly from: number; readonly count: number } | 'end' | 'over'

/** One turn of the thread that replaces workers and, in the end, sends them home. It waits for one word. */
export class Maintain extends PoolOperation<Maintained> {
  readonly name = 'maintain'
  readonly isIdle = true

  ways(world: WorldView): number {
    const state = stateIn(world, this.pool)
    return isLeft(state) || state.vacant > 0 ? 1 : 0
  }

  apply(world: WorldAccess): Maintained {
    const state = stateIn(world, this.pool)
    if (isLeft(state)) {
      if (state.phase === 'terminated') return state.started === state.ended ? 'over' : 'end'
      world.setValue(this.pool.word, { ...state, isClosing: true } satisfies PoolState)
      world.setValue(this.pool.tasks, { ...tasksIn(world, this.pool), isClosing: true } satisfies TaskQueueState)
      return 'over'
    }
    const { started, vacant } = state
    world.setValue(this.pool.word, { ...state, started: started + vacant, vacant: 0 } satisfies PoolState)
    return { from: started, count: vacant }
  }

  footprint(world: WorldView): Footprint {
    const state = stateIn(world, this.pool)
    const { word, tasks } = this.pool
    if (!isLeft(state)) return { reads: [word], writes: [word] }
    return state.phase === 'terminated'
      ? { reads: [word], writes: [] }
      : { reads: [word, tasks], writes: [word, tasks] }
  }

  label(result: unknown): string {
    if (result === undefined) return 'maintain'
    if (result === 'over') return 'maintain: nothing more will come'
    return result === 'end' ? 'maintain: the pool is terminated' : 'maintain: replaces a worker'
  }
}

/** Nothing of what has not come back will. */
function terminated(state: PoolState): PoolState {
  return { ...state, phase: 'terminated', missing: 0, results: [], vacant: 0, given: 0 }
}

/** Whether the worker handler has nothing left to do. */
function isLeft({ phase, missing }: PoolState): boolean {
  return phase === 'terminated' || (phase === 'closed' && missing === 0)
}

/** What the result handler has found: a result that has come, if it has to call back with what it has become; or nothing more. */
export type Handled = { readonly key: string; readonly calledBack: unknown } | null

/** One turn of the thread that puts results where they are waited for, in one step with that. It waits for one word. */
export class HandleResult extends PoolOperation<Handled> {
  readonly name = 'handle'
  readonly isIdle = true

  ways(world: WorldView): number {
    const { phase, isClosing, results } = stateIn(world, this.pool)
    return phase === 'terminated' || isClosing || results.length > 0 ? 1 : 0
  }

  apply(world: WorldAccess): Handled {
    const state = stateIn(world, this.pool)
    const [result, ...results] = state.results
    if (result === undefined) return null
    const receiver = this.pool.receiverOf(result.key)
    const received = receiver.received(world.value(receiver.word), result.index, result.outcome)
    world.setValue(receiver.word, received.state)
    const missing = state.missing - (received.came === 'all' ? 1 : 0)
    world.setValue(this.pool.word, { ...state, results, missing } satisfies PoolState)
    return { key: result.key, calledBack: received.came === 'to be called back' ? received.state : null }
  }

  footprint(world: WorldView): Footprint {
    const [result] = stateIn(world, this.pool).results
    if (result === undefined) return { reads: [this.pool.word], writes: [] }
    const words = [this.pool.word, this.pool.receiverOf(result.key).word]
    return { reads: words, writes: words }
  }

  label(result: unknown): string {
    const handled = result as Handled | undefined
    if (handled === undefined) return 'handle'
    return handled === null
      ? 'handle: nothing more will come'
      : `handle: a result of ${this.pool.receiverOf(handled.key).name}`
  }
}

/** After somebody was called back, a result is ready. */
export class FinishResult extends PoolOperation<void> {
  readonly name = 'finish'
  readonly #key: string

  constructor(pool: PoolParts, key: string) {
    super(pool)
    this.#key = key
  }

  ways(): number {
    return 1
  }

  apply(world: WorldAccess): void {
    const state = stateIn(world, this.pool)
    const receiver = this.pool.receiverOf(this.#key)
    world.setValue(receiver.word, receiver.completed(world.value(receiver.word)))
    if (state.phase !== 'terminated')
      world.setValue(this.pool.word, { ...state, missing: state.missing - 1 } satisfies PoolState)
  }

  footprint(world: WorldView): Footprint {
    const { word } = this.pool.receiverOf(this.#key)
    const words = [this.pool.word, word]
    return { reads: words, writes: stateIn(world, this.pool).phase === 'terminated' ? [word] : words }
  }

  label(): string {
    return `finish ${this.pool.receiverOf(this.#key).name}`
  }
}

/** Takes a job, waiting for one; null if nothing more will come. A worker that waits here is idle. */
export class TakeTask extends TransitionOperation<TaskQueueState, JobReference | null> {
  readonly isIdle = true

  constructor({ object, tasks, receiverOf }: PoolParts) {
    const nameOf = ({ key, index }: JobReference) => `job ${index + 1} of ${receiverOf(key).name}`
    super(object, tasks, taking(nameOf), recordedPlace())
  }
}

function taking(nameOf: (job: JobReference) => string): Transition<TaskQueueState, JobReference | null> {
  return {
    name: 'take',
    ways: ({ waiting, isClosing }) => (waiting.length > 0 || isClosing ? 1 : 0),
    step(state) {
      const [job, ...waiting] = state.waiting
      return job === undefined ? { state, result: null } : { state: { ...state, waiting }, result: job }
    },
    label(job) {
      if (job === undefined) return 'take'
      return job === null ? 'take: nothing more will come' : `take ${nameOf(job as JobReference)}`
    },
  }
}

/** A worker sends back what a job has come to. */
export class SendBack extends TransitionOperation<PoolState, void> {
  readonly carries?: Carried

  /** @param carries the error that the job has failed with. */
  constructor({ object, word }: PoolParts, result: JobResult, carries?: Carried) {
    super(object, word, sending(result), recordedPlace())
    if (carries !== undefined) this.carries = carries
  }
}

function sending(result: JobResult): Transition<PoolState, void> {
  const { outcome } = result
  return {
    name: 'send back',
    args: [result.key, result.index, outcome],
    // Nobody handles results any more where the pool is terminated.
    step: (state) => ({
      state: state.phase === 'terminated' ? state : { ...state, results: [...state.results, result] },
      result: undefined,
    }),
    label: () => `send back${'error' in outcome ? `: ${outcome.error.kind}` : ''}`,
  }
}

/** Waits until all workers have ended that there will be. Never where the pool has not been used. */
export function joining(object: SharedObject): Transition<PoolState, { readonly hasBegun: boolean }> {
  return {
    name: 'join workers of',
    ways: ({ phase, hasBegun, isClosing, started, ended }) =>
      phase === 'running' || !hasBegun || ((isClosing || phase === 'terminated') && started === ended) ? 1 : 0,
    step: (state) => {
      if (state.phase === 'running')
        throw new MisuseError(`pool “${object.name}” is joined while it is running: close or terminate it before`)
      return { state, result: { hasBegun: state.hasBegun } }
    },
    label: () => 'join workers of',
  }
}

/** Python's check of a `with`: that the pool is running. */
export function entering(object: SharedObject): Transition<PoolState, void> {
  return {
    name: 'enter',
    step: (state) => {
      requireRunning(state, object)
      return { state, result: undefined }
    },
  }
}

/** A worker whose initializer has failed is not to be replaced: it would fail again, for ever. */
export const GIVE_UP_WORKER: Transition<PoolState, void> = {
  name: 'give up a worker of',
  step: (state) => ({ state: { ...state, given: state.given + 1 }, result: undefined }),
  label: () => 'give up a worker of',
}

/**
 * What becomes of a pool when one of its workers ends: another one is to take its place. Only who terminates the pool terminates
 * workers, or the process that leaves without having done so: that, too, is the end of the pool.
 */
export function afterPoolWorkersEnd(state: PoolState, isTerminated: boolean): PoolState {
  const ended = state.ended + 1
  if (isTerminated) return terminated({ ...state, ended })
  if (state.isClosing || state.phase === 'terminated') return { ...state, ended }
  return state.given > 0 ? { ...state, ended, given: state.given - 1 } : { ...state, ended, vacant: state.vacant + 1 }
}

function requireRunning({ phase }: PoolState, { name }: SharedObject): void {
  if (phase === 'running') return
  const how = phase === 'closed' ? 'closed' : 'terminated'
  throw new MisuseError(`pool “${name}” is not running any more: it was ${how}`)
}
