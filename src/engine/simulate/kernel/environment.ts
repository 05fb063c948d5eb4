import { AllOf, AnyOf, type ValuesOf } from './condition.js'
import type { EventId } from './event-slots.js'
import { Kernel, type RunEnd } from './kernel.js'
import type { Occurrence } from './occurrence.js'
import { LAST_PRIORITY, Priority } from './priority.js'
import { Process, type Steps } from './process.js'
import { Signal } from './signal.js'
import { Timeout } from './timeout.js'

/**
 * Where processes live: a kernel, and the generators that run on it.
 *
 * @example
 * ```ts
 * import { Environment, Resource, SECOND, type Steps } from 'entrelacs/kernel'
 *
 * const env = new Environment()
 * const till = new Resource(env, 1)
 * function* customer(): Steps {
 *   const request = till.request()
 *   yield request
 *   yield 5 * SECOND
 *   till.release(request)
 * }
 * env.start(customer())
 * env.start(customer())
 * env.run()
 * console.log(env.now / SECOND) // 10
 * ```
 */
export class Environment {
  readonly kernel: Kernel
  /** The process whose steps are running; null outside of processes. Only processes write it. */
  activeProcess: Process | null = null
  /** Those that are alive, by index. */
  readonly #processes: (Process | null)[] = []
  readonly #freeIndices: number[] = []
  /** The event with which a process goes on, by its index. */
  #resumptions = new Float64Array(64)
  readonly #unhandled = new Set<Occurrence>()
  readonly #resume = (index: number): void => this.#processes[index]!.resume()

  constructor(kernel = new Kernel()) {
    this.kernel = kernel
  }

  /** The present time in picoseconds. */
  get now(): number {
    return this.kernel.now
  }

  /**
   * Starts a process at the present time, after what is due already.
   *
   * @param steps a generator that has not begun.
   * @param priority the class of all its events.
   */
  start<T>(steps: Steps<T>, priority: number = Priority.Process): Process<T> {
    const index = this.#freeIndices.pop() ?? this.#newIndex()
    const process = new Process(this, index, steps, priority)
    this.#processes[index] = process as Process
    this.resumeAt(this.kernel.now, index, priority)
    return process
  }

  /** Something that happens when somebody says so. */
  signal<T = void>(): Signal<T> {
    return new Signal<T>(this)
  }

  /** Something that happens after that many picoseconds; for a delay alone, yield the number. */
  timeout(delay: number): Timeout
  timeout<T>(delay: number, value: T): Timeout<T>
  timeout<T>(delay: number, value?: T): Timeout<T | undefined> {
    return new Timeout(this, delay, value)
  }

  /** Happens when all have fired, with the list of their values; it fails as soon as one of them fails. */
  allOf<const O extends readonly Occurrence[]>(parts: O): Occurrence<ValuesOf<O>> {
    return new AllOf(this, parts)
  }

  /**
   * Happens when the first has fired, with that occurrence; it fails if the first to happen fails.
   *
   * @throws KernelError `kernel/wait` for an empty list.
   */
  anyOf<O extends Occurrence>(parts: readonly O[]): Occurrence<O> {
    return new AnyOf(this, parts)
  }

  /**
   * Runs the kernel (`Kernel.run`).
   *
   * @throws the error of a process or signal that has failed and that nobody has been told of.
   */
  run(until = Infinity, maxEvents = Infinity): RunEnd {
    return this.kernel.run(until, maxEvents)
  }

  /** Has the process go on at that time. For processes. */
  resumeAt(time: number, index: number, priority: number): void {
    this.#resumptions[index] = this.kernel.schedule(time, priority, this.#resume, index)
  }

  /** The process does not go on as it was to. For processes. */
  cancelResumption(index: number): void {
    const event: EventId = this.#resumptions[index]!
    this.kernel.cancel(event)
  }

  /** A process has ended. For processes. */
  retire(index: number): void {
    this.#processes[index] = null
    this.#freeIndices.push(index)
  }

  /** If nobody is told of this failure by the end of the instant, the run throws it. For occurrences. */
  expectHandling(failed: Occurrence): void {
    this.#unhandled.add(failed)
    this.kernel.schedule(this.kernel.now, LAST_PRIORITY, () => {
      if (this.#unhandled.delete(failed)) throw failed.error
    })
  }

  /** Somebody has been told of this failure. For those who wait. */
  noteHandled(failed: Occurrence): void {
    this.#unhandled.delete(failed)
  }

  #newIndex(): number {
    const index = this.#processes.length
    this.#processes.push(null)
    if (index === this.#resumptions.length) {
      const grown = new Float64Array(2 * index)
      grown.set(this.#resumptions)
      this.#resumptions = grown
    }
    return index
  }
}
