import type { CallTracer } from './call-tracer.js'
import { HistoryLimit, MisuseError, ProgramFault, ThreadExit } from './errors.js'
import { localOperation } from './local-operation.js'
import { AtMark, CallMark, type Claim, JobMark, LoopMark, PrintMark, ReturnMark } from './marks.js'
import type { Position } from './position.js'
import type { Operation, Steps, ThreadBody } from './operation.js'
import { type Place, placeOfError, recordingPlaces } from './place.js'
import type { ProcessRegistry } from './processes.js'
import type { ThreadEntry } from './thread-registry.js'

/** Called around every stretch of the program's own code, so that a watchdog can tell which thread never yields. */
export interface CodeMonitor {
  enter(what: string, place: Place | undefined): void
  leave(): void
}

/** A generator that stands right after an operation has been yielded. */
export interface LiveRun {
  readonly generator: Steps<unknown>
  readonly thread: ThreadEntry
  /** Objects this run has declared and threads it has spawned so far: they number the next ones. */
  objects: number
  children: number
  /** The words declared by this run so far, and by those that spawned it before they did. */
  readonly words: number[]
  /** The words that the thread has for itself, each with how another thread comes by its own; null for none. */
  own: Map<number, (other: ThreadEntry) => number> | null
  /** What the first thread of a process does before the process leaves. */
  readonly exits: (() => Steps<unknown>)[]
  /** Where the calls began that it is in, the outermost first. */
  readonly calls: Position[]
  /** Where the code began that it runs for others, if it does: what `p.at` goes back to. */
  job: Position | null
  /** Where its latest operation was created, when places are recorded. */
  latestPlace?: Place
}

/** How a thread failed. */
export interface Failure {
  readonly kind: 'error' | 'misuse'
  readonly message: string
  readonly place: Place | undefined
}

/** A line printed by a thread. */
export interface PrintedLine {
  readonly thread: number
  readonly values: readonly unknown[]
}

/** What a thread's code did: it yielded an operation, ended with a value, or failed. */
export interface Yielded {
  /** Null if the thread has ended or failed. */
  readonly operation: Operation | null
  /** What the thread has said of its history since its last operation, in order; null for nothing. */
  readonly claims: readonly Claim[] | null
  readonly value: unknown
  readonly failure: Failure | null
}

/** What running a program's code needs to know. */
export interface RunnerOptions {
  readonly monitor: CodeMonitor | undefined
  readonly recordPlaces: boolean
  readonly onPrint: ((line: PrintedLine) => void) | undefined
  readonly processes: ProcessRegistry
  /** Is told when threads' own code runs, if somebody wants to know their calls. */
  readonly calls?: CallTracer | undefined
}

// A thread that yields this many marks in a row without an operation never steps again.
const MARK_LIMIT = 100_000

/** Runs the program's own code: the one place where generators are started and resumed. */
export class ThreadRunner {
  /** The run whose code is executing, so that objects declared meanwhile belong to it. */
  running: LiveRun | null = null
  readonly #options: RunnerOptions

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  /** A new run of a thread, before its first operation; `words` were declared by those that spawned it. */
  begin(thread: ThreadEntry, body: ThreadBody, words: readonly number[]): LiveRun {
    let generator: unknown
    try {
      generator = this.#guarded(thread, () => body())
    } catch (error) {
      if (error instanceof ProgramFault) throw error
      // A generator function runs nothing when it is called; what throws is an ordinary function.
      generator = null
    }
    if (!isGenerator(generator))
      throw new ProgramFault(
        'program/not-a-generator',
        `the body of thread “${thread.name}” is not a generator function`,
        { place: thread.place, hint: 'write function* () { … }' },
      )
    return {
      generator,
      thread,
      objects: 0,
      children: 0,
      words: [...words],
      own: null,
      exits: [],
      calls: [],
      job: null,
    }
  }

  /** Runs the thread's own code up to its next operation, its end or its failure. */
  advance(run: LiveRun, resume: () => IteratorResult<unknown, unknown>): Yielded {
    const before = this.running
    const { calls } = this.#options
    this.running = run
    calls?.enter()
    try {
      return this.#guarded(run.thread, () => this.#toOperation(run, resume))
    } finally {
      calls?.leave(run.thread.index)
      this.running = before
    }
  }

  /** Resumes a thread with the result of its operation, without anything being made for it where nothing watches. */
  advanceWith(run: LiveRun, received: unknown): Yielded {
    const { monitor, recordPlaces, calls } = this.#options
    if (monitor !== undefined || recordPlaces || calls !== undefined)
      return this.advance(run, () => run.generator.next(received))
    const before = this.running
    this.running = run
    try {
      return this.#toOperation(run, null, received)
    } finally {
      this.running = before
    }
  }

