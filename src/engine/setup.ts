import { ProgramFault, ThreadExit } from './errors.js'
import { type WordKind, WordKind as Kind } from './layout.js'
import { AtMark, PrintMark, ThreadHandle } from './marks.js'
import type { Operation, SharedObject, Steps, ThreadBody } from './operation.js'
import { perform } from './operation.js'
import { AbortProcess, type ProcessContext } from './process-operations.js'
import type { ExitHook } from './processes.js'
import { Assume, Choose, Pause, Progress, Spawn } from './thread-operations.js'
import { type Place, placeOfCaller, recordedPlace } from './place.js'

/** A state as properties see it. */
export interface StateView {
  /** The content of an object: a cell's value, an array's values, a lock's holder (`undefined` when free). */
  <T>(object: SharedObject & { readonly contentType?: T }): T
  /** What a thread returned; `undefined` while it runs, and if it failed. */
  result<R>(thread: ThreadHandle<R>): R | undefined
}

/** A declared property. */
export interface Property {
  readonly name: string
  readonly when: 'finally' | 'always'
  readonly holds: (state: StateView) => boolean
  readonly place: Place | undefined
}

/** What setup needs from the run it declares into. */
export interface DeclarationSink {
  /** @param shared whether all processes have the word in common; otherwise each has one of its own. */
  word(suffix: string, kind: WordKind, initial: unknown, what: string, shared: boolean): number
  /** The same, but reserved when it is first asked for: a word that few programs need costs the others nothing. */
  wordOnDemand(suffix: string, kind: WordKind, initial: unknown, what: string, shared: boolean): () => number
  /** What processes are made of. */
  readonly processes: ProcessContext
  /** A process is being declared; returns its number. */
  process(daemon: boolean, place: Place | undefined): number
  /** Whatever has to happen before a process may leave. */
  atProcessExit(hook: ExitHook): void
  object(object: SharedObject): void
  thread(name: string, body: ThreadBody, daemon: boolean, place: Place | undefined): ThreadHandle
  property(property: Property): void
}

/** Whether processes share an object. */
export interface SharingOptions {
  /** All processes have it in common; otherwise each has one of its own. @default false */
  readonly shared?: boolean
}

/** Reserves words for the object that is being declared. */
export interface WordAllocator {
  /** A word for 32-bit integers. */
  int(name: string, initial: number): number
  /** A word for any plain data. */
  data(name: string, initial: unknown): number
  /** A word for "no thread" (0) or a thread (its index + 1); 0 at first. */
  thread(name: string): number
  /** A word for plain data that is part of the state from when an operation first needs it. */
  dataOnDemand(name: string, initial: unknown): () => number
}

/**
 * What a program's setup works with: declares objects, threads and properties, and makes the operations that belong to
 * no object. Primitives extend it (`cell`, `lock`, …).
 */
export class Setup {
  /** The run that is declared into. */
  protected readonly sink: DeclarationSink

  constructor(sink: DeclarationSink) {
    this.sink = sink
  }

  /**
   * Declares a shared object of one's own: `make` reserves its words and returns it. The extension point for primitives.
   *
   * @param options.shared whether processes share it. By default every process has one of its own.
   */
  declare<T extends SharedObject>(
    kind: string,
    name: string,
    make: (words: WordAllocator) => T,
    { shared = false }: SharingOptions = {},
  ): T {
    const what = `the initial value of ${kind} “${name}”`
    const object = make({
      int: (suffix, initial) => this.sink.word(`${kind} ${suffix}`, Kind.Int, initial, what, shared),
      data: (suffix, initial) => this.sink.word(`${kind} ${suffix}`, Kind.Value, initial, what, shared),
      thread: (suffix) => this.sink.word(`${kind} ${suffix}`, Kind.Thread, 0, what, shared),
      dataOnDemand: (suffix, initial) => this.sink.wordOnDemand(`${kind} ${suffix}`, Kind.Value, initial, what, shared),
    })
    this.sink.object(object)
    return object
  }

  /**
   * Declares a thread that runs from the beginning.
   *
   * @param name unique among the program's threads.
   * @param body a generator function; it touches shared objects by `yield*` only.
   * @param options.daemon the program does not wait for it: it dies when all other threads have ended.
   */
  thread<R>(name: string, body: ThreadBody<R>, options: { readonly daemon?: boolean } = {}): ThreadHandle<R> {
    if (typeof body !== 'function')
      throw new ProgramFault('program/no-body', `thread “${name}” has no body`, {
        place: placeOfCaller(),
        hint: 'give it a function*',
      })
    return this.sink.thread(name, body, options.daemon ?? false, placeOfCaller()) as ThreadHandle<R>
  }

