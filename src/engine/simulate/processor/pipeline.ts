import { calculate, isTaken, isWithin, vectorLength } from './arithmetic.js'
import { type EncodedStream, Field, FIELDS, FIRST_CONSTANT, RESOURCES, SOURCES } from './encoding.js'
import { isBranch, isVector, Op, REGISTERS, UNITS, VECTOR, VECTOR_REGISTERS } from './instruction-set.js'
import { makeMemoryTiming, type MemoryTiming } from './memory-timing.js'
import type { CompletePipelineOptions } from './pipeline-options.js'
import type { ProcessorFault, ProcessorStatus, SharedResource } from './stepped-processor.js'

/** Why a place at the entry of EX stays empty in a cycle, and why an instruction waits. */
export const Cause = {
  None: 0,
  Data: 1,
  Control: 2,
  Structural: 3,
  Memory: 4,
  /** The first instruction is still on its way. */
  Fill: 5,
  /** There is nothing left to fetch. */
  Drain: 6,
} as const
const CAUSES = 7

/** An instruction at the head of its stage that does not move on. */
export interface HeadStall {
  cause: number
  /** The id of the instruction that is in the way; 0 if there is none. */
  by: number
  /** The register that it waits for, −1 if it is none. */
  resource: number
  /** What is in use, if that is the cause. */
  shared: SharedResource
}

const MEMORY_UNIT = UNITS.indexOf('memory')
const NOT_YET = -1

/** Everything of a core that is a single number. */
interface Numbers {
  cycle: number
  /** Where the stages begin and end: they hold instructions in order, so that WB is `oldest` up to `writeBack`, and so on. */
  oldest: number
  writeBack: number
  memory: number
  execute: number
  decode: number
  next: number
  /** The instruction to fetch next, and the first cycle in which that may be. */
  fetchAt: number
  fetchFrom: number
  fetched: number
  vectorLength: number
  issued: number
  retired: number
  branches: number
  mispredicted: number
  /** Why IF and ID have room in this cycle. */
  emptyFetch: number
  emptyDecode: number
  /** Places that stayed empty since the end of the stream was fetched, in case that was the wrong path. */
  drained: number
  droppedBy: number
  dropped: number
  noFetch: number
  noFetchBy: number
}

export interface CoreState {
  readonly numbers: Numbers
  readonly arrays: readonly (Int32Array | Float64Array)[]
  readonly executeStall: HeadStall
  readonly decodeStall: HeadStall
  readonly status: ProcessorStatus
  readonly fault: ProcessorFault | null
  readonly timing: unknown
}

/**
 * One core: an in-order pipeline of five stages, each of which holds `width` instructions. An instruction moves on at the end
 * of a cycle if it is done and the next stage has room (also room that is made at that moment), never past an older one.
 *
 * Registers are read at the end of ID, or the results of older instructions that are forwarded; the value of a store at the
 * end of EX. Loads and stores take effect at the end of ME. Registers are written in the first half of WB, so that ID can read
 * them in the same cycle. What goes wrong is told when the instruction reaches WB, which it does only on the right path.
 */
export class PipelineCore {
  readonly code: EncodedStream
  readonly registers: Float64Array
  readonly vectors: Float64Array
  /** Places at the entry of EX that stayed empty so far, by `Cause`. */
  readonly lost = new Float64Array(CAUSES)
  readonly executeStall: HeadStall = { cause: Cause.None, by: 0, resource: -1, shared: 'execute' }
  readonly decodeStall: HeadStall = { cause: Cause.None, by: 0, resource: -1, shared: 'execute' }
  readonly numbers: Numbers
  status: ProcessorStatus
  fault: ProcessorFault | null = null

  readonly #options: CompletePipelineOptions
  readonly #width: number
  readonly #elements: number
  readonly #timing: MemoryTiming
  readonly #memory: Float64Array
  readonly #core: number
  readonly #cores: number
  /** Cycles in EX by index of the unit. */
  readonly #latencies: Int32Array
  /** Instructions that a unit holds at most if it is pipelined, 0 if it is not. */
  readonly #depths: Int32Array
  readonly #resolvesInDecode: boolean
  readonly #resolvesInMemory: boolean

