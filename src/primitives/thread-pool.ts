import { ProgramFault } from '../engine/errors.js'
import { JobMark, PrintMark, type ThreadHandle } from '../engine/marks.js'
import { perform, type SharedObject, type Steps, type ThreadBody, type WorldView } from '../engine/operation.js'
import { placeOfCaller, recordedPlace } from '../engine/place.js'
import type { UnstartedThread } from '../engine/setup.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import { describeThrown, requireCatchable } from '../engine/thread-runner.js'
import { BrokenThreadPool } from './future-errors.js'
import type { CarriedContents, Future } from './future.js'
import { type MapOptions, resultsInOrder } from './pool-results.js'
import { StartedThread } from './thread.js'
import { type TimeLimit, withinLimit } from './timed.js'
import { becomingFree, BREAK, OPEN, type PoolState, shuttingDown, Submit, TakeJob } from './thread-pool-operations.js'
import { type Transition, TransitionOperation } from './transition.js'
import { upTo } from './wait-options.js'

/** How a pool is declared. */
export interface ThreadPoolOptions {
  /** How many threads there may be. */
  readonly maxWorkers: number
  /** What every worker does first. If it fails, the pool is broken. */
  readonly initializer?: (...args: never[]) => Steps<unknown>
  /** What it is given. */
  readonly initargs?: readonly unknown[]
  /** Workers are called this, an underscore and a number. @default the pool's name */
  readonly threadNamePrefix?: string
}

/** How a pool is shut down. */
export interface ShutdownOptions {
  /** Whether to wait until all workers have ended. @default true */
  readonly wait?: boolean
  /** Whether to cancel the jobs that have not begun. @default false */
  readonly cancelFutures?: boolean
}

/** What a pool asks the engine for. */
export interface PoolServices {
  readonly carried: CarriedContents
  readonly running: () => ThreadHandle | null
  readonly time: TimeMode
  /** A new future, for a job. */
  readonly future: <R>(pool: string) => Future<R>
  /** Declares a worker, which is yet to be started. */
  readonly worker: (name: string, body: ThreadBody) => UnstartedThread
  readonly afterSetup: (action: () => void) => void
}

/** A closure in the queue and the future that it completes. */
interface Job {
  readonly future: Future
  readonly body: ThreadBody
}

/**
 * A pool of threads with the semantics of Python's `concurrent.futures.ThreadPoolExecutor`: workers are started by `submit`, one at a
 * time, unless one counts as free; jobs are taken in order. A pool that is never shut down keeps nobody waiting: workers that
 * have nothing to do die with the program.
 *
 * Declared by `p.threadPool(name, options)`, in setup or by a thread.
 */
export class ThreadPool implements SharedObject {
  readonly kind = 'pool'
  readonly name: string
  readonly maxWorkers: number
  /**
   * In properties a pool shows how many jobs wait, how many workers were started, how many of them it counts as free (while
   * there may be more), and whether it is shut down or broken.
   */
  declare readonly contentType?: {
    readonly waiting: number
    readonly workers: number
    readonly free: number
    readonly status: 'open' | 'shut down' | 'broken'
  }
  readonly #word: number
  readonly #services: PoolServices
  readonly #initializer: ThreadBody | undefined
  readonly #workers: UnstartedThread[] = []

  constructor(name: string, word: number, options: ThreadPoolOptions, services: PoolServices) {
    this.name = name
    this.#word = word
    this.#services = services
    this.maxWorkers = requireWorkers(name, options.maxWorkers)
    const { initializer, initargs = [] } = options
    this.#initializer = initializer && (() => initializer(...(initargs as never[])))
    // After all other threads, so that those come first wherever threads are listed.
    services.afterSetup(() => {
      for (let i = 0; i < this.maxWorkers; i++)
        this.#workers.push(services.worker(`${options.threadNamePrefix ?? name}_${i}`, () => this.#work()))
    })
  }

  /** The state of a pool before anything has been submitted. */
  static get initialState(): PoolState {
    return OPEN
  }

