import { UsageError } from '../../errors.js'
import { encode, memoryFor, resourceName } from './encoding.js'
import { formatInstruction, type InstructionStream } from './instruction-stream.js'
import { Cause, type CoreState, type HeadStall, PipelineCore } from './pipeline.js'
import {
  type CompletePipelineOptions,
  completePipelineOptions,
  type PipelineOptions,
  STAGES,
} from './pipeline-options.js'
import { registerViews } from './register-views.js'
import type {
  HeldInstruction,
  PlaceView,
  ProcessorFault,
  ProcessorStatus,
  ProcessorView,
  Stall,
  UnitActivity,
  UnitEvent,
  UnitView,
} from './stepped-processor.js'
import { Stepwise } from './stepwise.js'

export interface PipelinedProcessorOptions extends PipelineOptions {
  /** Words of memory, at least those of the streams' data. @default those of the streams' data */
  readonly memoryWords?: number
  /** What memory holds at first, instead of the data of the streams. */
  readonly contents?: ArrayLike<number>
}

/** Where the cycles of a core went: places at the entry of EX, `width` in every cycle. */
export interface CycleAccount {
  readonly cycles: number
  readonly width: number
  /** Instructions that were carried out. */
  readonly instructions: number
  /** Cycles for each instruction. */
  readonly cpi: number
  readonly branches: number
  readonly mispredicted: number
  /** `cycles` × `width` = `issued` + the sum of these. */
  readonly lost: Readonly<Record<LossKind, number>>
  /** Instructions that went into EX and were not in vain; the same as `instructions` at the end. */
  readonly issued: number
}

/** `ends` are the places that nothing could fill: before the first instruction comes and after the last one. */
export type LossKind = 'data' | 'control' | 'structural' | 'memory' | 'ends'

interface ProcessorState {
  readonly cycle: number
  readonly memory: Float64Array
  readonly cores: readonly CoreState[]
}

/**
 * One or more pipelined cores with a stream each and one memory, cycle by cycle. The cores share nothing but the words of
 * memory: each has ports of its own, and within a cycle a core with a lower number comes first.
 *
 * @throws UsageError for options that are out of range, and for streams that lay out their data differently.
 *
 * @example
 * ```ts
 * import { assemble, PipelinedProcessor } from 'entrelacs'
 * const stream = assemble('data a: 7\nload r1, [a]\nadd r2, r1, 1')
 * const processor = new PipelinedProcessor(stream, { forwarding: true })
 * processor.run()
 * console.log(processor.cycle, processor.account().lost.data, processor.registers()[2]) // 7 1 8
 * processor.back()
 * console.log(processor.cycle, processor.status) // 6 running
 * ```
 */
export class PipelinedProcessor extends Stepwise<ProcessorState> {
  readonly streams: readonly InstructionStream[]
  readonly options: CompletePipelineOptions
  readonly memory: Float64Array
  readonly #cores: readonly PipelineCore[]
  #cycle = 0
  #status: ProcessorStatus

