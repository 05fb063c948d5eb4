import { MisuseError } from '../../engine/errors.js'
import type { PlainData } from '../../engine/interner.js'
import type { SharedObject, Steps, WorldView } from '../../engine/operation.js'
import type { WordAllocator } from '../../engine/setup.js'
import type { LoopCaller } from './loop-caller.js'
import { QueueEmpty, QueueFull } from './loop-errors.js'
import type { LoopMachine } from './loop-machine.js'
import { type Procedure, returns, type Scene, type Step, throws, waits } from './loop-procedure.js'
import { thrownBy } from './thrown.js'

/** The state of an asyncio queue. */
export interface LoopQueueState {
  readonly items: readonly PlainData[]
  /** Futures of those who wait for an item, for room, and for the end of all work. */
  readonly getters: readonly string[]
  readonly putters: readonly string[]
  readonly joiners: readonly string[]
  readonly unfinished: number
}

export interface LoopQueueOptions {
  /** How many items fit in; 0 = any number. @default 0 */
  readonly maxsize?: number
  /** Who comes out first: the oldest, the newest, or the least (numbers, texts, arrays of them item by item). @default 'fifo' */
  readonly order?: 'fifo' | 'lifo' | 'priority'
}

type Own = readonly [LoopQueueState]
type Line = 'getters' | 'putters'

const FULL = thrownBy(new QueueFull())
const EMPTY = thrownBy(new QueueEmpty())

/**
 * A queue between the tasks of one event loop, with the semantics of Python's `asyncio.Queue`, `LifoQueue` and `PriorityQueue`: `put` waits for room and
 * `get` for an item, in line. An item belongs to whoever gets it first, which need not be the one that was woken for it.
 *
 * Declared by `loop.queue(name, { maxsize?, order? })`.
 */
export class LoopQueue<T = unknown> implements SharedObject {
  readonly kind = 'loop queue'
  readonly name: string
  readonly #word: number
  readonly #caller: LoopCaller
  readonly #options: Required<LoopQueueOptions>
  /** In properties a queue shows its items. */
  declare readonly contentType?: readonly T[]

  constructor(name: string, caller: LoopCaller, word: number, { maxsize = 0, order = 'fifo' }: LoopQueueOptions) {
    this.name = name
    this.#word = word
    this.#caller = caller
    this.#options = { maxsize, order }
  }

  /** The word for its state. */
  static declare(words: WordAllocator): number {
    const empty: LoopQueueState = { items: [], getters: [], putters: [], joiners: [], unfinished: 0 }
    return words.data('queue', empty)
  }

  /** Puts an item in; waits while the queue is full. */
  *put(item: T): Steps<void> {
    yield* this.#call(putting(item as PlainData, this.#options.maxsize))
  }

  /**
   * Puts an item in.
   *
   * @throws QueueFull
   */
  *putNowait(item: T): Steps<void> {
    const { maxsize } = this.#options
    yield* this.#call({
      name: 'putNowait',
      args: [item],
      caller: 'turn',
      begin: (scene) => putNow(scene, item as PlainData, maxsize),
    })
  }

  /** Takes an item out; waits while there is none. */
  *get(): Steps<T> {
    return (yield* this.#call(getting(this.#options.order))) as T
  }

  /**
   * Takes an item out.
   *
   * @throws QueueEmpty
   */
  *getNowait(): Steps<T> {
    const { order } = this.#options
    return (yield* this.#call({ name: 'getNowait', caller: 'turn', begin: (scene) => getNow(scene, order) })) as T
  }

  /**
   * Says that the work on one item is done.
   *
   * @throws MisuseError inside the thread if it is said more often than items were put in.
   */
  *taskDone(): Steps<void> {
    yield* this.#call(TASK_DONE)
  }

  /** Waits until all work is done. */
  *join(): Steps<void> {
    yield* this.#call(JOIN)
  }

  /** How many items are in it. One step, from any thread. */
  qsize(): Steps<number> {
    return this.#call({ name: 'qsize', caller: 'anyone', begin: ({ own: [queue] }) => returns(queue.items.length) })
  }

  /** Whether it has no items. One step, from any thread. */
  empty(): Steps<boolean> {
    return this.#call({
      name: 'empty',
      caller: 'anyone',
      begin: ({ own: [queue] }) => returns(queue.items.length === 0),
    })
  }

  /** Whether no more items fit in. One step, from any thread. */
  full(): Steps<boolean> {
    const { maxsize } = this.#options
    return this.#call({ name: 'full', caller: 'anyone', begin: ({ own: [queue] }) => returns(isFull(queue, maxsize)) })
  }

  show(world: WorldView): unknown {
    return (world.value(this.#word) as LoopQueueState).items
  }

  #call<R>(procedure: Procedure<R, Own>): Steps<R> {
    return this.#caller.callOn(this, [this.#word], procedure)
  }
}

function isFull({ items }: LoopQueueState, maxsize: number): boolean {
  return maxsize > 0 && items.length >= maxsize
}

