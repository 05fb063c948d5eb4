import { UsageError } from '../../../errors.js'
import { encode, type EncodedStream, memoryFor } from '../encoding.js'
import { isVector, OPERATIONS, REGISTERS, UNITS } from '../instruction-set.js'
import { formatInstruction, type InstructionStream } from '../instruction-stream.js'
import type {
  HeldInstruction,
  ProcessorFault,
  ProcessorStatus,
  ProcessorView,
  UnitActivity,
  UnitView,
} from '../stepped-processor.js'
import { Stepwise } from '../stepwise.js'
import { joinsOf } from './reconvergence.js'
import { type CompleteSimtOptions, completeSimtOptions, type SimtOptions } from './simt-options.js'
import { Warp, type WarpState } from './warp.js'

/** What a run has cost. */
export interface SimtAccount {
  readonly cycles: number
  readonly threads: number
  readonly warps: number
  readonly lanes: number
  /** Instructions issued, each for a whole warp. */
  readonly issued: number
  /** The same counted once for each lane that took part: what the threads would have carried out alone. */
  readonly threadInstructions: number
  /** Of the lanes for which instructions were issued, the share that took part: 1 without divergence and empty lanes. */
  readonly utilisation: number
  readonly branches: number
  readonly divergent: number
  /** Loads and stores issued, and the lines that they accessed: as many lines as accesses at best. */
  readonly accesses: number
  readonly lines: number
  /** Cycles in which no warp was ready. */
  readonly idle: number
}

const MEMORY = UNITS.indexOf('memory')

interface SimtState {
  readonly cycle: number
  readonly next: number
  readonly idle: number
  readonly end: number
  readonly memory: Float64Array
  readonly warps: readonly WarpState[]
  readonly issued: Issued | null
  readonly fault: ProcessorFault | null
  readonly status: ProcessorStatus
}

/** The instruction of the last cycle. */
interface Issued {
  readonly warp: number
  readonly instruction: number
  readonly lanes: readonly boolean[]
  /** Lines of memory that it accessed; null if it is no access. */
  readonly lines: number | null
}

/**
 * Single instruction, multiple threads: a stream is carried out by many threads, each with registers of its own; those of a warp
 * share one instruction at a time. One instruction is issued in a cycle, for the next warp in turn that is ready.
 *
 * @throws UsageError for options that are out of range, and for streams with vector instructions: here the lanes are the vector.
 *
 * @example
 * ```ts
 * import { branchyKernel, SimtProcessor } from 'entrelacs'
 * const one = new SimtProcessor(branchyKernel(32, 1, 100), { lanes: 32 })
 * const two = new SimtProcessor(branchyKernel(32, 2, 100), { lanes: 32 })
 * one.run()
 * two.run()
 * console.log(one.cycle, two.cycle) // 103 205
 * console.log(two.account().divergent) // 1
 * ```
 */
export class SimtProcessor extends Stepwise<SimtState> {
  readonly stream: InstructionStream
  readonly options: CompleteSimtOptions
  readonly memory: Float64Array
  readonly #code: EncodedStream
  readonly #warps: readonly Warp[]
  readonly #latencies: readonly number[]
  #cycle = 0
  #next = 0
  #idle = 0
  #end = 0
  #issued: Issued | null = null
  #fault: ProcessorFault | null = null
  #status: ProcessorStatus

