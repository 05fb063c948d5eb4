import { MisuseError } from '../../engine/errors.js'
import type { PlainData } from '../../engine/interner.js'
import type { SharedObject, Steps, WorldView } from '../../engine/operation.js'
import type { WordAllocator } from '../../engine/setup.js'
import type { LoopCaller } from './loop-caller.js'
import { beginAcquire, type LoopLock, type LoopLockState, release, resumeAcquire } from './loop-lock.js'
import { type Procedure, returns, type Scene, type Step, throws, waits } from './loop-procedure.js'
import { CANCELLED, isCancellation, type Thrown } from './thrown.js'

/** The state of an asyncio condition. */
export interface LoopConditionState {
  /** Futures of those who wait, in the order in which they came. */
  readonly waiters: readonly string[]
}

type Own = readonly [LoopLockState, LoopConditionState]

/** How far a wait is: it is to be woken, or has to take the lock again whatever happens meanwhile. */
type Phase =
  | { readonly stage: 'waiting'; readonly waiter: string }
  | {
      readonly stage: 'acquiring'
      readonly waiter: string
      readonly error: Thrown | null
      readonly isCancelled: boolean
    }

/**
 * A condition between the tasks of one event loop, with the semantics of Python's `asyncio.Condition`: `notify` wakes those who wait in
 * the order in which they came, and who is woken takes the lock again before it goes on, even if it is cancelled meanwhile. To
 * wait or notify while nobody holds the lock is misuse.
 *
 * Declared by `loop.condition(name, lock?)`.
 */
export class LoopCondition implements SharedObject {
  readonly kind = 'loop condition'
  readonly name: string
  readonly #words: readonly [number, number]
  readonly #caller: LoopCaller
  readonly #lock: LoopLock
  readonly #ownsLock: boolean
  /** In properties a condition shows who holds its lock, if the lock is its own. */
  declare readonly contentType?: string | undefined

  constructor(name: string, caller: LoopCaller, word: number, lock: LoopLock, ownsLock: boolean) {
    this.name = name
    this.#words = [lock.word, word]
    this.#caller = caller
    this.#lock = lock
    this.#ownsLock = ownsLock
  }

  /** The word for its state. */
  static declare(words: WordAllocator): number {
    return words.data('condition', { waiters: [] } satisfies LoopConditionState)
  }

  /** Takes the lock. */
  acquire(): Steps<void> {
    return this.#lock.acquire()
  }

  /** Frees the lock. */
  release(): Steps<void> {
    return this.#lock.release()
  }

  /** Whether the lock is taken. */
  locked(): Steps<boolean> {
    return this.#lock.locked()
  }

  /** Runs `body` with the lock held: Python's `async with condition:`. */
  hold<R>(body: () => Steps<R>): Steps<R> {
    return this.#lock.hold(body)
  }

  /**
   * Frees the lock, waits to be notified, and takes the lock again; returns true.
   *
   * @throws MisuseError inside the thread if nobody holds the lock.
   */
  wait(): Steps<boolean> {
    return this.#caller.callOn(this, this.#words, WAIT)
  }

  /** Waits until `predicate` holds: a generator function, or a pure function of what the task knows. Returns true. */
  *waitFor(predicate: (() => Steps<boolean>) | (() => boolean)): Steps<boolean> {
    for (;;) {
      const asked = predicate()
      if (typeof asked === 'boolean' ? asked : yield* asked) return true
      yield* this.wait()
    }
  }

  /**
   * Wakes `n` of those who wait, or all if there are fewer.
   *
   * @throws MisuseError inside the thread if nobody holds the lock.
   */
  *notify(n = 1): Steps<void> {
    yield* this.#caller.callOn(this, this.#words, notifying('notify', n))
  }

  /**
   * Wakes all who wait.
   *
   * @throws MisuseError inside the thread if nobody holds the lock.
   */
  *notifyAll(): Steps<void> {
    yield* this.#caller.callOn(this, this.#words, notifying('notifyAll', Infinity))
  }

  show(world: WorldView): unknown {
    return this.#ownsLock ? this.#lock.show(world) : undefined
  }
}

const WAIT: Procedure<boolean, Own> = {
  name: 'wait',
  caller: 'task',
  begin(scene) {
    if (!scene.own[0].isLocked) throw new MisuseError('wait on an asyncio condition whose lock nobody holds')
    release(scene)
    const waiter = scene.loop.createFuture()
    const [lock, condition] = scene.own
    scene.own = [lock, { waiters: [...condition.waiters, waiter] }]
    return waits(scene, waiter, { stage: 'waiting', waiter } satisfies Phase)
  },
  resume(scene, given, error) {
    const phase = given as Phase
    if (phase.stage === 'waiting') {
      const [lock, condition] = scene.own
      scene.own = [lock, { waiters: condition.waiters.filter((waiter) => waiter !== phase.waiter) }]
      scene.loop.forget(phase.waiter)
      return acquireAgain(scene, beginAcquire(scene), error, false)
    }
    const acquired = resumeAcquire(scene, phase.waiter, error)
    return acquireAgain(scene, acquired, phase.error, phase.isCancelled)
  },
  holder: ({ own: [lock] }, phase) => ((phase as Phase).stage === 'acquiring' ? lock.holder : null),
}

/** A wait does not end before it has the lock again; a cancellation meanwhile is thrown afterwards. */
function acquireAgain(scene: Scene<Own>, step: Step<null>, error: Thrown | null, wasCancelled: boolean): Step<boolean> {
  let acquiring = step
  let isCancelled = wasCancelled
  while (acquiring.kind === 'throws') {
    if (!isCancellation(acquiring.error)) return acquiring
    isCancelled = true
    acquiring = beginAcquire(scene)
  }
  if (acquiring.kind === 'waits')
    return {
      kind: 'waits',
      phase: { stage: 'acquiring', waiter: acquiring.phase as string, error, isCancelled } as PlainData,
    }
  if (isCancelled) return throws(CANCELLED)
  return error === null ? returns(true) : throws(error)
}

function notifying(name: string, n: number): Procedure<null, Own> {
  return {
    name,
    args: n === 1 || n === Infinity ? [] : [n],
    caller: 'turn',
    begin({ loop, own: [lock, condition] }) {
      if (!lock.isLocked) throw new MisuseError(`${name} on an asyncio condition whose lock nobody holds`)
      const waiting = condition.waiters.filter((waiter) => !loop.isDone(waiter))
      for (const waiter of waiting.slice(0, Math.max(0, n))) loop.setResult(waiter, false)
      return returns(null)
    },
  }
}
