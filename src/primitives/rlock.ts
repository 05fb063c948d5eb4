import { MisuseError } from '../engine/errors.js'
import type { Steps, WorldView } from '../engine/operation.js'
import { hold } from './hold.js'
import type { MonitorLock } from './monitor-lock.js'
import { withTimeout } from './timed.js'
import { StatefulObject, type Transition } from './transition.js'
import type { WaitOptions } from './wait-options.js'

/** Who holds a re-entrant lock (an identity), and how often; null while it is free. */
type Held = { readonly owner: string; readonly count: number } | null

/**
 * A re-entrant lock with the semantics of Python's `threading.RLock`: whoever holds it may take it again, and others get it
 * when it has been released as often as it was taken; who is next is not determined. To release it while another thread
 * holds it, or nobody, is misuse.
 *
 * Declared by `p.rlock(name)`. Every operation is one step.
 */
export class RLock extends StatefulObject<Held> {
  readonly kind: string
  /** In properties a re-entrant lock shows its owner's name and the count, `undefined` while it is free. */
  declare readonly contentType?: { readonly owner: string; readonly count: number } | undefined

  /** @param kind what it is called in messages, if it is part of something else. */
  constructor(name: string, word: number, kind = 'rlock') {
    super(name, word)
    this.kind = kind
  }

  /** Takes the lock, or takes it once more, waiting while another thread holds it. With a timeout: returns whether it did. */
  acquire(): Steps<void>
  acquire(options: WaitOptions): Steps<boolean>
  *acquire({ timeout }: WaitOptions = {}): Steps<boolean | void> {
    if (timeout === undefined) return yield* this.perform(acquiring(1))
    return !(yield* withTimeout(this.operation(acquiring(1)), timeout)).timedOut
  }

  /** Takes the lock, or takes it once more, unless another thread holds it; returns whether it did. */
  tryAcquire(): Steps<boolean> {
    return this.perform(TRY_ACQUIRE)
  }

  /**
   * Gives back one of the times that the lock was taken; the last one frees it.
   *
   * @throws MisuseError inside the thread if it does not hold the lock.
   */
  release(): Steps<void> {
    return this.perform({
      name: 'release',
      step: (held, _way, self) => {
        if (held?.owner !== self) throw new MisuseError(this.#notHeld(held))
        return { state: held.count === 1 ? null : { owner: self, count: held.count - 1 }, result: undefined }
      },
    })
  }

  /** Runs `body` with the lock held, and releases it however `body` ends: Python's `with lock:`. */
  hold<R>(body: () => Steps<R>): Steps<R> {
    return hold(
      () => this.acquire(),
      () => this.release(),
      body,
    )
  }

  /** What a condition needs of it. */
  get monitor(): MonitorLock {
    return {
      word: this.word,
      isHeldBy: (world, thread) => this.stateIn(world)?.owner === world.identityOf(thread),
      releaseAll: (world) => {
        const levels = this.stateIn(world)?.count ?? 0
        world.setValue(this.word, null)
        return levels
      },
      acquireAgain: (levels) => this.operation(acquiring(levels)),
    }
  }

  override show(world: WorldView): { readonly owner: string; readonly count: number } | undefined {
    const held = this.stateIn(world)
    return held === null ? undefined : { owner: world.threadName(world.threadWith(held.owner)), count: held.count }
  }

  #notHeld(held: Held): string {
    const whose = held === null ? 'nobody holds it' : 'another thread holds it'
    return `${this.kind} “${this.name}” is released, but ${whose}`
  }
}

function acquiring(levels: number): Transition<Held, void> {
  return {
    name: 'acquire',
    args: levels === 1 ? [] : [levels],
    ways: (held, self) => (held === null || held.owner === self ? 1 : 0),
    step: (held, _way, self) => ({ state: { owner: self, count: (held?.count ?? 0) + levels }, result: undefined }),
    holder: (held) => held?.owner ?? null,
  }
}

const TRY_ACQUIRE: Transition<Held, boolean> = {
  name: 'tryAcquire',
  step: (held, _way, self) =>
    held === null || held.owner === self
      ? { state: { owner: self, count: (held?.count ?? 0) + 1 }, result: true }
      : { state: held, result: false },
}