  /** Starts a thread from a thread: one step; the child can step from then on. */
  spawn<R>(body: ThreadBody<R>): Steps<ThreadHandle<R>>
  spawn<R>(name: string, body: ThreadBody<R>, options?: { readonly daemon?: boolean }): Steps<ThreadHandle<R>>
  spawn<R>(
    first: string | ThreadBody<R>,
    body?: ThreadBody<R>,
    options: { readonly daemon?: boolean } = {},
  ): Steps<ThreadHandle<R>> {
    const name = typeof first === 'string' ? first : undefined
    return perform(
      new Spawn(
        name,
        (typeof first === 'string' ? body : first)!,
        options.daemon ?? false,
        recordedPlace(),
      ) as Operation<ThreadHandle<R>>,
    )
  }

  /** Waits; when exploring, for any time at all. One step that touches nothing. `seconds` counts on machines with time. */
  sleep(seconds: number): Steps<void> {
    return perform(new Pause('sleep', [seconds], 'wait', recordedPlace()))
  }

  /** Computes for `work` units. One step that touches nothing; its length counts on machines with time. */
  compute(work: number): Steps<void> {
    return perform(new Pause('compute', [work], 'compute', recordedPlace()))
  }

  /** Waits for a device. One step that touches nothing; `request` counts on machines with devices. */
  io(request: string | number): Steps<void> {
    return perform(new Pause('io', [request], 'wait', recordedPlace()))
  }

  /**
   * Ends the thread that calls it, at once and without any fuss; it is no step. In the first thread of a process it is the
   * exit of the process with that code, after all that a process does before it leaves. Python's `sys.exit`.
   */
  *exit(code = 0): Steps<never> {
    if (!Number.isInteger(code) || code < 0 || code > 255)
      throw new RangeError(`a process cannot exit with code ${code}: give it an integer from 0 to 255`)
    throw new ThreadExit(code)
    // oxlint-disable-next-line no-unreachable -- what makes it a generator, so that it is used as operations are
    yield
  }

  /**
   * Ends the process of the thread that calls it, with all its threads, at once and without any clean-up: a crash. One
   * step; the exit code is −6, as after Python's `os.abort`. The main process cannot do it.
   */
  *abort(): Steps<never> {
    return (yield* perform(new AbortProcess(this.sink.processes))) as never
  }

  /** Offers the processor to others: one step that touches nothing. */
  yieldNow(): Steps<void> {
    return perform(new Pause('yieldNow', [], 'none', recordedPlace()))
  }

  /**
   * Says that this thread gets on: it has eaten, it has been served. One step that touches nothing. A fair run that goes
   * on for ever without a thread that has said so before is reported as starvation.
   */
  progress(): Steps<void> {
    return perform(new Progress(recordedPlace()))
  }

  /** One of 0 … `ways` − 1, every one explored. One step. */
  choose(ways: number): Steps<number> {
    return perform(new Choose(ways, recordedPlace()))
  }

  /** Drops the execution, counted apart, if `condition` is false. One step. */
  assume(condition: boolean): Steps<void> {
    return perform(new Assume(condition, recordedPlace()))
  }

  /**
   * Claims that from here on only `label` and `locals` matter to this thread, so that loops close. Not a step.
   * A claim that turns out false is reported as the program's fault.
   */
  *at(label: string, ...locals: readonly unknown[]): Steps<void> {
    yield new AtMark(label, locals, recordedPlace())
  }

  /** Prints into the trace. Not a step, and not part of the state. */
  *print(...values: readonly unknown[]): Steps<void> {
    yield new PrintMark(values)
  }

  /** A property of every execution's end, once all threads but daemons have ended. */
  finally(name: string, holds: (final: StateView) => boolean): void {
    this.sink.property({ name, when: 'finally', holds, place: placeOfCaller() })
  }

  /** A property of every state. */
  always(name: string, holds: (now: StateView) => boolean): void {
    this.sink.property({ name, when: 'always', holds, place: placeOfCaller() })
  }
}
