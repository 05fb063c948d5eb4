import type { CallHistory } from './detect/call-history.js'
import { isLinearizable, type SequentialModel } from './detect/linearization.js'
import { ProgramFault, ThreadExit } from './errors.js'
import { type WordKind, WordKind as Kind } from './layout.js'
import { AtMark, PrintMark, ThreadHandle } from './marks.js'
import type { Operation, SharedObject, StartableThread, Steps, ThreadBody } from './operation.js'
import type { ThreadScheduling } from './scheduling.js'
import { sleepFor } from './time/sleep.js'
import type { TimeMode } from './time/time-mode.js'
import { perform } from './operation.js'
import { AbortProcess, type ProcessContext } from './process-operations.js'
import type { ExitHook } from './processes.js'
import { Assume, Choose, Compute, type ComputingCode, Pause, Progress, Spawn } from './thread-operations.js'
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
  /** The calls that it is about, if it asks whether an object is linearizable. */
  readonly history?: { readonly calls: CallHistory; readonly model: SequentialModel<unknown> }
}

/** What setup needs from the run it declares into. */
export interface DeclarationSink {
  readonly time: TimeMode
  /** Primitives are to be their twins. */
  readonly twins: boolean
  /** @param shared whether all processes have the word in common; otherwise each has one of its own. */
  word(suffix: string, kind: WordKind, initial: unknown, what: string, shared: boolean): number
  /** That word only records. */
  record(word: number): number
  /** Outcomes do not differ by that word. */
  hidden(word: number): number
  /** The same, but reserved when it is first asked for: a word that few programs need costs the others nothing. */
  wordOnDemand(suffix: string, kind: WordKind, initial: unknown, what: string, shared: boolean): () => number
  /** What processes are made of. */
  readonly processes: ProcessContext
  /** A process is being declared; returns its number. */
  process(daemon: boolean, place: Place | undefined): number
  /** Whatever has to happen before a process may leave. */
  atProcessExit(hook: ExitHook): void
  /** What a process has to do before it leaves, for the sake of a pool that is being declared. */
  atPoolExit(shutdown: () => Steps<unknown>, place: Place | undefined): void
  object(object: SharedObject): void
  thread(
    name: string,
    body: ThreadBody,
    daemon: boolean,
    place: Place | undefined,
    scheduling?: ThreadScheduling,
  ): ThreadHandle
  /** A thread that does not run before an operation starts it; also while threads run. */
  startable(
    name: string,
    body: ThreadBody,
    daemon: boolean,
    place: Place | undefined,
    scheduling?: ThreadScheduling,
  ): UnstartedThread
  /** The same, of a thread that serves an object: its process does not wait for it before it leaves. */
  server(name: string, body: ThreadBody): UnstartedThread
  /** Does something once all that setup itself says has been declared; while threads run, at once. */
  afterSetup(action: () => void): void
  /** The number of the next object that the thread whose code is executing declares, from 1 on. */
  ordinal(): number
  /** The thread whose code is executing; null in setup. */
  current(): ThreadHandle | null
  /** The first thread that runs from the beginning. */
  main(): ThreadHandle
  /** A word that each thread has for itself, for the object that is being declared. */
  ownWord(suffix: string, initial: unknown, what: string): OwnWord
  /** What an operation carries, by its key. */
  carried(key: string): unknown
  property(property: Property): void
  /** The number of the thread whose code is executing, for algorithms that know threads by numbers: never 0, the same in every run. */
  selfNumber(): number
}

/** A thread as it was declared that is to be started by an operation: one of its `starts`. */
export interface UnstartedThread extends StartableThread {
  readonly handle: ThreadHandle
}

/** A word of plain data that each thread has for itself. */
export interface OwnWord {
  /** That of the thread whose code is executing. */
  mine(): number
  /** Those that have been met, by the index of their thread. */
  known(): ReadonlyMap<number, number>
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
  /** A word for plain data that only records what has happened: it orders nothing, and outcomes do not differ by it. */
  record(name: string, initial: unknown): number
  /** A word for "no thread" (0) or a thread (its index + 1); 0 at first. */
  thread(name: string): number
  /** A word for plain data that is part of the state from when an operation first needs it. A fork does not copy it. */
  dataOnDemand(name: string, initial: unknown): () => number
  /** The same for a 32-bit integer. */
  intOnDemand(name: string, initial: number): () => number
  /** A word of any plain data for each thread that asks for its own. */
  own(name: string, initial: unknown): OwnWord
}

/**
 * What a program's setup works with: declares objects, threads and properties, and makes the operations that belong to
 * no object. Primitives extend it (`cell`, `lock`, …).
 */
