import { MisuseError } from '../engine/errors.js'
import type { Footprint } from '../engine/footprint.js'
import type { Carried, Operation, SharedObject, WorldAccess, WorldView } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'
import type { UnstartedThread } from '../engine/setup.js'
import { CompletingOperation } from './future-operations.js'
import { type Completed, completing, type FutureOutcome, type FutureState, RUN_OR_NOTIFY } from './future-state.js'
import type { Future } from './future.js'
import { type Transition, TransitionOperation } from './transition.js'

// Jobs that are handed over beyond one for each worker: CPython's EXTRA_QUEUED_CALLS. They cannot be cancelled.
const EXTRA_JOBS = 1

/** What a worker has sent back. */
interface JobResult {
  readonly key: string
  readonly outcome: FutureOutcome
}

/** What the manager of a pool of processes and those who submit know of it, as `ProcessPoolExecutor` keeps it. */
export interface ProcessPoolState {
  /** Keys of the jobs that have not been handed over, in order: these can be cancelled. */
  readonly pending: readonly string[]
  /** There was no room for them, and the manager has not been woken since. */
  readonly isStuck: boolean
  /** Those that were handed over and whose result has not been noted. */
  readonly unfinished: readonly string[]
  /** What was sent back and has not been noted: the result queue. */
  readonly results: readonly JobResult[]
  readonly started: number
  readonly ended: number
  /** Python's idle semaphore; kept at 0 where no further worker will be started. */
  readonly idle: number
  readonly phase: 'open' | 'shut' | 'closing'
  /** Whether its shutdown is to cancel the jobs that are pending. */
  readonly cancels: boolean
  /** A worker may have died, or this may have been noted. */
  readonly health: 'sound' | 'died' | 'broken'
}

/** What workers know of their pool: the call queue. */
export interface CallQueueState {
  /** Keys of the jobs that were handed over and that no worker has taken. */
  readonly handed: readonly string[]
  /** Workers that find nothing to do leave. */
  readonly isClosing: boolean
}

/** A call queue before anything has been handed over. */
export const EMPTY_CALL_QUEUE: CallQueueState = { handed: [], isClosing: false }
const CLOSED_CALL_QUEUE: CallQueueState = { handed: [], isClosing: true }

/** A pool before anything has been submitted. */
export const OPEN_PROCESS_POOL: ProcessPoolState = {
  pending: [],
  isStuck: false,
  unfinished: [],
  results: [],
  started: 0,
  ended: 0,
  idle: 0,
  phase: 'open',
  cancels: false,
  health: 'sound',
}

/** Which workers are started after a job was handed in: so many, from this one on. */
export interface WorkersToStart {
  readonly from: number
  readonly count: number
}

/** Hands a job in. The first one starts the manager; who submits starts workers after it. */
export class SubmitToProcesses implements Operation<WorkersToStart | null> {
  readonly name = 'submit'
  readonly args: readonly unknown[]
  readonly cost = 'synchronisation'
  readonly place = recordedPlace()
  readonly object: SharedObject
  readonly starts: readonly UnstartedThread[]
  readonly carries: Carried
  readonly #word: number
  readonly #pool: { readonly maxWorkers: number; readonly startsAll: boolean }

  /** @param job found by workers and the manager under the key that they take. */
  constructor(
    object: SharedObject,
    word: number,
    pool: { readonly maxWorkers: number; readonly startsAll: boolean; readonly manager: UnstartedThread },
    name: string,
    job: unknown,
  ) {
    this.object = object
    this.#word = word
    this.#pool = pool
    this.starts = [pool.manager]
    this.args = [name]
    this.carries = { content: job }
  }

  ways(): number {
    return 1
  }

