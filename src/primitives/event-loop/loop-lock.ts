import { MisuseError } from '../../engine/errors.js'
import type { SharedObject, Steps, WorldView } from '../../engine/operation.js'
import type { WordAllocator } from '../../engine/setup.js'
import type { LoopCaller } from './loop-caller.js'
import type { LoopMachine } from './loop-machine.js'
import { type Procedure, returns, type Scene, type Step, throws, waits } from './loop-procedure.js'
import { isCancellation, type Thrown } from './thrown.js'

/** The state of an asyncio lock. */
export interface LoopLockState {
  readonly isLocked: boolean
  /** The task that took it; nothing but a deadlock's explanation depends on it. */
  readonly holder: string | null
  /** Futures of those who wait, in the order in which they came. */
  readonly waiters: readonly string[]
}

type Own = readonly [LoopLockState]

/**
 * A lock between the tasks of one event loop, with the semantics of Python's `asyncio.Lock`: not re-entrant, first come, first served, any task may
 * release it. Releasing it while it is free is misuse. Only `acquire` waits, and only if it has to.
 *
 * Declared by `loop.lock(name)`.
 */
export class LoopLock implements SharedObject {
  readonly kind = 'loop lock'
  readonly name: string
  /** The word of its state. */
  readonly word: number
  readonly #caller: LoopCaller
  /** In properties a lock shows the name of the task that took it, `undefined` while it is free. */
  declare readonly contentType?: string | undefined

  constructor(name: string, caller: LoopCaller, word: number) {
    this.name = name
    this.word = word
    this.#caller = caller
  }

  /** The word for its state. */
  static declare(words: WordAllocator): number {
    return words.data('lock', { isLocked: false, holder: null, waiters: [] } satisfies LoopLockState)
  }

  /** Takes the lock; waits in line while it is taken. */
  *acquire(): Steps<void> {
    yield* this.#caller.callOn(this, [this.word], ACQUIRE)
  }

  /**
   * Frees the lock and wakes the first who waits.
   *
   * @throws MisuseError inside the thread if the lock is free.
   */
  *release(): Steps<void> {
    yield* this.#caller.callOn(this, [this.word], RELEASE)
  }

  /** Whether it is taken. One step, from any thread. */
  locked(): Steps<boolean> {
    return this.#caller.callOn(this, [this.word], LOCKED)
  }

  /** Runs `body` with the lock held, and releases it however `body` ends: Python's `async with lock:`. */
  *hold<R>(body: () => Steps<R>): Steps<R> {
    yield* this.acquire()
    try {
      return yield* body()
    } finally {
      yield* this.release()
    }
  }

  show(world: WorldView): unknown {
    const { holder } = world.value(this.word) as LoopLockState
    return holder === null ? undefined : world.threadName(world.threadWith(holder))
  }
}

/** A step that changes a lock, among the states that a step is about. */
export type LockScene = Scene<readonly [LoopLockState, ...unknown[]]>

function setLock(scene: LockScene, lock: LoopLockState): void {
  const [, ...others] = scene.own
  scene.own = [lock, ...others]
}

/** `acquire` up to its await. */
export function beginAcquire(scene: LockScene): Step<null> {
  const { loop, self } = scene
  const [lock] = scene.own
  if (!lock.isLocked && lock.waiters.every((waiter) => loop.isCancelled(waiter))) {
    setLock(scene, { ...lock, isLocked: true, holder: self })
    return returns(null)
  }
  const waiter = loop.createFuture()
  setLock(scene, { ...lock, waiters: [...lock.waiters, waiter] })
  return waits(scene, waiter)
}

/** `acquire` from its await on. */
export function resumeAcquire(scene: LockScene, waiter: string, error: Thrown | null): Step<null> {
  const { loop, self } = scene
  const [before] = scene.own
  const lock = { ...before, waiters: before.waiters.filter((other) => other !== waiter) }
  setLock(scene, error === null ? { ...lock, isLocked: true, holder: self } : lock)
  if (error !== null && isCancellation(error) && !lock.isLocked) wakeFirst(loop, lock)
  loop.forget(waiter)
  return error === null ? returns(null) : throws(error)
}

/** `release`. */
export function release(scene: LockScene): void {
  const [lock] = scene.own
  if (!lock.isLocked) throw new MisuseError('release of an asyncio lock that nobody holds')
  setLock(scene, { ...lock, isLocked: false, holder: null })
  wakeFirst(scene.loop, lock)
}

function wakeFirst(loop: LoopMachine, { waiters }: LoopLockState): void {
  if (waiters.length > 0) loop.setResult(waiters[0]!, true)
}

const ACQUIRE: Procedure<null, Own> = {
  name: 'acquire',
  caller: 'task',
  begin: beginAcquire,
  resume: (scene, phase, error) => resumeAcquire(scene, phase as string, error),
  holder: ({ own: [lock] }) => lock.holder,
}

const RELEASE: Procedure<null, Own> = {
  name: 'release',
  caller: 'turn',
  begin(scene) {
    release(scene)
    return returns(null)
  },
}

const LOCKED: Procedure<boolean, Own> = {
  name: 'locked',
  caller: 'anyone',
  begin: ({ own: [lock] }) => returns(lock.isLocked),
}
