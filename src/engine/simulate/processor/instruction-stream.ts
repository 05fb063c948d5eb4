import type { Mnemonic } from './instruction-set.js'

/** What an instruction works on. `name` is how a number is written that is not written out: `prices`, `prices + 1`. */
export type Operand =
  | { readonly kind: 'register'; readonly number: number }
  | { readonly kind: 'vector'; readonly number: number }
  | { readonly kind: 'number'; readonly value: number; readonly name?: string }
  /** The word `register + offset` of memory. */
  | { readonly kind: 'address'; readonly register: number; readonly offset: number; readonly name?: string }
  /** The number of an instruction, counted from 0; that of the one behind the last is the end. */
  | { readonly kind: 'target'; readonly instruction: number }

export interface Instruction {
  readonly mnemonic: Mnemonic
  readonly operands: readonly Operand[]
  /** Its line in the text, from 1; null if there is no text. */
  readonly line: number | null
}

/** Words of memory with a name, filled before the stream starts. */
export interface DataBlock {
  readonly name: string
  readonly address: number
  readonly values: readonly number[]
}

export interface Label {
  readonly name: string
  /** The instruction before which it stands. */
  readonly instruction: number
}

/** A program of the modelled processors, as plain data. The end of its instructions is the end of the run. */
export interface InstructionStream {
  readonly name: string
  readonly instructions: readonly Instruction[]
  readonly labels: readonly Label[]
  readonly data: readonly DataBlock[]
}

/** Words of memory that a stream's data take. */
export function dataWords({ data }: InstructionStream): number {
  return data.reduce((end, { address, values }) => Math.max(end, address + values.length), 0)
}

/** The block of data with that name. @throws RangeError if there is none. */
export function dataNamed({ name, data }: InstructionStream, wanted: string): DataBlock {
  const block = data.find((candidate) => candidate.name === wanted)
  if (block === undefined) throw new RangeError(`the stream ${name} has no data called ${wanted}`)
  return block
}

/** One instruction as the assembler reads it: `add r1, r2, 5`. */
export function formatInstruction({ labels }: InstructionStream, { mnemonic, operands }: Instruction): string {
  const texts = operands.map((operand) => formatOperand(operand, labels))
  return texts.length === 0 ? mnemonic : `${mnemonic} ${texts.join(', ')}`
}

function formatOperand(operand: Operand, labels: readonly Label[]): string {
  switch (operand.kind) {
    case 'register':
      return `r${operand.number}`
    case 'vector':
      return `v${operand.number}`
    case 'number':
      return operand.name ?? formatNumber(operand.value)
    case 'address':
      return formatAddress(operand)
    case 'target':
      return labels.find(({ instruction }) => instruction === operand.instruction)?.name ?? `#${operand.instruction}`
  }
}

/** A number so that reading it gives the very same one. */
function formatNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

function formatAddress({ register, offset, name }: Operand & { readonly kind: 'address' }): string {
  if (register === 0) return `[${name ?? formatNumber(offset)}]`
  if (name !== undefined) return `[r${register} + ${name}]`
  if (offset === 0) return `[r${register}]`
  return offset > 0 ? `[r${register} + ${offset}]` : `[r${register} - ${-offset}]`
}

/** The whole stream as text that the assembler reads. Labels that a builder did not name get names. */
export function listing(stream: InstructionStream): string {
  const { instructions, data } = stream
  const named = withLabels(stream)
  const margin = Math.max(0, ...named.labels.map(({ name }) => name.length + 1))
  const labelLines = (at: number): string[] =>
    named.labels.filter(({ instruction }) => instruction === at).map(({ name }) => `${name}:`)
  const lines = instructions.flatMap((instruction, at) => {
    const labels = labelLines(at)
    const last = labels.pop() ?? ''
    return [...labels, `${last.padEnd(margin)} ${formatInstruction(named, instruction)}`]
  })
  return [...dataLines(data), ...lines, ...labelLines(instructions.length), ''].join('\n')
}

/** The same stream with a label for every instruction that is gone to. */
function withLabels(stream: InstructionStream): InstructionStream {
  const taken = new Set([...stream.labels, ...stream.data].map(({ name }) => name))
  const nameFor = (instruction: number): string => {
    let name = `at${instruction}`
    while (taken.has(name)) name += '_'
    return name
  }
  const targets = new Set(
    stream.instructions.flatMap(({ operands }) =>
      operands.flatMap((operand) => (operand.kind === 'target' ? [operand.instruction] : [])),
    ),
  )
  const missing = [...targets]
    .filter((target) => !stream.labels.some(({ instruction }) => instruction === target))
    .map((instruction) => ({ name: nameFor(instruction), instruction }))
  return { ...stream, labels: [...stream.labels, ...missing] }
}

function dataLines(data: readonly DataBlock[]): string[] {
  return data.map(({ name, values }) =>
    values.length > 1 && values.every((value) => Object.is(value, 0))
      ? `space ${name}: ${values.length}`
      : `data ${name}: ${values.map(formatNumber).join(', ')}`,
  )
}
