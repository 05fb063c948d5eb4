import type { Environment } from './environment.js'
import { KernelError } from './kernel-error.js'
import { Occurrence, type Waiter } from './occurrence.js'
import { MAX_TIME } from './time.js'

/**
 * What a process is written as, a generator. What it yields is what it waits for:
 *
 * * a number: that many picoseconds, a whole number. Nothing is allocated for it.
 * * an `Occurrence` (signals, requests, other processes, `allOf`, `anyOf`, …): until it happens. The `yield` comes to its value or
 *   throws its error; the value is at `occurrence.value` too, where its type is known.
 *
 * `yield*` costs about 9 ns a level at every resumption: where that counts, yield in one generator.
 */
export type Steps<T = void> = Generator<number | Occurrence, T, unknown>

/** In place of an error: none was thrown. */
const NONE = Symbol('none')

/** Thrown inside a process by `Process.interrupt`; its `cause` is what the other has to say. */
export class Interrupt extends Error {
  constructor(cause?: unknown) {
    super('interrupted', { cause })
    this.name = 'Interrupt'
  }
}

/**
 * A generator that lives in simulated time. It is an occurrence as well: it fires with what the generator returns, and
 * fails with what it throws. Made by `Environment.start`.
 */
export class Process<T = unknown> extends Occurrence<T> implements Waiter {
  /** The priority class of its events. */
  readonly priority: number
  /** Its number among the processes that are alive. */
  readonly #index: number
  readonly #steps: Steps<T>
  /** What it waits for; null if that is a delay. */
  #awaited: Occurrence | null = null

  constructor(env: Environment, index: number, steps: Steps<T>, priority: number) {
    super(env)
    this.#index = index
    this.#steps = steps
    this.priority = priority
  }

  /**
   * Throws an `Interrupt` inside the process, at the present time after what is due already, wherever it waits then; that wait
   * is over. What it has requested stays requested: let it release that in a `finally`. A process that has ended by then is left alone.
   *
   * @throws KernelError `kernel/interrupt` if the process has ended, or would interrupt itself.
   */
  interrupt(cause?: unknown): void {
    const { kernel, activeProcess } = this.env
    if (!this.isPending) throw new KernelError('kernel/interrupt', 'A process that has ended cannot be interrupted.')
    if (activeProcess === this) throw new KernelError('kernel/interrupt', 'A process cannot interrupt itself.')
    kernel.schedule(kernel.now, this.priority, () => this.#interruptWith(new Interrupt(cause)))
  }

  /** What it waits for has happened. */
  wake(): void {
    this.env.resumeAt(this.env.kernel.now, this.#index, this.priority)
  }

  /** Lets it run to its next wait: called by the environment when this one is over. */
  resume(): void {
    const awaited = this.#awaited
    this.#awaited = null
    this.#live(awaited, null)
  }

  #interruptWith(interrupt: Interrupt): void {
    if (!this.isPending) return
    this.#stopWaiting()
    this.#live(null, interrupt)
  }

  #stopWaiting(): void {
    const awaited = this.#awaited
    this.#awaited = null
    if (awaited?.isPending === true) {
      awaited.removeWaiter(this)
      return
    }
    this.env.cancelResumption(this.#index)
    // It has been told of a failure that it will not see.
    if (awaited?.hasFailed === true) this.env.expectHandling(awaited)
  }

  /** Goes on from what it has waited for, null for a delay, or from an interrupt. */
  #live(awaited: Occurrence | null, interrupt: Interrupt | null): void {
    const { env } = this
    let end: IteratorReturnResult<T> | null = null
    let error: unknown = NONE
    env.activeProcess = this
    try {
      if (interrupt !== null) end = this.#runFrom(this.#steps.throw(interrupt))
      else if (awaited !== null) end = this.#runFrom(this.#goOn(awaited))
      else end = this.#runFrom(this.#steps.next())
    } catch (thrown) {
      error = thrown
    }
    env.activeProcess = null
    if (end === null && error === NONE) return
    env.retire(this.#index)
    if (end === null) this.failWith(error)
    else this.settleWith(end.value)
  }

  /** Runs until it has to wait, which comes to null, or to its end. */
  #runFrom(first: IteratorResult<number | Occurrence, T>): IteratorReturnResult<T> | null {
    const steps = this.#steps
    let result = first
    while (result.done !== true) {
      const wait = result.value
      if (typeof wait === 'number') {
        const time = this.env.now + wait
        if (wait >= 0 && time <= MAX_TIME && Math.floor(wait) === wait) {
          this.env.resumeAt(time, this.#index, this.priority)
          return null
        }
        result = steps.throw(wrongDelay(wait))
      } else if (!(wait instanceof Occurrence)) {
        result = steps.throw(wrongWait(wait))
      } else if (wait.isPending) {
        wait.addWaiter(this)
        this.#awaited = wait
        return null
      } else {
        result = this.#goOn(wait)
      }
    }
    return result
  }

  #goOn(awaited: Occurrence): IteratorResult<number | Occurrence, T> {
    if (!awaited.hasFailed) return this.#steps.next(awaited.value)
    this.env.noteHandled(awaited)
    return this.#steps.throw(awaited.error)
  }
}

function wrongWait(wait: unknown): KernelError {
  return new KernelError(
    'kernel/wait',
    `A process yields a number or an occurrence, not something of type ${typeof wait}.`,
  )
}

function wrongDelay(delay: number): KernelError {
  if (delay < 0) return new KernelError('kernel/past', `A process cannot wait for ${delay} ps.`)
  if (Math.floor(delay) === delay) return new KernelError('kernel/overflow', `In ${delay} ps it is beyond 2^53 - 1 ps.`)
  return new KernelError('kernel/time', `A delay is a whole number of picoseconds, not ${delay}.`)
}
