import * as Code from '../engine/code.js'
import type { Leftover } from '../engine/detect/leftovers.js'
import type { Footprint } from '../engine/footprint.js'
import { InstructionOperation } from '../engine/instruction-operation.js'
import {
  formatCall,
  type Operation,
  perform,
  type SharedObject,
  type Steps,
  type WorldView,
} from '../engine/operation.js'
import { type Place, recordedPlace } from '../engine/place.js'
import { hold } from './hold.js'
import type { MonitorLock } from './monitor-lock.js'
import { withTimeout } from './timed.js'
import type { WaitOptions } from './wait-options.js'

/**
 * A mutual-exclusion lock with the semantics of Python's `threading.Lock`: not re-entrant, any thread may release it,
 * who gets it next is not determined. Releasing it while it is free is misuse.
 *
 * Declared by `p.lock(name)`. Every operation is one step.
 */
export class Lock implements SharedObject {
  readonly kind = 'lock'
  readonly name: string
  readonly #word: number
  /** In properties a lock shows the name of its holder, `undefined` while it is free. */
  declare readonly contentType?: string | undefined

  constructor(name: string, word: number) {
    this.name = name
    this.#word = word
  }

  /** Waits until the lock is free and takes it. With a timeout: returns whether it did. */
  acquire(): Steps<void>
  acquire(options: WaitOptions): Steps<boolean>
  acquire({ timeout }: WaitOptions = {}): Steps<boolean | void> {
    const acquiring = this.#operation('acquire', Code.Acquire) as Operation<void>
    return timeout === undefined ? perform(acquiring) : acquireWithin(acquiring, timeout)
  }

  /** Takes the lock if it is free; returns whether it did. */
  tryAcquire(): Steps<boolean> {
    return perform(this.#operation('tryAcquire', Code.TryAcquire) as Operation<boolean>)
  }

  /**
   * Frees the lock.
   *
   * @throws MisuseError inside the thread if the lock is free.
   */
  release(): Steps<void> {
    return perform(this.#operation('release', Code.Release) as Operation<void>)
  }

  /** Whether anybody holds the lock now. */
  locked(): Steps<boolean> {
    return perform(new Locked(this, this.#word, recordedPlace()))
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
      word: this.#word,
      isHeldBy: (world, thread) => world.read(this.#word) === thread + 1,
      releaseAll: (world) => {
        world.write(this.#word, 0)
        return 1
      },
      acquireAgain: () => this.#operation('acquire', Code.Acquire) as Operation<void>,
    }
  }

  show(world: WorldView): unknown {
    const holder = world.read(this.#word)
    return holder === 0 ? undefined : world.threadName(holder - 1)
  }

  leftovers(world: WorldView): readonly Leftover[] {
    const holder = world.read(this.#word)
    if (holder === 0) return []
    return [{ kind: 'never-released', object: this.name, thread: world.threadName(holder - 1) }]
  }

  #operation(name: string, code: Code.Any): InstructionOperation {
    return new InstructionOperation(
      { name, object: this, args: [], cost: 'synchronisation', place: recordedPlace() },
      { code, word: this.#word },
    )
  }
}

function* acquireWithin(acquiring: Operation<void>, seconds: number): Steps<boolean> {
  return !(yield* withTimeout(acquiring, seconds)).timedOut
}

class Locked implements Operation<boolean> {
  readonly name = 'locked'
  readonly args: readonly unknown[] = []
  readonly cost = 'synchronisation'
  readonly object: Lock
  readonly place: Place | undefined
  readonly #word: number

  constructor(object: Lock, word: number, place: Place | undefined) {
    this.object = object
    this.place = place
    this.#word = word
  }

  ways(): number {
    return 1
  }

  apply(world: WorldView): boolean {
    return world.read(this.#word) !== 0
  }

  footprint(): Footprint {
    return { reads: [this.#word], writes: [] }
  }

  label(result: unknown): string {
    return formatCall(this.name, this.args, result)
  }

  holder(): null {
    return null
  }
}
