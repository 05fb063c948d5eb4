import type { RLock } from './rlock.js'
import { call } from '../engine/call.js'
import type { Steps, WorldView } from '../engine/operation.js'
import type { Atomic } from './atomic.js'
import type { Cell } from './cell.js'
import { hold } from './hold.js'
import { LockTwin } from './lock-twin.js'
import { misuse } from './misuse.js'
import { HELD, type SelfNumber, type TwinMemory, type TwinOf } from './twin.js'
import type { WaitOptions } from './wait-options.js'

const NOBODY = 0

/** The algorithm of a re-entrant lock: a lock, its owner, and a count that only the owner touches. Its contract is `RLock`. */
export class RLockTwin implements TwinOf<RLock, 'monitor'> {
  readonly kind = 'rlock'
  readonly name: string
  readonly #lock: LockTwin
  readonly #owner: Atomic<number>
  readonly #count: Cell<number>
  readonly #self: SelfNumber

  constructor(name: string, memory: TwinMemory, self: SelfNumber) {
    this.name = name
    this.#lock = new LockTwin(name, memory)
    this.#owner = memory.atomic('owner', NOBODY)
    this.#count = memory.cell('count', 0)
    this.#self = self
  }

  acquire(): Steps<void>
  acquire(options: WaitOptions): Steps<boolean>
  *acquire(options?: WaitOptions): Steps<boolean | void> {
    const isTaken = yield* call(() =>
      this.#enter(1, () => (options === undefined ? taken(this.#lock.acquire()) : this.#lock.acquire(options))),
    )
    if (options?.timeout !== undefined) return isTaken
  }

  tryAcquire(): Steps<boolean> {
    return call(() => this.#enter(1, () => this.#lock.tryAcquire()))
  }

  release(): Steps<void> {
    return call(() => this.#leave())
  }

  hold<R>(body: () => Steps<R>): Steps<R> {
    return hold(
      () => this.acquire(),
      () => this.release(),
      body,
    )
  }

  /** Whether this thread holds it. */
  *isOwned(): Steps<boolean> {
    return (yield* this.#owner.read()) === this.#self()
  }

  /** Frees it, however often it has been taken; returns how often that was. */
  *releaseAll(): Steps<number> {
    const levels = yield* this.#count.read()
    yield* this.#count.write(0)
    yield* this.#owner.write(NOBODY)
    yield* this.#lock.release()
    return levels
  }

  /** Takes it so often. */
  *acquireAgain(levels: number): Steps<void> {
    yield* this.#enter(levels, () => taken(this.#lock.acquire()))
  }

  show(world: WorldView): string | undefined {
    return this.#owner.show(world) === NOBODY ? undefined : HELD
  }

  *#enter(levels: number, takeLock: () => Steps<boolean>): Steps<boolean> {
    // Nobody else can make this thread the owner, so that the answer does not change behind its back.
    if (yield* this.isOwned()) {
      yield* this.#count.write((yield* this.#count.read()) + levels)
      return true
    }
    if (!(yield* takeLock())) return false
    yield* this.#owner.write(this.#self())
    yield* this.#count.write(levels)
    return true
  }

  *#leave(): Steps<void> {
    if (!(yield* this.isOwned())) yield* this.#misuse()
    const count = (yield* this.#count.read()) - 1
    yield* this.#count.write(count)
    if (count > 0) return
    yield* this.#owner.write(NOBODY)
    yield* this.#lock.release()
  }

  #misuse(): Steps<never> {
    return misuse(this, 'release', `rlock “${this.name}” is released by a thread that does not hold it`)
  }
}

function* taken(acquiring: Steps<void>): Steps<boolean> {
  yield* acquiring
  return true
}
