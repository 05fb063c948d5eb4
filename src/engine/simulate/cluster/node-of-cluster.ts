import type { Kernel } from '../kernel/kernel.js'
import type { Machine } from '../machine/machine.js'
import type { MappedProgram } from '../mapping/mapped-program.js'
import type { ThreadMapping } from '../mapping/thread-mapping.js'
import type { MemorySystem } from '../memory/memory-system.js'
import { OperatingSystem } from '../os/operating-system.js'
import type { CoreState, OsObserver } from '../os/os-observer.js'
import type { Reason, ThreadState } from '../os/thread-state.js'
import type { Random } from '../../random.js'

/** What a node is made with. */
export interface NodeSetting {
  readonly kernel: Kernel
  readonly machine: Machine
  readonly program: MappedProgram
  readonly memory: MemorySystem
  readonly observer: OsObserver
  readonly mapping: (program: MappedProgram) => ThreadMapping
  readonly random: Random
}

/**
 * One computer of a cluster, or the only one: its operating system with the threads mapped onto it, and its memory. Cores are
 * numbered through all nodes for the program and for results, and within the node for its own parts.
 */
export class NodeOfCluster {
  readonly mapping: ThreadMapping
  readonly os: OperatingSystem
  readonly memory: MemorySystem

  constructor(number: number, { kernel, machine, program, memory, observer, mapping, random }: NodeSetting) {
    const { processor, os, policy } = machine
    const first = number * processor.cores
    this.memory = memory
    this.mapping = mapping(first === 0 ? program : new ProgramFromCore(program, first))
    this.os = new OperatingSystem(kernel, processor.cores, os, policy, this.mapping, random)
    this.mapping.os = this.os
    this.mapping.observer = first === 0 ? observer : new ObserverFromCore(observer, first)
    this.os.observer = this.mapping
  }
}

/** The program, as a node sees it whose first core has another number. */
class ProgramFromCore implements MappedProgram {
  readonly #program: MappedProgram
  readonly #first: number

  constructor(program: MappedProgram, first: number) {
    this.#program = program
    this.#first = first
  }

  get session(): MappedProgram['session'] {
    return this.#program.session
  }

  get waitOf(): MappedProgram['waitOf'] {
    return this.#program.waitOf
  }

  begin(thread: number, core: number): number {
    return this.#program.begin(thread, core + this.#first)
  }

  finish(thread: number, core: number): void {
    this.#program.finish(thread, core + this.#first)
  }
}

class ObserverFromCore implements OsObserver {
  readonly #observer: OsObserver
  readonly #first: number

  constructor(observer: OsObserver, first: number) {
    this.#observer = observer
    this.#first = first
  }

  transition(thread: number, from: ThreadState, to: ThreadState, reason: Reason, core: number, now: number): void {
    this.#observer.transition(thread, from, to, reason, core < 0 ? core : core + this.#first, now)
  }

  core(core: number, state: CoreState, thread: number, now: number): void {
    this.#observer.core(core + this.#first, state, thread, now)
  }
}
