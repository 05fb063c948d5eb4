import type { Queue } from './queue.js'
import { call, type CallLoop } from '../engine/call.js'
import type { Steps, WorldView } from '../engine/operation.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import type { Cell } from './cell.js'
import { ConditionTwin } from './condition-twin.js'
import { LockTwin } from './lock-twin.js'
import { misuse } from './misuse.js'
import { Empty, Full } from './queue-errors.js'
import { type TimeLimit, withinLimit } from './timed.js'
import { beyondTwin, type TwinMemory, type TwinOf } from './twin.js'
import { upTo, type WaitOptions } from './wait-options.js'

// Items that an unbounded queue has room for.
const ROOM = 64

/**
 * The algorithm of a queue: a ring of cells under one lock, with a condition each for room, for items and for the end of all tasks, as in
 * CPython's `queue.Queue`. Its contract is `Queue`.
 */
export class QueueTwin<T> implements TwinOf<Queue<T>> {
  readonly kind: string = 'queue'
  readonly name: string
  readonly maxsize: number
  readonly #time: TimeMode
  readonly #room: number
  readonly #lock: LockTwin
  readonly #hasItems: ConditionTwin
  readonly #hasRoom: ConditionTwin
  readonly #allDone: ConditionTwin
  // Where the items are, which of them is the first, how many there are, and how many are not done: only touched under the lock.
  protected readonly items: (index: number) => Cell<T>
  protected readonly count: Cell<number>
  readonly #first: Cell<number>
  readonly #unfinished: Cell<number>

  constructor(name: string, memory: (part: string) => TwinMemory, maxsize: number) {
    this.name = name
    this.maxsize = maxsize
    this.#room = maxsize > 0 ? maxsize : ROOM
    this.#lock = new LockTwin(name, memory('lock'))
    this.#hasItems = new ConditionTwin(name, memory('not empty'), this.#lock)
    this.#hasRoom = new ConditionTwin(name, memory('not full'), this.#lock)
    this.#allDone = new ConditionTwin(name, memory('all done'), this.#lock)
    const own = memory('queue')
    this.#time = own.time
    this.items = own.cells('item', this.#room)
    this.#first = own.cell('first')
    this.count = own.cell('count')
    this.#unfinished = own.cell('unfinished')
  }

  put(item: T, { timeout }: WaitOptions = {}): Steps<void> {
    return this.#locked((loop) => this.#put(item, loop, timeout))
  }

  get({ timeout }: WaitOptions = {}): Steps<T> {
    return this.#locked((loop) => this.#get(loop, timeout))
  }

  putNowait(item: T): Steps<void> {
    return this.#locked((loop) => this.#put(item, loop, 0))
  }

  getNowait(): Steps<T> {
    return this.#locked((loop) => this.#get(loop, 0))
  }

  taskDone(): Steps<void> {
    return this.#locked(() => this.#taskDone())
  }

  join(): Steps<void> {
    return this.#locked((loop) => this.#join(loop))
  }

  *empty(): Steps<boolean> {
    return (yield* this.qsize()) === 0
  }

  *full(): Steps<boolean> {
    return this.maxsize > 0 && (yield* this.qsize()) >= this.maxsize
  }

  qsize(): Steps<number> {
    return this.#locked(() => this.count.read())
  }

  show(_world: WorldView): undefined {
    return undefined
  }

  /** Adds an item where there is room. */
  protected *add(item: T): Steps<void> {
    const count = yield* this.count.read()
    const first = yield* this.#first.read()
    yield* this.items((first + count) % this.#room).write(item)
    yield* this.count.write(count + 1)
  }

  /** Takes the item whose turn it is, of which there is one. */
  protected *take(): Steps<T> {
    const first = yield* this.#first.read()
    const item = yield* this.items(first).read()
    yield* this.#first.write((first + 1) % this.#room)
    yield* this.count.write((yield* this.count.read()) - 1)
    return item
  }

  #locked<R>(body: (loop: CallLoop) => Steps<R>): Steps<R> {
    return call((loop) => this.#lock.hold(() => body(loop)))
  }

  *#put(item: T, loop: CallLoop, timeout: number | undefined): Steps<void> {
    const hasRoom = yield* this.#waitUntil(loop, this.#hasRoom, (count) => count < this.#room, timeout)
    if (!hasRoom && this.maxsize === 0) throw beyondTwin(`${this.kind} “${this.name}”`, `${ROOM} items`)
    if (!hasRoom) throw new Full(`queue “${this.name}” is still full`)
    yield* this.add(item)
    yield* this.#unfinished.write((yield* this.#unfinished.read()) + 1)
    yield* this.#hasItems.notify()
  }

  *#get(loop: CallLoop, timeout: number | undefined): Steps<T> {
    if (!(yield* this.#waitUntil(loop, this.#hasItems, (count) => count > 0, timeout)))
      throw new Empty(`queue “${this.name}” is still empty`)
    const item = yield* this.take()
    yield* this.#hasRoom.notify()
    return item
  }

  *#taskDone(): Steps<void> {
    const left = (yield* this.#unfinished.read()) - 1
    if (left < 0)
      yield* misuse(this, 'taskDone', `taskDone is said to ${this.kind} “${this.name}” more often than items were put`)
    yield* this.#unfinished.write(left)
    if (left === 0) yield* this.#allDone.notifyAll()
  }

  *#join(loop: CallLoop): Steps<void> {
    for (;;) {
      yield* loop('join')
      if ((yield* this.#unfinished.read()) === 0) return
      yield* this.#allDone.wait()
    }
  }

  /** Waits until the number of items is right; false if the time has passed, or there is none. */
  *#waitUntil(
    loop: CallLoop,
    condition: ConditionTwin,
    isRight: (count: number) => boolean,
    timeout: number | undefined,
  ): Steps<boolean> {
    yield* loop('wait until', true, false)
    if (isRight(yield* this.count.read())) return true
    if (timeout === 0 || (this.maxsize === 0 && condition === this.#hasRoom)) return false
    const wait = (limit?: TimeLimit) => this.#waitOn(loop, condition, isRight, limit)
    return yield* timeout === undefined ? wait() : withinLimit(this.#time, timeout, wait)
  }

  *#waitOn(
    loop: CallLoop,
    condition: ConditionTwin,
    isRight: (count: number) => boolean,
    limit: TimeLimit | undefined,
  ): Steps<boolean> {
    for (;;) {
      const isInTime = yield* condition.wait(upTo(limit))
      yield* loop('wait until', isInTime, limit?.isRunning ?? false)
      if (isRight(yield* this.count.read())) return true
      if (!isInTime || (limit !== undefined && (yield* limit.isOver()))) return false
    }
  }
}
