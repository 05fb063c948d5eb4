import type { Leftover } from '../../engine/detect/leftovers.js'
import { HistoryLimit, ProgramFault } from '../../engine/errors.js'
import type { PlainData } from '../../engine/interner.js'
import type { ThreadHandle } from '../../engine/marks.js'
import type { Steps, ThreadBody, SharedObject, WorldAccess, WorldView } from '../../engine/operation.js'
import type { WordAllocator } from '../../engine/setup.js'
import { nanosecondsOf } from '../../engine/time/duration.js'
import type { TimedObject } from '../../engine/time/timed-object.js'
import { isMutation } from '../../engine/thread-runner.js'
import type { Clock } from '../clock.js'
import { leakedTasks } from './leaked-tasks.js'
import type { Gathered } from './loop-callbacks.js'
import { LoopCaller } from './loop-caller.js'
import { LoopCondition } from './loop-condition.js'
import { CancelledError, LoopClosedError, TaskDestroyed, TimeoutError } from './loop-errors.js'
import { LoopEvent } from './loop-event.js'
import { Awaitable, LoopFuture } from './loop-future.js'
import { LoopHandle, runAsCallback } from './loop-handle.js'
import { LoopLock } from './loop-lock.js'
import {
  awaitingThread,
  beginGather,
  BEGINNING_WORKER,
  beginShield,
  callingBack,
  callingBackFromOutside,
  CREATING_FUTURE,
  creatingTask,
  endingRun,
  endingTask,
  endingWorker,
  enteringTimeout,
  gathering,
  leavingTimeout,
  makingFuture,
  shielding,
  sleeping,
  STARTING_RUN,
  waitingFor,
  waitingForOne,
} from './loop-procedures.js'
import { LoopQueue, type LoopQueueOptions } from './loop-queue.js'
import { LoopSemaphore } from './loop-semaphore.js'
import { LoopTask } from './loop-task.js'
import type { ReturnWhen } from '../future-waiter.js'
import type { LoopState, Outcome } from './loop-state.js'
import { untilNextTimer } from './loop-timers.js'
import { afterTime, describeHandle, describePending } from './loop-turns.js'
import { TaskGroup } from './task-group.js'
import { errorOf, thrownBy } from './thrown.js'

/** What `gather` and its like take: what can be awaited, or a body that becomes a task. */
export type TaskSource<R = unknown> = Awaitable<R> | ThreadBody<R>

/** What sources come to. */
export type ResultsOf<T extends readonly TaskSource[]> = {
  -readonly [I in keyof T]: T[I] extends TaskSource<infer R> ? R : never
}

export interface GatherOptions {
  /** Errors stand among the results instead of being thrown. @default false */
  readonly returnExceptions?: boolean
}

export interface LoopWaitOptions {
  /** @default 'ALL_COMPLETED' */
  readonly returnWhen?: ReturnWhen
  /** Seconds after which to return what is done by then. @default never */
  readonly timeout?: number
}

/** What an event loop shows while it runs, and afterwards if tasks have leaked. */
export interface LoopContent {
  /** Whose turn it is. */
  readonly turn?: string
  /** What it calls next, in this order. */
  readonly ready?: readonly string[]
  readonly timers?: readonly string[]
  /** Tasks that nobody has waited for, and what became of them. */
  readonly leaked?: Readonly<Record<string, string>>
}

/** Declares an object. */
type Declare = <T extends SharedObject>(kind: string, name: string, make: (words: WordAllocator) => T) => T

/**
 * An event loop with the semantics of Python's `asyncio` (CPython 3.11): many tasks, one turn. Only where a task waits do the other tasks of the
 * loop go on; whatever it does between two waits, also a blocking call, keeps the whole loop waiting. Each task and each callback
 * is an engine thread, so that traces have a column for each; other threads may step at any time.
 *
 * Who is next is decided as CPython decides it: one FIFO queue of calls, filled by `call_soon` and emptied iteration by iteration. A wait
 * is one step that passes the turn and one that resumes; calls of the loop's own (a callback of `gather`, a look at the timers) are
 * steps of the thread that runs the loop.
 *
 * In time mode `free`, any timer may be due at every look, but none before one that was set earlier for no longer. In mode `virtual`, the loop
 * finds all timers that are due at a moment together, in the order of their deadlines; of those with equal deadlines, the ones that were set
 * at one moment in the order in which they were set, the others in any, since on a real clock it depends on how long steps have taken.
 *
 * Declared by `p.eventLoop(name)`; `yield* loop.run(body)` in a thread is Python's `asyncio.run(body())`.
 */