  /* Instructions on their way, in a ring: the instruction at position p is in slot p & mask. */
  readonly #mask: number
  readonly #ids: Int32Array
  readonly #at: Int32Array
  readonly #codes: Int32Array
  readonly #units: Int32Array
  /** Cycles that it still needs in its stage. */
  readonly #left: Int32Array
  /** The cycle in which it came into its stage. */
  readonly #arrived: Int32Array
  /** The cycle at whose end its result was there. */
  readonly #readyAt: Int32Array
  /** The instruction that was fetched behind it, and the one that should have been. */
  readonly #predicted: Int32Array
  readonly #actual: Int32Array
  readonly #isResolved: Int32Array
  readonly #isFaulty: Int32Array
  readonly #lengths: Int32Array
  readonly #addresses: Float64Array
  /** For every source the position of the instruction that writes it, if it was on its way. */
  readonly #producers: Int32Array
  readonly #inputs: Float64Array
  readonly #results: Float64Array
  /** For every resource the position of the last instruction fetched that writes it. */
  readonly #writers = new Int32Array(RESOURCES).fill(NOT_YET)
  readonly #droppedIds: Int32Array

  constructor(
    code: EncodedStream,
    options: CompletePipelineOptions,
    memory: Float64Array,
    core: number,
    cores: number,
  ) {
    this.code = code
    this.#options = options
    this.#width = options.width
    this.#elements = options.vectorWidth
    this.#timing = makeMemoryTiming(options.memoryTiming)
    this.#memory = memory
    this.#core = core
    this.#cores = cores
    this.#latencies = Int32Array.from(UNITS, (unit) => options.latencies[unit])
    this.#depths = Int32Array.from(UNITS, (unit) =>
      options.pipelined.includes(unit) ? options.latencies[unit] * options.width : 0,
    )
    this.#resolvesInDecode = options.branchesResolveIn === 'decode'
    this.#resolvesInMemory = options.branchesResolveIn === 'memory'
    this.registers = new Float64Array(FIRST_CONSTANT + code.constants.length)
    this.registers.set(code.constants, FIRST_CONSTANT)
    this.vectors = new Float64Array(VECTOR_REGISTERS * this.#elements)
    this.status = code.length === 0 ? 'finished' : 'running'
    this.numbers = startingNumbers(this.#elements)

    const slots = 2 ** Math.ceil(Math.log2(5 * this.#width + this.#depths.reduce((sum, depth) => sum + depth, 0)))
    const ints = () => new Int32Array(slots)
    this.#mask = slots - 1
    this.#ids = ints()
    this.#at = ints()
    this.#codes = ints()
    this.#units = ints()
    this.#left = ints()
    this.#arrived = ints()
    this.#readyAt = ints()
    this.#predicted = ints()
    this.#actual = ints()
    this.#isResolved = ints()
    this.#isFaulty = ints()
    this.#lengths = ints()
    this.#droppedIds = ints()
    this.#addresses = new Float64Array(slots)
    this.#producers = new Int32Array(slots * SOURCES)
    this.#inputs = new Float64Array(slots * 3 * this.#elements)
    this.#results = new Float64Array(slots * this.#elements)
  }

  /** One cycle, if the core runs. */
  advance(): void {
    if (this.status !== 'running') return
    const n = this.numbers
    n.oldest = n.writeBack
    n.droppedBy = 0
    n.dropped = 0
    n.noFetch = Cause.None
    this.#leaveMemory()
    this.#work()
    this.#enterMemory()
    this.#resolveInDecode()
    this.#enterExecute()
    this.#enterDecode()
    this.#fetch()
    this.#writeBack()
    n.cycle++
  }

  get counters(): Readonly<Record<string, number>> {
    return this.#timing.counters
  }

  /** The position of the first instruction of a stage (0 is IF) and that behind its last one. */
  stage(stage: number): readonly [number, number] {
    const { oldest, writeBack, memory, execute, decode, next } = this.numbers
    const bounds = [next, decode, execute, memory, writeBack, oldest]
    return [bounds[stage + 1]!, bounds[stage]!]
  }

  idAt(position: number): number {
    return this.#ids[position & this.#mask]!
  }

  instructionAt(position: number): number {
    return this.#at[position & this.#mask]!
  }

  /** Whether it has been in its stage for longer than this cycle. */
  isStaying(position: number): boolean {
    return this.#arrived[position & this.#mask]! < this.numbers.cycle
  }

  /** Whether its stage still works on it. */
  isBusy(position: number): boolean {
    return this.#left[position & this.#mask]! > 0
  }

  /** The instructions that the last cycle has found to be on the wrong path. */
  get droppedIds(): number[] {
    return [...this.#droppedIds.subarray(0, this.numbers.dropped)]
  }

  get stateWords(): number {
    return this.#arrays.reduce((words, { length }) => words + length, 0)
  }

  save(): CoreState {
    return {
      numbers: { ...this.numbers },
      arrays: this.#arrays.map((array) => array.slice()),
      executeStall: { ...this.executeStall },
      decodeStall: { ...this.decodeStall },
      status: this.status,
      fault: this.fault,
      timing: this.#timing.save(),
    }
  }

  restore(state: CoreState): void {
    Object.assign(this.numbers, state.numbers)
    this.#arrays.forEach((array, i) => {
      array.set(state.arrays[i]!)
    })
    Object.assign(this.executeStall, state.executeStall)
    Object.assign(this.decodeStall, state.decodeStall)
    this.status = state.status
    this.fault = state.fault
    this.#timing.restore(state.timing)
  }

  get #arrays(): (Int32Array | Float64Array)[] {
    return [
      this.registers,
      this.vectors,
      this.lost,
      this.#ids,
      this.#at,
      this.#codes,
      this.#units,
      this.#left,
      this.#arrived,
      this.#readyAt,
      this.#predicted,
      this.#actual,
      this.#isResolved,
      this.#isFaulty,
      this.#lengths,
      this.#droppedIds,
      this.#addresses,
      this.#producers,
      this.#inputs,
      this.#results,
      this.#writers,
    ]
  }

  #codeAt(slot: number): number {
    return this.#codes[slot]!
  }

