import { call, type CallLoop } from '../engine/call.js'
import { ProgramFault } from '../engine/errors.js'
import { PrintMark, type ThreadHandle } from '../engine/marks.js'
import { perform, type SharedObject, type Steps, type ThreadBody, type WorldView } from '../engine/operation.js'
import { placeOfCaller, recordedPlace } from '../engine/place.js'
import type { ProcessContext } from '../engine/process-operations.js'
import type { StartMethod } from '../engine/processes.js'
import type { UnstartedThread } from '../engine/setup.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import { describeThrown, requireCatchable } from '../engine/thread-runner.js'
import { BrokenProcessPool, InvalidStateError } from './future-errors.js'
import type { FutureOutcome } from './future-state.js'
import { type CarriedContents, dataOf, type Future, keyOfError } from './future.js'
import { asJob, chunksOf, inTurn, unpickling } from './job.js'
import { pickled } from './pickling.js'
import { type MapOptions, resultsInOrder } from './pool-results.js'
import { Process } from './process.js'
import {
  afterWorkersEnd,
  ALL_ENDED,
  type CallQueueState,
  CLOSE_CALLS,
  countingAsFree,
  type Duty,
  EMPTY_CALL_QUEUE,
  Manage,
  type Managed,
  OPEN_PROCESS_POOL,
  type ProcessPoolState,
  SendResult,
  shuttingDownProcesses,
  SubmitToProcesses,
  TakeHandedJob,
} from './process-pool-operations.js'
import { ValueError } from './sequence-errors.js'
import type { ShutdownOptions } from './thread-pool.js'
import { StartedThread } from './thread.js'
import { type TimeLimit, withinLimit } from './timed.js'
import { type Transition, TransitionOperation } from './transition.js'
import { upTo } from './wait-options.js'

/** How a pool of processes is declared. */
export interface ProcessPoolOptions {
  /** What every worker does first. If it fails, the pool is broken. */
  readonly initializer?: (...args: never[]) => Steps<unknown>
  /** What it is given: plain data. */
  readonly initargs?: readonly unknown[]
  /** How workers are started. @default 'spawn' */
  readonly start?: StartMethod
}

/** What a pool of processes asks the engine for. */
export interface ProcessPoolServices {
  readonly carried: CarriedContents
  readonly running: () => ThreadHandle | null
  readonly time: TimeMode
  /** A new future, for a job. */
  readonly future: <R>(pool: string) => Future<R>
  /** Declares the manager, which is yet to be started. */
  readonly thread: (name: string, body: ThreadBody) => UnstartedThread
  /** What processes are made of. */
  readonly context: ProcessContext
  readonly afterSetup: (action: () => void) => void
}

/** A process of a pool. What there is to see of it, the pool shows. */
export class PoolWorker extends Process {
  override show(): undefined {
    return undefined
  }
}

/** What is to be done in a worker, and the future that is completed with what it comes to. */
interface Job {
  readonly future: Future
  readonly body: ThreadBody
}

/**
 * A pool of processes with the semantics of Python's `concurrent.futures.ProcessPoolExecutor`. Jobs run in workers that have a memory of
 * their own: what they change, their submitter does not see; arguments and results are sent as plain data. With `fork` all workers
 * are started by the first `submit`, and have copies of its process' memory as it is then; otherwise one at a time, unless a worker
 * counts as free.
 *
 * As in CPython, a manager, a thread of whoever uses the pool, hands jobs over and notes results; done callbacks run there. A
 * job that was handed over cannot be cancelled, and there may be one more of these than workers which no worker has taken. A
 * worker that ends before the pool is shut down breaks it, whatever it was doing. What the manager does to a job and its
 * future is one step, sending a result and taking the next job are one each, and the queues in between pass on at once: orders
 * that nobody could tell apart are not shown. A pool that is never shut down keeps nobody waiting.
 *
 * Declared by `p.processPool(name, workers, options)`, in setup or by a thread.
 */
export class ProcessPool implements SharedObject {
  readonly kind = 'process pool'
  readonly isPickled = true
  readonly name: string
  readonly maxWorkers: number
  /** In properties a pool shows how many jobs wait, how many workers were started, and whether it is shut down or broken. */
  declare readonly contentType?: {
    readonly waiting: number
    readonly workers: number
    readonly status: 'open' | 'shut down' | 'broken'
  }
  readonly #word: number
  readonly #calls: number
  readonly #services: ProcessPoolServices
  readonly #initializer: ThreadBody | undefined
  readonly #start: StartMethod
  readonly #workers: PoolWorker[] = []
  #manager: UnstartedThread | undefined