  constructor(stream: InstructionStream, options: SimtOptions = {}) {
    super()
    this.stream = stream
    this.options = completeSimtOptions(options)
    refuseVectors(stream)
    const { threads, lanes, lineWords, latencies, memoryWords } = this.options
    this.#code = encode(stream)
    this.memory = memoryFor(stream, memoryWords)
    this.#latencies = UNITS.map((unit) => latencies[unit])
    const setting = { code: this.#code, joins: joinsOf(this.#code), memory: this.memory, lanes, threads, lineWords }
    this.#warps = Array.from({ length: Math.ceil(threads / lanes) }, (_, number) => new Warp(setting, number))
    this.#status = this.#code.length === 0 ? 'finished' : 'running'
  }

  get cycle(): number {
    return this.#cycle
  }

  get status(): ProcessorStatus {
    return this.#status
  }

  get fault(): ProcessorFault | null {
    return this.#fault
  }

  /** The scalar registers of a thread. */
  registers(thread: number): readonly number[] {
    const { lanes } = this.options
    const warp = this.#warps[Math.floor(thread / lanes)]!
    return Array.from({ length: REGISTERS }, (_, register) => warp.registers[register * lanes + (thread % lanes)]!)
  }

  account(): SimtAccount {
    const sum = (counter: keyof Warp['counters']) =>
      this.#warps.reduce((total, { counters }) => total + counters[counter], 0)
    const { lanes, threads } = this.options
    const issued = sum('issued')
    const threadInstructions = sum('active')
    return {
      cycles: this.#cycle,
      threads,
      warps: this.#warps.length,
      lanes,
      issued,
      threadInstructions,
      utilisation: issued === 0 ? 0 : threadInstructions / (issued * lanes),
      branches: sum('branches'),
      divergent: sum('divergent'),
      accesses: sum('accesses'),
      lines: sum('lines'),
      idle: this.#idle,
    }
  }

  look(): ProcessorView {
    return {
      cycle: this.#cycle,
      status: this.#status,
      units: this.#warps.map((warp, number) => this.#unitView(warp, number)),
      memory: [...this.memory],
    }
  }

  activity(unit: number): UnitActivity {
    const warp = this.#warps[unit]
    if (warp === undefined) throw new RangeError(`there is no warp ${unit}: ${this.#warps.length} in all`)
    return { name: `warp ${unit}`, places: [{ name: 'issue', holds: this.#heldBy(warp, unit) }], events: [] }
  }

  #heldBy(warp: Warp, number: number): HeldInstruction[] {
    if (this.#issued?.warp !== number) return []
    const { instruction: at, lanes, lines } = this.#issued
    const instruction = this.stream.instructions[at]!
    return [
      {
        id: warp.counters.issued,
        instruction: at,
        mnemonic: instruction.mnemonic,
        text: formatInstruction(this.stream, instruction),
        stall: null,
        lanes,
        ...(lines === null ? {} : { lines }),
      },
    ]
  }

  protected override advance(): void {
    this.#cycle++
    this.#issued = null
    const warp = this.#nextReady()
    if (warp < 0) this.#idle++
    else this.#issue(warp)
    if (this.#status === 'running' && this.#cycle >= this.#end && this.#warps.every(({ isFinished }) => isFinished))
      this.#status = 'finished'
  }

  /** The next warp in turn that can issue; −1 if there is none. */
  #nextReady(): number {
    const count = this.#warps.length
    for (let i = 0; i < count; i++) {
      const number = (this.#next + i) % count
      const warp = this.#warps[number]!
      if (warp.readyAt <= this.#cycle && !warp.isFinished) return number
    }
    return -1
  }

  #issue(number: number): void {
    const warp = this.#warps[number]!
    const instruction = warp.position
    this.#next = (number + 1) % this.#warps.length
    const { mask: lanes } = warp
    warp.lastLines = 1
    warp.issue()
    const isAccess = this.#code.units[instruction] === MEMORY
    this.#issued = { warp: number, instruction, lanes, lines: isAccess && warp.fault === null ? warp.lastLines : null }
    if (warp.fault !== null) {
      this.#status = 'fault'
      this.#fault = { ...warp.fault, words: 1, memoryWords: this.memory.length, unit: number, instruction }
      return
    }
    const latency = this.#latencies[this.#code.units[instruction]!]! + (warp.lastLines - 1) * this.options.lineCycles
    warp.readyAt = this.#cycle + latency
    this.#end = Math.max(this.#end, warp.readyAt - 1)
  }

  #unitView(warp: Warp, number: number): UnitView {
    const { lanes } = this.options
    return {
      ...this.activity(number),
      registers: Array.from({ length: REGISTERS }, (_, i) => ({
        name: `r${i}`,
        value: [...warp.registers.subarray(i * lanes, (i + 1) * lanes)],
      })),
      counters: { ...warp.counters },
    }
  }

  protected override get stateWords(): number {
    return this.memory.length + this.#warps.reduce((words, { registers }) => words + registers.length, 0)
  }

  protected override save(): SimtState {
    return {
      cycle: this.#cycle,
      next: this.#next,
      idle: this.#idle,
      end: this.#end,
      memory: this.memory.slice(),
      warps: this.#warps.map((warp) => warp.save()),
      issued: this.#issued,
      fault: this.#fault,
      status: this.#status,
    }
  }

  protected override restore(state: SimtState): void {
    this.#cycle = state.cycle
    this.#next = state.next
    this.#idle = state.idle
    this.#end = state.end
    this.memory.set(state.memory)
    this.#warps.forEach((warp, i) => {
      warp.restore(state.warps[i]!)
    })
    this.#issued = state.issued
    this.#fault = state.fault
    this.#status = state.status
  }
}

function refuseVectors({ name, instructions }: InstructionStream): void {
  const found = instructions.find(({ mnemonic }) => isVector(OPERATIONS[mnemonic].code))
  if (found === undefined) return
  throw new UsageError('usage/processor', `${name} has ${found.mnemonic} in it: here the lanes are the vector`, {
    hint: 'write the stream for one element; the instruction id tells which',
  })
}
