import { MisuseError } from '../engine/errors.js'
import type { Steps, WorldView } from '../engine/operation.js'
import { type Attempt, settled, succeeded } from './attempt.js'
import { SEQUENCE_ERRORS } from './sequence-errors.js'
import { StatefulObject, type Transition } from './transition.js'

/** What processes share together with the lock that goes with it. */
export interface SynchronizedState<C> {
  readonly content: C
  /** The thread that holds the lock, and how often. */
  readonly owner: string | null
  readonly depth: number
}

/** Shared memory that comes with a lock: every access takes it for its one step, and waits while another thread holds it. */
abstract class Synchronized<C> extends StatefulObject<SynchronizedState<C>> {
  readonly #lock: SynchronizedLock

  constructor(name: string, word: number) {
    super(name, word)
    this.#lock = new SynchronizedLock(name, word)
  }

  /** The lock: held over several accesses, it makes one of them. */
  getLock(): SynchronizedLock {
    return this.#lock
  }

  override show(world: WorldView): unknown {
    return this.stateIn(world).content
  }

  protected access<R>(transition: {
    readonly name: string
    readonly args?: readonly unknown[]
    readonly step: (content: C) => readonly [content: C, result: R]
  }): Steps<R> {
    const { name, args, step } = transition
    return this.perform({
      name,
      ...(args === undefined ? {} : { args }),
      ...WAITING,
      step: (state) => {
        const [content, result] = step(state.content)
        return { state: content === state.content ? state : { ...state, content }, result }
      },
    })
  }
}

/**
 * A value in shared memory, with the semantics of Python's `multiprocessing.Value`: a number that all processes see. Each access is one
 * step under the value's own lock; to read and then write is two, and what others do in between is lost unless `getLock()` is
 * held over both.
 *
 * Declared by `p.sharedValue(name, initial)`. Values that are integers stay so and wrap at 32 bits, as C's do.
 */
export class SharedValue extends Synchronized<number> {
  readonly kind = 'shared value'
  readonly #isInteger: boolean
  /** In properties a shared value shows the number. */
  declare readonly contentType?: number

  constructor(name: string, word: number, isInteger: boolean) {
    super(name, word)
    this.#isInteger = isInteger
  }

  /** The present value. */
  read(): Steps<number> {
    return this.access({ name: 'read', step: (content) => [content, content] })
  }

  /**
   * Replaces the value.
   *
   * @throws TypeError inside the thread if it is no number, or no integer where integers are held.
   */
  write(value: number): Steps<void> {
    const stored = asStored(this.name, value, this.#isInteger)
    return this.access({ name: 'write', args: [value], step: () => [stored, undefined] })
  }
}

/**
 * An array in shared memory, with the semantics of Python's `multiprocessing.Array`: numbers that all processes see, under one
 * lock. Indices below 0 count from the end.
 *
 * Declared by `p.sharedArray(name, length)` or `p.sharedArray(name, initialValues)`.
 */
export class SharedArray extends Synchronized<readonly number[]> {
  readonly kind = 'shared array'
  readonly length: number
  readonly #isInteger: boolean
  /** In properties a shared array shows its numbers. */
  declare readonly contentType?: readonly number[]

  constructor(name: string, word: number, length: number, isInteger: boolean) {
    super(name, word)
    this.length = length
    this.#isInteger = isInteger
  }

  /**
   * Element `index`.
   *
   * @throws IndexError inside the thread if there is no such element.
   */
  read(index: number): Steps<number> {
    return settled(
      this.access({
        name: 'read',
        args: [index],
        step: (content) => [content, this.#within(index, () => content.at(index)!)],
      }),
      SEQUENCE_ERRORS,
    )
  }

  /**
   * Replaces element `index`.
   *
   * @throws IndexError inside the thread if there is no such element.
   * @throws TypeError inside the thread if the value is no number, or no integer where integers are held.
   */
  write(index: number, value: number): Steps<void> {
    const stored = this.#has(index) ? asStored(this.name, value, this.#isInteger) : 0
    return settled(
      this.access({
        name: 'write',
        args: [index, value],
        step: (content) => {
          const written = this.#within(index, () => undefined)
          return ['value' in written ? content.with(index, stored) : content, written]
        },
      }),
      SEQUENCE_ERRORS,
    )
  }

  #has(index: number): boolean {
    return Number.isInteger(index) && index >= -this.length && index < this.length
  }

  #within<R>(index: number, value: () => R): Attempt<R> {
    if (this.#has(index)) return succeeded(value())
    return { error: 'IndexError', message: `shared array “${this.name}” has no element ${index}` }
  }
}

/** The lock of a shared value or array: re-entrant, as Python's is. Every operation is one step. */
export class SynchronizedLock extends StatefulObject<SynchronizedState<unknown>> {
  readonly kind = 'lock'

  /** Takes the lock, once more if the thread has it already; waits while another thread has it. */
  acquire(): Steps<void> {
    return this.perform({
      name: 'acquire',
      ...WAITING,
      step: (state, _way, self) => ({
        state: { ...state, owner: self, depth: state.depth + 1 },
        result: undefined,
      }),
    })
  }

  /** Takes the lock if no other thread has it; returns whether it did. */
  tryAcquire(): Steps<boolean> {
    return this.perform({
      name: 'tryAcquire',
      step: (state, _way, self) =>
        isFor(state, self)
          ? { state: { ...state, owner: self, depth: state.depth + 1 }, result: true }
          : { state, result: false },
    })
  }

  /**
   * Gives the lock back, once.
   *
   * @throws MisuseError inside the thread if it does not hold it.
   */
  release(): Steps<void> {
    return this.perform({
      name: 'release',
      step: (state, _way, self) => {
        if (state.owner !== self)
          throw new MisuseError(`the lock of “${this.name}” is released by a thread that does not hold it`)
        const depth = state.depth - 1
        return { state: { ...state, owner: depth === 0 ? null : self, depth }, result: undefined }
      },
    })
  }

  /** Runs `body` with the lock held, and releases it however `body` ends: Python's `with value.get_lock():`. */
  *hold<R>(body: () => Steps<R>): Steps<R> {
    yield* this.acquire()
    try {
      return yield* body()
    } finally {
      yield* this.release()
    }
  }

  override show(): undefined {}
}

const WAITING: Pick<Transition<SynchronizedState<never>, never>, 'ways' | 'holder'> = {
  ways: (state, self) => (isFor(state, self) ? 1 : 0),
  holder: ({ owner }) => owner,
}

function isFor({ owner }: SynchronizedState<unknown>, self: string): boolean {
  return owner === null || owner === self
}

/** @throws TypeError for what cannot be stored. */
function asStored(name: string, value: number, isInteger: boolean): number {
  if (typeof value !== 'number' || (isInteger && !Number.isInteger(value)))
    throw new TypeError(`“${name}” holds ${isInteger ? 'integers' : 'numbers'}, not ${String(value)}`)
  return isInteger ? value | 0 : value
}