  show(world: WorldView): unknown {
    const { queue, started, idle, isShut, isBroken } = world.value(this.#word) as PoolState
    const status = isBroken ? 'broken' : isShut ? 'shut down' : 'open'
    return { waiting: queue.length, workers: started, free: idle, status }
  }

  /**
   * Hands in a job and returns the future of its result. One step. What `body` throws is kept in the future.
   *
   * @throws MisuseError inside the thread after `shutdown`; BrokenThreadPool if an initializer has failed.
   */
  *submit<R, A extends readonly unknown[]>(body: (...args: A) => Steps<R>, ...args: A): Steps<Future<R>> {
    const future = this.#services.future<R>(this.name)
    const job: Job = { future: future as unknown as Future, body: () => body(...args) }
    const isTaken = yield* perform(new Submit(this, this.#word, this.#workers, future.name, job))
    if (!isTaken) throw new BrokenThreadPool()
    return future
  }

  /**
   * Hands in a job for each item and returns their results in the order of the items. If one fails, or has no result `timeout` seconds after
   * the call, that error is thrown, and jobs that have not begun are cancelled.
   */
  map<T, R>(body: (item: T) => Steps<R>, items: Iterable<T>, { timeout }: MapOptions = {}): Steps<R[]> {
    const map = (limit?: TimeLimit) => this.#map(body, items, limit)
    return timeout === undefined ? map() : withinLimit(this.#services.time, timeout, map)
  }

  *#map<T, R>(body: (item: T) => Steps<R>, items: Iterable<T>, limit: TimeLimit | undefined): Steps<R[]> {
    const futures: Future<R>[] = []
    for (const item of items) futures.push(yield* this.submit(body, item))
    return yield* resultsInOrder(futures, upTo(limit))
  }

  /** Accepts no more jobs; by default waits until all workers have ended, after they have run all jobs. */
  *shutdown({ wait = true, cancelFutures = false }: ShutdownOptions = {}): Steps<void> {
    const { started, dropped } = yield* this.#perform(shuttingDown(cancelFutures))
    for (const key of dropped) yield* this.#jobWith(key).future.cancel()
    if (!wait) return
    for (const { handle } of this.#workers.slice(0, started))
      yield* new StartedThread(handle, this.#services.running).join()
  }

  /** Runs `body` with the pool and shuts it down, waiting, however `body` ends: Python's `with`. */
  *use<R>(body: (pool: this) => Steps<R>): Steps<R> {
    try {
      return yield* body(this)
    } finally {
      yield* this.shutdown()
    }
  }

  *#work(): Steps<void> {
    if (this.#initializer !== undefined && !(yield* this.#initialize(this.#initializer))) return
    for (;;) {
      const taken = yield* perform(
        new TakeJob(this, this.#word, this.maxWorkers, (key) => this.#jobWith(key).future.name),
      )
      if (taken === null) return
      yield new JobMark(taken)
      yield* run(this.#jobWith(taken.key))
      yield new JobMark(null)
      // Where no more workers will be started, nobody asks how many are free.
      if (!taken.isFull) yield* this.#perform(becomingFree(this.maxWorkers))
    }
  }

  *#initialize(initializer: ThreadBody): Steps<boolean> {
    try {
      yield* initializer()
      return true
    } catch (error) {
      const thrown = describeThrown(requireCatchable(error))
      yield new PrintMark([`the initializer of pool “${this.name}” has failed: ${thrown}`])
    }
    for (const key of yield* this.#perform(BREAK)) yield* this.#jobWith(key).future.setException(new BrokenThreadPool())
    return false
  }

  #jobWith(key: string): Job {
    return this.#services.carried(key) as Job
  }

  #perform<R>(transition: Transition<PoolState, R>): Steps<R> {
    return perform(new TransitionOperation(this, this.#word, transition, recordedPlace()))
  }
}

function* run({ future, body }: Job): Steps<void> {
  if (!(yield* future.setRunningOrNotifyCancel())) return
  let result: unknown
  try {
    result = yield* body()
  } catch (error) {
    return yield* future.setException(requireCatchable(error))
  }
  yield* future.setResult(result)
}

function requireWorkers(name: string, maxWorkers: number): number {
  if (Number.isInteger(maxWorkers) && maxWorkers >= 1 && maxWorkers <= 10_000) return maxWorkers
  throw new ProgramFault('program/bad-number', `pool “${name}” cannot have ${maxWorkers} workers`, {
    place: placeOfCaller(),
    hint: 'give maxWorkers an integer from 1 on',
  })
}
