import type { Operation } from '../../operation.js'
import type { ProcessEntry } from '../../processes.js'
import type { Random } from '../../random.js'
import type { Session } from '../../session.js'
import type { Kernel } from '../kernel/kernel.js'
import type { Interpreter } from '../program/interpreter.js'
import { WakeCause } from '../program/program-observer.js'
import type { SimulatedProgram } from '../program/simulated-program.js'
import type { GilConfig, LockConfig } from './gil-config.js'
import type { GilObserver } from './gil-observer.js'
import { type InterpreterLock, type LockSetting, NOBODY } from './interpreter-lock.js'
import { IntervalLock } from './interval-lock.js'
import { TickLock } from './tick-lock.js'

/** What an interpreter is given. */
export interface PythonSetting {
  readonly kernel: Kernel
  readonly session: Session
  readonly gil: GilConfig
  readonly random: Random
  /** Whether the program's processes are sub-interpreters of one process, which share its lock before 3.12. @default false */
  readonly subInterpreters?: boolean
}

/**
 * An interpreter that runs the threads of a program: each operation costs byte code, and where there is a lock, it is for the holder
 * alone. Every process of the program has a lock of its own.
 */
export class PythonInterpreter implements Interpreter {
  readonly slowdown: number
  /** Set before the program begins, if at all. */
  observer: GilObserver | null = null
  /** The program whose threads it runs; set before the program begins. */
  program!: SimulatedProgram
  readonly #setting: PythonSetting
  readonly #byteCode: number
  readonly #byProcess = new Map<ProcessEntry | null, InterpreterLock>()
  // By thread.
  readonly #locks: InterpreterLock[] = []

  constructor(setting: PythonSetting) {
    this.#setting = setting
    this.slowdown = setting.gil.slowdown
    this.#byteCode = Math.round(setting.gil.byteCode * setting.gil.slowdown)
  }

  enter(thread: number, operation: Operation): number {
    const answer = this.#lockOf(thread)?.enter(thread, operation) ?? 0
    return answer === 0 ? this.#byteCode : answer
  }

  atMost(thread: number): number {
    return this.#lockOf(thread)?.atMost(thread) ?? Infinity
  }

  performed(thread: number, operation: Operation): void {
    this.#lockOf(thread)?.performed(thread, operation)
  }

  leave(thread: number): void {
    this.#lockOf(thread)?.leave(thread)
  }

  ended(thread: number): void {
    this.#lockOf(thread)?.ended(thread)
  }

  #lockOf(thread: number): InterpreterLock | undefined {
    const { gil } = this.#setting
    if (gil.kind !== 'ticks' && gil.kind !== 'interval') return undefined
    return (this.#locks[thread] ??= this.#sharedBy(this.#processOf(thread, gil), gil))
  }

  /** The process whose lock a thread takes; null for the main one. */
  #processOf(thread: number, { perInterpreter }: LockConfig): ProcessEntry | null {
    const { session, subInterpreters = false } = this.#setting
    return subInterpreters && !perInterpreter ? null : session.threads.all[thread]!.process
  }

  #sharedBy(process: ProcessEntry | null, gil: LockConfig): InterpreterLock {
    const known = this.#byProcess.get(process)
    if (known !== undefined) return known
    const { program, observer } = this
    const { kernel, random } = this.#setting
    const setting: LockSetting = {
      kernel,
      random,
      observer,
      wake: (thread, by) => program.wake(thread, by, by === NOBODY ? WakeCause.Time : WakeCause.Gil),
      cut: (thread) => program.cut(thread),
    }
    const lock = gil.kind === 'ticks' ? new TickLock(setting, gil) : new IntervalLock(setting, gil)
    this.#byProcess.set(process, lock)
    return lock
  }
}