/** Wakes the next in a line who has not been woken or cancelled; those before it leave the line. */
function wakeNext(loop: LoopMachine, queue: LoopQueueState, line: Line): LoopQueueState {
  const next = queue[line].findIndex((waiter) => !loop.isDone(waiter))
  if (next < 0) return queue[line].length === 0 ? queue : { ...queue, [line]: [] }
  loop.setResult(queue[line][next]!)
  return { ...queue, [line]: queue[line].slice(next + 1) }
}

/** Waits in a line. */
function standInLine(scene: Scene<Own>, line: Line): Step<never> {
  const [queue] = scene.own
  const waiter = scene.loop.createFuture()
  scene.own = [{ ...queue, [line]: [...queue[line], waiter] }]
  return waits(scene, waiter)
}

/** Leaves a line because of an error; whoever was woken in vain wakes the next. */
function leaveLine(
  scene: Scene<Own>,
  line: Line,
  waiter: string,
  isPossible: (queue: LoopQueueState) => boolean,
): void {
  const { loop } = scene
  loop.cancel(waiter, null)
  const [before] = scene.own
  let queue: LoopQueueState = { ...before, [line]: before[line].filter((other) => other !== waiter) }
  if (isPossible(queue) && !loop.isCancelled(waiter)) queue = wakeNext(loop, queue, line)
  scene.own = [queue]
  loop.forget(waiter)
}

function putNow(scene: Scene<Own>, item: PlainData, maxsize: number): Step<null> {
  const [queue] = scene.own
  if (isFull(queue, maxsize)) return throws(FULL)
  const filled = { ...queue, items: [...queue.items, item], unfinished: queue.unfinished + 1 }
  scene.own = [wakeNext(scene.loop, filled, 'getters')]
  return returns(null)
}

function getNow(scene: Scene<Own>, order: Required<LoopQueueOptions>['order']): Step<PlainData> {
  const [queue] = scene.own
  if (queue.items.length === 0) return throws(EMPTY)
  const first = firstOut(queue.items, order)
  const left = { ...queue, items: queue.items.filter((_item, i) => i !== first) }
  scene.own = [wakeNext(scene.loop, left, 'putters')]
  return returns(queue.items[first])
}

function firstOut(items: readonly PlainData[], order: Required<LoopQueueOptions>['order']): number {
  switch (order) {
    case 'fifo':
      return 0
    case 'lifo':
      return items.length - 1
    case 'priority':
      return items.reduce<number>((least, item, i) => (isLess(item, items[least]) ? i : least), 0)
  }
}

/** Python's `<` for numbers, texts, and arrays of them. */
function isLess(a: PlainData, b: PlainData): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return (a as number) < (b as number)
  const [head, ...rest] = a as readonly PlainData[]
  const [otherHead, ...others] = b as readonly PlainData[]
  if (a.length === 0 || b.length === 0) return a.length < b.length
  return isLess(head, otherHead) || (!isLess(otherHead, head) && isLess(rest, others))
}

function putting(item: PlainData, maxsize: number): Procedure<null, Own> {
  const put = (scene: Scene<Own>) =>
    isFull(scene.own[0], maxsize) ? standInLine(scene, 'putters') : putNow(scene, item, maxsize)
  return {
    name: 'put',
    args: [item],
    caller: 'task',
    begin: put,
    resume(scene, phase, error) {
      const waiter = phase as string
      if (error !== null) {
        leaveLine(scene, 'putters', waiter, (queue) => !isFull(queue, maxsize))
        return throws(error)
      }
      scene.loop.forget(waiter)
      return put(scene)
    },
  }
}

function getting(order: Required<LoopQueueOptions>['order']): Procedure<PlainData, Own> {
  const get = (scene: Scene<Own>) =>
    scene.own[0].items.length === 0 ? standInLine(scene, 'getters') : getNow(scene, order)
  return {
    name: 'get',
    caller: 'task',
    begin: get,
    resume(scene, phase, error) {
      const waiter = phase as string
      if (error !== null) {
        leaveLine(scene, 'getters', waiter, (queue) => queue.items.length > 0)
        return throws(error)
      }
      scene.loop.forget(waiter)
      return get(scene)
    },
  }
}

const TASK_DONE: Procedure<null, Own> = {
  name: 'taskDone',
  caller: 'turn',
  begin(scene) {
    const [queue] = scene.own
    if (queue.unfinished === 0) throw new MisuseError('taskDone on an asyncio queue all whose work is done')
    scene.own = [{ ...queue, unfinished: queue.unfinished - 1 }]
    if (queue.unfinished === 1) for (const joiner of queue.joiners) scene.loop.setResult(joiner, true)
    return returns(null)
  },
}

const JOIN: Procedure<null, Own> = {
  name: 'join',
  caller: 'task',
  begin(scene) {
    const [queue] = scene.own
    if (queue.unfinished === 0) return returns(null)
    const joiner = scene.loop.createFuture()
    scene.own = [{ ...queue, joiners: [...queue.joiners, joiner] }]
    return waits(scene, joiner)
  },
  resume(scene, phase, error) {
    const [queue] = scene.own
    scene.own = [{ ...queue, joiners: queue.joiners.filter((joiner) => joiner !== phase) }]
    scene.loop.forget(phase as string)
    return error === null ? returns(null) : throws(error)
  },
}
