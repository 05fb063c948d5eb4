import type { Operation } from '../../operation.js'
import type { StartMethod } from '../../processes.js'
import { StartProcess } from '../../process-operations.js'
import { AccessKind } from '../memory/access-kind.js'
import { userThreadsOf } from '../mapping/mapping-config.js'
import type { MemorySystem } from '../memory/memory-system.js'
import type { CostModel } from '../program/cost-model.js'
import type { Machine } from './machine.js'
import { pickledSize } from './pickled-size.js'

const SECOND = 1e12

/** What the operations of a program cost on a machine. */
export class MachineCosts implements CostModel {
  readonly operation: number
  readonly work: number
  readonly systemCall: number
  readonly waiting: number
  /** By core: how long it has stood still for its memory, the time of the same access to the nearest cache aside. */
  readonly stalled: Float64Array
  readonly #machine: Machine
  /** By node. */
  readonly #memories: readonly MemorySystem[]
  readonly #memory: MemorySystem
  readonly #cores: number
  readonly #hit: number
  readonly #atomicHit: number
  readonly #threadCreation: number

  /** @param memories of each node. */
  constructor(machine: Machine, memories: readonly MemorySystem[]) {
    const { processor, systemCall, mapping } = machine
    const cycle = SECOND / processor.clock
    this.#machine = machine
    this.#memories = memories
    this.#memory = memories[0]!
    this.#cores = processor.cores
    this.operation = Math.max(1, Math.round(processor.cyclesPerOperation * cycle))
    this.work = processor.cyclesPerWork * cycle
    this.systemCall = systemCall
    this.waiting = mapping === '1:1' ? systemCall : this.operation
    this.#threadCreation = userThreadsOf(mapping, processor.cores)?.creation ?? machine.os.threadCreation
    this.stalled = new Float64Array(processor.cores * memories.length)
    const { privateLevels, atomicCycles } = machine.memory
    this.#hit = privateLevels[0]!.latency * cycle
    this.#atomicHit = this.#hit + atomicCycles * cycle
  }

  access(core: number, address: number, kind: AccessKind, now: number): number {
    const time =
      core < this.#cores
        ? this.#memory.access(core, address, kind, now)
        : this.#memories[Math.floor(core / this.#cores)]!.access(core % this.#cores, address, kind, now)
    // What an atomic operation takes on a line that is there is work, not waiting.
    const least = kind === AccessKind.Atomic ? this.#atomicHit : this.#hit
    if (time > least) this.stalled[core]! += time - least
    return time
  }

  creation(operation: Operation, threads: number): number {
    const { processCreation } = this.#machine.os
    const process = operation instanceof StartProcess ? processCreation[operation.plan.start] : 0
    return process + threads * this.#threadCreation
  }

  boot(start: StartMethod): number {
    return this.#machine.os.processBoot[start]
  }

  pickling(value: unknown): number {
    const { message, bandwidth } = this.#machine.pickling
    return Math.round(message + (pickledSize(value) / bandwidth) * SECOND)
  }
}
