import { call, type CallLoop } from '../engine/call.js'
import { ProgramFault, ThreadExit } from '../engine/errors.js'
import type { ThreadHandle } from '../engine/marks.js'
import { perform, type SharedObject, type Steps, type ThreadBody, type WorldView } from '../engine/operation.js'
import { placeOfCaller, recordedPlace } from '../engine/place.js'
import { EndProcesses, type ProcessContext, Signal } from '../engine/process-operations.js'
import type { StartMethod } from '../engine/processes.js'
import type { UnstartedThread } from '../engine/setup.js'
import { requireCatchable } from '../engine/thread-runner.js'
import { AsyncResult, type Callbacks, type Parts } from './async-result.js'
import { MaybeEncodingError } from './future-errors.js'
import type { FutureOutcome } from './future-state.js'
import { type CarriedContents, dataOf, keyOfError } from './future.js'
import { asJob, chunksOf, inTurn, unpickling } from './job.js'
import { pickled } from './pickling.js'
import {
  afterPoolWorkersEnd,
  Close,
  entering,
  FinishResult,
  GIVE_UP_WORKER,
  HandIn,
  HandleResult,
  type JobReference,
  joining,
  Maintain,
  NO_TASKS,
  type PoolParts,
  type PoolState,
  type ResultReceiver,
  SendBack,
  TakeTask,
  type TaskQueueState,
  Terminate,
  UNUSED_POOL,
} from './pool-operations.js'
import { KeyError } from './process-errors.js'
import { Process } from './process.js'
import { ResultIterator } from './result-iterator.js'
import { ValueError } from './sequence-errors.js'
import { StartedThread } from './thread.js'
import { type Transition, TransitionOperation } from './transition.js'

/** How a pool is declared. */
export interface PoolOptions {
  /** What every worker does first. If it fails, the worker is lost. */
  readonly initializer?: (...args: never[]) => Steps<unknown>
  /** What it is given: plain data. */
  readonly initargs?: readonly unknown[]
  /** After so many jobs a worker leaves and another one takes its place. @default never */
  readonly maxTasksPerChild?: number
  /** How workers are started. @default 'spawn' */
  readonly start?: StartMethod
}

/** How items are mapped. */
export interface PoolMapOptions {
  /** How many items make one job. @default a quarter of each worker's share, rounded up */
  readonly chunksize?: number
}

/** What a pool asks the engine for. */
export interface PoolServices {
  readonly carried: CarriedContents
  readonly running: () => ThreadHandle | null
  /** Declares an object for a result, named after the pool and the method. */
  readonly result: <T extends SharedObject>(kind: string, method: string, initial: unknown, make: MakeResult<T>) => T
  /** Declares a handler, which is yet to be started. */
  readonly handler: (name: string, body: ThreadBody) => UnstartedThread
  readonly worker: (name: string, make: MakeWorker) => Process
  /** What processes are made of. */
  readonly context: ProcessContext
  readonly afterSetup: (action: () => void) => void
}

/** Makes what stands for a result, of its name and its word. */
export type MakeResult<T> = (name: string, word: number) => T

/** Makes a worker, of the word of its status and its number. */
export type MakeWorker = (status: number, pid: number) => Process

/** A process of a pool. What there is to see of it, the pool shows. */
class Worker extends Process {
  override show(): undefined {
    return undefined
  }
}

/** What was handed in together: bodies, and what their results go to. */
interface Jobs {
  readonly receiver: ResultReceiver
  readonly bodies: readonly ThreadBody[]
}

/**
 * A pool of processes with the semantics of Python's `multiprocessing.Pool`. It differs from `p.processPool` where that differs from
 * Python's `ProcessPoolExecutor`: a worker that dies takes its job with it, whose result never comes, while another worker takes its
 * place; the end of a `use` terminates it, whatever is still to be done; and so does the end of the program, since its workers are daemons.
 *
 * Jobs run in workers that have a memory of their own; arguments and results are sent as plain data. All workers are started
 * with the first job, or when the pool is closed before. Those of a pool that setup declares have the memory that setup has given,
 * also if they are forked, since CPython forks when it makes the pool; only forked workers that take another's place have a
 * copy of what the memory is then. As in CPython, two threads of whoever uses the pool serve it: the worker handler replaces
 * workers, the result handler puts results where they are waited for, and callbacks run there. One that fails ends
 * it, and no result ever comes any more. CPython's task handler and the queues in between pass on at once.
 *
 * CPython replaces a worker whose initializer has failed by one whose initializer fails again, for ever; here it is not replaced. What
 * cannot be sent fails in the worker.
 *
 * Declared by `p.pool(name, processes, options)`, in setup; in other processes than the main one also by a thread.
 */
