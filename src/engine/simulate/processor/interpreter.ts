import { encode, type EncodedStream, Field, FIELDS, FIRST_CONSTANT, memoryFor } from './encoding.js'
import { Op, VECTOR_REGISTERS } from './instruction-set.js'
import { formatInstruction, type InstructionStream } from './instruction-stream.js'
import { registerViews } from './register-views.js'
import type { ProcessorFault, ProcessorStatus, ProcessorView, UnitActivity } from './stepped-processor.js'
import { Stepwise } from './stepwise.js'

export interface InterpreterOptions {
  /** Words of memory, at least those of the stream's data. @default those of the stream's data */
  readonly memoryWords?: number
  /** A memory to work on instead of an own one; it is taken as it is. */
  readonly memory?: Float64Array
  /** Elements of a vector register. @default 4 */
  readonly vectorWidth?: number
  /** What the instruction `id` gives. @default 0 */
  readonly id?: number
  /** What the instruction `count` gives. @default 1 */
  readonly count?: number
}

interface InterpreterState {
  readonly cycle: number
  readonly position: number
  readonly status: ProcessorStatus
  readonly fault: ProcessorFault | null
  readonly vectorLength: number
  readonly registers: Float64Array
  readonly vectors: Float64Array
  readonly memory: Float64Array
}

/**
 * One instruction after the other, each in a cycle of its own and without any stages: what every other processor must agree
 * with about registers and memory. It shares no arithmetic with them, so that a mistake in one shows.
 */
export class Interpreter extends Stepwise<InterpreterState> {
  readonly stream: InstructionStream
  readonly memory: Float64Array
  readonly registers: Float64Array
  readonly vectors: Float64Array
  readonly #code: EncodedStream
  readonly #width: number
  readonly #id: number
  readonly #count: number
  #cycle = 0
  #position = 0
  #status: ProcessorStatus
  #fault: ProcessorFault | null = null
  #vectorLength: number

