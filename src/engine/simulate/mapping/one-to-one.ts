import type { OperatingSystem } from '../os/operating-system.js'
import type { ThreadOptions } from '../os/thread-options.js'
import type { Work } from '../os/work.js'
import type { SimulatedProgram } from '../program/simulated-program.js'
import type { ThreadHost } from '../program/thread-host.js'

/** Every thread of the program is a thread of the operating system: what most languages do. */
export class OneToOne implements Work, ThreadHost {
  readonly #program: SimulatedProgram
  readonly #optionsOf: (thread: number) => ThreadOptions
  readonly #kernelThreads: number[] = []
  readonly #programThreads: number[] = []
  os!: OperatingSystem

  constructor(program: SimulatedProgram, optionsOf: (thread: number) => ThreadOptions) {
    this.#program = program
    this.#optionsOf = optionsOf
    program.host = this
  }

  /** The thread of the program that a thread of the operating system runs. */
  threadOn(kernelThread: number): number {
    return this.#programThreads[kernelThread]!
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
}