export class Setup {
  /** The run that is declared into: what primitives ask the engine for. */
  protected readonly engine: DeclarationSink

  constructor(sink: DeclarationSink) {
    this.engine = sink
  }

  /** The number of the thread whose code is executing. */
  protected selfNumber(): number {
    return this.engine.selfNumber()
  }

  /** What sleeps and timeouts mean in this run. */
  get time(): TimeMode {
    return this.engine.time
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
      int: (suffix, initial) => this.engine.word(`${kind} ${suffix}`, Kind.Int, initial, what, shared),
      data: (suffix, initial) => this.engine.word(`${kind} ${suffix}`, Kind.Value, initial, what, shared),
      // Whoever records is no process: nothing that happens anywhere is unknown to them.
      record: (suffix, initial) =>
        this.engine.record(this.engine.word(`${kind} ${suffix}`, Kind.Value, initial, what, true)),
      thread: (suffix) => this.engine.word(`${kind} ${suffix}`, Kind.Thread, 0, what, shared),
      intOnDemand: (suffix, initial) => this.engine.wordOnDemand(`${kind} ${suffix}`, Kind.Int, initial, what, shared),
      dataOnDemand: (suffix, initial) =>
        this.engine.wordOnDemand(`${kind} ${suffix}`, Kind.Value, initial, what, shared),
      own: (suffix, initial) => this.engine.ownWord(`${kind} ${suffix}`, initial, what),
    })
    this.engine.object(object)
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
    return this.engine.thread(name, body, options.daemon ?? false, placeOfCaller()) as ThreadHandle<R>
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
        true,
      ) as Operation<ThreadHandle<R>>,
    )
  }

  /**
   * Sleeps for so many seconds, which are rounded to nanoseconds. In time mode `free` for any time at all: one step that
   * touches nothing. In mode `virtual` two steps, `sleep` and, once the clock has come so far, `wake`; `sleep(0)` is one step.
   *
   * @throws RangeError inside the thread if `seconds` is no number, negative, infinite, or more than 104 days.
   */
  sleep(seconds: number): Steps<void> {
    return sleepFor(seconds, this.time, recordedPlace())
  }

  /**
   * Computes for `work` units. One step that touches nothing; its length counts on machines with time. When exploring it
   * takes none, in mode `virtual` either.
   *
   * @param options.code whose code computes, which counts where an interpreter has a lock: see `ComputingCode`.
   * @throws RangeError inside the thread if there is no such code.
   */
  compute(work: number, { code = 'interpreted' }: { readonly code?: ComputingCode } = {}): Steps<void> {
    return perform(new Compute(work, code, recordedPlace()))
  }

  /**
   * Waits for a device. One step that touches nothing; `request` counts on machines with devices. When exploring it takes no
   * time, in mode `virtual` either: `sleep` does.
   */
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
    return (yield* perform(new AbortProcess(this.engine.processes))) as never
  }

  /** Offers the processor to others: one step that touches nothing. */
  yieldNow(): Steps<void> {
    return perform(new Pause('yieldNow', [], 'none', recordedPlace()))
  }

  /**
   * Calls a function: one step that touches nothing. It says where a call is in the real program, since an interpreter may let
   * another thread go on there. CPython 3.10 and later does so only after calls and at the end of a loop's body, earlier versions
   * anywhere.
   *
   * @example
   * ```ts
   * import { explore, program } from 'entrelacs'
   * const counting = program('y = add1(y)', {}, (_, p) => {
   *   const y = p.cell('y', 0)
   *   for (const name of ['A', 'B'])
   *     p.thread(name, function* () {
   *       const seen = yield* y.read()
   *       yield* p.call('add1')
   *       yield* y.write(seen + 1)
   *     })
   *   p.finally('both are kept', (final) => final(y) === 2)
   * })
   * console.log((await explore(counting)).verdict) // violated
   * ```
   */
  call(name?: string): Steps<void> {
    return perform(new Pause('call', name === undefined ? [] : [name], 'none', recordedPlace()))
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
    this.engine.property({ name, when: 'finally', holds, place: placeOfCaller() })
  }

  /** A property of every state. */
  always(name: string, holds: (now: StateView) => boolean): void {
    this.engine.property({ name, when: 'always', holds, place: placeOfCaller() })
  }

  /** A property of every state: an order of the calls explains what they have returned. */
  protected alwaysExplained(name: string, calls: CallHistory, model: SequentialModel<unknown>): void {
    const holds = (now: StateView) => isLinearizable(now(calls.calls) ?? [], model)
    this.engine.property({ name, when: 'always', holds, place: placeOfCaller(), history: { calls, model } })
  }
}
