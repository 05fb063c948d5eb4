import type { Environment } from './environment.js'
import { KernelError } from './kernel-error.js'

/** Who is told when something has happened. */
export interface Waiter {
  /** Called once, when it happens; it may schedule what follows, but not run a process. */
  wake(occurrence: Occurrence): void
}

const PENDING = 0
const FIRED = 1
const FAILED = 2

/**
 * Something that happens once: it fires with a value or fails with an error, and lets those who wait go on at that time, in
 * the order in which they came. A process waits by yielding it. What has happened already is not waited for: the process goes on at once.
 *
 * A failure of which nobody has been told by the end of the instant makes `run` throw it.
 */
export abstract class Occurrence<T = unknown> {
  readonly env: Environment
  #state: typeof PENDING | typeof FIRED | typeof FAILED = PENDING
  /** The value, or the error. */
  #result: unknown = undefined
  /** Most have one waiter. */
  #waiter: Waiter | null = null
  #others: Waiter[] | null = null

  constructor(env: Environment) {
    this.env = env
  }

  /** Whether it has neither fired nor failed. */
  get isPending(): boolean {
    return this.#state === PENDING
  }

  get hasFired(): boolean {
    return this.#state === FIRED
  }

  get hasFailed(): boolean {
    return this.#state === FAILED
  }

  /**
   * What it fired with.
   *
   * @throws KernelError `kernel/pending` if it has not happened yet; the error if it has failed.
   */
  get value(): T {
    if (this.#state === FIRED) return this.#result as T
    if (this.#state === FAILED) throw this.#result
    throw new KernelError('kernel/pending', 'It has not happened yet, and has no value.')
  }

  /** What it failed with; undefined if it has not. */
  get error(): unknown {
    return this.#state === FAILED ? this.#result : undefined
  }

  /** Has the waiter told when it happens. It must be pending. */
  addWaiter(waiter: Waiter): void {
    if (this.#waiter === null) this.#waiter = waiter
    else if (this.#others === null) this.#others = [waiter]
    else this.#others.push(waiter)
  }

  /** The waiter is not told any more. */
  removeWaiter(waiter: Waiter): void {
    if (this.#waiter === waiter) {
      this.#waiter = this.#others?.shift() ?? null
    } else if (this.#others !== null) {
      this.#others = this.#others.filter((other) => other !== waiter)
    }
  }

  /** Those who wait go on at the present time, after what is due already. */
  protected settleWith(value: T): void {
    this.#settle(FIRED, value)
  }

  /** The error is thrown in those who wait, or by `run` if by the end of the instant nobody has. */
  protected failWith(error: unknown): void {
    const isAwaited = this.#waiter !== null
    this.#settle(FAILED, error)
    if (!isAwaited) this.env.expectHandling(this)
  }

  #settle(state: typeof FIRED | typeof FAILED, result: unknown): void {
    if (this.#state !== PENDING) throw new KernelError('kernel/happened', 'It has fired or failed before.')
    this.#state = state
    this.#result = result
    const waiter = this.#waiter
    if (waiter === null) return
    const others = this.#others
    this.#waiter = null
    this.#others = null
    waiter.wake(this)
    if (others !== null) for (const other of others) other.wake(this)
  }
}