export class EventLoop implements TimedObject {
  readonly kind = 'event loop'
  readonly name: string
  readonly #word: number
  readonly #caller: LoopCaller
  readonly #declare: Declare
  readonly #clock: () => Clock
  /** In properties a loop shows whose turn it is, what is ready and which timers are set; after its end the tasks that leaked, if any. */
  declare readonly contentType?: LoopContent | undefined

  /** @param clock finds what shows the time, or throws if there is none. */
  constructor(name: string, word: number, declare: Declare, clock: () => Clock) {
    this.name = name
    this.#word = word
    this.#clock = clock
    this.#caller = new LoopCaller(this, word)
    this.#declare = declare
  }

  // — running —

  /**
   * Runs `body` as the loop's main task, in the calling thread, and returns its result or throws its error. When it has ended, the
   * tasks that are left are cancelled and waited for (in any order: CPython's set has none; more than four in the order of their threads), and so are the
   * threads of `toThread`. Two steps at least, and one for each call of the loop's own.
   *
   * @throws MisuseError inside the thread if the loop is running.
   */
  *run<R>(body: ThreadBody<R>): Steps<R> {
    yield* this.#caller.call(STARTING_RUN)
    let outcome: Outcome
    let failure: { readonly error: unknown } | null = null
    let result: R | undefined
    try {
      result = yield* body()
      outcome = { kind: 'result', value: result as PlainData }
    } catch (error) {
      outcome = outcomeOf(error)
      failure = { error }
    }
    yield* this.#caller.call(endingRun(outcome))
    if (failure !== null) throw failure.error
    return result as R
  }

