import { CallHistory } from '../engine/detect/call-history.js'
import type { SequentialModel } from '../engine/detect/linearization.js'
import { requireScheduling, schedulingOf } from '../engine/scheduling.js'
import { type SharingOptions, Setup, type WordAllocator } from '../engine/setup.js'
import { ProgramFault } from '../engine/errors.js'
import type { ThreadHandle } from '../engine/marks.js'
import { perform, type Steps, type ThreadBody } from '../engine/operation.js'
import { placeOfCaller } from '../engine/place.js'
import { Atomic } from './atomic.js'
import { Barrier, type BarrierOptions, NOBODY_INSIDE } from './barrier.js'
import { BoundedSemaphore } from './bounded-semaphore.js'
import { Cell } from './cell.js'
import { CellArray } from './cell-array.js'
import { Clock } from './clock.js'
import { Connection, type Direction, OPEN_PIPE } from './connection.js'
import { EMPTY_MAILBOX, Mailbox, type MailboxOptions, type MailboxState } from './mailbox.js'
import { type Key, ManagedDict, ManagedList, Manager } from './manager.js'
import { Process, type ProcessOptions } from './process.js'
import { ProcessQueue, type ProcessQueueOptions, type ProcessQueueState } from './process-queue.js'
import { SharedArray, SharedValue, type SynchronizedState } from './synchronized.js'
import { Condition, type ConditionState } from './condition.js'
import { Event, UNSET } from './event.js'
import { EventLoop } from './event-loop/event-loop.js'
import { NEW_LOOP } from './event-loop/loop-state.js'
import { Lock } from './lock.js'
import { type ModelMethods, recorded, type RecordedMethods } from './linearizable.js'
import { NOT_YET, Once } from './once.js'
import { NOBODY, type Preference, ReaderWriterLock } from './reader-writer-lock.js'
import { RLock } from './rlock.js'
import { Semaphore } from './semaphore.js'
import { CircuitBreaker } from './circuit-breaker.js'
import { Deque } from './deque.js'
import { Emitter, type Handlers, type Registration } from './emitter.js'
import { type FileContents, Files } from './files.js'
import { LifoQueue } from './lifo-queue.js'
import { PriorityQueue } from './priority-queue.js'
import { Queue, type QueueState } from './queue.js'
import { SimpleQueue } from './simple-queue.js'
import { Stream } from './stream.js'
import { Future } from './future.js'
import { PENDING } from './future-state.js'
import { type FutureWaitOptions, FutureWaiter, NOTHING_TOLD, type WaitedFutures } from './future-waiter.js'
import type { WaitOptions } from './semaphore.js'
import { type DeclaredThread, StartedThread, Thread, type ThreadOptions } from './thread.js'
import { ThreadLocal } from './thread-local.js'
import { ThreadPool, type ThreadPoolOptions } from './thread-pool.js'
import { ProcessPool, type ProcessPoolOptions, type PoolWorker } from './process-pool.js'
import { Pool, type PoolOptions } from './pool.js'
import { CensusQuestion } from './thread-questions.js'
import { Timer, TimerAlarm } from './timer.js'

/** What an object may hold: 32-bit integers, checked, or any plain data. */
export interface ContentOptions extends SharingOptions {
  /** By default `'integers'` if the initial value is an integer (if all are), else `'data'`. */
  readonly holds?: 'integers' | 'data'
}

/** How much a queue holds. */
export interface QueueOptions {
  /** Items at most; 0 = any number. @default 0 */
  readonly maxsize?: number
}

/** What a literal given as initial value stands for: `0` for any number, `false` for any boolean. */
export type Widened<T> = T extends number ? number : T extends boolean ? boolean : T extends string ? string : T

/** The `p` of a program's setup: everything the course's programs share and synchronise with. */
export class Vocabulary extends Setup {
  /** Plain memory. */
  cell<T>(name: string, initial: T, options?: ContentOptions): Cell<Widened<T>> {
    return this.declare(
      'cell',
      name,
      (words) =>
        new Cell(
          name,
          holdsIntegers([initial], options) ? words.int('value', initial as number) : words.data('value', initial),
        ),
      options,
    )
  }