export class Pool implements SharedObject {
  readonly kind = 'pool'
  readonly isPickled = true
  readonly name: string
  /** How many workers there are. */
  readonly processes: number
  /** In properties a pool shows how many jobs no worker has taken, how many workers there were, and whether it is open. */
  declare readonly contentType?: {
    readonly waiting: number
    readonly workers: number
    readonly status: 'open' | 'closed' | 'terminated'
  }
  readonly #parts: PoolParts
  readonly #options: PoolOptions
  readonly #services: PoolServices
  readonly #initializer: ThreadBody | undefined
  readonly #initialStart: StartMethod
  readonly #workers: Process[] = []
  #handlers: readonly [worker: UnstartedThread, result: UnstartedThread] | undefined

  constructor(
    name: string,
    { state, tasks }: { readonly state: number; readonly tasks: number },
    processes: number,
    options: PoolOptions,
    services: PoolServices,
  ) {
    this.name = name
    this.processes = requireWhole(name, processes, 'workers')
    if (options.maxTasksPerChild !== undefined) requireWhole(name, options.maxTasksPerChild, 'jobs for each worker')
    this.#options = options
    this.#services = services
    const { initializer, initargs = [], start = 'spawn' } = options
    this.#initialStart = services.running() === null ? 'spawn' : start
    const given = pickled(initargs, `the arguments of the initializer of pool “${name}”`)
    this.#initializer = initializer && (() => initializer(...(given as never[])))
    this.#parts = {
      object: this,
      word: state,
      tasks,
      processes,
      handlers: () => this.#handlers!,
      receiverOf: (key) => this.#jobsOf(key).receiver,
    }
    // After all other threads, so that those come first wherever threads are listed.
    services.afterSetup(() => {
      this.#handlers = [
        services.handler(`${name} worker handler`, () => call((loop) => this.#maintain(loop))),
        services.handler(`${name} result handler`, () => call((loop) => this.#handleResults(loop))),
      ]
    })
  }

  /** The state of a pool before anything has happened to it. */
  static readonly initialState: PoolState = UNUSED_POOL
  /** Its task queue at that time. */
  static readonly initialTasks: TaskQueueState = NO_TASKS

  /** For whoever declares the pool: its workers are objects of their own. */
  declareWorkers(): void {
    for (let i = 0; i < this.processes; i++) this.#workers.push(this.#declareWorker(i, this.#initialStart))
  }

  show(world: WorldView): unknown {
    const { phase, started } = world.value(this.#parts.word) as PoolState
    const { waiting } = world.value(this.#parts.tasks) as TaskQueueState
    return { waiting: waiting.length, workers: started, status: phase === 'running' ? 'open' : phase }
  }

  /**
   * Runs a job and returns its result.
   *
   * @throws what the job throws; MisuseError as `applyAsync` does.
   */
  *apply<R, A extends readonly unknown[] = []>(body: (...args: A) => Steps<R>, args?: A): Steps<R> {
    return yield* (yield* this.#handInOne('apply', body, args, {})).get()
  }

  /**
   * Hands in a job. One step, and one for each worker if it is the first.
   *
   * @throws MisuseError inside the thread if the pool is closed or terminated: Python's `ValueError: Pool not running`.
   */
  applyAsync<R, A extends readonly unknown[] = []>(
    body: (...args: A) => Steps<R>,
    args?: A,
    callbacks: Callbacks<R> = {},
  ): Steps<AsyncResult<R>> {
    return this.#handInOne('applyAsync', body, args, callbacks)
  }

  /**
   * Runs `body` for each item, in jobs of `chunksize` items which a worker takes one after the other, and returns the results in the
   * order of the items, once all jobs have come back. An item that fails ends its job; the first error that comes back is thrown.
   */
  *map<T, R>(body: (item: T) => Steps<R>, items: Iterable<T>, options: PoolMapOptions = {}): Steps<R[]> {
    return yield* (yield* this.#handInMany('map', body, items, options, {})).get()
  }

  /** The same, without waiting. */
  mapAsync<T, R>(
    body: (item: T) => Steps<R>,
    items: Iterable<T>,
    options: PoolMapOptions & Callbacks<R[]> = {},
  ): Steps<AsyncResult<R[]>> {
    return this.#handInMany('mapAsync', body, items, options, options)
  }

  /** The same as `map`, with a list of arguments for each call. */
  *starmap<A extends readonly unknown[], R>(
    body: (...args: A) => Steps<R>,
    items: Iterable<A>,
    options: PoolMapOptions = {},
  ): Steps<R[]> {
    return yield* (yield* this.#handInMany('starmap', spread(body), items, options, {})).get()
  }

  /** The same as `mapAsync`, with a list of arguments for each call. */
  starmapAsync<A extends readonly unknown[], R>(
    body: (...args: A) => Steps<R>,
    items: Iterable<A>,
    options: PoolMapOptions & Callbacks<R[]> = {},
  ): Steps<AsyncResult<R[]>> {
    return this.#handInMany('starmapAsync', spread(body), items, options, options)
  }

  /**
   * Hands in a job for each item, or for so many, and returns at once: the results can be taken in the order of the items.
   *
   * @throws ValueError if chunks are to be empty; MisuseError as `applyAsync` does.
   */
  imap<T, R>(
    body: (item: T) => Steps<R>,
    items: Iterable<T>,
    { chunksize = 1 }: PoolMapOptions = {},
  ): Steps<ResultIterator<R>> {
    return this.#iterate('imap', body, items, chunksize, true)
  }

  /** The same, but the results can be taken in the order in which they come. */
  imapUnordered<T, R>(
    body: (item: T) => Steps<R>,
    items: Iterable<T>,
    { chunksize = 1 }: PoolMapOptions = {},
  ): Steps<ResultIterator<R>> {
    return this.#iterate('imapUnordered', body, items, chunksize, false)
  }

  /** Accepts no more jobs; the workers leave once all jobs have come back. Does nothing if that was said before. */
  *close(): Steps<void> {
    yield* this.#begin(yield* perform(new Close(this.#parts)))
  }

  /**
   * Ends all workers at once, wherever they stand, and drops all that has not come back: who waits for it waits for ever. Returns
   * once the handlers have left, also from what they are calling back. Does nothing if that was said before.
   */
  *terminate(): Steps<void> {
    const { isFirst, hasBegun } = yield* perform(new Terminate(this.#parts))
    if (!isFirst || !hasBegun) return
    for (const handler of this.#handlers!) yield* this.#joinUnlessSelf(handler)
  }

  /**
   * Waits until all workers and handlers have left.
   *
   * @throws MisuseError inside the thread if the pool is neither closed nor terminated: Python's `ValueError: Pool is still running`.
   */
  *join(): Steps<void> {
    const { hasBegun } = yield* this.#perform(joining(this))
    if (hasBegun) yield* this.#joinUnlessSelf(this.#handlers![1])
  }

  /**
   * Runs `body` with the pool and terminates it, however `body` ends: Python's `with`. What is to come back must be waited for inside.
   *
   * @throws MisuseError inside the thread if the pool is closed or terminated.
   */
  *use<R>(body: (pool: this) => Steps<R>): Steps<R> {
    yield* this.#perform(entering(this))
    try {
      return yield* body(this)
    } finally {
      yield* this.terminate()
    }
  }

  #handInOne<R, A extends readonly unknown[]>(
    method: string,
    body: (...args: A) => Steps<R>,
    args: A | undefined,
    callbacks: Callbacks<R>,
  ): Steps<AsyncResult<R>> {
    const bodies = [unpickling(body, args ?? ([] as unknown as A))]
    return this.#handIn(method, bodies, { jobs: 1, items: null }, callbacks)
  }

  *#handInMany<T, R>(
    method: string,
    body: (item: T) => Steps<R>,
    iterable: Iterable<T>,
    { chunksize }: PoolMapOptions,
    callbacks: Callbacks<R[]>,
  ): Steps<AsyncResult<R[]>> {
    const items = [...iterable]
    const size = items.length === 0 ? 0 : (chunksize ?? Math.ceil(items.length / (4 * this.processes)))
    if (!Number.isInteger(size)) throw new ValueError('chunksize must be an integer')
    const chunks = size < 1 ? [] : chunksOf(items, size)
    const bodies = chunks.map((chunk) => unpickling(inTurn(body), chunk))
    const parts = { jobs: chunks.length, items: { count: items.length, chunksize: size } }
    return yield* this.#handIn(method, bodies, parts, callbacks)
  }

  *#handIn<R>(
    method: string,
    bodies: readonly ThreadBody[],
    parts: Parts,
    { callback, errorCallback }: Callbacks<R>,
  ): Steps<AsyncResult<R>> {
    const { carried } = this.#services
    const callbacks = { ...(callback && { callback }), ...(errorCallback && { errorCallback }) }
    const receiver = this.#services.result(
      'async result',
      method,
      AsyncResult.initialState(parts),
      (name, word) => new AsyncResult<R>(name, word, parts, callbacks, carried),
    )
    return yield* this.#handInFor(method, receiver, bodies)
  }

  *#iterate<T, R>(
    method: string,
    body: (item: T) => Steps<R>,
    iterable: Iterable<T>,
    chunksize: number,
    isOrdered: boolean,
  ): Steps<ResultIterator<R>> {
    if (!(Number.isInteger(chunksize) && chunksize >= 1)) throw new ValueError('chunksize must be an integer from 1 on')
    const isChunked = chunksize > 1
    const chunks = chunksOf([...iterable], chunksize)
    const bodies = chunks.map((chunk): ThreadBody =>
      isChunked ? unpickling(inTurn(body), chunk) : unpickling(body, chunk as [T]),
    )
    const of = { jobs: chunks.length, isOrdered, isChunked }
    const receiver = this.#services.result(
      'result iterator',
      method,
      ResultIterator.initialState,
      (name, word) => new ResultIterator<R>(name, word, of, this.#services.carried),
    )
    return yield* this.#handInFor(method, receiver, bodies)
  }

  *#handInFor<T extends ResultReceiver>(method: string, receiver: T, bodies: readonly ThreadBody[]): Steps<T> {
    const jobs: Jobs = { receiver, bodies }
    yield* this.#begin(yield* perform(new HandIn(this.#parts, method, bodies.length, jobs)))
    return receiver
  }

  *#begin(isFirst: boolean): Steps<void> {
    if (isFirst) for (const worker of this.#workers) yield* worker.start()
  }

  *#joinUnlessSelf({ handle }: UnstartedThread): Steps<void> {
    const { running } = this.#services
    if (running()?.index !== handle.index) yield* new StartedThread(handle, running).join()
  }

  #declareWorker(number: number, start: StartMethod): Process {
    const { context, worker } = this.#services
    const name = `${this.name}_${number}`
    const listener = {
      word: this.#parts.word,
      told: (state: unknown, exitCode: number) =>
        afterPoolWorkersEnd(state as PoolState, exitCode === -Signal.Terminate),
    }
    const make = (status: number, pid: number) =>
      new Worker(name, status, () => this.#workUntilExit(), {
        context,
        pid,
        options: { daemon: true, start },
        listener,
      })
    return worker(name, make)
  }

  /** Where to see whether a worker lives, of all that have been met. */
  #statuses(): Set<number> {
    const own = this.#services.context.processes.all.filter(({ listener }) => listener?.word === this.#parts.word)
    return new Set(own.map(({ status }) => status))
  }