  constructor(stream: InstructionStream, options: InterpreterOptions = {}) {
    super()
    this.stream = stream
    this.#code = encode(stream)
    this.#width = options.vectorWidth ?? 4
    this.#vectorLength = this.#width
    this.#id = options.id ?? 0
    this.#count = options.count ?? 1
    this.memory = options.memory ?? memoryFor(stream, options.memoryWords)
    this.registers = new Float64Array(FIRST_CONSTANT + this.#code.constants.length)
    this.registers.set(this.#code.constants, FIRST_CONSTANT)
    this.vectors = new Float64Array(VECTOR_REGISTERS * this.#width)
    this.#status = this.#code.length === 0 ? 'finished' : 'running'
  }

  /** Instructions that were carried out; one that failed counts. */
  get cycle(): number {
    return this.#cycle
  }

  get status(): ProcessorStatus {
    return this.#status
  }

  get fault(): ProcessorFault | null {
    return this.#fault
  }

  /** The number of the next instruction. */
  get position(): number {
    return this.#position
  }

  override run(instructions = Infinity): ProcessorStatus {
    let left = instructions
    while (left > 0 && this.#status === 'running') {
      const before = this.#cycle
      this.step()
      this.#execute(Math.min(left - 1, this.cyclesToCheckpoint))
      left -= Math.max(1, this.#cycle - before)
    }
    return this.#status
  }

  protected override advance(): void {
    this.#execute(1)
  }

  activity(unit: number): UnitActivity {
    if (unit !== 0) throw new RangeError(`there is no core ${unit}: 1 in all`)
    const { stream } = this
    const next = stream.instructions[this.#position]
    const held =
      next === undefined || this.#status !== 'running'
        ? []
        : [
            {
              id: this.#cycle + 1,
              instruction: this.#position,
              mnemonic: next.mnemonic,
              text: formatInstruction(stream, next),
              stall: null,
            },
          ]
    return { name: 'core 0', places: [{ name: 'next', holds: held }], events: [] }
  }

  look(): ProcessorView {
    return {
      cycle: this.#cycle,
      status: this.#status,
      units: [
        {
          ...this.activity(0),
          registers: registerViews(this.registers, this.vectors, this.#width),
          counters: { instructions: this.#cycle - (this.#status === 'fault' ? 1 : 0) },
        },
      ],
      memory: [...this.memory],
    }
  }

  protected override get stateWords(): number {
    return this.registers.length + this.vectors.length + this.memory.length
  }

  protected override save(): InterpreterState {
    return {
      cycle: this.#cycle,
      position: this.#position,
      status: this.#status,
      fault: this.#fault,
      vectorLength: this.#vectorLength,
      registers: this.registers.slice(),
      vectors: this.vectors.slice(),
      memory: this.memory.slice(),
    }
  }

  protected override restore(state: InterpreterState): void {
    this.#cycle = state.cycle
    this.#position = state.position
    this.#status = state.status
    this.#fault = state.fault
    this.#vectorLength = state.vectorLength
    this.registers.set(state.registers)
    this.vectors.set(state.vectors)
    this.memory.set(state.memory)
  }

  /** So many instructions at most. An access outside of memory stops it before the instruction. */
  #execute(most: number): void {
    if (this.#status !== 'running') return
    const { fields, length } = this.#code
    const { registers: r, memory } = this
    const words = memory.length
    let position = this.#position
    let done = 0
    for (; done < most && position < length; done++) {
      const at = position * FIELDS
      const to = fields[at + Field.To]!
      const a = r[fields[at + Field.First]!]!
      position++
      switch (fields[at]!) {
        case Op.Add:
          r[to] = a + r[fields[at + Field.Second]!]!
          break
        case Op.Sub:
          r[to] = a - r[fields[at + Field.Second]!]!
          break
        case Op.Mul:
          r[to] = a * r[fields[at + Field.Second]!]!
          break
        case Op.Div:
          r[to] = a / r[fields[at + Field.Second]!]!
          break
        case Op.Rem:
          r[to] = a % r[fields[at + Field.Second]!]!
          break
        case Op.Min:
          r[to] = Math.min(a, r[fields[at + Field.Second]!]!)
          break
        case Op.Max:
          r[to] = Math.max(a, r[fields[at + Field.Second]!]!)
          break
        case Op.Less:
          r[to] = a < r[fields[at + Field.Second]!]! ? 1 : 0
          break
        case Op.Equal:
          r[to] = a === r[fields[at + Field.Second]!] ? 1 : 0
          break
        case Op.Select:
          r[to] = a !== 0 ? r[fields[at + Field.Second]!]! : r[fields[at + Field.Third]!]!
          break
        case Op.Set:
          r[to] = a
          break
        case Op.Load: {
          const address = r[fields[at + Field.Base]!]! + fields[at + Field.Offset]!
          // What is outside of the memory reads as undefined, and so does what lies between two words.
          const value = memory[address]
          if (value === undefined) return this.#stop('load', address, 1, position - 1, done)
          r[to] = value
          break
        }
        case Op.Store: {
          const address = r[fields[at + Field.Base]!]! + fields[at + Field.Offset]!
          if (memory[address] === undefined) return this.#stop('store', address, 1, position - 1, done)
          memory[address] = a
          break
        }
        case Op.Id:
          r[to] = this.#id
          break
        case Op.Count:
          r[to] = this.#count
          break
        case Op.Width:
          r[to] = this.#width
          break
        case Op.BranchEqual:
          if (a === r[fields[at + Field.Second]!]) position = fields[at + Field.Target]!
          break
        case Op.BranchNotEqual:
          if (a !== r[fields[at + Field.Second]!]) position = fields[at + Field.Target]!
          break
        case Op.BranchLess:
          if (a < r[fields[at + Field.Second]!]!) position = fields[at + Field.Target]!
          break
        case Op.BranchLessEqual:
          if (a <= r[fields[at + Field.Second]!]!) position = fields[at + Field.Target]!
          break
        case Op.BranchGreater:
          if (!(a <= r[fields[at + Field.Second]!]!)) position = fields[at + Field.Target]!
          break
        case Op.BranchGreaterEqual:
          if (!(a < r[fields[at + Field.Second]!]!)) position = fields[at + Field.Target]!
          break
        case Op.Jump:
          position = fields[at + Field.Target]!
          break
        case Op.Nop:
          break
        case Op.Halt:
          position = length
          break
        default: {
          const failed = this.#executeVector(at, words)
          if (failed !== null) return this.#stop(failed.kind, failed.address, failed.words, position - 1, done)
        }
      }
    }
    this.#position = position
    this.#cycle += done
    if (position >= length) this.#status = 'finished'
  }

  /** The access that lies outside of memory, if it does. */
  #executeVector(at: number, words: number): Pick<ProcessorFault, 'kind' | 'address' | 'words'> | null {
    const { fields } = this.#code
    const { registers: r, vectors: v, memory } = this
    const width = this.#width
    const active = this.#vectorLength
    const to = fields[at + Field.To]!
    const first = fields[at + Field.First]!
    const second = fields[at + Field.Second]!
    const third = fields[at + Field.Third]!
    const address = r[fields[at + Field.Base]!]! + fields[at + Field.Offset]!
    const isOutside = !(address >= 0 && address + active <= words && Math.floor(address) === address)
    const each = (element: (i: number) => number): null => {
      for (let i = 0; i < width; i++) v[to * width + i] = i < active ? element(i) : 0
      return null
    }
    const a = (i: number) => v[first * width + i]!
    const b = (i: number) => v[second * width + i]!
    switch (fields[at]!) {
      case Op.VectorAdd:
        return each((i) => a(i) + b(i))
      case Op.VectorSub:
        return each((i) => a(i) - b(i))
      case Op.VectorMul:
        return each((i) => a(i) * b(i))
      case Op.VectorDiv:
        return each((i) => a(i) / b(i))
      case Op.VectorRem:
        return each((i) => a(i) % b(i))
      case Op.VectorMin:
        return each((i) => Math.min(a(i), b(i)))
      case Op.VectorMax:
        return each((i) => Math.max(a(i), b(i)))
      case Op.VectorLess:
        return each((i) => (a(i) < b(i) ? 1 : 0))
      case Op.VectorEqual:
        return each((i) => (a(i) === b(i) ? 1 : 0))
      case Op.VectorSelect:
        return each((i) => (a(i) !== 0 ? b(i) : v[third * width + i]!))
      case Op.VectorFill:
        return each(() => r[first]!)
      case Op.VectorLoad:
        if (isOutside) return { kind: 'load', address, words: active }
        return each((i) => memory[address + i]!)
      case Op.VectorStore:
        if (isOutside) return { kind: 'store', address, words: active }
        for (let i = 0; i < active; i++) memory[address + i] = a(i)
        return null
      case Op.VectorSum: {
        let sum = 0
        for (let i = 0; i < active; i++) sum += a(i)
        r[to] = sum
        return null
      }
      case Op.VectorLength:
        this.#vectorLength = r[first]! >= 1 ? Math.min(width, Math.floor(r[first]!)) : 0
        return null
      default:
        throw new RangeError(`there is no instruction with the code ${fields[at]!}`)
    }
  }

  #stop(kind: 'load' | 'store', address: number, words: number, instruction: number, done: number): void {
    this.#position = instruction
    this.#cycle += done + 1
    this.#status = 'fault'
    this.#fault = { kind, address, words, memoryWords: this.memory.length, unit: 0, instruction }
  }
}