  constructor(streams: InstructionStream | readonly InstructionStream[], options: PipelinedProcessorOptions = {}) {
    super()
    this.streams = 'instructions' in streams ? [streams] : streams
    this.options = completePipelineOptions(options)
    this.memory = sharedMemory(this.streams, options)
    this.#cores = this.streams.map(
      (stream, core) => new PipelineCore(encode(stream), this.options, this.memory, core, this.streams.length),
    )
    this.#status = this.#statusOfCores()
  }

  get cycle(): number {
    return this.#cycle
  }

  get status(): ProcessorStatus {
    return this.#status
  }

  get fault(): ProcessorFault | null {
    return this.#cores.find(({ fault }) => fault !== null)?.fault ?? null
  }

  /** The scalar registers of a core. */
  registers(core = 0): readonly number[] {
    return [...this.#core(core).registers.subarray(0, 32)]
  }

  /** The elements of a vector register of a core. */
  vector(register: number, core = 0): readonly number[] {
    const { vectorWidth } = this.options
    return [...this.#core(core).vectors.subarray(register * vectorWidth, (register + 1) * vectorWidth)]
  }

  /** Where the cycles of a core went so far. */
  account(core = 0): CycleAccount {
    const { numbers, lost } = this.#core(core)
    const { cycle, retired, issued, branches, mispredicted } = numbers
    return {
      cycles: cycle,
      width: this.options.width,
      instructions: retired,
      cpi: retired === 0 ? 0 : cycle / retired,
      branches,
      mispredicted,
      issued,
      lost: {
        data: lost[Cause.Data]!,
        control: lost[Cause.Control]!,
        structural: lost[Cause.Structural]!,
        memory: lost[Cause.Memory]!,
        ends: lost[Cause.Fill]! + lost[Cause.Drain]!,
      },
    }
  }

  look(): ProcessorView {
    return {
      cycle: this.#cycle,
      status: this.status,
      units: this.#cores.map((core, i) => this.#unitView(core, i)),
      memory: [...this.memory],
    }
  }

  activity(unit: number): UnitActivity {
    const core = this.#core(unit)
    const isAtWork = core.numbers.cycle === this.#cycle
    return {
      name: `core ${unit}`,
      places: STAGES.map((name, stage) => this.#placeView(core, unit, name, stage, isAtWork)),
      events: isAtWork ? eventsOf(core) : [],
    }
  }

  protected override advance(): void {
    this.#cycle++
    for (const core of this.#cores) core.advance()
    this.#status = this.#statusOfCores()
  }

  #statusOfCores(): ProcessorStatus {
    let status: ProcessorStatus = 'finished'
    for (const core of this.#cores) {
      if (core.status === 'fault') return 'fault'
      if (core.status === 'running') status = 'running'
    }
    return status
  }

  protected override get stateWords(): number {
    return this.memory.length + this.#cores.reduce((words, core) => words + core.stateWords, 0)
  }

  protected override save(): ProcessorState {
    return { cycle: this.#cycle, memory: this.memory.slice(), cores: this.#cores.map((core) => core.save()) }
  }

  protected override restore(state: ProcessorState): void {
    this.#cycle = state.cycle
    this.memory.set(state.memory)
    this.#cores.forEach((core, i) => {
      core.restore(state.cores[i]!)
    })
    this.#status = this.#statusOfCores()
  }

  #core(core: number): PipelineCore {
    const found = this.#cores[core]
    if (found === undefined) throw new RangeError(`there is no core ${core}: ${this.#cores.length} in all`)
    return found
  }

  #unitView(core: PipelineCore, index: number): UnitView {
    const { lost, ...counted } = this.account(index)
    return {
      ...this.activity(index),
      registers: registerViews(core.registers, core.vectors, this.options.vectorWidth),
      counters: { ...counted, ...lost, ...core.counters },
    }
  }

  #placeView(core: PipelineCore, index: number, name: string, stage: number, isAtWork: boolean): PlaceView {
    const stream = this.streams[index]!
    const [from, to] = isAtWork ? core.stage(stage) : [0, 0]
    const holds: HeldInstruction[] = []
    for (let p = from; p < to; p++) {
      const at = core.instructionAt(p)
      const instruction = stream.instructions[at]!
      holds.push({
        id: core.idAt(p),
        instruction: at,
        mnemonic: instruction.mnemonic,
        text: formatInstruction(stream, instruction),
        stall: stallOf(core, stage, p, from),
      })
    }
    return { name, holds }
  }
}

const [FETCH, DECODE, EXECUTE, MEMORY] = [0, 1, 2, 3]

/** Why the instruction at position `p` of a stage that begins at `head` has not moved on. */
function stallOf(core: PipelineCore, stage: number, p: number, head: number): Stall | null {
  if (!core.isStaying(p)) return null
  switch (stage) {
    case FETCH:
      return { kind: 'behind', by: core.idAt(p - 1) }
    case DECODE:
      return p > head ? { kind: 'behind', by: core.idAt(head) } : described(core.decodeStall)
    case EXECUTE:
      if (core.isBusy(p)) return null
      return p > head || core.executeStall.cause === Cause.None
        ? { kind: 'behind', by: core.idAt(p > head ? head : head - 1) }
        : described(core.executeStall)
    case MEMORY:
      return core.isBusy(p) ? { kind: 'memory', by: core.idAt(p) } : { kind: 'behind', by: core.idAt(head) }
    default:
      return null
  }
}

function described({ cause, by, resource, shared }: HeadStall): Stall {
  if (cause === Cause.Memory) return { kind: 'memory', by }
  if (cause === Cause.Data) return { kind: 'data', register: resourceName(resource), by }
  return { kind: 'structural', resource: shared, by }
}

function eventsOf(core: PipelineCore): UnitEvent[] {
  const { droppedBy, noFetch, noFetchBy } = core.numbers
  const events: UnitEvent[] = []
  if (droppedBy !== 0) events.push({ kind: 'wrong-path', by: droppedBy, dropped: core.droppedIds })
  if (noFetch !== Cause.None)
    events.push({ kind: 'no-fetch', because: noFetch === Cause.Control ? 'control' : 'structural', by: noFetchBy })
  return events
}

function sharedMemory(streams: readonly InstructionStream[], options: PipelinedProcessorOptions): Float64Array {
  const [first, ...others] = streams
  if (first === undefined)
    throw new UsageError('usage/processor', 'a processor needs a stream for each core, one at least')
  const layout = JSON.stringify(first.data)
  for (const { name, data } of others)
    if (JSON.stringify(data) !== layout)
      throw new UsageError(
        'usage/processor',
        `the streams ${first.name} and ${name} share a memory, but not their data`,
        {
          hint: 'declare the same data in the same order in every stream',
        },
      )
  const memory = memoryFor(first, Math.max(options.memoryWords ?? 0, options.contents?.length ?? 0))
  if (options.contents !== undefined) memory.set(options.contents)
  return memory
}
