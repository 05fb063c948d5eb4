import { Setup } from '../engine/setup.js'
import { ProgramFault } from '../engine/errors.js'
import type { ThreadHandle } from '../engine/marks.js'
import { perform, type Steps, type ThreadBody } from '../engine/operation.js'
import { placeOfCaller } from '../engine/place.js'
import { Atomic } from './atomic.js'
import { Cell } from './cell.js'
import { CellArray } from './cell-array.js'
import { Lock } from './lock.js'
import { Semaphore } from './semaphore.js'
import { Future } from './future.js'
import { PENDING } from './future-state.js'
import { type FutureWaitOptions, FutureWaiter, NOTHING_TOLD, type WaitedFutures } from './future-waiter.js'
import type { WaitOptions } from './semaphore.js'
import { type DeclaredThread, StartedThread, Thread, type ThreadOptions } from './thread.js'
import { ThreadLocal } from './thread-local.js'
import { ThreadPool, type ThreadPoolOptions } from './thread-pool.js'
import { CensusQuestion } from './thread-questions.js'
import { Timer, TimerAlarm } from './timer.js'

/** What an object may hold: 32-bit integers, checked, or any plain data. */
export interface ContentOptions {
  /** By default `'integers'` if the initial value is an integer (if all are), else `'data'`. */
  readonly holds?: 'integers' | 'data'
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
        ),
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
    )
  }

  /** A mutual-exclusion lock. */
  lock(name: string): Lock {
    return this.declare('lock', name, (words) => new Lock(name, words.thread('holder')))
  }

  /** A counting semaphore with so many permits at first. */
  semaphore(name: string, permits = 1): Semaphore {
    requireWhole(`semaphore “${name}”`, 'permits', permits, 0)
    return this.declare('semaphore', name, (words) => new Semaphore(name, words.int('permits', permits)))
  }

  /**
   * Declares a thread. By default it runs from the beginning, which only setup can say; with `start: false` it is to be started,
   * `yield* thread.start()`, and threads can declare such ones as well.
   *
   * @param name unique among the program's threads.
   * @param body a generator function; it touches shared objects by `yield*` only.
   */
  override thread<R>(
    name: string,
    body: ThreadBody<R>,
    { daemon = false, start = true }: Omit<ThreadOptions, 'target'> = {},
  ): Thread<R> {
    if (typeof body !== 'function')
      throw new ProgramFault('program/no-body', `thread “${name}” has no body`, {
        place: placeOfCaller(),
        hint: 'give it a function*',
      })
    return new Thread(this, name, { daemon, start, target: body })
  }

  /** A thread that is to be started: `p.thread` with `start: false`. */
  newThread<R>(name: string, body: ThreadBody<R>, options: { readonly daemon?: boolean } = {}): Thread<R> {
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
    { daemon = false, start = false }: ThreadOptions,
  ): DeclaredThread<R> {
    const running = this.#running
    if (start) {
      const handle = this.engine.thread(name, body, daemon, placeOfCaller()) as ThreadHandle<R>
      return { handle, unstarted: null, running }
    }
    const unstarted = this.engine.startable(name, body, daemon, placeOfCaller())
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
    const services = {
      carried: this.#carried,
      running: this.#running,
      future: <R>(pool: string) =>
        this.future<R>(`${pool}’s job ${this.engine.ordinal()} of ${this.#running()?.name ?? 'setup'}`),
      worker: (worker: string, body: ThreadBody) => this.engine.startable(worker, body, false, undefined),
      afterSetup: (action: () => void) => this.engine.afterSetup(action),
    }
    return this.declare(
      'pool',
      name,
      (words) => new ThreadPool(name, words.data('state', ThreadPool.initialState), options, services),
    )
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
   * @throws TimeoutError if none comes within `timeout` seconds.
   */
  asCompleted<R>(
    futures: Iterable<Future<R>>,
    each: (future: Future<R>) => Steps<unknown>,
    options: WaitOptions = {},
  ): Steps<void> {
    return this.#waiter(futures).asCompleted(each, (ways) => this.choose(ways), options)
  }

  #waiter<R>(futures: Iterable<Future<R>>): FutureWaiter<R> {
    const name = `waiter ${this.engine.ordinal()} of ${this.#running()?.name ?? 'setup'}`
    return this.declare(
      'waiter',
      name,
      (words) => new FutureWaiter(name, words.data('told', NOTHING_TOLD), [...futures]),
    )
  }

  readonly #carried = (key: string): unknown => this.engine.carried(key)

  readonly #running = (): ThreadHandle | null => this.engine.current()
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
