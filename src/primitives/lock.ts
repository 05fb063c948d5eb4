import { Code } from '../engine/instruction.js'
import { InstructionOperation } from '../engine/instruction-operation.js'
import { type Operation, perform, type SharedObject, type Steps, type WorldView } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'

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

  /** Waits until the lock is free and takes it. */
  acquire(): Steps<void> {
    return perform(this.#operation('acquire', Code.Acquire) as Operation<void>)
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

  /** Runs `body` with the lock held, and releases it however `body` ends: Python's `with lock:`. */
  *hold<R>(body: () => Steps<R>): Steps<R> {
    yield* this.acquire()
    try {
      return yield* body()
    } finally {
      yield* this.release()
    }
  }

  show(world: WorldView): unknown {
    const holder = world.read(this.#word)
    return holder === 0 ? undefined : world.threadName(holder - 1)
  }

  #operation(name: string, code: Code): InstructionOperation {
    return new InstructionOperation(
      { name, object: this, args: [], cost: 'synchronisation', place: recordedPlace() },
      { code, word: this.#word },
    )
  }
}
