import type { Leftover } from './detect/leftovers.js'
import type { Footprint } from './footprint.js'
import type * as Code from './code.js'
import type { Place } from './place.js'
import type { TimeMode } from './time/time-mode.js'

/** How a step is charged on the simulated machine. */
export type CostClass = 'load' | 'store' | 'atomic' | 'synchronisation' | 'compute' | 'wait' | 'none'

/** Read access to the state: words as integers, value words also as the plain data they stand for. */
export interface WorldView {
  /** What sleeps and timeouts mean in this run. */
  readonly time: TimeMode
  /** The raw word: an integer, an interned value's id, or 0 or a thread's index + 1 in a thread word. */
  read(word: number): number
  /** The plain data in a word of either kind. */
  value(word: number): unknown
  /** Whether a word of either kind holds plain data equal to `value`. */
  equals(word: number, value: unknown): boolean
  /** Whether that thread has ended. */
  hasEnded(thread: number): boolean
  /** What a thread that has ended returned; `undefined` if it failed. */
  resultOf(thread: number): unknown
  /** The name of a thread. */
  threadName(thread: number): string
  /** The name that the program has given it, which others may have, too. */
  givenName(thread: number): string
  /**
   * What tells a thread from all others, the same in every run: how plain data refers to a thread. Indices are not the
   * same in every run, and names are not unique.
   */
  identityOf(thread: number): string
  /** The thread with that identity. */
  threadWith(identity: string): number
  /**
   * The word of a thread's own deadline, in time mode `virtual`: plain data, null or the nanoseconds that are left, which the
   * clock brings down to 0. An operation sets it, and another one waits for 0 and sets it to null; −1 in mode `free`. While a limit
   * on several waits runs, it holds the limit as well (`time/deadlines.ts`).
   */
  deadlineWord(thread: number): number
  /** The words of all threads that have been met of that thread's process: for operations that ask about every thread there is. */
  threadWords(asking: number): readonly number[]
  /** What tells a word from all others, the same in every run: how plain data refers to the state of another object. */
  wordIdentity(word: number): string
  /** The word with that identity. */
  wordWith(identity: string): number
}

/** Write access to the state. Every write is logged, so that it can be undone, and enters the state's hash. */
export interface WorldAccess extends WorldView {
  /** Writes an integer, or the index + 1 of a thread, to a word of that kind. */
  write(word: number, content: number): void
  /** Writes plain data to a word of either kind. */
  setValue(word: number, value: unknown): void
  /** Lets `thread`, which is one of the `starts` of the operation that `starter` performs, begin. */
  start(thread: number, starter: number): void
  /** Where a thread stands in its history, the same in every run: what its operation `carries` is found by this key. */
  pointOf(thread: number): string
  /** How a thread has failed, in words; `undefined` if it has not. */
  failureOf(thread: number): string | undefined
  /** The threads of that thread's process that have begun and not ended, by the names they were given, in canonical order. */
  aliveThreads(asking: number): readonly string[]
}

/** A thread that does not run before some operation starts it. */
export interface StartableThread {
  readonly index: number
  readonly body: ThreadBody
  /** Declared in setup, so that what it does is no matter of who starts it. */
  readonly isDeclared: boolean
}

/** What an operation hands on to other threads although it is no plain data: a function, an error. */
export interface Carried {
  readonly content: unknown
  /** What it is found by. Equal keys must mean equal contents. @default where the thread that performs it stands */
  readonly key?: string
}

/** What every shared object is to the engine: a name, a kind, and how it looks in a state. */
export interface SharedObject {
  readonly name: string
  /** `cell`, `lock`, …: a word for reports. */
  readonly kind: string
  /** What a person sees in this state; `undefined` if there is nothing to see (a lock that is free). */
  show(world: WorldView): unknown
  /** Which of its elements is that word, if it has elements. */
  element?(word: number): number
  /** What is left undone if the program ends in this state: locks that are held, tasks that nobody has waited for. */
  leftovers?(world: WorldView): readonly Leftover[]
}

/** An operation that is one of the engine's instructions on one word. Operands are plain data, encoded as the word is. */
export interface InstructionForm {
  readonly code: Code.Any
  readonly word: number
  readonly a?: unknown
  readonly b?: unknown
  readonly plain?: boolean
  /** The step says that its thread gets on. */
  readonly progress?: boolean
}

/**
 * The one contract for whatever a thread can do to the world, and the extension point for primitives of one's own.
 *
 * All answers must be functions of the words that `footprint` names. Law, tested for every object: operations with
 * disjoint footprints commute and do not change each other's ways.
 */
export interface Operation<R = unknown> {
  /** The object it acts on; `null` for operations on no object (`sleep`, `choose`). */
  readonly object: SharedObject | null
  /** `read`, `acquire`, …: a word for traces. */
  readonly name: string
  /** The arguments as plain data: with the object and the name, they identify the operation. */
  readonly args: readonly unknown[]
  /** Where the user's program created it, when places are recorded. */
  readonly place: Place | undefined
  /** Present if the engine can run it as an instruction. `ways`, `apply` and `footprint` must then agree with it. */
  readonly instruction?: InstructionForm
  /** All words it can ever touch, if it can say: otherwise a process gets room for all the memory there is once it performs it. */
  readonly words?: readonly number[] | undefined
  readonly cost: CostClass
  /** The thread whose end it waits for, if it does. */
  readonly joins?: number | undefined
  /** Present if it takes or limits time: reports then say what time meant. */
  readonly isTimed?: boolean
  /** Threads that it may start. */
  readonly starts?: readonly StartableThread[]
  readonly carries?: Carried
  /** A thread that is blocked here is idle: the program does not wait for it, and it is no part of a deadlock. */
  readonly isIdle?: boolean
  /** Its result depends on which threads there are. */
  readonly countsThreads?: boolean
  /** In how many ways it can proceed now; 0 = blocked. */
  ways(world: WorldView, thread: number): number
  /** The atomic effect of way `way` and its result, which must be plain data. May throw a MisuseError before any write. */
  apply(world: WorldAccess, way: number, thread: number): R
  /** The words it reads and writes if it steps now. */
  footprint(world: WorldView, thread: number): Footprint
  /** How it reads in a trace once its result is known: `read → 0`, `write 1`. */
  label(result: unknown): string
  /** The thread that keeps others waiting while this operation is blocked, if it is one thread. */
  holder(world: WorldView): number | null
}

/** What a thread's body is made of: operations that are yielded, and their results coming back. */
// eslint-disable-next-line typescript/no-explicit-any -- what comes back depends on the operation; `perform` types it
export type Steps<R> = Generator<unknown, R, any>

/** A thread's body: called to start it, once for every run. */
export type ThreadBody<R = unknown> = () => Steps<R>

/** Yields one operation and returns its result: the only way for a thread to touch the world. */
export function* perform<R>(operation: Operation<R>): Steps<R> {
  return (yield operation) as R
}

/** An operation as it reads in a trace: its name, its arguments, and its result if it has one. */
export function formatCall(name: string, args: readonly unknown[], result: unknown): string {
  const given = args.map(formatData).join(', ')
  const call = given === '' ? name : `${name} ${given}`
  return result === undefined ? call : `${call} → ${formatData(result)}`
}

/** Plain data as it reads in a trace: JSON where that is possible. */
export function formatData(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number') return String(value)
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)) ?? typeof value
}
