import { ProgramFault } from '../engine/errors.js'
import { ThreadHandle } from '../engine/marks.js'
import { perform, type Steps, type ThreadBody } from '../engine/operation.js'
import type { ThreadScheduling } from '../engine/scheduling.js'
import type { UnstartedThread } from '../engine/setup.js'
import type { WaitOptions } from './semaphore.js'
import { JoinThread, StartThread, ThreadQuestion } from './thread-questions.js'
import { withTimeout } from './timed.js'

/** Whom a thread asks who is running. */
export type RunningThread = () => ThreadHandle | null

/**
 * A thread that has been started, with what Python's `threading.Thread` offers for it. What `p.spawn`, `p.currentThread` and
 * `p.mainThread` return.
 */
export class StartedThread<R = unknown> extends ThreadHandle<R> {
  readonly #running: RunningThread

  constructor(handle: ThreadHandle<R>, running: RunningThread) {
    super(handle)
    this.#running = running
  }

  /**
   * Waits until the thread has ended and returns its result (`undefined` if it failed). With a timeout: `undefined` also if
   * that fires first; `isAlive` tells which. One step.
   *
   * @throws MisuseError inside a thread that joins itself.
   */
  override join(): Steps<R>
  override join(options: WaitOptions): Steps<R | undefined>
  override *join({ timeout }: WaitOptions = {}): Steps<R | undefined> {
    const mayMisuse = this.mayNotBeStarted || this.#running()?.index === this.index
    if (timeout === undefined) return mayMisuse ? yield* perform(new JoinThread<R>(this)) : yield* super.join()
    const joined = yield* withTimeout(new JoinThread<R>(this), timeout)
    return joined.timedOut ? undefined : joined.result
  }

  /** Whether the thread has been started and has not ended. One step. */
  isAlive(): Steps<boolean> {
    return perform(
      new ThreadQuestion('isAlive', this, (world) => world.read(this.word) !== 0 && !world.hasEnded(this.index)),
    )
  }

  /**
   * How the thread has failed (`Error: what it said`), null if it has not. One step. That somebody asks changes nothing: an error that
   * nobody has caught is reported.
   */
  exception(): Steps<string | null> {
    return perform(new ThreadQuestion('exception', this, (world) => world.failureOf(this.index) ?? null))
  }

  protected get mayNotBeStarted(): boolean {
    return false
  }
}

/** What a thread is declared with. */
export interface ThreadOptions<R = unknown> extends ThreadScheduling {
  /** The program does not wait for it: it dies when all other threads have ended. @default false */
  readonly daemon?: boolean
  /** Whether it runs from the beginning, which is for setup to say. @default false */
  readonly start?: boolean
  /** What it does; a class that extends `Thread` has a method `run` instead. */
  readonly target?: ThreadBody<R>
}

/** How a program declares a thread; see `Vocabulary.declareThread`. */
export interface ThreadDeclarer {
  declareThread<R>(name: string, body: ThreadBody<R>, options: ThreadOptions): DeclaredThread<R>
}

/** A thread that was declared: running from the beginning, or to be started. */
export interface DeclaredThread<R> {
  readonly handle: ThreadHandle<R>
  /** Null if it runs from the beginning. */
  readonly unstarted: UnstartedThread | null
  readonly running: RunningThread
}

/**
 * A thread as Python's `threading.Thread`: created first, started later, once. Either it is given what it does
 * (`p.newThread(name, function* () { … })`), or a class extends it and overrides `run`:
 *
 * @example
 * ```ts
 * import { explore, program, Thread, type Vocabulary } from 'entrelacs'
 *
 * class Greeter extends Thread<string> {
 *   readonly whom: string
 *
 *   constructor(p: Vocabulary, whom: string) {
 *     super(p, `greeter of ${whom}`)
 *     this.whom = whom
 *   }
 *   override *run() {
 *     return `hello ${this.whom}`
 *   }
 * }
 * const greeting = program('greeting', {}, (_params, p) => {
 *   p.thread('main', function* () {
 *     const greeter = new Greeter(p, 'Ada')
 *     yield* greeter.start()
 *     return yield* greeter.join()
 *   })
 * })
 * console.log((await explore(greeting)).outcomes[0]!.results?.['main']) // hello Ada
 * ```
 *
 * The fields of such an object are constants, set by the constructor: the object is frozen when the thread begins, since what
 * threads share must be shared objects.
 */
export class Thread<R = unknown> extends StartedThread<R> {
  readonly #unstarted: UnstartedThread | null
  readonly #target: ThreadBody<R> | undefined

  /** @param p the program's vocabulary. */
  constructor(p: ThreadDeclarer, name: string, options: ThreadOptions<R> = {}) {
    const self: { thread?: Thread<R> } = {}
    const { handle, unstarted, running } = p.declareThread(name, () => self.thread!.#begin(), options)
    super(handle, running)
    self.thread = this
    this.#unstarted = unstarted
    this.#target = options.target
  }

  /** What the thread does: its target, unless a class overrides it. */
  run(): Steps<R> {
    if (this.#target !== undefined) return this.#target()
    throw new ProgramFault('program/no-body', `thread “${this.name}” has no body`, {
      hint: 'give it a target, or a method *run()',
    })
  }

  /**
   * Lets the thread begin. One step.
   *
   * @throws MisuseError inside the thread that starts it, if it has been started before.
   */
  start(): Steps<void> {
    return perform(new StartThread(this, this.#unstarted))
  }

  protected override get mayNotBeStarted(): boolean {
    return this.#unstarted !== null
  }

  #begin(): Steps<R> {
    Object.freeze(this)
    return this.run()
  }
}