  #guarded<R>(thread: ThreadEntry, action: () => R): R {
    const { monitor, recordPlaces } = this.#options
    monitor?.enter(thread.name, thread.place)
    try {
      return recordPlaces ? recordingPlaces(action) : action()
    } finally {
      monitor?.leave()
    }
  }

  #toOperation(run: LiveRun, resume: (() => IteratorResult<unknown, unknown>) | null, received?: unknown): Yielded {
    let claims: Claim[] | null = null
    let step: IteratorResult<unknown, unknown>
    try {
      step = resume === null ? run.generator.next(received) : resume()
      for (let marks = 0; !step.done; marks++) {
        if (marks > MARK_LIMIT) throw neverSteps(run.thread)
        if (isOperation(step.value)) break
        if (isClaim(step.value)) (claims ??= []).push(step.value)
        else if (step.value instanceof PrintMark)
          this.#options.onPrint?.({ thread: run.thread.index, values: step.value.values })
        else break
        step = run.generator.next()
      }
    } catch (error) {
      if (error instanceof ProgramFault || error instanceof HistoryLimit) throw error
      if (error instanceof ThreadExit) return { operation: null, claims, value: undefined, failure: null }
      return { operation: null, claims, value: undefined, failure: describeFailure(run.thread, error) }
    }
    if (step.done) return { operation: null, claims, value: step.value, failure: null }
    const operation = requireOperation(run, step.value)
    if (operation.place !== undefined) run.latestPlace = operation.place
    const { process } = run.thread
    const performed = process === null ? operation : localOperation(this.#options.processes, process, operation)
    return { operation: performed, claims, value: undefined, failure: null }
  }
}

function isClaim(value: unknown): value is Claim {
  return (
    value instanceof AtMark ||
    value instanceof CallMark ||
    value instanceof LoopMark ||
    value instanceof ReturnMark ||
    value instanceof JobMark
  )
}

function isOperation(value: unknown): value is Operation {
  const candidate = value as Partial<Operation> | null | undefined
  return typeof candidate?.ways === 'function' && typeof candidate.apply === 'function'
}

function isGenerator(value: unknown): value is Steps<unknown> {
  const candidate = value as Partial<Steps<unknown>> | null | undefined
  return typeof candidate?.next === 'function' && typeof candidate[Symbol.iterator] === 'function'
}

function requireOperation(run: LiveRun, yielded: unknown): Operation {
  if (isOperation(yielded)) return yielded
  const what = isGenerator(yielded)
    ? 'an operation that was not delegated to'
    : yielded === undefined
      ? 'nothing'
      : `a ${typeof yielded}`
  throw new ProgramFault(
    'program/not-an-operation',
    `thread “${run.thread.name}” yields ${what}, which is no operation`,
    {
      // A generator does not tell where it stands; its latest operation is the nearest place there is.
      place: run.latestPlace ?? run.thread.place,
      hint: isGenerator(yielded)
        ? 'write yield* instead of yield'
        : 'yield* the operations of shared objects only, such as yield* counter.read()',
    },
  )
}

function describeFailure(thread: ThreadEntry, error: unknown): Failure {
  const place = placeOfError(error)
  if (error instanceof MisuseError) return { kind: 'misuse', message: error.message, place }
  if (isMutation(error))
    throw new ProgramFault(
      'program/mutates-value',
      `thread “${thread.name}” changes a value it has read: ${textOf(error)}`,
      {
        place: place ?? thread.place,
        hint: 'values in shared objects are frozen; make a copy, change the copy and write it back',
      },
    )
  if (error instanceof RangeError && /call stack/i.test(error.message))
    throw new ProgramFault('program/stack-overflow', `thread “${thread.name}” recurses without end`, {
      place: place ?? thread.place,
    })
  return { kind: 'error', message: describeThrown(error), place }
}

/**
 * An error that a program's own code may catch and keep: returned as it is.
 *
 * @throws what is no business of the program's: faults of its own, and bounds of the engine.
 */
export function requireCatchable(error: unknown): unknown {
  const isFault = error instanceof ProgramFault || error instanceof HistoryLimit || isMutation(error)
  if (isFault || (error instanceof RangeError && /call stack/i.test(error.message))) throw error
  return error
}

/** What was thrown, with the kind of error it is. */
export function describeThrown(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `thrown: ${textOf(thrown)}`
}

/** Whether an error comes from changing a frozen value. */
export function isMutation(error: unknown): boolean {
  return (
    error instanceof TypeError &&
    /read only|not extensible|Cannot (?:add|delete|define|redefine) property/.test(error.message)
  )
}

/** What was thrown, as text: anything can be thrown, and not everything can be converted. */
export function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown)
  } catch {
    return 'an object without a text'
  }
}

function neverSteps(thread: ThreadEntry): ProgramFault {
  return new ProgramFault('program/never-steps', `thread “${thread.name}” loops without ever performing an operation`, {
    place: thread.place,
    hint: 'p.at and p.print are no operations; a loop must read, wait or yieldNow to let others go on',
  })
}
