import { UsageError } from '../../errors.js'
import {
  isVector,
  Op,
  type OperandRole,
  OPERATIONS,
  REGISTERS,
  type Unit,
  UNITS,
  VECTOR_REGISTERS,
} from './instruction-set.js'
import { dataWords, type Instruction, type InstructionStream, type Operand } from './instruction-stream.js'

/** The fields of an encoded instruction, which takes `FIELDS` entries. */
export const Field = {
  Code: 0,
  /** The register that is written: `SINK` instead of `r0`. */
  To: 1,
  /** What is read, in the order of the text: registers of the kind that the instruction takes. */
  First: 2,
  Second: 3,
  Third: 4,
  /** The register of an address. */
  Base: 5,
  Offset: 6,
  Target: 7,
} as const
export const FIELDS = 8

/** In a file of scalar registers: what is written to `r0` goes here. Behind it are the constants of the stream. */
export const SINK = REGISTERS
export const FIRST_CONSTANT = REGISTERS + 1

/** Values that an instruction may have to wait for: scalar registers, vector registers, the length of vectors. */
export const RESOURCES = REGISTERS + VECTOR_REGISTERS + 1
export const VECTOR_LENGTH = RESOURCES - 1
/** Sources of an instruction: `First`, `Second`, `Third`, then `Base` or the length of vectors. */
export const SOURCES = 5

/** A stream in the form in which processors carry it out. */
export interface EncodedStream {
  readonly length: number
  readonly fields: Int32Array
  /** The numbers that the text names, which lie in the file of registers from `FIRST_CONSTANT` on. */
  readonly constants: Float64Array
  /** For every instruction the index of its unit in `UNITS`. */
  readonly units: Uint8Array
  /** For every instruction how many of `First`, `Second`, `Third` it reads. */
  readonly operands: Uint8Array
  /** For every instruction the resource that it writes, −1 if there is none. */
  readonly writes: Int8Array
  /** For every instruction `SOURCES` resources that it reads, −1 where there is nothing to wait for. */
  readonly reads: Int8Array
}

/** @throws UsageError for what no assembler or builder writes. */
export function encode(stream: InstructionStream): EncodedStream {
  const { instructions } = stream
  const constants = new Map<number | string, number>()
  const length = instructions.length
  const encoded = {
    length,
    fields: new Int32Array(length * FIELDS),
    units: new Uint8Array(length),
    operands: new Uint8Array(length),
    writes: new Int8Array(length).fill(-1),
    reads: new Int8Array(length * SOURCES).fill(-1),
  }
  instructions.forEach((instruction, at) => encodeInstruction(encoded, stream, instruction, at, constants))
  return { ...encoded, constants: Float64Array.from([...constants.keys()].map(Number)) }
}

function encodeInstruction(
  { length, fields, units, operands: operandCounts, writes, reads }: Omit<EncodedStream, 'constants'>,
  stream: InstructionStream,
  { mnemonic, operands }: Instruction,
  at: number,
  constants: Map<number | string, number>,
): void {
  const { code, unit, operands: roles } = OPERATIONS[mnemonic]
  const field = at * FIELDS
  const source = at * SOURCES
  fields[field + Field.Code] = code
  units[at] = UNITS.indexOf(unit satisfies Unit)
  let next = 0
  const read = (index: number, resource: number): void => {
    fields[field + Field.First + next] = index
    reads[source + next] = resource
    next++
  }
  if (operands.length !== roles.length) throw misfit(stream, at)
  operands.forEach((operand, i) => {
    if (!fits(operand, roles[i]!, length)) throw misfit(stream, at)
    switch (operand.kind) {
      case 'register':
        if (roles[i] === 'to') {
          fields[field + Field.To] = operand.number === 0 ? SINK : operand.number
          writes[at] = resourceOf(operand.number)
        } else read(operand.number, resourceOf(operand.number))
        break
      case 'vector':
        if (roles[i] === 'vector-to') {
          fields[field + Field.To] = operand.number
          writes[at] = REGISTERS + operand.number
        } else read(operand.number, REGISTERS + operand.number)
        break
      case 'number':
        read(constantIndex(constants, operand.value), -1)
        break
      case 'address':
        fields[field + Field.Base] = operand.register
        fields[field + Field.Offset] = operand.offset
        reads[source + 3] = resourceOf(operand.register)
        break
      case 'target':
        fields[field + Field.Target] = operand.instruction
        break
    }
  })
  operandCounts[at] = next
  if (code === Op.VectorLength) writes[at] = VECTOR_LENGTH
  else if (isVector(code)) reads[source + 4] = VECTOR_LENGTH
}

/** `r0` never has to be waited for. */
function resourceOf(register: number): number {
  return register === 0 ? -1 : register
}

function constantIndex(constants: Map<number | string, number>, value: number): number {
  // A map takes −0 for 0.
  const key = Object.is(value, -0) ? '-0' : value
  const known = constants.get(key)
  if (known !== undefined) return known
  const index = FIRST_CONSTANT + constants.size
  constants.set(key, index)
  return index
}

function fits(operand: Operand, role: OperandRole, length: number): boolean {
  switch (operand.kind) {
    case 'register':
      return (role === 'to' || role === 'from' || role === 'value') && isBelow(operand.number, REGISTERS)
    case 'vector':
      return (role === 'vector-to' || role === 'vector-from') && isBelow(operand.number, VECTOR_REGISTERS)
    case 'number':
      return role === 'value' && typeof operand.value === 'number'
    case 'address':
      return role === 'address' && isBelow(operand.register, REGISTERS) && (operand.offset | 0) === operand.offset
    case 'target':
      return role === 'target' && isBelow(operand.instruction, length + 1)
  }
}

function isBelow(number: number, bound: number): boolean {
  return Number.isInteger(number) && number >= 0 && number < bound
}

function misfit({ name, instructions }: InstructionStream, at: number): UsageError {
  const { mnemonic, operands } = instructions[at]!
  return new UsageError('usage/stream', `instruction ${at} of ${name} is none: ${mnemonic} ${JSON.stringify(operands)}`)
}

/** The name of a resource: `r1`, `v1`, `vlen`. */
export function resourceName(resource: number): string {
  if (resource === VECTOR_LENGTH) return 'vlen'
  return resource < REGISTERS ? `r${resource}` : `v${resource - REGISTERS}`
}

/** A memory for the stream: its data, then as many words of 0 as are asked for besides. */
export function memoryFor(stream: InstructionStream, words = 0): Float64Array {
  const memory = new Float64Array(Math.max(dataWords(stream), words))
  for (const { address, values } of stream.data) memory.set(values, address)
  return memory
}
