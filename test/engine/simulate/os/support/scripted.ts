import { Random } from '../../../../../src/engine/random.js'
import { Kernel } from '../../../../../src/engine/simulate/kernel/kernel.js'
import { Priority } from '../../../../../src/engine/simulate/kernel/priority.js'
import { FREE_OS, type OsConfig } from '../../../../../src/engine/simulate/os/os-config.js'
import { OperatingSystem } from '../../../../../src/engine/simulate/os/operating-system.js'
import type { MakePolicy } from '../../../../../src/engine/simulate/os/policy.js'
import type { ThreadOptions } from '../../../../../src/engine/simulate/os/thread-options.js'
import { BLOCKS, ENDS, type Work, YIELDS } from '../../../../../src/engine/simulate/os/work.js'
import { Recorder } from './recorder.js'

/** What a thread does: runs for so long, waits for so long, or yields. */
export type Step = { readonly run: number } | { readonly wait: number } | 'yield'

export interface ScriptedThread extends ThreadOptions {
  readonly script: readonly Step[]
  /** When it is started. @default 0 */
  readonly at?: number
}

export interface Setting {
  readonly policy: MakePolicy
  readonly threads: readonly ScriptedThread[]
  /** @default 1 */
  readonly cores?: number
  /** @default none */
  readonly costs?: Partial<OsConfig>
  readonly seed?: string | number
  /** When to stop, if not at the end. */
  readonly until?: number
}

export const run = (duration: number): Step => ({ run: duration })
export const wait = (duration: number): Step => ({ wait: duration })
/** The same steps so many times. */
export const repeat = (times: number, ...steps: Step[]): Step[] => Array.from({ length: times }, () => steps).flat()

/** Lets threads follow their scripts to the end, or to a time, and returns what was recorded. */
export function simulate({ policy, threads, cores = 1, costs = {}, seed = 1, until = Infinity }: Setting): Recorder {
  const kernel = new Kernel()
  const work = new ScriptedWork(
    kernel,
    threads.map(({ script }) => script),
  )
  const system = new OperatingSystem(kernel, cores, { ...FREE_OS, ...costs }, policy, work, new Random(seed))
  const recorder = new Recorder(system)
  work.system = system
  system.observer = recorder
  for (const { script: _, at = 0, ...options } of threads) {
    const thread = system.create(options)
    kernel.schedule(at, Priority.Timer, (each) => system.start(each), thread)
  }
  kernel.run(until, 2_000_000)
  recorder.end()
  return recorder
}

class ScriptedWork implements Work {
  system!: OperatingSystem
  readonly #kernel: Kernel
  readonly #scripts: readonly (readonly Step[])[]
  readonly #positions: number[]
  #isBusy = false

  constructor(kernel: Kernel, scripts: readonly (readonly Step[])[]) {
    this.#kernel = kernel
    this.#scripts = scripts
    this.#positions = scripts.map(() => 0)
  }

  begin(thread: number): number {
    return this.#alone(() => {
      const step = this.#scripts[thread][this.#positions[thread]]
      if (step === undefined) return ENDS
      if (step === 'yield') {
        this.#positions[thread]++
        return YIELDS
      }
      if ('run' in step) return step.run
      this.#positions[thread]++
      this.#kernel.schedule(this.#kernel.now + step.wait, Priority.Timer, (each) => this.system.wake(each), thread)
      return BLOCKS
    })
  }

  finish(thread: number): void {
    this.#alone(() => this.#positions[thread]++)
  }

  #alone<Result>(action: () => Result): Result {
    if (this.#isBusy) throw new Error('the work of one thread is asked or told something within that of another')
    this.#isBusy = true
    const result = action()
    this.#isBusy = false
    return result
  }
}