  #isMemoryAccess(slot: number): boolean {
    return this.#units[slot] === MEMORY_UNIT
  }

  /** ME → WB: accesses that are done take effect. */
  #leaveMemory(): void {
    const n = this.numbers
    const mask = this.#mask
    const left = this.#left
    for (let p = n.writeBack; p < n.memory; p++) if (left[p & mask]! > 0) left[p & mask]!--
    while (n.writeBack < n.memory && left[n.writeBack & mask] === 0) {
      const slot = n.writeBack & mask
      this.#arrived[slot] = n.cycle + 1
      n.writeBack++
      if (this.#isMemoryAccess(slot)) {
        this.#access(slot)
        // Nothing younger may have an effect.
        if (this.#isFaulty[slot] !== 0) return
      } else if (this.#resolvesInMemory && isBranch(this.#codeAt(slot))) this.#resolve(n.writeBack - 1)
    }
  }

  #access(slot: number): void {
    const memory = this.#memory
    const code = this.#codeAt(slot)
    const elements = this.#elements
    const address = this.#addresses[slot]!
    const words = isVector(code) ? this.#lengths[slot]! : 1
    if (!isWithin(address, words, memory.length)) {
      this.#isFaulty[slot] = 1
      return
    }
    this.#readyAt[slot] = this.numbers.cycle
    const input = slot * 3 * elements
    const result = slot * elements
    switch (code) {
      case Op.Load:
        this.#results[result] = memory[address]!
        return
      case Op.Store:
        memory[address] = this.#inputs[input]!
        return
      case Op.VectorLoad:
        for (let i = 0; i < elements; i++) this.#results[result + i] = i < words ? memory[address + i]! : 0
        return
      case Op.VectorStore:
        for (let i = 0; i < words; i++) memory[address + i] = this.#inputs[input + i]!
    }
  }

  /** A cycle of work in EX. */
  #work(): void {
    const n = this.numbers
    const left = this.#left
    for (let p = n.memory; p < n.execute; p++) {
      const slot = p & this.#mask
      if (left[slot] === 0) continue
      left[slot]!--
      if (left[slot]! > 0 || this.#isMemoryAccess(slot)) continue
      this.#readyAt[slot] = n.cycle
      this.#calculate(slot)
      if (!this.#resolvesInMemory && isBranch(this.#codeAt(slot)) && this.#isResolved[slot] === 0) this.#resolve(p)
    }
  }

  #calculate(slot: number): void {
    const code = this.#codeAt(slot)
    const elements = this.#elements
    const input = slot * 3 * elements
    const result = slot * elements
    const inputs = this.#inputs
    const results = this.#results
    if (code <= Op.Equal) {
      results[result] = calculate(code, inputs[input]!, inputs[input + elements]!)
      return
    }
    if (isBranch(code)) {
      this.#decide(slot)
      return
    }
    switch (code) {
      case Op.Select:
        results[result] = inputs[input] !== 0 ? inputs[input + elements]! : inputs[input + 2 * elements]!
        return
      case Op.Set:
        results[result] = inputs[input]!
        return
      case Op.Id:
        results[result] = this.#core
        return
      case Op.Count:
        results[result] = this.#cores
        return
      case Op.Width:
        results[result] = elements
        return
      case Op.VectorLength:
        results[result] = vectorLength(inputs[input]!, elements)
        return
      case Op.VectorSum:
        results[result] = 0
        for (let i = 0; i < this.#lengths[slot]!; i++) results[result] += inputs[input + i]!
        return
    }
    if (isVector(code)) this.#calculateVector(slot, code)
  }

  #calculateVector(slot: number, code: number): void {
    const elements = this.#elements
    const input = slot * 3 * elements
    const inputs = this.#inputs
    for (let i = 0; i < elements; i++) {
      let value = 0
      if (i < this.#lengths[slot]!) {
        const a = inputs[input + i]!
        const b = inputs[input + elements + i]!
        if (code === Op.VectorFill) value = inputs[input]!
        else if (code === Op.VectorSelect) value = a !== 0 ? b : inputs[input + 2 * elements + i]!
        else value = calculate(code - VECTOR, a, b)
      }
      this.#results[slot * elements + i] = value
    }
  }

  /** Where a branch goes whose operands are there. */
  #decide(slot: number): void {
    const at = this.#at[slot]!
    const input = slot * 3 * this.#elements
    const taken = isTaken(this.#codeAt(slot), this.#inputs[input]!, this.#inputs[input + this.#elements]!)
    this.#actual[slot] = taken ? this.code.fields[at * FIELDS + Field.Target]! : at + 1
  }

  /** It has turned out where the instruction at this position goes: what was fetched behind it goes if that is wrong. */
  #resolve(position: number): void {
    const n = this.numbers
    const slot = position & this.#mask
    this.#isResolved[slot] = 1
    if (isBranch(this.#codeAt(slot))) n.branches++
    if (this.#actual[slot] === this.#predicted[slot]) return
    if (isBranch(this.#codeAt(slot))) n.mispredicted++
    n.droppedBy = this.#ids[slot]!
    for (let p = position + 1; p < n.next; p++) this.#droppedIds[n.dropped++] = this.#ids[p & this.#mask]!
    const end = position + 1
    const inVain = Math.max(0, n.execute - end)
    n.issued -= inVain
    this.lost[Cause.Control]! += inVain + n.drained
    this.lost[Cause.Drain]! -= n.drained
    n.drained = 0
    n.next = end
    n.decode = Math.min(n.decode, end)
    n.execute = Math.min(n.execute, end)
    n.memory = Math.min(n.memory, end)
    n.fetchAt = this.#actual[slot]!
    n.fetchFrom = n.cycle + 1 + this.#options.redirectCycles
    n.noFetchBy = n.droppedBy
    n.emptyFetch = Cause.Control
    n.emptyDecode = Cause.Control
    this.#findWriters()
  }

  /** Who writes what, after some have gone. */
  #findWriters(): void {
    const { oldest, next } = this.numbers
    this.#writers.fill(NOT_YET)
    for (let p = oldest; p < next; p++) {
      const written = this.code.writes[this.#at[p & this.#mask]!]!
      if (written >= 0) this.#writers[written] = p
    }
  }

  /** EX → ME */
  #enterMemory(): void {
    const n = this.numbers
    const mask = this.#mask
    const stall = this.executeStall
    stall.cause = Cause.None
    let ports = 0
    for (let p = n.writeBack; p < n.memory; p++) if (this.#isMemoryAccess(p & mask)) ports++
    while (n.memory < n.execute) {
      const slot = n.memory & mask
      if (this.#left[slot]! > 0) return
      if (n.memory - n.writeBack >= this.#width) {
        this.#stallForPlace()
        return
      }
      if (this.#isMemoryAccess(slot)) {
        if (ports >= this.#options.memoryPorts) {
          this.#stallForPort()
          return
        }
        if (this.#isStore(slot) && this.#options.forwarding) {
          if (this.#isWaiting(slot, 0, n.cycle, stall)) return
          this.#read(slot, 0)
        }
        ports++
      }
      this.#left[slot] = this.#isMemoryAccess(slot) ? this.#accessCycles(slot) : 1
      this.#arrived[slot] = n.cycle + 1
      n.memory++
    }
  }

  #isStore(slot: number): boolean {
    const code = this.#codeAt(slot)
    return code === Op.Store || code === Op.VectorStore
  }

  /** ME is full: with one that waits for memory, or only with those that have come at this moment. */
  #stallForPlace(): void {
    const n = this.numbers
    for (let p = n.writeBack; p < n.memory; p++) {
      const slot = p & this.#mask
      if (this.#left[slot]! > 0 && this.#arrived[slot]! <= n.cycle) {
        setStall(this.executeStall, Cause.Memory, this.#ids[slot]!)
        return
      }
    }
    setStall(this.executeStall, Cause.Structural, this.#ids[(n.memory - 1) & this.#mask]!, 'memory')
  }

  /** The youngest access in ME is in the way: it waits for memory, or has only come. */
  #stallForPort(): void {
    const n = this.numbers
    let p = n.memory - 1
    while (!this.#isMemoryAccess(p & this.#mask)) p--
    const slot = p & this.#mask
    const cause = this.#arrived[slot]! <= n.cycle ? Cause.Memory : Cause.Structural
    setStall(this.executeStall, cause, this.#ids[slot]!, 'memory-port')
  }

  #accessCycles(slot: number): number {
    const words = isVector(this.#codeAt(slot)) ? this.#lengths[slot]! : 1
    const address = this.#addresses[slot]!
    if (!isWithin(address, words, this.#memory.length)) return 1
    return Math.max(1, this.#timing.access(address, words, this.#isStore(slot)))
  }

  /** Jumps, and branches whose operands were there at the beginning of the cycle, if ID compares. */
  #resolveInDecode(): void {
    const n = this.numbers
    for (let p = n.execute; p < n.decode; p++) {
      const slot = p & this.#mask
      if (this.#isResolved[slot] !== 0) continue
      const code = this.#codeAt(slot)
      if (code === Op.Jump) {
        this.#actual[slot] = this.code.fields[this.#at[slot]! * FIELDS + Field.Target]!
        this.#resolve(p)
      } else if (this.#resolvesInDecode && isBranch(code) && !this.#isWaitingInDecode(slot)) {
        this.#read(slot, 0)
        this.#read(slot, 1)
        this.#decide(slot)
        this.#resolve(p)
      }
    }
  }

  #isWaitingInDecode(slot: number): boolean {
    const before = this.numbers.cycle - 1
    return this.#isWaiting(slot, 0, before, this.decodeStall) || this.#isWaiting(slot, 1, before, this.decodeStall)
  }

  /** ID → EX, and what is counted of it. */
  #enterExecute(): void {
    const n = this.numbers
    const start = n.execute
    this.decodeStall.cause = Cause.None
    let places = 0
    for (let p = n.memory; p < n.execute; p++) if (this.#depths[this.#unitOf(p & this.#mask)] === 0) places++
    while (n.execute < n.decode && n.execute - start < this.#width) {
      const slot = n.execute & this.#mask
      if (this.#isHeldInDecode(slot, places)) break
      const count = this.code.operands[this.#at[slot]!]!
      for (let source = 0; source < count; source++) this.#read(slot, source)
      this.#readRest(slot)
      this.#left[slot] = this.#latencies[this.#unitOf(slot)]!
      this.#arrived[slot] = n.cycle + 1
      places++
      n.execute++
    }
    this.#count(n.execute - start)
  }

  #unitOf(slot: number): number {
    return this.#units[slot]!
  }

  #isHeldInDecode(slot: number, places: number): boolean {
    const n = this.numbers
    const stall = this.decodeStall
    const code = this.#codeAt(slot)
    if (this.#resolvesInDecode && isBranch(code) && this.#isResolved[slot] === 0) return this.#isWaitingInDecode(slot)
    const first = this.#isStore(slot) && this.#options.forwarding ? 1 : 0
    const producers = this.#producers
    for (let source = first; source < SOURCES; source++)
      if (producers[slot * SOURCES + source]! >= n.oldest && this.#isWaiting(slot, source, n.cycle, stall)) return true
    const unit = this.#unitOf(slot)
    if (places < this.#width && (this.#depths[unit] === 0 || this.#countIn(unit) < this.#depths[unit]!)) return false
    const { cause, by, shared } = this.executeStall
    if (cause === Cause.None) setStall(stall, Cause.Structural, this.#ids[n.memory & this.#mask]!)
    else {
      setStall(stall, cause, by, shared)
      stall.resource = this.executeStall.resource
    }
    return true
  }

  /** Instructions in EX that this unit holds. */
  #countIn(unit: number): number {
    let count = 0
    for (let p = this.numbers.memory; p < this.numbers.execute; p++) if (this.#unitOf(p & this.#mask) === unit) count++
    return count
  }

  /** Whether a source of the instruction was not there yet at the end of that cycle, and why. */
  #isWaiting(slot: number, source: number, cycle: number, stall: HeadStall): boolean {
    const n = this.numbers
    const producer = this.#producers[slot * SOURCES + source]!
    if (producer < n.oldest) return false
    const from = producer & this.#mask
    if (this.#options.forwarding && this.#readyAt[from] !== NOT_YET && this.#readyAt[from]! <= cycle) return false
    stall.resource = this.code.reads[this.#at[slot]! * SOURCES + source]!
    stall.by = this.#ids[from]!
    stall.cause = Cause.Data
    if (producer >= n.writeBack && producer < n.memory && this.#isMemoryAccess(from) && this.#left[from]! > 0)
      stall.cause = this.#arrived[from]! <= n.cycle ? Cause.Memory : Cause.Data
    else if (producer >= n.memory && producer < n.execute && this.executeStall.cause === Cause.Memory)
      setStall(stall, Cause.Memory, this.executeStall.by)
    return true
  }

  /** Puts the value of a source among the inputs of the instruction. */
  #read(slot: number, source: number): void {
    const at = this.#at[slot]!
    const elements = this.#elements
    const resource = this.code.reads[at * SOURCES + source]!
    const to = (slot * 3 + source) * elements
    const index = this.code.fields[at * FIELDS + Field.First + source]!
    const isWide = resource >= REGISTERS
    const producer = this.#producers[slot * SOURCES + source]!
    if (producer >= this.numbers.oldest) {
      const from = (producer & this.#mask) * elements
      this.#inputs[to] = this.#results[from]!
      if (isWide) for (let i = 1; i < elements; i++) this.#inputs[to + i] = this.#results[from + i]!
    } else if (isWide) for (let i = 0; i < elements; i++) this.#inputs[to + i] = this.vectors[index * elements + i]!
    else this.#inputs[to] = this.registers[index]!
  }

  /** The address and the length of vectors. */
  #readRest(slot: number): void {
    const { fields } = this.code
    const field = this.#at[slot]! * FIELDS
    if (this.#isMemoryAccess(slot))
      this.#addresses[slot] = this.#scalar(slot, 3, fields[field + Field.Base]!) + fields[field + Field.Offset]!
    if (!isVector(fields[field]!)) return
    const producer = this.#producers[slot * SOURCES + 4]!
    this.#lengths[slot] =
      producer >= this.numbers.oldest
        ? this.#results[(producer & this.#mask) * this.#elements]!
        : this.numbers.vectorLength
  }

  #scalar(slot: number, source: number, register: number): number {
    const producer = this.#producers[slot * SOURCES + source]!
    return producer >= this.numbers.oldest
      ? this.#results[(producer & this.#mask) * this.#elements]!
      : this.registers[register]!
  }

  /** So many instructions enter EX; for the other places there is one reason. */
  #count(entered: number): void {
    const n = this.numbers
    n.issued += entered
    if (entered === this.#width) return
    const cause = n.execute < n.decode ? this.decodeStall.cause : n.emptyDecode
    this.lost[cause]! += this.#width - entered
    if (cause === Cause.Drain) n.drained += this.#width - entered
  }

  /** IF → ID */
  #enterDecode(): void {
    const n = this.numbers
    while (n.decode < n.next && n.decode - n.execute < this.#width) {
      this.#arrived[n.decode & this.#mask] = n.cycle + 1
      n.decode++
    }
    if (n.decode - n.execute < this.#width) n.emptyDecode = n.emptyFetch
  }

  #fetch(): void {
    const n = this.numbers
    const { length } = this.code
    n.emptyFetch = Cause.None
    if (n.next - n.decode >= this.#width) return
    if (n.fetchAt >= length) n.emptyFetch = Cause.Drain
    else if (n.cycle + 1 < n.fetchFrom) n.emptyFetch = n.noFetch = Cause.Control
    else if (this.#options.sharedPort && this.#isPortInUse()) n.emptyFetch = n.noFetch = Cause.Structural
    while (n.emptyFetch === Cause.None && n.next - n.decode < this.#width) {
      const before = n.fetchAt
      this.#fetchOne()
      if (n.next - n.decode >= this.#width) return
      if (n.fetchAt >= length) n.emptyFetch = Cause.Drain
      else if (n.fetchAt !== before + 1) n.emptyFetch = Cause.Control
    }
  }

  #isPortInUse(): boolean {
    const n = this.numbers
    for (let p = n.writeBack; p < n.memory; p++) {
      const slot = p & this.#mask
      if (!this.#isMemoryAccess(slot)) continue
      n.noFetchBy = this.#ids[slot]!
      return true
    }
    return false
  }

  #fetchOne(): void {
    const n = this.numbers
    const at = n.fetchAt
    const position = n.next++
    const slot = position & this.#mask
    this.#ids[slot] = ++n.fetched
    this.#at[slot] = at
    this.#codes[slot] = this.code.fields[at * FIELDS]!
    this.#units[slot] = this.code.units[at]!
    this.#arrived[slot] = n.cycle + 1
    this.#readyAt[slot] = NOT_YET
    this.#isResolved[slot] = 0
    this.#isFaulty[slot] = 0
    this.#left[slot] = 0
    for (let source = 0; source < SOURCES; source++) {
      const resource = this.code.reads[at * SOURCES + source]!
      this.#producers[slot * SOURCES + source] = resource < 0 ? NOT_YET : this.#writers[resource]!
    }
    const written = this.code.writes[at]!
    if (written >= 0) this.#writers[written] = position
    n.fetchAt = this.#predict(at)
    this.#predicted[slot] = n.fetchAt
  }

  /** The instruction that is fetched next. */
  #predict(at: number): number {
    const code = this.code.fields[at * FIELDS]!
    if (code === Op.Halt) return this.code.length
    if (this.#options.prediction === 'not-taken') return at + 1
    const target = this.code.fields[at * FIELDS + Field.Target]!
    return code === Op.Jump || (isBranch(code) && target <= at) ? target : at + 1
  }

  /** The results of those in WB go to the registers. */
  #writeBack(): void {
    const n = this.numbers
    const elements = this.#elements
    for (let p = n.oldest; p < n.writeBack; p++) {
      const slot = p & this.#mask
      if (this.#isFaulty[slot] !== 0) {
        this.#stop(slot)
        return
      }
      n.retired++
      const written = this.code.writes[this.#at[slot]!]!
      if (written < 0) continue
      const result = this.#results[slot * elements]!
      if (written < REGISTERS) this.registers[written] = result
      else if (written < REGISTERS + VECTOR_REGISTERS)
        for (let i = 0; i < elements; i++)
          this.vectors[(written - REGISTERS) * elements + i] = this.#results[slot * elements + i]!
      else n.vectorLength = result
    }
    if (n.writeBack === n.next && n.fetchAt >= this.code.length) this.status = 'finished'
  }

  #stop(slot: number): void {
    this.status = 'fault'
    this.fault = {
      kind: this.#isStore(slot) ? 'store' : 'load',
      address: this.#addresses[slot]!,
      words: isVector(this.#codeAt(slot)) ? this.#lengths[slot]! : 1,
      memoryWords: this.#memory.length,
      unit: this.#core,
      instruction: this.#at[slot]!,
    }
  }
}

function setStall(stall: HeadStall, cause: number, by: number, shared: SharedResource = 'execute'): void {
  stall.cause = cause
  stall.by = by
  stall.resource = -1
  stall.shared = shared
}

function startingNumbers(vectorElements: number): Numbers {
  return {
    cycle: 0,
    oldest: 0,
    writeBack: 0,
    memory: 0,
    execute: 0,
    decode: 0,
    next: 0,
    fetchAt: 0,
    fetchFrom: 0,
    fetched: 0,
    vectorLength: vectorElements,
    issued: 0,
    retired: 0,
    branches: 0,
    mispredicted: 0,
    emptyFetch: Cause.Fill,
    emptyDecode: Cause.Fill,
    drained: 0,
    droppedBy: 0,
    dropped: 0,
    noFetch: Cause.None,
    noFetchBy: 0,
  }
}