  /**
   * Python's `create_task`: `body` becomes a task that the loop calls for the first time when all that is ready now has been called.
   * Two steps: starting its thread, and telling the loop.
   */
  task<R>(body: ThreadBody<R>): Steps<LoopTask<R>>
  task<R>(name: string, body: ThreadBody<R>): Steps<LoopTask<R>>
  *task<R>(first: string | ThreadBody<R>, second?: ThreadBody<R>): Steps<LoopTask<R>> {
    const [givenName, body] = named(first, second)
    const { thread, name } = yield* this.#startTask(givenName, body)
    const id = yield* this.#caller.call(creatingTask(thread.index, name))
    return new LoopTask(this.#caller, id, name, thread)
  }

  /** Python's `TaskGroup`: runs `body`, which starts tasks in the group, and waits for all of them; the first error cancels the others. */
  taskGroup<R>(body: (group: TaskGroup) => Steps<R>): Steps<R> {
    return new TaskGroup(this.#caller, (name, taskBody) => this.#startTask(name, taskBody)).run(body)
  }

  // — waiting —

  /** Waits for `seconds`; 0 only lets the others go on. */
  *sleep(seconds: number): Steps<void> {
    yield* this.#caller.call(sleeping(requireSeconds(seconds)))
  }

  /**
   * Python's `loop.time()`: what `p.clock()` shows, the seconds since the beginning of the program, for any thread. One step.
   *
   * @throws ProgramFault `program/no-clock` in time mode `free`, and where setup declares no `p.clock()`.
   */
  *time(): Steps<number> {
    return yield* this.#clock().read()
  }

  /**
   * Waits for all, and returns their results in the order in which they were given. The first error is thrown at once, and the
   * others go on; with `returnExceptions`, errors stand among the results. Whoever cancels the waiting task cancels them all.
   */
  gather<const T extends readonly TaskSource[]>(...sources: T): Steps<ResultsOf<T>>
  gather<const T extends readonly TaskSource[]>(
    ...sourcesAndOptions: readonly [...T, GatherOptions]
  ): Steps<ResultsOf<T>>
  *gather(...given: readonly (TaskSource | GatherOptions)[]): Steps<unknown> {
    const { sources, returnExceptions } = gatherArguments(given)
    const children = yield* this.#tasksOf(sources)
    const { ids, names } = describe(children)
    return decodeAll(children, yield* this.#caller.call(gathering(ids, names, returnExceptions)))
  }

  /** What `gather` waits for, as a future that can be cancelled or handed on. */
  *gatherFuture(...given: readonly (TaskSource | GatherOptions)[]): Steps<LoopFuture<readonly unknown[]>> {
    const { sources, returnExceptions } = gatherArguments(given)
    const children = yield* this.#tasksOf(sources)
    const { ids, names } = describe(children)
    const make = makingFuture('gatherFuture', names, (loop) => beginGather(loop, ids, returnExceptions))
    const id = yield* this.#caller.call(make)
    return new LoopFuture(this.#caller, id, 'gather', (value) =>
      decodeAll(children, value as unknown as readonly Gathered[]),
    )
  }

  /** Waits until enough of them are done; returns who is and who is not, in the order in which they were given. Throws none of their errors. */
  *wait<R>(
    awaitables: readonly Awaitable<R>[],
    { returnWhen = 'ALL_COMPLETED', timeout }: LoopWaitOptions = {},
  ): Steps<{ readonly done: readonly Awaitable<R>[]; readonly pending: readonly Awaitable<R>[] }> {
    if (awaitables.length === 0) throw new RangeError('wait needs something to wait for')
    if (timeout !== undefined) requireSeconds(timeout)
    const different = [...new Map(awaitables.map((one) => [one.id, one])).values()]
    const { ids, names } = describe(different)
    const done = yield* this.#caller.call(waitingFor(ids, names, returnWhen, timeout))
    const isDone = ({ id }: Awaitable<R>) => done.includes(id)
    return { done: different.filter(isDone), pending: different.filter((one) => !isDone(one)) }
  }

  /**
   * Waits, but no longer than `seconds`: then it is cancelled, waited for, and TimeoutError is thrown.
   *
   * @param source what can be awaited, or a body that becomes a task.
   * @throws TimeoutError
   */
  *waitFor<R>(source: TaskSource<R>, seconds: number): Steps<R> {
    requireSeconds(seconds)
    const [awaitable] = yield* this.#tasksOf([source])
    return awaitable!.decode(yield* this.#caller.call(waitingForOne(awaitable!.id, awaitable!.name, seconds))) as R
  }

  /**
   * Runs `body` in the same task, but no longer than `seconds`: then the task is cancelled, and if nobody else has cancelled it since, TimeoutError is
   * thrown in place of CancelledError. Python's `async with timeout(seconds)`; entering it takes no time, so that more than 0 seconds are
   * never over at once.
   *
   * @throws TimeoutError
   */
  *timeout<R>(seconds: number, body: ThreadBody<R>): Steps<R> {
    const id = yield* this.#caller.call(enteringTimeout(requireSeconds(seconds)))
    let result: R
    try {
      result = yield* body()
    } catch (error) {
      if (error instanceof TaskDestroyed) throw error
      if (yield* this.#caller.call(leavingTimeout(seconds, id, error instanceof CancelledError)))
        throw new TimeoutError()
      throw error
    }
    yield* this.#caller.call(leavingTimeout(seconds, id, false))
    return result
  }

  /** Waits, but whoever cancels the waiting task does not cancel what it waits for. */
  *shield<R>(source: TaskSource<R>): Steps<R> {
    const [awaitable] = yield* this.#tasksOf([source])
    return awaitable!.decode(yield* this.#caller.call(shielding(awaitable!.id, awaitable!.name))) as R
  }

  /** What `shield` waits for, as a future. */
  *shieldFuture<R>(source: TaskSource<R>): Steps<LoopFuture<R>> {
    const [awaitable] = yield* this.#tasksOf([source])
    const { id, name } = awaitable!
    const outer = yield* this.#caller.call(makingFuture('shieldFuture', [name], (loop) => beginShield(loop, id)))
    return new LoopFuture(this.#caller, outer, `shield ${name}`, (value) => awaitable!.decode(value) as R)
  }

  /**
   * Runs `body` in a thread of its own, beside the loop, and waits for it: what blocks there does not block the loop. (CPython's
   * executor has `min(32, cores + 4)` threads; here there is always one more.) If the task is cancelled, the thread goes on, unless it had not begun.
   */
  toThread<R>(body: ThreadBody<R>): Steps<R>
  toThread<R>(name: string, body: ThreadBody<R>): Steps<R>
  *toThread<R>(first: string | ThreadBody<R>, second?: ThreadBody<R>): Steps<R> {
    const [givenName, body] = named(first, second)
    const caller = this.#caller
    const thread = yield* caller.spawn(givenName, function* () {
      if (!(yield* caller.call(BEGINNING_WORKER))) return
      const outcome = yield* runToOutcome(body)
      yield* caller.call(endingWorker(outcome))
    })
    return (yield* caller.call(awaitingThread(thread.index, givenName ?? thread.name))) as R
  }

  // — callbacks and futures —

  /** Has the loop call `body` when all that is ready now has been called. It runs in an engine thread and cannot wait. */
  callSoon(body: ThreadBody<void>): Steps<LoopHandle>
  callSoon(name: string, body: ThreadBody<void>): Steps<LoopHandle>
  *callSoon(first: string | ThreadBody<void>, second?: ThreadBody<void>): Steps<LoopHandle> {
    const [givenName, body] = named(first, second)
    return yield* this.#callLater(null, givenName, body)
  }

  /** Has the loop call `body` after `seconds`; after 0 and less, at its next look at the timers. */
  callLater(seconds: number, body: ThreadBody<void>): Steps<LoopHandle>
  callLater(seconds: number, name: string, body: ThreadBody<void>): Steps<LoopHandle>
  *callLater(seconds: number, first: string | ThreadBody<void>, second?: ThreadBody<void>): Steps<LoopHandle> {
    const [givenName, body] = named(first, second)
    return yield* this.#callLater(requireSeconds(seconds), givenName, body)
  }

  /**
   * `callSoon` for threads that are not the loop's.
   *
   * @throws LoopClosedError if the loop is over.
   */
  callSoonThreadsafe(body: ThreadBody<void>): Steps<void>
  callSoonThreadsafe(name: string, body: ThreadBody<void>): Steps<void>
  *callSoonThreadsafe(first: string | ThreadBody<void>, second?: ThreadBody<void>): Steps<void> {
    const [givenName, body] = named(first, second)
    const { handle, name } = yield* runAsCallback(this.#caller, body, givenName)
    if (!(yield* this.#caller.call(callingBackFromOutside(handle.index, name)))) throw new LoopClosedError()
  }

  /** Python's `create_future`. One step. */
  *future<R = unknown>(): Steps<LoopFuture<R>> {
    const id = yield* this.#caller.call(CREATING_FUTURE)
    return new LoopFuture<R>(this.#caller, id, id, (value) => value as R)
  }

  *#callLater(seconds: number | null, givenName: string | undefined, body: ThreadBody<void>): Steps<LoopHandle> {
    const { handle, name } = yield* runAsCallback(this.#caller, body, givenName)
    const id = yield* this.#caller.call(callingBack(handle.index, name, seconds))
    return new LoopHandle(this.#caller, id, name)
  }

  // — what tasks synchronise with —

  /** Python's `asyncio.Lock`. */
  lock(name: string): LoopLock {
    return this.#declare('loop lock', name, (words) => new LoopLock(name, this.#caller, LoopLock.declare(words)))
  }

  /** Python's `asyncio.Event`. */
  event(name: string): LoopEvent {
    return this.#declare('loop event', name, (words) => new LoopEvent(name, this.#caller, LoopEvent.declare(words)))
  }

  /** Python's `asyncio.Semaphore` with so many permits at first; `bounded` makes it a `BoundedSemaphore`. */
  semaphore(name: string, permits = 1, { bounded = false }: { readonly bounded?: boolean } = {}): LoopSemaphore {
    requireWhole(`loop semaphore “${name}”`, 'permits', permits)
    return this.#declare(
      'loop semaphore',
      name,
      (words) => new LoopSemaphore(name, this.#caller, LoopSemaphore.declare(words, permits), bounded ? permits : null),
    )
  }

  /** Python's `asyncio.Condition`, over a lock that is given to it or one of its own. */
  condition(name: string, lock?: LoopLock): LoopCondition {
    return this.#declare('loop condition', name, (words) => {
      const own = lock ?? new LoopLock(name, this.#caller, LoopLock.declare(words))
      return new LoopCondition(name, this.#caller, LoopCondition.declare(words), own, lock === undefined)
    })
  }

  /** Python's `asyncio.Queue`; by `order` its `LifoQueue` or its `PriorityQueue`. */
  queue<T = unknown>(name: string, options: LoopQueueOptions = {}): LoopQueue<T> {
    requireWhole(`loop queue “${name}”`, 'maxsize', options.maxsize ?? 0)
    return this.#declare(
      'loop queue',
      name,
      (words) => new LoopQueue<T>(name, this.#caller, LoopQueue.declare(words), options),
    )
  }

  // — showing —

  show(world: WorldView): LoopContent | undefined {
    const state = world.value(this.#word) as LoopState
    const leaked = Object.fromEntries(leakedTasks(state).map(({ name, fate }) => [name, fate]))
    const content = {
      ...(state.turn === null ? {} : { turn: world.threadName(world.threadWith(state.turn)) }),
      ...(state.ready.length === 0 ? {} : { ready: state.ready.map((handle) => describeHandle(state, handle)) }),
      ...(state.timers.length === 0 ? {} : { timers: state.timers.map((timer) => describePending(state, timer)) }),
      ...(Object.keys(leaked).length === 0 ? {} : { leaked }),
    }
    return Object.keys(content).length === 0 ? undefined : content
  }

  untilNext(world: WorldView): number | null {
    return untilNextTimer(world.value(this.#word) as LoopState)
  }

  advance(world: WorldAccess, nanoseconds: number): void {
    const state = world.value(this.#word) as LoopState
    if (state.timers.length > 0) world.setValue(this.#word, afterTime(state, nanoseconds))
  }

  /** What a state knows of tasks that leak: for detectors. */
  leaks(world: WorldView): ReturnType<typeof leakedTasks> {
    return leakedTasks(world.value(this.#word) as LoopState)
  }

  leftovers(world: WorldView): readonly Leftover[] {
    return this.leaks(world).map(({ name, fate }) => ({ kind: 'leaked-task', object: this.name, thread: name, fate }))
  }

  // — inside —

  *#startTask<R>(
    givenName: string | undefined,
    body: ThreadBody<R>,
  ): Steps<{ readonly thread: ThreadHandle<R | undefined>; readonly name: string }> {
    const caller = this.#caller
    const thread = yield* caller.spawn(givenName, function* (): Steps<R | undefined> {
      const outcome = yield* runToOutcome(function* () {
        yield* caller.begin()
        return yield* body()
      })
      if (outcome.kind === 'error' && outcome.error.name === TaskDestroyed.name) return undefined
      try {
        yield* caller.call(endingTask(outcome))
      } catch (error) {
        // A task that has caught its destruction ends all the same.
        if (!(error instanceof TaskDestroyed)) throw error
      }
      return outcome.kind === 'result' ? (outcome.value as R) : undefined
    })
    return { thread, name: givenName ?? thread.name }
  }

  *#tasksOf(sources: readonly TaskSource[]): Steps<readonly Awaitable<unknown>[]> {
    const awaitables: Awaitable<unknown>[] = []
    for (const source of sources) awaitables.push(source instanceof Awaitable ? source : yield* this.task(source))
    return awaitables
  }
}

/** Runs a coroutine to its end. What is the program's fault is no outcome. */
function* runToOutcome<R>(body: ThreadBody<R>): Steps<Outcome> {
  try {
    return { kind: 'result', value: (yield* body()) as PlainData }
  } catch (error) {
    return outcomeOf(error)
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof ProgramFault || error instanceof HistoryLimit || isMutation(error)) throw error
  if (error instanceof CancelledError) return { kind: 'cancelled', message: error.message }
  return { kind: 'error', error: thrownBy(error) }
}

function describe(awaitables: readonly Awaitable<unknown>[]) {
  return { ids: awaitables.map(({ id }) => id), names: awaitables.map(({ name }) => name) }
}

function decodeAll(children: readonly Awaitable<unknown>[], gathered: readonly Gathered[]): readonly unknown[] {
  return gathered.map((one, i) => ('error' in one ? errorOf(one.error) : children[i]!.decode(one.result)))
}

function gatherArguments(given: readonly (TaskSource | GatherOptions)[]) {
  const last = given.at(-1)
  const hasOptions = last !== undefined && !(last instanceof Awaitable) && typeof last !== 'function'
  return {
    sources: (hasOptions ? given.slice(0, -1) : given) as readonly TaskSource[],
    returnExceptions: hasOptions ? ((last as GatherOptions).returnExceptions ?? false) : false,
  }
}

function named<R>(
  first: string | ThreadBody<R>,
  second: ThreadBody<R> | undefined,
): [string | undefined, ThreadBody<R>] {
  return typeof first === 'string' ? [first, second!] : [undefined, first]
}

function requireSeconds(seconds: number): number {
  if (typeof seconds !== 'number' || Number.isNaN(seconds))
    throw new RangeError(`an event loop cannot wait for ${String(seconds)} seconds: give it a number`)
  if (Number.isFinite(seconds)) nanosecondsOf(seconds, 'a wait of an event loop', 'Infinity to wait for ever')
  return seconds
}

function requireWhole(object: string, what: string, given: number): void {
  if (Number.isInteger(given) && given >= 0) return
  throw new ProgramFault('program/bad-number', `${object} cannot have ${given} ${what}`, {
    hint: 'give it an integer from 0 on',
  })
}
