import type { Footprint } from './footprint.js'
import type {
  Carried,
  CostClass,
  InstructionForm,
  Operation,
  SharedObject,
  StartableThread,
  WorldAccess,
  WorldView,
} from './operation.js'
import type { Place } from './place.js'
import { ProcessOperation } from './process-operations.js'
import { type ProcessEntry, type ProcessRegistry, ProcessView } from './processes.js'
import { Spawn } from './thread-operations.js'

/**
 * What a thread of a process performs, on its process' memory: the one place where words are translated. Whoever asks the
 * operation from here on, of whatever strategy, is told of the process' words and need not know of processes.
 */
export function localOperation(processes: ProcessRegistry, process: ProcessEntry, operation: Operation): Operation {
  if (operation instanceof Spawn || operation instanceof ProcessOperation) return operation
  const { instruction } = operation
  if (instruction !== undefined && instruction.word < 0) return operation
  if (instruction === undefined) processes.makeRoom(process, operation.words)
  if (operation.words?.every((word) => processes.wordIn(process, word) === word) === true) return operation
  return new LocalOperation(operation, (word) => processes.wordIn(process, word))
}

class LocalOperation implements Operation {
  readonly object: SharedObject | null
  readonly name: string
  readonly args: readonly unknown[]
  readonly place: Place | undefined
  readonly cost: CostClass
  readonly instruction?: InstructionForm
  readonly isTimed?: boolean
  readonly starts?: readonly StartableThread[]
  readonly carries?: Carried
  readonly isIdle?: boolean
  readonly countsThreads?: boolean
  readonly #operation: Operation
  readonly #wordIn: (word: number) => number

  constructor(operation: Operation, wordIn: (word: number) => number) {
    this.object = operation.object
    this.name = operation.name
    this.args = operation.args
    this.place = operation.place
    this.cost = operation.cost
    if (operation.instruction !== undefined)
      this.instruction = { ...operation.instruction, word: wordIn(operation.instruction.word) }
    if (operation.isTimed !== undefined) this.isTimed = operation.isTimed
    if (operation.starts !== undefined) this.starts = operation.starts
    if (operation.carries !== undefined) this.carries = operation.carries
    if (operation.isIdle !== undefined) this.isIdle = operation.isIdle
    if (operation.countsThreads !== undefined) this.countsThreads = operation.countsThreads
    this.#operation = operation
    this.#wordIn = wordIn
  }

  ways(world: WorldView, thread: number): number {
    return this.#operation.ways(this.#view(world), thread)
  }

  apply(world: WorldAccess, way: number, thread: number): unknown {
    return this.#operation.apply(new ProcessAccess(world, this.#wordIn), way, thread)
  }

  footprint(world: WorldView, thread: number): Footprint {
    const { reads, writes } = this.#operation.footprint(this.#view(world), thread)
    return { reads: reads.map(this.#wordIn), writes: writes.map(this.#wordIn) }
  }

  label(result: unknown): string {
    return this.#operation.label(result)
  }

  holder(world: WorldView): number | null {
    return this.#operation.holder(this.#view(world))
  }

  #view(world: WorldView): WorldView {
    return new ProcessView(world, this.#wordIn)
  }
}

/** A state as the threads of a process change it. */
export class ProcessAccess extends ProcessView implements WorldAccess {
  readonly #access: WorldAccess

  constructor(world: WorldAccess, wordIn: (word: number) => number) {
    super(world, wordIn)
    this.#access = world
  }

  write(word: number, content: number): void {
    this.#access.write(this.wordIn(word), content)
  }

  setValue(word: number, value: unknown): void {
    this.#access.setValue(this.wordIn(word), value)
  }

  start(thread: number, starter: number): void {
    this.#access.start(thread, starter)
  }

  pointOf(thread: number): string {
    return this.#access.pointOf(thread)
  }

  failureOf(thread: number): string | undefined {
    return this.#access.failureOf(thread)
  }

  aliveThreads(asking: number): readonly string[] {
    return this.#access.aliveThreads(asking)
  }
}
