import type { Random } from '../../random.js'
import type { Kernel } from '../kernel/kernel.js'
import type { Interpreter } from '../program/interpreter.js'
import type { GilObserver } from './gil-observer.js'

/** What a lock asks of the computer. */
export interface LockSetting {
  readonly kernel: Kernel
  /** What the interpreter leaves open is drawn from it. */
  readonly random: Random
  /** Is told what happens, if there is anybody. */
  readonly observer: GilObserver | null
  /** Lets a thread ask again that `enter` has blocked, once it has a core; `by` is the thread that has seen to it, `NOBODY` for none. */
  wake(thread: number, by: number): void
  /** Interrupts a thread whose interpreted code computes: it comes to `performed`, or to `enter`, at once. */
  cut(thread: number): void
}

/** The lock of one interpreter: of its threads, only the holder gets to its operations. */
export type InterpreterLock = Omit<Interpreter, 'slowdown'>

/** Nobody among threads. */
export const NOBODY = -1
