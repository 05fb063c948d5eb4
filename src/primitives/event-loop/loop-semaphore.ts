import { MisuseError } from '../../engine/errors.js'
import type { SharedObject, Steps, WorldView } from '../../engine/operation.js'
import type { WordAllocator } from '../../engine/setup.js'
import type { LoopCaller } from './loop-caller.js'
import type { LoopMachine } from './loop-machine.js'
import { type Procedure, returns, type Scene, throws, waits } from './loop-procedure.js'
import { isCancellation } from './thrown.js'

/** The state of an asyncio semaphore. */
export interface LoopSemaphoreState {
  readonly permits: number
  readonly waiters: readonly string[]
}

type Own = readonly [LoopSemaphoreState]

/**
 * A counting semaphore between the tasks of one event loop, with the semantics of Python's `asyncio.Semaphore` (of 3.11.7): first come, first
 * served; a permit that is released belongs at once to the first who waits. With a bound, one release too many is misuse.
 *
 * Declared by `loop.semaphore(name, permits, { bounded? })`.
 */
export class LoopSemaphore implements SharedObject {
  readonly kind = 'loop semaphore'
  readonly name: string
  readonly #word: number
  readonly #caller: LoopCaller
  readonly #bound: number | null
  /** In properties a semaphore shows how many permits are left. */
  declare readonly contentType?: number

  constructor(name: string, caller: LoopCaller, word: number, bound: number | null) {
    this.name = name
    this.#word = word
    this.#caller = caller
    this.#bound = bound
  }

  /** The word for its state. */
  static declare(words: WordAllocator, permits: number): number {
    return words.data('semaphore', { permits, waiters: [] } satisfies LoopSemaphoreState)
  }

  /** Takes a permit; waits in line while there is none, or others wait. */
  *acquire(): Steps<void> {
    yield* this.#caller.callOn(this, [this.#word], ACQUIRE)
  }

  /**
   * Gives a permit back.
   *
   * @throws MisuseError inside the thread if the semaphore is bounded and has all its permits.
   */
  *release(): Steps<void> {
    yield* this.#caller.callOn(this, [this.#word], releasing(this.#bound))
  }

  /** Whether `acquire` would wait. One step, from any thread. */
  locked(): Steps<boolean> {
    return this.#caller.callOn(this, [this.#word], LOCKED)
  }

  /** Runs `body` with a permit, and gives it back however `body` ends: Python's `async with semaphore:`. */
  *hold<R>(body: () => Steps<R>): Steps<R> {
    yield* this.acquire()
    try {
      return yield* body()
    } finally {
      yield* this.release()
    }
  }

  show(world: WorldView): unknown {
    return (world.value(this.#word) as LoopSemaphoreState).permits
  }
}

function isLocked({ loop, own: [semaphore] }: Scene<Own>): boolean {
  return semaphore.permits === 0 || semaphore.waiters.some((waiter) => !loop.isCancelled(waiter))
}

/** Gives a permit to the first who waits and has none yet. */
function wakeNext(loop: LoopMachine, semaphore: LoopSemaphoreState): LoopSemaphoreState {
  const next = semaphore.waiters.find((waiter) => !loop.isDone(waiter))
  if (next === undefined) return semaphore
  loop.setResult(next, true)
  return { ...semaphore, permits: semaphore.permits - 1 }
}

const ACQUIRE: Procedure<null, Own> = {
  name: 'acquire',
  caller: 'task',
  begin(scene) {
    const [semaphore] = scene.own
    if (!isLocked(scene)) {
      scene.own = [{ ...semaphore, permits: semaphore.permits - 1 }]
      return returns(null)
    }
    const waiter = scene.loop.createFuture()
    scene.own = [{ ...semaphore, waiters: [...semaphore.waiters, waiter] }]
    return waits(scene, waiter)
  },
  resume(scene, phase, error) {
    const { loop } = scene
    const waiter = phase as string
    const isCancelled = loop.isCancelled(waiter)
    loop.forget(waiter)
    let [semaphore] = scene.own
    semaphore = { ...semaphore, waiters: semaphore.waiters.filter((other) => other !== waiter) }
    if (error === null) {
      if (semaphore.permits > 0) semaphore = wakeNext(loop, semaphore)
    } else if (isCancellation(error) && !isCancelled)
      semaphore = wakeNext(loop, { ...semaphore, permits: semaphore.permits + 1 })
    scene.own = [semaphore]
    return error === null ? returns(null) : throws(error)
  },
}

function releasing(bound: number | null): Procedure<null, Own> {
  return {
    name: 'release',
    caller: 'turn',
    begin(scene) {
      const [semaphore] = scene.own
      if (bound !== null && semaphore.permits >= bound)
        throw new MisuseError(`release of an asyncio semaphore that has all its ${bound} permits`)
      scene.own = [wakeNext(scene.loop, { ...semaphore, permits: semaphore.permits + 1 })]
      return returns(null)
    },
  }
}

const LOCKED: Procedure<boolean, Own> = {
  name: 'locked',
  caller: 'anyone',
  begin: (scene) => returns(isLocked(scene)),
}
