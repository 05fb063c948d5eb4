import { UsageError } from '../../errors.js'
import {
  isMnemonic,
  type Mnemonic,
  type OperandRole,
  OPERATIONS,
  REGISTERS,
  VECTOR_REGISTERS,
} from './instruction-set.js'
import type { DataBlock, Instruction, InstructionStream, Label, Operand } from './instruction-stream.js'

/** A scalar register, named by `r(1)`. */
export type Register = Operand & { readonly kind: 'register' }

/** A vector register, named by `v(1)`. */
export type VectorRegister = Operand & { readonly kind: 'vector' }

/** Words of memory that a builder has laid out; wherever a number may stand, it is the address of the first. */
export type Words = DataBlock

/** The scalar register with that number. @throws UsageError unless it is 0 to 31. */
export function r(number: number): Register {
  return { kind: 'register', number: registerWithin(number, REGISTERS, 'r') }
}

/** The vector register with that number. @throws UsageError unless it is 0 to 15. */
export function v(number: number): VectorRegister {
  return { kind: 'vector', number: registerWithin(number, VECTOR_REGISTERS, 'v') }
}

function registerWithin(number: number, registers: number, letter: string): number {
  if (Number.isInteger(number) && number >= 0 && number < registers) return number
  throw new UsageError(
    'usage/register',
    `there is no register ${letter}${number}: ${letter}0 to ${letter}${registers - 1}`,
  )
}

/** What a builder takes for each operand, in the order of the assembler. An address is two: where, and a register or none. */
export type Argument = Register | VectorRegister | number | Words | Place

/** An address: the words, a register and a constant that are added, `at(prices, r(1), 2)`. */
export interface Place {
  readonly kind: 'place'
  readonly words: Words | number
  readonly register: Register
  readonly offset: number
}

/** The word `words + register + offset` of memory. */
export function at(words: Words | number, register: Register = r(0), offset = 0): Place {
  return { kind: 'place', words, register, offset }
}

/** What two numbers are asked: a branch's name without its b. */
export type Condition = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'

const OPPOSITES: Readonly<Record<Condition, Condition>> = { eq: 'ne', ne: 'eq', lt: 'ge', le: 'gt', gt: 'le', ge: 'lt' }

/**
 * Writes a stream from code, with `if`, `while` and `for` that are made of branches: whatever is built so, control comes back
 * together behind each of them.
 *
 * @throws UsageError where an operand does not fit its instruction.
 *
 * @example
 * ```ts
 * import { at, buildStream, PipelinedProcessor, r } from 'entrelacs'
 * const stream = buildStream('increments', (build) => {
 *   const prices = build.data('prices', [10, 15, 20, 25])
 *   build.for(r(1), 4, () => {
 *     build.do('load', r(2), at(prices, r(1)))
 *     build.do('add', r(2), r(2), 1)
 *     build.do('store', r(2), at(prices, r(1)))
 *   })
 * })
 * const processor = new PipelinedProcessor(stream)
 * processor.run()
 * console.log([...processor.memory]) // [ 11, 16, 21, 26 ]
 * ```
 */
export function buildStream(name: string, write: (build: StreamBuilder) => void): InstructionStream {
  const builder = new StreamBuilder(name)
  write(builder)
  return builder.finish()
}

/** What `buildStream` gives the function that writes the stream. */
export class StreamBuilder {
  readonly #name: string
  readonly #instructions: Instruction[] = []
  readonly #labels: Label[] = []
  readonly #data: DataBlock[] = []
  #words = 0
  /** `if`, `while` and `repeat` so far. */
  #shapes = 0

  constructor(name: string) {
    this.#name = name
  }

  /** Words of memory that are filled before the stream starts. */
  data(name: string, values: readonly number[]): Words {
    if (values.length === 0) throw new UsageError('usage/stream', `the data ${name} have no words`)
    this.#claim(name)
    const block = { name, address: this.#words, values: [...values] }
    this.#words += values.length
    this.#data.push(block)
    return block
  }

  /** So many words of memory that hold 0 at first. */
  space(name: string, words: number): Words {
    if (!Number.isInteger(words) || words < 1)
      throw new UsageError(
        'usage/stream',
        `the space ${name} cannot have ${words} words: give a whole number from 1 on`,
      )
    return this.data(name, new Array<number>(words).fill(0))
  }

  /** Names the place of the next instruction. */
  label(name: string): void {
    this.#claim(name)
    this.#labels.push({ name, instruction: this.#instructions.length })
  }

  /** One instruction that goes to nowhere else: the assembler's, its operands in the same order. */
  do(mnemonic: Exclude<Mnemonic, `b${string}` | 'jump'>, ...args: readonly Argument[]): void {
    const { operands: roles } = OPERATIONS[mnemonic]
    if (args.length !== roles.length)
      throw new UsageError('usage/stream', `${mnemonic} takes ${roles.length} operands, not ${args.length}`)
    this.#add(
      mnemonic,
      args.map((argument, i) => operandOf(mnemonic, roles[i]!, argument)),
    )
  }