  /** An atomic variable. */
  atomic<T>(name: string, initial: T, options?: ContentOptions): Atomic<Widened<T>> {
    return this.declare(
      'atomic',
      name,
      (words) =>
        new Atomic(
          name,
          holdsIntegers([initial], options) ? words.int('value', initial as number) : words.data('value', initial),
          words.dataOnDemand('waiters', []),
        ),
      options,
    )
  }

  /** An array of plain cells: its length (all zero), or its initial values. */
  array(name: string, length: number, options?: ContentOptions): CellArray<number>
  array<T>(name: string, initial: readonly T[], options?: ContentOptions): CellArray<Widened<T>>
  array<T>(
    name: string,
    first: number | readonly T[],
    options?: ContentOptions,
  ): CellArray<Widened<T>> | CellArray<number> {
    if (typeof first === 'number' && (!Number.isInteger(first) || first < 0 || first > 1_000_000))
      throw new ProgramFault('program/array-length', `array “${name}” cannot have ${first} elements`, {
        hint: 'give it 0 to 1,000,000 elements',
      })
    const initial: readonly unknown[] = typeof first === 'number' ? new Array<number>(first).fill(0) : first
    const integers = holdsIntegers(initial, options)
    return this.declare(
      'array',
      name,
      (words) =>
        new CellArray<Widened<T>>(
          name,
          initial.map((value, i) => (integers ? words.int(String(i), value as number) : words.data(String(i), value))),
        ),
      options,
    )
  }

  /** A mutual-exclusion lock. */
  lock(name: string, options?: SharingOptions): Lock {
    return this.declare('lock', name, (words) => new Lock(name, words.thread('holder')), options)
  }

