import { MisuseError } from '../engine/errors.js'
import type { Steps, WorldAccess } from '../engine/operation.js'
import type { ProcessContext } from '../engine/process-operations.js'
import type { TimedObject } from '../engine/time/timed-object.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import { type Attempt, attempting, type Failed, settle, settled, succeeded } from './attempt.js'
import { Empty, Full, QUEUE_ERRORS } from './queue-errors.js'
import type { WaitOptions } from './semaphore.js'
import { withTimeout } from './timed.js'
import { type Effect, StatefulObject, type Transition } from './transition.js'

/** Items that a process has put and that are on their way, first in first out. */
interface Underway<T> {
  /** The identity of the process; empty for the main one. */
  readonly process: string
  /** Never empty. */
  readonly items: readonly T[]
}

/** The state of a queue between processes. */
export interface ProcessQueueState<T> {
  /** Those that have arrived, in the order in which they will be taken. */
  readonly arrived: readonly T[]
  /** In virtual time: those that have arrived in an order that is not settled yet, by the moment in which they were put. */
  readonly landed: readonly (readonly Underway<T>[])[]
  /** By process, in the order of their identities. */
  readonly underway: readonly Underway<T>[]
  readonly unfinished: number
}

/** How a queue between processes is to be. */
export interface ProcessQueueOptions {
  /** The number of items it holds at most; 0 = any number. @default 0 */
  readonly maxsize?: number
}

/**
 * A queue between processes, with the semantics of Python's `multiprocessing.Queue` (and of its `JoinableQueue`: `taskDone`, `join`).
 * `put` hands the item to a feeder of its process and returns at once, so that `empty` may still be true; the items of one
 * process arrive in the order in which they were put, those of several in any. The order of arrivals is settled only when
 * somebody looks, which shows the same as a feeder that steps by itself. A process that leaves waits until its items have
 * arrived; those of one that was terminated still arrive here, while the real one may lose them. In time mode `virtual` an item takes no
 * time to arrive, so that it has once the clock has moved.
 *
 * Declared by `p.processQueue(name)`, in setup. Every operation is one step.
 */
export class ProcessQueue<T = unknown> extends StatefulObject<ProcessQueueState<T>> implements TimedObject {
  readonly kind = 'process queue'
  /** The number of items it holds at most; 0 = any number. */
  readonly maxsize: number
  readonly #context: ProcessContext
  readonly #time: TimeMode
  /** In properties a queue shows the items that have arrived, then those underway. */
  declare readonly contentType?: readonly T[]

  constructor(name: string, word: number, maxsize: number, context: ProcessContext, time: TimeMode) {
    super(name, word)
    this.maxsize = maxsize
    this.#context = context
    this.#time = time
  }