  /** Carries `then` out if the condition holds, else `otherwise`. */
  if(a: Register, condition: Condition, b: Register | number, then: () => void, otherwise?: () => void): void {
    const number = ++this.#shapes
    const toElse = this.#branch(a, OPPOSITES[condition], b)
    then()
    if (otherwise === undefined) {
      this.#goHere(toElse, `endif${number}`)
      return
    }
    const toEnd = this.#jump()
    this.#goHere(toElse, `else${number}`)
    otherwise()
    this.#goHere(toEnd, `endif${number}`)
  }

  /** Carries `body` out as long as the condition holds: it is asked before each turn. */
  while(a: Register, condition: Condition, b: Register | number, body: () => void): void {
    const number = ++this.#shapes
    const start = this.#instructions.length
    this.#mark(`while${number}`)
    const toEnd = this.#branch(a, OPPOSITES[condition], b)
    body()
    this.#goTo(this.#jump(), start)
    this.#goHere(toEnd, `endwhile${number}`)
  }

  /** Carries `body` out and then again as long as the condition holds. */
  repeat(body: () => void, a: Register, condition: Condition, b: Register | number): void {
    const start = this.#instructions.length
    this.#mark(`repeat${++this.#shapes}`)
    body()
    this.#goTo(this.#branch(a, condition, b), start)
  }

  /** Carries `body` out with `counter` at 0, 1, … up to just below `count`. */
  for(counter: Register, count: Register | number, body: () => void): void {
    this.do('set', counter, 0)
    this.while(counter, 'lt', count, () => {
      body()
      this.do('add', counter, counter, 1)
    })
  }

  finish(): InstructionStream {
    return { name: this.#name, instructions: this.#instructions, labels: this.#labels, data: this.#data }
  }

  #claim(name: string): void {
    if (!/^[A-Za-z_]\w*$/.test(name) || isMnemonic(name) || /^(?:[rv]\d+|data|space)$/.test(name))
      throw new UsageError(
        'usage/stream',
        `“${name}” cannot be a name: take letters, digits and _, and no word of the assembler`,
      )
    if (this.#isTaken(name)) throw new UsageError('usage/stream', `the name ${name} is taken`)
  }

  /** A branch that goes nowhere yet. */
  #branch(a: Register, condition: Condition, b: Register | number): number {
    const mnemonic = `b${condition}` as const
    return this.#add(mnemonic, [a, operandOf(mnemonic, 'value', b), { kind: 'target', instruction: -1 }])
  }

  #jump(): number {
    return this.#add('jump', [{ kind: 'target', instruction: -1 }])
  }

  #goHere(branch: number, name: string): void {
    this.#mark(name)
    this.#goTo(branch, this.#instructions.length)
  }

  /** Gives the place of the next instruction a name that nobody has asked for. */
  #mark(wanted: string): void {
    let name = wanted
    while (this.#isTaken(name)) name += '_'
    this.#labels.push({ name, instruction: this.#instructions.length })
  }

  #isTaken(name: string): boolean {
    return [...this.#labels, ...this.#data].some((known) => known.name === name)
  }

  #goTo(branch: number, instruction: number): void {
    const { mnemonic, operands, line } = this.#instructions[branch]!
    this.#instructions[branch] = {
      mnemonic,
      operands: [...operands.slice(0, -1), { kind: 'target', instruction }],
      line,
    }
  }

  #add(mnemonic: Mnemonic, operands: readonly Operand[]): number {
    return this.#instructions.push({ mnemonic, operands, line: null }) - 1
  }
}

function operandOf(mnemonic: Mnemonic, role: OperandRole, argument: Argument): Operand {
  const misfit = (): never => {
    throw new UsageError('usage/stream', `${mnemonic} cannot take ${JSON.stringify(argument)} as ${role}`)
  }
  if (role === 'address') return addressOf(argument) ?? misfit()
  if (typeof argument === 'number') return role === 'value' ? { kind: 'number', value: argument } : misfit()
  if (!('kind' in argument))
    return role === 'value' ? { kind: 'number', value: argument.address, name: argument.name } : misfit()
  if (argument.kind === 'vector') return role === 'vector-to' || role === 'vector-from' ? argument : misfit()
  if (argument.kind === 'register') return role === 'to' || role === 'from' || role === 'value' ? argument : misfit()
  return misfit()
}

function addressOf(argument: Argument): Operand | null {
  if (typeof argument === 'number' || !('kind' in argument)) return addressOf(at(argument))
  if (argument.kind === 'register') return { kind: 'address', register: argument.number, offset: 0 }
  if (argument.kind !== 'place') return null
  const { words, register, offset } = argument
  const isNamed = typeof words !== 'number'
  const whole = (isNamed ? words.address : words) + offset
  if (!Number.isInteger(whole)) return null
  const address = { kind: 'address', register: register.number, offset: whole } as const
  return isNamed ? { ...address, name: nameOfPlace(words.name, offset) } : address
}

/** As the assembler writes a sum: `prices + 2`. */
function nameOfPlace(name: string, offset: number): string {
  return offset === 0 ? name : `${name} ${offset > 0 ? '+' : '-'} ${Math.abs(offset)}`
}