  /**
   * The seconds that have passed since the beginning, in time mode `virtual`.
   *
   * @throws ProgramFault `program/no-clock` in mode `free`, in which no time passes.
   */
  clock(name = 'now'): Clock {
    if (this.time === 'free') throw noClock(`there is no clock “${name}” where time is free`, VIRTUAL)
    const clock = this.declare('clock', name, (words) => new Clock(name, words.data('now', 0)), SHARED)
    if (this.#running() === null) this.#clock ??= clock
    return clock
  }

  /** A counting semaphore with so many permits at first. */
  semaphore(name: string, permits = 1, options?: SharingOptions): Semaphore {
    requireWhole(`semaphore “${name}”`, 'permits', permits, 0)
    return this.declare('semaphore', name, (words) => new Semaphore(name, words.int('permits', permits)), options)
  }

  /** A process, which runs once it is started. */
  process<R>(name: string, body: ThreadBody<R>, options: ProcessOptions = {}): Process<R> {
    requireProcess(name, body, options)
    const pid = this.engine.process(options.daemon ?? false, placeOfCaller())
    const context = this.engine.processes
    return this.declare(
      'process',
      name,
      (words) => new Process(name, words.data('status', 'not started'), body, { context, pid, options }),
      SHARED,
    )
  }

  /** A pipe between processes: its two ends. If it is not duplex, the first receives and the second sends. */
  pipe<T = unknown>(
    name: string,
    { duplex = true }: { readonly duplex?: boolean } = {},
  ): [Connection<T>, Connection<T>] {
    let word = -1
    const end = (side: 0 | 1): Connection<T> => {
      const direction: Direction = { side, reads: duplex || side === 0, writes: duplex || side === 1 }
      return this.declare(
        'connection',
        `${name}.${side}`,
        (words) => {
          if (side === 0) word = words.data('pipe', OPEN_PIPE)
          return new Connection<T>(`${name}.${side}`, word, direction)
        },
        SHARED,
      )
    }
    return [end(0), end(1)]
  }

  /** Messages that come over a network to one address: they may be lost, and those of several senders arrive in any order. */
  mailbox<T = unknown>(name: string, options: MailboxOptions = {}): Mailbox<T> {
    requireWhole(`mailbox “${name}”`, 'as node', options.node ?? 0, 0)
    return this.declare(
      'mailbox',
      name,
      (words) => {
        const empty: MailboxState<T> = EMPTY_MAILBOX
        return new Mailbox<T>(name, words.data('messages', empty), this.time, options)
      },
      SHARED,
    )
  }

  /** A queue between processes. */
  processQueue<T = unknown>(name: string, { maxsize = 0 }: ProcessQueueOptions = {}): ProcessQueue<T> {
    requireWhole(`process queue “${name}”`, 'as maxsize', maxsize, 0)
    const initial: ProcessQueueState<T> = { arrived: [], landed: [], underway: [], unfinished: 0 }
    return this.declare(
      'process queue',
      name,
      (words) => {
        const word = words.data('items', initial)
        const queue = new ProcessQueue<T>(name, word, maxsize, this.engine.processes, this.time)
        this.engine.atProcessExit({
          word,
          isDue: (content, process) => ProcessQueue.isUnderway(content, process),
          perform: () => queue.flush(),
        })
        return queue
      },
      SHARED,
    )
  }

  /** A number in memory that processes share, with its lock. */
  sharedValue(name: string, initial = 0): SharedValue {
    requireNumbers(`shared value “${name}”`, [initial])
    return this.declare(
      'shared value',
      name,
      (words) => new SharedValue(name, words.data('value', unlocked(initial)), isInteger32(initial)),
      SHARED,
    )
  }

  /** Numbers in memory that processes share, with their lock: how many (all zero), or the initial ones. */
  sharedArray(name: string, first: number | readonly number[]): SharedArray {
    if (typeof first === 'number') requireWhole(`shared array “${name}”`, 'elements', first, 0)
    const initial = typeof first === 'number' ? new Array<number>(first).fill(0) : first
    requireNumbers(`shared array “${name}”`, initial)
    return this.declare(
      'shared array',
      name,
      (words) =>
        new SharedArray(name, words.data('values', unlocked(initial)), initial.length, initial.every(isInteger32)),
      SHARED,
    )
  }

  /** A manager, whose dictionaries and lists all processes can ask. */
  manager(): Manager {
    return new Manager({
      dict: <K extends Key, V>(name: string, initial: readonly (readonly [K, V])[]) =>
        this.declare(
          'managed dict',
          name,
          (words) => new ManagedDict<K, V>(name, words.data('entries', initial)),
          SHARED,
        ),
      list: <T>(name: string, initial: readonly T[]) =>
        this.declare('managed list', name, (words) => new ManagedList<T>(name, words.data('items', initial)), SHARED),
    })
  }

  /** An event loop with asyncio's tasks. */
  eventLoop(name: string): EventLoop {
    return this.declare(
      'event loop',
      name,
      (words) =>
        new EventLoop(
          name,
          words.data('loop', NEW_LOOP),
          (...object) => this.declare(...object),
          () => this.#clockOf(`event loop “${name}”`),
        ),
    )
  }

  /** A re-entrant lock. */
  rlock(name: string, options?: SharingOptions): RLock {
    return this.declare('rlock', name, (words) => new RLock(name, words.data('held', null)), options)
  }

  /**
   * A condition over `lock`, or over a re-entrant lock of its own.
   *
   * @param options.spurious whether a wait may end without a notify: so many of them in an execution, or any number (`true`). A
   * loop around a wait that may do so any number of times needs `p.at` at its head, and may go on for ever.
   */
  condition(
    name: string,
    lock?: Lock | RLock,
    { spurious = false, shared = false }: { readonly spurious?: boolean | number } & SharingOptions = {},
  ): Condition {
    if (typeof spurious === 'number') requireWhole(`condition “${name}”`, 'spurious wake-ups', spurious, 0)
    const initial: ConditionState = { waiting: [], spuriousLeft: typeof spurious === 'number' ? spurious : 0 }
    return this.declare(
      'condition',
      name,
      (words) =>
        new Condition(
          name,
          words.data('waiting', initial),
          lock ?? new RLock(name, words.data('held', null), 'condition'),
          lock === undefined,
          spurious === true,
          this.time,
        ),
      { shared },
    )
  }

  /** A semaphore that never has more permits than at first. */
  boundedSemaphore(name: string, permits = 1, options?: SharingOptions): BoundedSemaphore {
    requireWhole(`bounded semaphore “${name}”`, 'permits', permits, 0)
    return this.declare(
      'bounded semaphore',
      name,
      (words) => new BoundedSemaphore(name, words.int('permits', permits), permits),
      options,
    )
  }

  /** A flag that threads can wait for, not set at first. */
  event(name: string, options?: SharingOptions): Event {
    return this.declare('event', name, (words) => new Event(name, words.data('flag', UNSET)), options)
  }

  /** A point where so many threads wait for each other. */
  barrier(name: string, parties: number, options: BarrierOptions & SharingOptions = {}): Barrier {
    requireWhole(`barrier “${name}”`, 'parties', parties, 1)
    return this.declare(
      'barrier',
      name,
      (words) => new Barrier(name, words.data('state', NOBODY_INSIDE), parties, options),
      options,
    )
  }

  /** A lock that many may hold to read or one to write. */
  readerWriterLock(name: string, { preference = 'none' }: { readonly preference?: Preference } = {}): ReaderWriterLock {
    return this.declare(
      'reader-writer lock',
      name,
      (words) => new ReaderWriterLock(name, words.data('state', NOBODY), preference),
    )
  }

  /** Something that happens once. */
  once(name: string): Once {
    return this.declare('once', name, (words) => new Once(name, words.data('state', NOT_YET)))
  }

  /** A queue, first in, first out. */
  queue<T>(name: string, { maxsize = 0 }: QueueOptions = {}): Queue<T> {
    requireWhole(`queue “${name}”`, 'items at most', maxsize, 0)
    return this.declare('queue', name, (words) => new Queue(name, words.data('state', EMPTY_QUEUE), maxsize))
  }

  /** A queue, last in, first out. */
  lifoQueue<T>(name: string, { maxsize = 0 }: QueueOptions = {}): LifoQueue<T> {
    requireWhole(`LIFO queue “${name}”`, 'items at most', maxsize, 0)
    return this.declare('LIFO queue', name, (words) => new LifoQueue(name, words.data('state', EMPTY_QUEUE), maxsize))
  }

  /** A queue, least first. */
  priorityQueue<T>(name: string, { maxsize = 0 }: QueueOptions = {}): PriorityQueue<T> {
    requireWhole(`priority queue “${name}”`, 'items at most', maxsize, 0)
    return this.declare(
      'priority queue',
      name,
      (words) => new PriorityQueue(name, words.data('state', EMPTY_QUEUE), maxsize),
    )
  }

  /** An unbounded queue, first in, first out, that counts no tasks. */
  simpleQueue<T>(name: string): SimpleQueue<T> {
    return this.declare('simple queue', name, (words) => new SimpleQueue(name, words.data('items', [])))
  }

  /** A sequence with two ends. With `maxlen`, it keeps only so many of the rightmost initial values. */
  deque<T>(name: string, initial: readonly T[] = [], { maxlen }: { readonly maxlen?: number } = {}): Deque<Widened<T>> {
    if (maxlen !== undefined) requireWhole(`deque “${name}”`, 'values at most', maxlen, 0)
    const kept = initial.slice(maxlen === undefined ? 0 : Math.max(0, initial.length - maxlen))
    return this.declare('deque', name, (words) => new Deque(name, words.data('values', kept), maxlen))
  }

  /**
   * Tells handlers of events.
   *
   * @param handlers the bodies of handlers, by the names under which threads register them.
   * @param options.registered who waits for what from the beginning, in order.
   */
  emitter<H extends Handlers>(
    name: string,
    handlers: H,
    {
      registered = [],
    }: { readonly registered?: readonly (readonly [event: string, handler: keyof H & string])[] } = {},
  ): Emitter<H> {
    const initial = registered.map(([event, handler]): Registration => ({ event, handler, once: false }))
    return this.declare('emitter', name, (words) => new Emitter(name, words.data('registered', initial), handlers))
  }

  /** A stream of values; whoever writes waits while so many have not been read. */
  stream<T>(name: string, { highWaterMark = 1 }: { readonly highWaterMark?: number } = {}): Stream<T> {
    requireWhole(`stream “${name}”`, 'values at its mark', highWaterMark, 1)
    const initial = { items: [], ended: false }
    return this.declare('stream', name, (words) => new Stream(name, words.data('state', initial), highWaterMark))
  }

  /**
   * A circuit breaker, closed at first.
   *
   * @param options.failures how many calls in a row must fail for it to open.
   * @param options.resetAfter seconds from then on to the first probe. In time mode `free`: any time at all, unless it is 0.
   */
  circuitBreaker(name: string, options: { readonly failures: number; readonly resetAfter: number }): CircuitBreaker {
    requireWhole(`circuit breaker “${name}”`, 'failures to open', options.failures, 1)
    if (!(options.resetAfter >= 0))
      throw new ProgramFault('program/bad-number', `circuit breaker “${name}” cannot wait ${options.resetAfter} s`, {
        place: placeOfCaller(),
        hint: 'give resetAfter a number of seconds from 0 on',
      })
    const initial = { mode: 'closed', failures: 0 }
    return this.declare(
      'circuit breaker',
      name,
      (words) =>
        new CircuitBreaker(name, words.data('state', initial), options.failures, options.resetAfter, this.time),
    )
  }

  /** A small file system, with these files at first. */
  files(name: string, contents: FileContents = {}): Files {
    return this.declare('files', name, (words) => new Files(name, words.data('contents', contents)))
  }

  /**
   * Claims that an object is linearizable: whatever threads call at the same time, every call seems to take effect at one moment
   * between its call and its return, as a sequential model of the object says. Its methods are to be called through what is
   * returned; each call and each return is one step more, which orders nothing and is part of no outcome. A call that has
   * not returned may have taken effect or not.
   *
   * @param name how reports call the object. @default its own name
   * @param object generator methods, or one of the library's objects.
   * @param model a first state and a pure function for each method: of the state and the arguments, to the next state and the
   * result, or null where a call could not return yet. A method that throws returns `{ throws: 'Name: message' }`.
   *
   * @example
   * ```ts
   * import { explore, program } from 'entrelacs'
   *
   * const tickets = program('tickets', {}, (_params, p) => {
   *   const next = p.atomic('next', 0)
   *   const counter = p.linearizable(
   *     'counter',
   *     {
   *       *draw() {
   *         const number = yield* next.read()
   *         yield* next.write(number + 1)
   *         return number
   *       },
   *     },
   *     { initial: 0, methods: { draw: (count: number) => ({ state: count + 1, result: count }) } },
   *   )
   *   for (const name of ['A', 'B']) p.thread(name, () => counter.draw())
   * })
   * const { violations } = await explore(tickets)
   * console.log(violations[0]!.message) // counter is linearizable
   * ```
   */
  linearizable<T extends object, S, M extends ModelMethods<T, S>>(
    object: T,
    model: { readonly initial: S; readonly methods: M },
  ): RecordedMethods<T, M>
  linearizable<T extends object, S, M extends ModelMethods<T, S>>(
    name: string,
    object: T,
    model: { readonly initial: S; readonly methods: M },
  ): RecordedMethods<T, M>
  linearizable<T extends object, S>(
    first: string | T,
    second: T | SequentialModel<S>,
    third?: SequentialModel<S>,
  ): unknown {
    const name = typeof first === 'string' ? first : nameOf(first)
    const object = (typeof first === 'string' ? second : first) as T
    const model = (third ?? second) as SequentialModel<unknown>
    const history = this.declare(
      'history',
      `history of ${name}`,
      (words) => new CallHistory(`history of ${name}`, name, words.record('calls', [])),
    )
    this.alwaysExplained(`${name} is linearizable`, history, model)
    return recorded(history, object, Object.keys(model.methods))
  }

  /**
   * Declares a thread. By default it runs from the beginning, which only setup can say; with `start: false` it is to be started,
   * `yield* thread.start()`, and threads can declare such ones as well.
   *
   * @param name unique among the program's threads.
   * @param body a generator function; it touches shared objects by `yield*` only.
   * @param options.priority `nice`, `tickets`, `affinity`: what the operating system of a simulated computer is told. Exploring
   * takes every order, whatever is said here.
   * @throws ProgramFault `program/scheduling` if an operating system cannot be told that.
   */
  override thread<R>(
    name: string,
    body: ThreadBody<R>,
    { daemon = false, start = true, ...scheduling }: Omit<ThreadOptions, 'target'> = {},
  ): Thread<R> {
    if (typeof body !== 'function')
      throw new ProgramFault('program/no-body', `thread “${name}” has no body`, {
        place: placeOfCaller(),
        hint: 'give it a function*',
      })
    return new Thread(this, name, { daemon, start, target: body, ...scheduling })
  }

  /** A thread that is to be started: `p.thread` with `start: false`. */
  newThread<R>(name: string, body: ThreadBody<R>, options: Omit<ThreadOptions, 'start' | 'target'> = {}): Thread<R> {
    return this.thread(name, body, { ...options, start: false })
  }

  override spawn<R>(body: ThreadBody<R>): Steps<StartedThread<R>>
  override spawn<R>(name: string, body: ThreadBody<R>, options?: { readonly daemon?: boolean }): Steps<StartedThread<R>>
  override *spawn<R>(
    first: string | ThreadBody<R>,
    body?: ThreadBody<R>,
    options?: { readonly daemon?: boolean },
  ): Steps<StartedThread<R>> {
    const spawned = typeof first === 'string' ? super.spawn(first, body!, options) : super.spawn(first)
    return new StartedThread(yield* spawned, this.#running)
  }

  /** For classes that extend `Thread`: what its constructor does. */
  declareThread<R>(
    name: string,
    body: ThreadBody<R>,
    { daemon = false, start = false, ...said }: ThreadOptions,
  ): DeclaredThread<R> {
    const running = this.#running
    const scheduling = schedulingOf(said)
    const place = placeOfCaller()
    if (scheduling !== undefined) requireScheduling(name, scheduling, place)
    if (start) {
      const handle = this.engine.thread(name, body, daemon, place, scheduling) as ThreadHandle<R>
      return { handle, unstarted: null, running }
    }
    const unstarted = this.engine.startable(name, body, daemon, place, scheduling)
    return { handle: unstarted.handle as ThreadHandle<R>, unstarted, running }
  }

  /** The thread whose code is running. Not a step. */
  currentThread(): StartedThread {
    const handle = this.#running()
    if (handle !== null) return new StartedThread(handle, this.#running)
    throw new ProgramFault('program/not-in-a-thread', 'no thread is running while the setup is', {
      place: placeOfCaller(),
      hint: 'ask in a thread’s code',
    })
  }

  /** The main thread: the first that setup declares to run from the beginning. Not a step. */
  mainThread(): StartedThread {
    return new StartedThread(this.engine.main(), this.#running)
  }

  /** The names of all threads that have begun and not ended, in the order of their declaration, each followed by its children. One step. */
  enumerate(): Steps<readonly string[]> {
    return perform(new CensusQuestion('enumerate', (alive) => alive))
  }

  /** How many threads have begun and not ended. One step. */
  activeCount(): Steps<number> {
    return perform(new CensusQuestion('activeCount', (alive) => alive.length))
  }

  /** A thread that runs `body` some seconds after it was started, unless it is cancelled before. */
  timer<R>(name: string, seconds: number, body: ThreadBody<R>): Timer<R> {
    const alarm = this.declare('timer', name, (words) => new TimerAlarm(name, words.data('state', 'waiting')))
    return new Timer(this, name, seconds, body, alarm)
  }

  /** Data of which each thread has its own. */
  threadLocal(name: string): ThreadLocal {
    return this.declare('thread-local', name, (words) => new ThreadLocal(name, words.own('attributes', {})))
  }

  /** A future that is to be completed by hand. */
  future<R = unknown>(name: string): Future<R> {
    return this.declare('future', name, (words) => new Future<R>(name, words.data('state', PENDING), this.#carried))
  }

  /** A pool of threads that run jobs. */
  threadPool(name: string, options: ThreadPoolOptions): ThreadPool {
    const pool = this.declare(
      'pool',
      name,
      (words) =>
        new ThreadPool(name, words.data('state', ThreadPool.initialState), options, {
          ...this.#poolServices(),
          worker: (worker: string, body: ThreadBody) => this.engine.startable(worker, body, false, undefined),
        }),
    )
    this.engine.atPoolExit(() => pool.shutdown({ wait: false }), placeOfCaller())
    return pool
  }

  /** A pool of so many processes that run jobs. */
  processPool(name: string, workers: number, options: ProcessPoolOptions = {}): ProcessPool {
    requireStartMethod(`the processes of pool “${name}”`, options.start)
    const place = placeOfCaller()
    const worker = (make: (status: number, pid: number) => PoolWorker, called: string) => {
      const pid = this.engine.process(false, place)
      return this.declare('process', called, (words) => make(words.data('status', 'not started'), pid), SHARED)
    }
    const pool = this.declare(
      'process pool',
      name,
      (words) =>
        new ProcessPool(
          name,
          {
            state: words.data('state', ProcessPool.initialState),
            calls: words.data('calls', ProcessPool.initialCalls),
          },
          workers,
          options,
          {
            ...this.#poolServices(),
            context: this.engine.processes,
            thread: (manager: string, body: ThreadBody) => this.engine.startable(manager, body, false, undefined),
          },
        ),
      SHARED,
    )
    pool.declareWorkers(worker)
    this.engine.atPoolExit(() => pool.shutdown({ wait: false }), place)
    return pool
  }

  /** A pool of so many processes that run jobs, with the semantics of `multiprocessing.Pool`. */
  pool(name: string, processes: number, options: PoolOptions = {}): Pool {
    requireStartMethod(`the processes of pool “${name}”`, options.start)
    const place = placeOfCaller()
    const pool = this.declare(
      'pool',
      name,
      (words) =>
        new Pool(
          name,
          { state: words.data('state', Pool.initialState), tasks: words.data('tasks', Pool.initialTasks) },
          processes,
          options,
          {
            carried: this.#carried,
            running: this.#running,
            context: this.engine.processes,
            result: (kind, method, initial, make) => {
              const called = `${name}’s ${method} ${this.engine.ordinal()} of ${this.#running()?.name ?? 'setup'}`
              return this.declare(kind, called, (own) => make(called, this.engine.hidden(own.data('state', initial))))
            },
            handler: (handler: string, body: ThreadBody) => this.engine.server(handler, body),
            worker: (worker, make) => {
              const pid = this.engine.process(true, place)
              const status = (own: WordAllocator) => this.engine.hidden(own.data('status', 'not started'))
              return this.declare('process', worker, (own) => make(status(own), pid), SHARED)
            },
            afterSetup: (action: () => void) => this.engine.afterSetup(action),
          },
        ),
      SHARED,
    )
    pool.declareWorkers()
    return pool
  }

  #poolServices() {
    return {
      carried: this.#carried,
      running: this.#running,
      time: this.time,
      future: <R>(pool: string) =>
        this.future<R>(`${pool}’s job ${this.engine.ordinal()} of ${this.#running()?.name ?? 'setup'}`),
      afterSetup: (action: () => void) => this.engine.afterSetup(action),
    }
  }

  /**
   * Waits until futures are done, or until the first is, or until one has failed (`returnWhen`), but no longer than `timeout` seconds.
   * As in Python, a future that was cancelled counts as done once its pool has noticed.
   */
  wait<R>(futures: Iterable<Future<R>>, options: FutureWaitOptions = {}): Steps<WaitedFutures<R>> {
    return this.#waiter(futures).wait(options)
  }

  /**
   * Runs `each` for every future as soon as it is done, in that order; those that are done already come first, in any order.
   *
   * @throws TimeoutError if `timeout` seconds after the call some have not come, also if `each` has taken that long.
   */
  asCompleted<R>(
    futures: Iterable<Future<R>>,
    each: (future: Future<R>) => Steps<unknown>,
    options: WaitOptions = {},
  ): Steps<void> {
    return this.#waiter(futures).asCompleted(each, (ways) => this.choose(ways), options)
  }

  /** What shows the time to an object that has none itself. */
  #clockOf(object: string): Clock {
    if (this.#clock !== null) return this.#clock
    const missing = `there is no clock that ${object} could read`
    if (this.time === 'free') throw noClock(`${missing} where time is free`, VIRTUAL)
    throw noClock(missing, 'declare one in the setup: p.clock()')
  }

  #waiter<R>(futures: Iterable<Future<R>>): FutureWaiter<R> {
    const name = `waiter ${this.engine.ordinal()} of ${this.#running()?.name ?? 'setup'}`
    return this.declare(
      'waiter',
      name,
      (words) => new FutureWaiter(name, words.data('told', NOTHING_TOLD), [...futures], this.time),
    )
  }

  // The first that setup declares.
  #clock: Clock | null = null

  readonly #carried = (key: string): unknown => this.engine.carried(key)

  readonly #running = (): ThreadHandle | null => this.engine.current()
}

const EMPTY_QUEUE: QueueState<never> = { items: [], unfinished: 0 }

const VIRTUAL = "declare the program with { time: 'virtual' }, or explore it with --time virtual"

function noClock(message: string, hint: string): ProgramFault {
  return new ProgramFault('program/no-clock', message, { place: placeOfCaller(), hint })
}

function nameOf(object: object): string {
  return 'name' in object && typeof object.name === 'string' ? object.name : 'the object'
}

function requireWhole(object: string, what: string, given: number, least: number): void {
  if (Number.isInteger(given) && given >= least) return
  throw new ProgramFault('program/bad-number', `${object} cannot have ${given} ${what}`, {
    place: placeOfCaller(),
    hint: `give it an integer from ${least} on`,
  })
}

function holdsIntegers(initial: readonly unknown[], options: ContentOptions | undefined): boolean {
  if (options?.holds !== undefined) return options.holds === 'integers'
  return initial.every((value) => typeof value === 'number' && (value | 0) === value)
}

const SHARED: SharingOptions = { shared: true }

function unlocked<C>(content: C): SynchronizedState<C> {
  return { content, owner: null, depth: 0 }
}

function isInteger32(value: number): boolean {
  return (value | 0) === value
}

function requireProcess(name: string, body: unknown, { start }: ProcessOptions): void {
  if (typeof body !== 'function')
    throw new ProgramFault('program/no-body', `process “${name}” has no body`, {
      place: placeOfCaller(),
      hint: 'give it a function*',
    })
  requireStartMethod(`process “${name}”`, start)
}

function requireStartMethod(what: string, start = 'spawn'): void {
  if (['spawn', 'fork', 'forkserver'].includes(start)) return
  throw new ProgramFault('program/start-method', `${what} cannot be started by ${JSON.stringify(start)}`, {
    place: placeOfCaller(),
    hint: "say 'spawn', 'fork' or 'forkserver'",
  })
}

function requireNumbers(object: string, initial: readonly unknown[]): void {
  const wrong = initial.find((value) => typeof value !== 'number')
  if (wrong === undefined) return
  throw new ProgramFault('program/bad-number', `${object} cannot hold ${JSON.stringify(wrong)}`, {
    place: placeOfCaller(),
    hint: 'give it numbers; p.manager() has lists and dictionaries of any plain data',
  })
}