  /**
   * Adds an item, waiting while the queue is full.
   *
   * @param options.timeout seconds to wait at most.
   * @throws Full if the time has passed.
   */
  *put(item: T, { timeout }: WaitOptions = {}): Steps<void> {
    const putting = { ...this.#put('put', item), ways: (state: ProcessQueueState<T>) => (this.#isFull(state) ? 0 : 1) }
    if (timeout === undefined) return yield* settled(this.perform(putting), QUEUE_ERRORS)
    const ended = yield* withTimeout(this.operation(putting), timeout)
    if (ended.timedOut) throw new Full(`queue “${this.name}” is still full after ${timeout} s`)
  }

  /**
   * Adds an item if there is room.
   *
   * @throws Full if there is none.
   */
  putNowait(item: T): Steps<void> {
    return settled(this.perform(this.#put('putNowait', item)), QUEUE_ERRORS)
  }

  /**
   * Takes an item, waiting until one has arrived.
   *
   * @param options.timeout seconds to wait at most, also for items underway.
   * @throws Empty if the time has passed.
   */
  *get({ timeout }: WaitOptions = {}): Steps<T> {
    if (timeout !== undefined && (this.#time === 'free' || timeout <= 0))
      return yield* this.#tryToGet('get', [{ timeout }], true)
    const getting = attempting<ProcessQueueState<T>, T>({
      name: 'get',
      ways: (state) => (state.arrived.length > 0 ? 1 : nextOf(state).length),
      step: (state, way) => taken(arriving(state, way)),
    })
    if (timeout === undefined) return yield* settled(this.perform(getting), QUEUE_ERRORS)
    const ended = yield* withTimeout(this.operation(getting), timeout)
    if (ended.timedOut) throw new Empty(`nothing has arrived in queue “${this.name}” after ${timeout} s`)
    return settle(ended.result, QUEUE_ERRORS)
  }

  /**
   * Takes an item if one has arrived.
   *
   * @throws Empty if none has.
   */
  getNowait(): Steps<T> {
    return this.#tryToGet('getNowait', [], false)
  }

  /**
   * Says that an item that was taken has been dealt with.
   *
   * @throws MisuseError inside the thread if it has been said for every item that was put.
   */
  taskDone(): Steps<void> {
    return this.perform({
      name: 'taskDone',
      step: (state) => {
        if (state.unfinished === 0)
          throw new MisuseError(`taskDone is said to queue “${this.name}” more often than items were put`)
        return { state: { ...state, unfinished: state.unfinished - 1 }, result: undefined }
      },
    })
  }

  /** Waits until all items that were put have been dealt with. */
  join(): Steps<void> {
    return this.perform({
      name: 'join',
      ways: ({ unfinished }) => (unfinished === 0 ? 1 : 0),
      step: (state) => ({ state, result: undefined }),
    })
  }

  /** Whether nothing has arrived: also true while items that were put are on their way. */
  empty(): Steps<boolean> {
    return this.perform({
      name: 'empty',
      ways: (state) => (hasArrived(state) ? 1 : 1 + state.underway.length),
      step: (state, way) => {
        if (hasArrived(state)) return { state, result: false }
        if (way === 0) return { state, result: true }
        return { state: arriving(state, way - 1), result: false }
      },
    })
  }

  /** Whether it holds as many items as it may, underway or arrived. */
  full(): Steps<boolean> {
    return this.perform({ name: 'full', step: (state) => ({ state, result: this.#isFull(state) }) })
  }

  /** How many items were put and not taken. */
  qsize(): Steps<number> {
    return this.perform({ name: 'qsize', step: (state) => ({ state, result: sizeOf(state) }) })
  }

  override show(world: Parameters<StatefulObject<unknown>['show']>[0]): unknown {
    const { arrived, landed, underway } = this.stateIn(world)
    return [...arrived, ...[...landed, underway].flat().flatMap(({ items }) => items)]
  }

  untilNext(): null {
    return null
  }

  advance(world: WorldAccess): void {
    const state = this.stateIn(world)
    if (state.underway.length > 0)
      world.setValue(this.word, { ...state, landed: [...state.landed, state.underway], underway: [] })
  }

  /** Whether items of a process are underway. */
  static isUnderway(state: unknown, process: string): boolean {
    const { landed, underway } = state as ProcessQueueState<unknown>
    return [...landed, underway].flat().some((some) => some.process === process)
  }

  /** All items of the process arrive, and some of others among them: what a process does before it leaves. */
  flush(): Steps<void> {
    const flushed = (state: ProcessQueueState<T>, self: string) => [...arrivals(state, this.#processOf(self))]
    return this.perform({
      name: 'flush',
      ways: (state, self) => flushed(state, self).length,
      step: (state, way, self) => ({ state: flushed(state, self)[way]!, result: undefined }),
    })
  }

  #put(name: string, item: T): Transition<ProcessQueueState<T>, Attempt<void>> {
    return attempting<ProcessQueueState<T>, void>({
      name,
      args: [item],
      step: (state, _way, self) => {
        if (this.#isFull(state)) return failed(state, { error: 'Full', message: `queue “${this.name}” is full` })
        const process = this.#processOf(self)
        const before = state.underway.find((some) => some.process === process)
        const others = state.underway.filter((some) => some !== before)
        const underway = [...others, { process, items: [...(before?.items ?? []), item] }]
        underway.sort((a, b) => (a.process < b.process ? -1 : 1))
        return { state: { ...state, underway, unfinished: state.unfinished + 1 }, result: succeeded(undefined) }
      },
    })
  }

  /** Where nothing has arrived for sure: in the first way nothing has, in the others something. */
  #tryToGet(name: string, args: readonly unknown[], isTimed: boolean): Steps<T> {
    const getting = attempting<ProcessQueueState<T>, T>({
      name,
      args,
      isTimed,
      ways: (state) => (state.arrived.length > 0 ? 1 : nextOf(state).length + (hasArrived(state) ? 0 : 1)),
      step: (state, way) => {
        if (hasArrived(state)) return taken(arriving(state, way))
        if (way === 0) return failed(state, { error: 'Empty', message: `nothing has arrived in queue “${this.name}”` })
        return taken(arriving(state, way - 1))
      },
    })
    return settled(this.perform(getting), QUEUE_ERRORS)
  }

  #processOf(thread: string): string {
    return this.#context.threads.withIdentity(thread).process?.identity ?? ''
  }

  #isFull(state: ProcessQueueState<T>): boolean {
    return this.maxsize > 0 && sizeOf(state) >= this.maxsize
  }
}

function sizeOf<T>({ arrived, landed, underway }: ProcessQueueState<T>): number {
  return [...landed, underway].flat().reduce((size, { items }) => size + items.length, arrived.length)
}

/** Whether something has arrived for sure. */
function hasArrived<T>({ arrived, landed }: ProcessQueueState<T>): boolean {
  return arrived.length > 0 || landed.length > 0
}

/** Among what the next to arrive is: what was put at an earlier moment comes before all that is underway. */
function nextOf<T>({ landed, underway }: ProcessQueueState<T>): readonly Underway<T>[] {
  return landed[0] ?? underway
}

/** The state once something has arrived: if nothing has yet, the next item of one of those processes. */
function arriving<T>(state: ProcessQueueState<T>, which: number): ProcessQueueState<T> {
  return state.arrived.length > 0 ? state : moved(state, which)
}

/** What a state can become until the last item of a process has arrived: in every order with those of others. */
function* arrivals<T>(state: ProcessQueueState<T>, process: string): Generator<ProcessQueueState<T>> {
  if (!ProcessQueue.isUnderway(state, process)) return yield state
  for (let which = 0; which < nextOf(state).length; which++) yield* arrivals(moved(state, which), process)
}

/** The next item of one process arrives. */
function moved<T>(state: ProcessQueueState<T>, which: number): ProcessQueueState<T> {
  const next = nextOf(state)
  const { process, items } = next[which]!
  const [first, ...rest] = items as readonly [T, ...T[]]
  const left = next.flatMap((some, i) => (i !== which ? [some] : rest.length > 0 ? [{ process, items: rest }] : []))
  const arrived = [...state.arrived, first]
  if (state.landed.length === 0) return { ...state, arrived, underway: left }
  return { ...state, arrived, landed: [...(left.length > 0 ? [left] : []), ...state.landed.slice(1)] }
}

function taken<T>(state: ProcessQueueState<T>): Effect<ProcessQueueState<T>, Attempt<T>> {
  return { state: { ...state, arrived: state.arrived.slice(1) }, result: succeeded(state.arrived[0]!) }
}

function failed<T, R>(state: ProcessQueueState<T>, result: Failed): Effect<ProcessQueueState<T>, Attempt<R>> {
  return { state, result }
}