  constructor(
    name: string,
    { state, calls }: { readonly state: number; readonly calls: number },
    maxWorkers: number,
    { initializer, initargs = [], start = 'spawn' }: ProcessPoolOptions,
    services: ProcessPoolServices,
  ) {
    this.name = name
    this.#word = state
    this.#calls = calls
    this.#services = services
    this.maxWorkers = requireWorkers(name, maxWorkers)
    this.#start = start
    const given = pickled(initargs, `the arguments of the initializer of pool “${name}”`)
    this.#initializer = initializer && (() => initializer(...(given as never[])))
    // After all other threads, so that those come first wherever threads are listed.
    services.afterSetup(() => {
      this.#manager = services.thread(`${name} manager`, () => call((loop) => this.#manage(loop)))
    })
  }

  /** For whoever declares the pool: its workers are objects of their own. */
  declareWorkers(declare: (make: (status: number, pid: number) => PoolWorker, name: string) => PoolWorker): void {
    const listener = { word: this.#word, told: (state: unknown) => afterWorkersEnd(state as ProcessPoolState) }
    const { context } = this.#services
    for (let i = 0; i < this.maxWorkers; i++) {
      const name = `${this.name}_${i}`
      const make = (status: number, pid: number) =>
        new PoolWorker(name, status, () => call((loop) => this.#work(loop)), {
          context,
          pid,
          options: { start: this.#start },
          listener,
        })
      this.#workers.push(declare(make, name))
    }
  }

  /** The state of a pool before anything has been submitted. */
  static readonly initialState: ProcessPoolState = OPEN_PROCESS_POOL
  /** Its call queue at that time. */
  static readonly initialCalls: CallQueueState = EMPTY_CALL_QUEUE

  /** Its processes, which it starts itself; for whoever wants to kill one. */
  get workers(): readonly Process[] {
    return this.#workers
  }

  show(world: WorldView): unknown {
    const { pending, started, phase, health } = world.value(this.#word) as ProcessPoolState
    const { handed } = world.value(this.#calls) as CallQueueState
    const status = health === 'broken' ? 'broken' : phase === 'open' ? 'open' : 'shut down'
    return { waiting: pending.length + handed.length, workers: started, status }
  }

  /**
   * Hands in a job and returns the future of its result. One step, and one for each worker that it starts. What `body` throws is
   * kept in the future; a `PicklingError` if an argument or the result is no plain data.
   *
   * @throws MisuseError inside the thread after `shutdown`; BrokenProcessPool if a worker has died.
   */
  *submit<R, A extends readonly unknown[]>(body: (...args: A) => Steps<R>, ...args: A): Steps<Future<R>> {
    return yield* this.#submit(unpickling(body, args))
  }

  /**
   * Runs `body` for each item, in jobs of `chunksize` items which a worker takes one after the other, and returns the results in the
   * order of the items. If one fails, or has no result `timeout` seconds after the call, that error is thrown, and jobs that have not been
   * handed over are cancelled.
   *
   * @throws ValueError if chunks are to be empty.
   */
  map<T, R>(body: (item: T) => Steps<R>, items: Iterable<T>, { chunksize = 1, timeout }: MapOptions = {}): Steps<R[]> {
    const map = (limit?: TimeLimit) => this.#map(body, items, chunksize, limit)
    return timeout === undefined ? map() : withinLimit(this.#services.time, timeout, map)
  }

  *#map<T, R>(
    body: (item: T) => Steps<R>,
    items: Iterable<T>,
    chunksize: number,
    limit: TimeLimit | undefined,
  ): Steps<R[]> {
    if (!(Number.isInteger(chunksize) && chunksize >= 1)) throw new ValueError('chunksize must be an integer from 1 on')
    const futures: Future<R[]>[] = []
    for (const chunk of chunksOf([...items], chunksize))
      futures.push(yield* this.#submit(unpickling(inTurn(body), chunk)))
    return (yield* resultsInOrder(futures, upTo(limit))).flat() as R[]
  }

  /** Accepts no more jobs; by default waits until all workers have ended, after they have run all jobs. */
  *shutdown({ wait = true, cancelFutures = false }: ShutdownOptions = {}): Steps<void> {
    const isManaged = yield* this.#perform(shuttingDownProcesses(cancelFutures))
    if (wait && isManaged) yield* new StartedThread(this.#manager!.handle, this.#services.running).join()
  }

  /** Runs `body` with the pool and shuts it down, waiting, however `body` ends: Python's `with`. */
  *use<R>(body: (pool: this) => Steps<R>): Steps<R> {
    try {
      return yield* body(this)
    } finally {
      yield* this.shutdown()
    }
  }

  *#submit<R>(body: ThreadBody<R>): Steps<Future<R>> {
    const future = this.#services.future<R>(this.name)
    const job: Job = { future: future as unknown as Future, body }
    const pool = { maxWorkers: this.maxWorkers, startsAll: this.#start === 'fork', manager: this.#manager! }
    const toStart = yield* perform(new SubmitToProcesses(this, this.#word, pool, future.name, job))
    if (toStart === null)
      throw new BrokenProcessPool('a child process terminated abruptly, the process pool is not usable anymore')
    for (const worker of this.#workers.slice(toStart.from, toStart.from + toStart.count)) yield* worker.start()
    return future
  }

  *#work(loop: CallLoop): Steps<void> {
    if (this.#initializer !== undefined && !(yield* this.#initialize(this.#initializer))) return
    const nameOf = (key: string) => this.#jobWith(key).future.name
    for (;;) {
      yield* loop('work')
      const key = yield* perform(new TakeHandedJob(this, this.#calls, nameOf))
      if (key === null) return
      yield* asJob(key, this.#run(key))
    }
  }

  *#initialize(initializer: ThreadBody): Steps<boolean> {
    try {
      yield* initializer()
      return true
    } catch (error) {
      const thrown = describeThrown(requireCatchable(error))
      yield new PrintMark([`the initializer of pool “${this.name}” has failed: ${thrown}`])
      return false
    }
  }

  *#run(key: string): Steps<void> {
    const { future, body } = this.#jobWith(key)
    let value: unknown
    try {
      value = pickled(yield* body(), `the result of ${future.name}`)
    } catch (error) {
      const data = dataOf(requireCatchable(error))
      return yield* this.#send(key, { error: data }, error)
    }
    yield* this.#send(key, { value })
  }

  #send(key: string, outcome: FutureOutcome, error?: unknown): Steps<void> {
    const carried = 'error' in outcome ? { key: keyOfError(outcome.error), content: error } : undefined
    const { name } = this.#jobWith(key).future
    return perform(new SendResult(this, this.#word, name, { key, outcome }, carried))
  }

  *#manage(loop: CallLoop): Steps<void> {
    const futureOf = (key: string) => this.#jobWith(key).future
    const pool = { object: this, word: this.#word, calls: this.#calls, maxWorkers: this.maxWorkers, futureOf }
    let duty: Duty = null
    for (;;) {
      yield* loop('manage', duty)
      const managed: Managed = yield* perform(new Manage(pool, duty))
      duty = 'duty' in managed ? managed.duty : null
      switch (managed.event) {
        case 'note':
          yield* asJob(managed, futureOf(managed.key).runCallbacks(managed.callbacks))
          // Where no more workers will be started, nobody asks how many are free.
          if (!managed.isFull) yield* this.#perform(countingAsFree(this.maxWorkers))
          break
        case 'hand over':
          break
        case 'cancel':
          for (const key of managed.keys) yield* asJob([managed, key], futureOf(key).cancel())
          break
        case 'close':
          return yield* this.#perform(ALL_ENDED)
        case 'break':
          return yield* this.#breakDown(managed.keys)
      }
    }
  }

  *#breakDown(keys: readonly string[]): Steps<void> {
    for (const key of keys)
      try {
        yield* asJob([keys, key], this.#jobWith(key).future.setException(new BrokenProcessPool()))
      } catch (error) {
        // It was cancelled before.
        if (!(error instanceof InvalidStateError)) throw error
      }
    yield* Process.terminateAll(this.#workers, this)
    yield* perform(new TransitionOperation(this, this.#calls, CLOSE_CALLS, recordedPlace()))
    yield* this.#perform(ALL_ENDED)
  }

  #jobWith(key: string): Job {
    return this.#services.carried(key) as Job
  }

  #perform<R>(transition: Transition<ProcessPoolState, R>): Steps<R> {
    return perform(new TransitionOperation(this, this.#word, transition, recordedPlace()))
  }
}

function requireWorkers(name: string, maxWorkers: number): number {
  if (Number.isInteger(maxWorkers) && maxWorkers >= 1 && maxWorkers <= 1000) return maxWorkers
  throw new ProgramFault('program/bad-number', `pool “${name}” cannot have ${maxWorkers} workers`, {
    place: placeOfCaller(),
    hint: 'give it an integer from 1 on',
  })
}
