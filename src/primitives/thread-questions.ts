import { MisuseError } from '../engine/errors.js'
import type { Footprint } from '../engine/footprint.js'
import type { ThreadHandle } from '../engine/marks.js'
import { formatCall, type Operation, type WorldAccess, type WorldView } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'
import type { UnstartedThread } from '../engine/setup.js'

/** What operations on the lives of threads have in common: they act on no object. */
abstract class LifeOperation<R> implements Operation<R> {
  abstract readonly name: string
  readonly object = null
  readonly args: readonly unknown[]
  readonly cost = 'synchronisation'
  readonly place = recordedPlace()

  constructor(args: readonly unknown[]) {
    this.args = args
  }

  ways(_world: WorldView, _thread: number): number {
    return 1
  }

  abstract apply(world: WorldAccess, way: number, thread: number): R

  abstract footprint(world: WorldView, thread: number): Footprint

  label(result: unknown): string {
    return formatCall(this.name, this.args, result)
  }

  holder(): number | null {
    return null
  }
}

/** Asks about one thread. */
export class ThreadQuestion<R> extends LifeOperation<R> {
  readonly name: string
  readonly #thread: ThreadHandle
  readonly #answer: (world: WorldAccess) => R

  constructor(name: string, thread: ThreadHandle, answer: (world: WorldAccess) => R) {
    super([thread.name])
    this.name = name
    this.#thread = thread
    this.#answer = answer
  }

  apply(world: WorldAccess): R {
    return this.#answer(world)
  }

  footprint(): Footprint {
    return { reads: [this.#thread.word], writes: [] }
  }
}

/** Asks about all threads that are alive: who starts or ends comes before or after. */
export class CensusQuestion<R> extends LifeOperation<R> {
  readonly name: string
  readonly countsThreads = true
  readonly #answer: (alive: readonly string[]) => R

  constructor(name: string, answer: (alive: readonly string[]) => R) {
    super([])
    this.name = name
    this.#answer = answer
  }

  apply(world: WorldAccess, _way: number, thread: number): R {
    return this.#answer(world.aliveThreads(thread))
  }

  footprint(world: WorldView, thread: number): Footprint {
    return { reads: world.threadWords(thread), writes: [] }
  }
}

/** Starts a thread, once. */
export class StartThread extends LifeOperation<void> {
  readonly name = 'start'
  readonly starts: readonly UnstartedThread[]
  readonly #thread: ThreadHandle

  /** @param unstarted null for a thread that runs from the beginning. */
  constructor(thread: ThreadHandle, unstarted: UnstartedThread | null) {
    super([thread.name])
    this.#thread = thread
    this.starts = unstarted === null ? [] : [unstarted]
  }

  apply(world: WorldAccess, _way: number, starter: number): void {
    const { index, word, name } = this.#thread
    if (world.read(word) !== 0)
      throw new MisuseError(`thread “${name}” is started again: threads can only be started once`)
    world.start(index, starter)
  }

  footprint(): Footprint {
    return { reads: [], writes: [this.#thread.word] }
  }
}

/** Waits for a thread that may not have been started, or that may be the one that waits: both are misuse. */
export class JoinThread<R> extends LifeOperation<R> {
  readonly name = 'join'
  readonly #thread: ThreadHandle

  constructor(thread: ThreadHandle) {
    super([thread.name])
    this.#thread = thread
  }

  override ways(world: WorldView, thread: number): number {
    const { index, word } = this.#thread
    return thread === index || world.hasEnded(index) || world.read(word) === 0 ? 1 : 0
  }

  apply(world: WorldAccess, _way: number, thread: number): R {
    const { index, word, name } = this.#thread
    if (thread === index) throw new MisuseError(`thread “${name}” joins itself, which could never end`)
    if (world.read(word) === 0) throw new MisuseError(`thread “${name}” is joined before it is started`)
    return world.resultOf(index) as R
  }

  footprint(): Footprint {
    return { reads: [this.#thread.word], writes: [] }
  }

  override holder(): number | null {
    return this.#thread.index
  }

  get joins(): number {
    return this.#thread.index
  }
}
