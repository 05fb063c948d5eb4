import type { OperatingSystem } from '../os/operating-system.js'
import type { CoreState, OsObserver } from '../os/os-observer.js'
import type { ThreadOptions } from '../os/thread-options.js'
import type { Reason, ThreadState } from '../os/thread-state.js'
import type { MappedProgram } from './mapped-program.js'
import type { ThreadMapping } from './thread-mapping.js'

const NOBODY = -1

/** Every thread of the program is a thread of the operating system: what most languages do. */
export class OneToOne implements ThreadMapping {
  readonly #program: MappedProgram
  readonly #optionsOf: (thread: number) => ThreadOptions
  readonly #kernelThreads: number[] = []
  readonly #programThreads: number[] = []
  os!: OperatingSystem
  observer: OsObserver | null = null

  constructor(program: MappedProgram, optionsOf: (thread: number) => ThreadOptions) {
    this.#program = program
    this.#optionsOf = optionsOf
  }

  /** The thread of the operating system that a thread of the program is; it must have begun. */
  kernelThread(thread: number): number {
    return this.#kernelThreads[thread]!
  }

  start(thread: number): void {
    const kernelThread = this.os.create(this.#optionsOf(thread))
    this.#kernelThreads[thread] = kernelThread
    this.#programThreads[kernelThread] = thread
    this.os.start(kernelThread)
  }

  wake(thread: number): void {
    this.os.wake(this.#kernelThreads[thread]!)
  }

  cut(thread: number): number {
    return this.os.cut(this.#kernelThreads[thread]!)
  }

  begin(kernelThread: number, core: number): number {
    return this.#program.begin(this.#programThreads[kernelThread]!, core)
  }

  finish(kernelThread: number, core: number): void {
    this.#program.finish(this.#programThreads[kernelThread]!, core)
  }

  transition(thread: number, from: ThreadState, to: ThreadState, reason: Reason, core: number, now: number): void {
    this.observer?.transition(this.#programThreads[thread]!, from, to, reason, core, now)
  }

  core(core: number, state: CoreState, thread: number, now: number): void {
    this.observer?.core(core, state, thread === NOBODY ? NOBODY : this.#programThreads[thread]!, now)
  }
}