  /** Returns null if the pool is broken. */
  apply(world: WorldAccess, _way: number, thread: number): WorkersToStart | null {
    const state = this.#stateIn(world)
    if (state.health === 'broken') return null
    if (state.phase !== 'open') throw new MisuseError(`pool “${this.object.name}” is given a job after its shutdown`)
    const count = this.#wanted(state)
    const started = state.started + count
    world.setValue(this.#word, {
      ...state,
      pending: [...state.pending, world.pointOf(thread)],
      isStuck: false,
      idle: started === this.#pool.maxWorkers ? 0 : Math.max(0, state.idle - 1),
      started,
    } satisfies ProcessPoolState)
    if (state.started === 0) world.start(this.starts[0]!.index, thread)
    return { from: state.started, count }
  }

  footprint(world: WorldView): Footprint {
    const { health, phase, started } = this.#stateIn(world)
    const reads = [this.#word]
    if (health === 'broken' || phase !== 'open') return { reads, writes: [] }
    return { reads, writes: started === 0 ? [this.#word, this.starts[0]!.handle.word] : reads }
  }

  label(toStart: unknown): string {
    return `submit ${String(this.args[0])}${toStart === null ? ': BrokenProcessPool' : ''}`
  }

  holder(): null {
    return null
  }

  #stateIn(world: WorldView): ProcessPoolState {
    return world.value(this.#word) as ProcessPoolState
  }

  #wanted({ idle, started }: ProcessPoolState): number {
    const { startsAll, maxWorkers } = this.#pool
    if (startsAll) return started === 0 ? maxWorkers : 0
    return idle > 0 || started === maxWorkers ? 0 : 1
  }
}

/** What the manager does next. */
type ManagerEvent = 'note' | 'hand over' | 'cancel' | 'close' | 'break'

/** What it has to do before it looks around again, because it was there to be done when it looked. */
export type Duty = 'hand over' | 'cancel' | null

/** What the manager has done. */
export type Managed =
  | {
      readonly event: 'note'
      readonly key: string
      readonly callbacks: readonly string[]
      readonly isFull: boolean
      readonly duty: Duty
    }
  | { readonly event: 'hand over'; readonly key: string; readonly came: Handed; readonly duty: Duty }
  | { readonly event: 'cancel' | 'break'; readonly keys: readonly string[] }
  | { readonly event: 'close' }

/** What handing over the first job that is pending came to. */
type Handed = 'handed over' | 'cancelled before' | 'no room'

/** What the manager knows of a pool. */
export interface ManagedPool {
  readonly object: SharedObject
  readonly word: number
  readonly calls: number
  readonly maxWorkers: number
  readonly futureOf: (key: string) => Future
}

/**
 * One turn of the manager: the thread of the pool's owner that hands jobs over, notes their results and sees that a worker has
 * died. It waits for one word, and changes the future of the job together with it. A manager that waits here is idle.
 */
export class Manage implements Operation<Managed> {
  readonly name = 'manage'
  readonly args: readonly unknown[] = []
  readonly cost = 'synchronisation'
  readonly place = recordedPlace()
  readonly isIdle = true
  readonly object: SharedObject
  readonly #pool: ManagedPool
  readonly #duty: Duty

  constructor(pool: ManagedPool, duty: Duty) {
    this.object = pool.object
    this.#pool = pool
    this.#duty = duty
  }

  ways(world: WorldView): number {
    return this.#events(world).length
  }

  apply(world: WorldAccess, way: number, thread: number): Managed {
    const state = this.#stateIn(world)
    const event = this.#events(world)[way]!
    switch (event) {
      case 'note':
        return this.#note(world, state, thread)
      case 'hand over':
        return this.#handOver(world, state, thread)
      case 'cancel':
        this.#change(world, { ...state, pending: [] })
        return { event, keys: state.pending }
      case 'close':
        this.#change(world, { ...state, phase: 'closing' })
        world.setValue(this.#pool.calls, CLOSED_CALL_QUEUE)
        return { event }
      case 'break': {
        const keys = [...state.unfinished, ...state.pending]
        this.#change(world, { ...state, health: 'broken', phase: 'shut', pending: [], unfinished: [], results: [] })
        return { event, keys }
      }
    }
  }

  footprint(world: WorldView, thread: number): Footprint {
    const reads = new Set([this.#pool.word])
    const writes = new Set([this.#pool.word])
    for (const event of this.#events(world)) {
      if (event === 'hand over') reads.add(this.#pool.calls)
      if (event === 'close' || (event === 'hand over' && this.#hasRoom(world))) writes.add(this.#pool.calls)
      const future = this.#onFuture(world, event)?.footprint(world, thread)
      for (const word of future?.reads ?? []) reads.add(word)
      for (const word of future?.writes ?? []) writes.add(word)
    }
    return { reads: [...reads], writes: [...writes] }
  }

  label(result: unknown): string {
    const managed = result as Managed | undefined
    if (managed === undefined) return 'manage'
    switch (managed.event) {
      case 'note':
        return `manage: notes the result of ${this.#pool.futureOf(managed.key).name}`
      case 'hand over':
        return `manage: hands over ${this.#pool.futureOf(managed.key).name}${managed.came === 'handed over' ? '' : `: ${managed.came}`}`
      case 'cancel':
        return `manage: cancels ${managed.keys.length} pending`
      case 'close':
        return 'manage: closes'
      case 'break':
        return 'manage: a worker has died, it breaks'
    }
  }

  holder(): null {
    return null
  }

  #note(world: WorldAccess, state: ProcessPoolState, thread: number): Managed {
    const { key } = state.results[0]!
    const completed = this.#onFuture(world, 'note')!.apply(world, 0, thread)
    const after = {
      ...state,
      isStuck: false,
      results: state.results.slice(1),
      unfinished: state.unfinished.filter((other) => other !== key),
    }
    this.#change(world, after)
    const duty = mustCancel(after) ? 'cancel' : after.pending.length > 0 ? 'hand over' : null
    // Somebody else may have completed it by hand.
    const callbacks = typeof completed === 'object' && 'callbacks' in completed ? completed.callbacks : []
    return { event: 'note', key, callbacks, isFull: state.started === this.#pool.maxWorkers, duty }
  }

  #handOver(world: WorldAccess, state: ProcessPoolState, thread: number): Managed {
    const [key = '', ...pending] = state.pending
    const event = 'hand over'
    const onFuture = this.#onFuture(world, event)
    if (onFuture === undefined) {
      this.#change(world, { ...state, isStuck: true })
      return { event, key, came: 'no room', duty: null }
    }
    const duty = pending.length > 0 ? event : null
    if (onFuture.apply(world, 0, thread) === false) {
      this.#change(world, { ...state, pending })
      return { event, key, came: 'cancelled before', duty }
    }
    this.#change(world, { ...state, pending, unfinished: [...state.unfinished, key] })
    const calls = this.#callsIn(world)
    world.setValue(this.#pool.calls, { ...calls, handed: [...calls.handed, key] } satisfies CallQueueState)
    return { event, key, came: 'handed over', duty }
  }

  /** What happens to a future together with an event. */
  #onFuture(world: WorldView, event: ManagerEvent): CompletingOperation<boolean | Completed> | undefined {
    const { results, pending } = this.#stateIn(world)
    if (event === 'note') return this.#completing(results[0]!.key, completing(results[0]!.outcome))
    return event === 'hand over' && this.#hasRoom(world) ? this.#completing(pending[0]!, RUN_OR_NOTIFY) : undefined
  }

  #completing(key: string, transition: Transition<FutureState, boolean | Completed>) {
    const future = this.#pool.futureOf(key)
    return new CompletingOperation(future, future.word, transition)
  }

  /**
   * What can be next. CPython's manager hands over all it can, then waits; a result comes before anything else there, and
   * jobs and a shutdown that come while it is busy may be seen before or after the next result.
   */
  #events(world: WorldView): readonly ManagerEvent[] {
    const state = this.#stateIn(world)
    if (this.#duty !== null) return [this.#duty]
    const events: ManagerEvent[] = []
    if (state.results.length > 0) events.push('note')
    if (state.pending.length > 0 && !state.isStuck) events.push('hand over')
    if (mustCancel(state)) events.push('cancel')
    if (events.length > 0) return events
    if (state.phase === 'shut' && state.unfinished.length === 0 && state.pending.length === 0) return ['close']
    return state.health === 'died' ? ['break'] : []
  }

  #hasRoom(world: WorldView): boolean {
    return this.#callsIn(world).handed.length < this.#pool.maxWorkers + EXTRA_JOBS
  }

  #stateIn(world: WorldView): ProcessPoolState {
    return world.value(this.#pool.word) as ProcessPoolState
  }

  #callsIn(world: WorldView): CallQueueState {
    return world.value(this.#pool.calls) as CallQueueState
  }

  #change(world: WorldAccess, state: ProcessPoolState): void {
    world.setValue(this.#pool.word, state)
  }
}

function mustCancel({ phase, cancels, pending }: ProcessPoolState): boolean {
  return phase === 'shut' && cancels && pending.length > 0
}

/** Takes a job that was handed over, waiting for one; null once the pool closes. A worker that waits here is idle. */
export class TakeHandedJob extends TransitionOperation<CallQueueState, string | null> {
  readonly isIdle = true

  constructor(object: SharedObject, calls: number, nameOf: (key: string) => string) {
    super(object, calls, taking(nameOf), recordedPlace())
  }
}

function taking(nameOf: (key: string) => string): Transition<CallQueueState, string | null> {
  return {
    name: 'take',
    ways: ({ handed, isClosing }) => (handed.length > 0 || isClosing ? 1 : 0),
    step(state) {
      const [key, ...handed] = state.handed
      return key === undefined ? { state, result: null } : { state: { ...state, handed }, result: key }
    },
    label(key) {
      if (key === undefined) return 'take'
      return key === null ? 'take: nothing more will come' : `take ${nameOf(key as string)}`
    },
  }
}

/** A worker sends back what a job has come to. */
export class SendResult extends TransitionOperation<ProcessPoolState, void> {
  readonly carries?: Carried

  /** @param carries the error that the job has failed with. */
  constructor(object: SharedObject, word: number, name: string, result: JobResult, carries?: Carried) {
    super(object, word, sending(name, result), recordedPlace())
    if (carries !== undefined) this.carries = carries
  }
}

function sending(name: string, result: JobResult): Transition<ProcessPoolState, void> {
  const kind = 'error' in result.outcome ? `: ${result.outcome.error.kind}` : ''
  return {
    name: 'send back',
    args: [name, result.outcome],
    // Nobody reads results any more where the pool is broken.
    step: (state) => ({
      state: state.health === 'broken' ? state : { ...state, results: [...state.results, result] },
      result: undefined,
    }),
    label: () => `send back ${name}${kind}`,
  }
}

/** A worker counts as free again, whose job's result was noted. */
export function countingAsFree(maxWorkers: number): Transition<ProcessPoolState, void> {
  return {
    name: 'become free',
    step: (state) => ({
      state: state.phase === 'open' && state.started < maxWorkers ? { ...state, idle: state.idle + 1 } : state,
      result: undefined,
    }),
  }
}

/** No job is accepted any more; the manager does the rest. Returns whether there is a manager. */
export function shuttingDownProcesses(cancels: boolean): Transition<ProcessPoolState, boolean> {
  return {
    name: 'shutdown',
    step(state) {
      const result = state.started > 0
      if (state.phase !== 'open' && (state.phase === 'closing' || state.cancels === cancels)) return { state, result }
      return { state: { ...state, phase: 'shut', cancels, idle: 0, isStuck: false }, result }
    },
    label: () => 'shutdown',
  }
}

/** A broken pool closes: workers that were started but have not begun leave at once. */
export const CLOSE_CALLS: Transition<CallQueueState, void> = {
  name: 'close',
  step: () => ({ state: CLOSED_CALL_QUEUE, result: undefined }),
}

/** Waits until all workers have ended. */
export const ALL_ENDED: Transition<ProcessPoolState, void> = {
  name: 'join workers of',
  ways: ({ started, ended }) => (started === ended ? 1 : 0),
  step: (state) => ({ state, result: undefined }),
  label: () => 'join workers of',
}

/** What becomes of a pool when one of its workers ends: unless it was to, the pool will be broken. */
export function afterWorkersEnd(state: ProcessPoolState): ProcessPoolState {
  const isExpected = state.phase === 'closing' || state.health === 'broken'
  return { ...state, ended: state.ended + 1, health: isExpected ? state.health : 'died' }
}