  *#workUntilExit(): Steps<void> {
    const exitCode = yield* call((loop) => this.#work(loop))
    if (exitCode !== null) throw new ThreadExit(exitCode)
  }

  /** Returns the exit code of the worker if a job says one. */
  *#work(loop: CallLoop): Steps<number | null> {
    if (this.#initializer !== undefined) {
      const exitCode = yield* this.#initialize(this.#initializer)
      if (exitCode !== null) return exitCode
    }
    const { maxTasksPerChild } = this.#options
    for (let done = 0; done !== maxTasksPerChild; done += maxTasksPerChild === undefined ? 0 : 1) {
      yield* loop('work', done)
      const job = yield* perform(new TakeTask(this.#parts))
      if (job === null) return null
      const exitCode = yield* asJob(job, this.#run(job))
      if (exitCode !== null) return exitCode
    }
    return null
  }

  *#initialize(initializer: ThreadBody): Steps<number | null> {
    try {
      yield* initializer()
      return null
    } catch (error) {
      yield* this.#perform(GIVE_UP_WORKER)
      if (error instanceof ThreadExit) return error.exitCode
      throw requireCatchable(error)
    }
  }

  *#run(job: JobReference): Steps<number | null> {
    const { receiver, bodies } = this.#jobsOf(job.key)
    let result: unknown
    try {
      result = yield* bodies[job.index]!()
    } catch (error) {
      if (error instanceof ThreadExit) return error.exitCode
      yield* this.#sendError(job, requireCatchable(error))
      return null
    }
    let outcome: FutureOutcome
    try {
      outcome = { value: pickled(result, `the result of job ${job.index + 1} of ${receiver.name}`) }
    } catch (error) {
      yield* this.#sendError(job, new MaybeEncodingError((error as Error).message))
      return null
    }
    yield* perform(new SendBack(this.#parts, { ...job, outcome }))
    return null
  }

  #sendError(job: JobReference, error: unknown): Steps<void> {
    const data = dataOf(error)
    const carried = { key: keyOfError(data), content: error }
    return perform(new SendBack(this.#parts, { ...job, outcome: { error: data } }, carried))
  }

  *#maintain(loop: CallLoop): Steps<void> {
    for (;;) {
      yield* loop('maintain')
      const maintained = yield* perform(new Maintain(this.#parts))
      if (maintained === 'over') return
      if (maintained === 'end') return yield* this.#endWorkers()
      const { from, count } = maintained
      for (let number = from; number < from + count; number++)
        yield* this.#declareWorker(number, this.#options.start ?? 'spawn').start()
    }
  }

  #endWorkers(): Steps<void> {
    const { context } = this.#services
    return perform(new EndProcesses(context, this, () => this.#statuses(), 'terminate workers', Signal.Terminate))
  }

  *#handleResults(loop: CallLoop): Steps<void> {
    for (;;) {
      yield* loop('handle')
      const handled = yield* perform(new HandleResult(this.#parts))
      if (handled === null) return
      const { key, calledBack } = handled
      if (calledBack !== null && (yield* asJob([key, 'called back'], this.#callBack(key, calledBack))))
        yield* perform(new FinishResult(this.#parts, key))
    }
  }

  /** Returns whether the result is ready afterwards. */
  *#callBack(key: string, state: unknown): Steps<boolean> {
    try {
      yield* this.#jobsOf(key).receiver.callBack(state)
      return true
    } catch (error) {
      // CPython takes it for its own, of a result that nobody asks for any more.
      if (error instanceof KeyError) return false
      throw error
    }
  }

  #jobsOf(key: string): Jobs {
    return this.#services.carried(key) as Jobs
  }

  #perform<R>(transition: Transition<PoolState, R>): Steps<R> {
    return perform(new TransitionOperation(this, this.#parts.word, transition, recordedPlace()))
  }
}

function spread<A extends readonly unknown[], R>(body: (...args: A) => Steps<R>): (args: A) => Steps<R> {
  return (args) => body(...args)
}

function requireWhole(name: string, given: number, what: string): number {
  if (Number.isInteger(given) && given >= 1 && given <= 1000) return given
  throw new ProgramFault('program/bad-number', `pool “${name}” cannot have ${given} ${what}`, {
    place: placeOfCaller(),
    hint: 'give it an integer from 1 on',
  })
}
