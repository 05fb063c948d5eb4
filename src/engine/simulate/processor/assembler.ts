import { namesNear } from '../../edit-distance.js'
import { refuse, scanLine, type Token } from './assembly-scanner.js'
import {
  isMnemonic,
  type Mnemonic,
  MNEMONICS,
  type OperandRole,
  OPERATIONS,
  REGISTERS,
  VECTOR_REGISTERS,
} from './instruction-set.js'
import type { DataBlock, Instruction, InstructionStream, Label, Operand } from './instruction-stream.js'

export interface AssemblyOptions {
  /** What the stream is called. @default 'stream' */
  readonly name?: string
  /** The file that errors name. @default the name of the stream */
  readonly file?: string
}

const MOST_WORDS = 1 << 24

/**
 * Reads a stream from text: one instruction a line, `label:` before it, comments from `;` or `#` on.
 *
 *     data prices: 10, 15, 20, 25     ; words of memory; the name stands for the address of the first
 *     space sums: 4                   ; so many words, all 0
 *
 *           set   r1, 0
 *     next: load  r2, [r1 + prices]
 *           add   r2, r2, 1           ; wherever the manual has a value, a register or a number
 *           store r2, [r1 + sums]
 *           add   r1, r1, 1
 *           blt   r1, 4, next
 *
 * @throws ProgramFault (`program/assembly`) for the first thing that is wrong, with its line and column and what might stand
 * there instead.
 *
 * @example
 * ```ts
 * import { assemble, EntrelacsError } from 'entrelacs'
 * console.log(assemble('set r1, 2\nadd r2, r1, r1').instructions.length) // 2
 * try {
 *   assemble('set r1, 2\nad r2, r1, r1', { file: 'sum.asm' })
 * } catch (error) {
 *   if (error instanceof EntrelacsError) console.log(error.place?.line, error.message) // 2 there is no instruction called “ad”
 * }
 * ```
 */
export function assemble(text: string, options: AssemblyOptions = {}): InstructionStream {
  const name = options.name ?? 'stream'
  return new Assembly(name, options.file ?? name).read(text)
}

/** An instruction whose names are not looked up yet: they may be declared further down. */
interface Statement {
  readonly mnemonic: Mnemonic
  readonly operands: readonly (readonly Token[])[]
  readonly line: number
}

/** A sum of constants: its value, and how it was written if a name is in it. */
interface Constant {
  readonly value: number
  readonly name: string | null
}

class Assembly {
  readonly #name: string
  readonly #file: string
  readonly #statements: Statement[] = []
  readonly #labels: Label[] = []
  readonly #data: DataBlock[] = []
  readonly #declared = new Map<string, Token>()
  #words = 0

  constructor(name: string, file: string) {
    this.#name = name
    this.#file = file
  }

  read(text: string): InstructionStream {
    text.split(/\r?\n/).forEach((line, at) => {
      this.#readLine(scanLine(this.#file, line, at + 1))
    })
    const instructions = this.#statements.map((statement) => this.#instruction(statement))
    return { name: this.#name, instructions, labels: this.#labels, data: this.#data }
  }

  #readLine(tokens: readonly Token[]): void {
    let rest = tokens
    while (rest[0]!.kind === 'word' && rest[1]!.text === ':') {
      this.#declare(rest[0]!)
      this.#labels.push({ name: rest[0]!.text, instruction: this.#statements.length })
      rest = rest.slice(2)
    }
    const [first] = rest as [Token]
    if (first.kind === 'end') return
    if (first.text === 'data' || first.text === 'space') this.#readData(rest)
    else this.#readStatement(rest)
  }

  #declare(name: Token): void {
    const { text } = name
    if (isMnemonic(text) || text === 'data' || text === 'space' || isRegisterName(text))
      this.#refuse(name, `“${text}” has a meaning already and cannot be a name`)
    const before = this.#declared.get(text)
    if (before !== undefined) this.#refuse(name, `“${text}” is declared in line ${before.line} already`)
    this.#declared.set(text, name)
  }

  /** `data name: 1, 2, 3` and `space name: 3`. */
  #readData(tokens: readonly Token[]): void {
    const [word, name, colon, ...rest] = tokens as [Token, ...Token[]]
    if (name?.kind !== 'word') this.#refuse(name!, 'a name is missing', `write: ${word.text} prices: 4`)
    this.#declare(name)
    if (colon?.text !== ':') this.#refuse(colon!, 'a colon is missing after the name')
    const numbers = this.#split(rest)
    if (numbers.length === 0) this.#refuse(rest[0]!, 'a number is missing')
    const values = numbers.map((number) => this.#plainNumber(number))
    if (word.text === 'data') this.#addData(name, values)
    else this.#addData(name, this.#zeros(numbers, values))
  }

  #zeros(tokens: readonly (readonly Token[])[], [words]: readonly number[]): number[] {
    if (tokens.length > 1) this.#refuse(tokens[1]![0]!, 'space takes one number: how many words')
    if (!Number.isInteger(words) || words! < 1 || words! > MOST_WORDS)
      this.#refuse(tokens[0]![0]!, `${words} is no number of words`, `give a whole number from 1 to ${MOST_WORDS}`)
    return new Array<number>(words!).fill(0)
  }

  #addData(name: Token, values: readonly number[]): void {
    this.#data.push({ name: name.text, address: this.#words, values })
    this.#words += values.length
  }

  #readStatement(tokens: readonly Token[]): void {
    const [word, ...rest] = tokens as [Token, ...Token[]]
    const { text: mnemonic, line } = word
    if (!isMnemonic(mnemonic)) {
      const near = word.kind === 'word' ? namesNear(mnemonic, [...MNEMONICS, 'data', 'space']).slice(0, 3) : []
      const hint = near.length > 0 ? `did you mean ${near.join(', ')}?` : `there are: ${MNEMONICS.join(', ')}`
      this.#refuse(word, `there is no instruction called “${mnemonic}”`, hint)
    }
    const operands = this.#split(rest)
    const { operands: roles } = OPERATIONS[mnemonic]
    if (operands.length !== roles.length) {
      const at = operands.length > roles.length ? operands[roles.length]![0]! : rest.at(-1)!
      this.#refuse(at, `${mnemonic} takes ${countOf(roles.length)}, not ${operands.length}`, usage(mnemonic))
    }
    this.#statements.push({ mnemonic, operands, line })
  }

  /** The tokens between commas. A token of kind `end` closes each, so that there is a place for what is missing. */
  #split(tokens: readonly Token[]): Token[][] {
    if (tokens[0]!.kind === 'end') return []
    const parts: Token[][] = [[]]
    for (const token of tokens) {
      if (token.text !== ',') {
        parts.at(-1)!.push(token)
        continue
      }
      parts.at(-1)!.push({ ...token, kind: 'end', text: '' })
      parts.push([])
    }
    for (const [first] of parts) if (first!.kind === 'end') this.#refuse(first!, 'an operand is missing')
    return parts
  }

  #instruction({ mnemonic, operands, line }: Statement): Instruction {
    const { operands: roles } = OPERATIONS[mnemonic]
    return { mnemonic, operands: operands.map((tokens, i) => this.#operand(roles[i]!, tokens, mnemonic)), line }
  }

  #operand(role: OperandRole, tokens: readonly Token[], mnemonic: Mnemonic): Operand {
    const [first] = tokens as [Token]
    switch (role) {
      case 'to':
      case 'from':
        return this.#register(tokens, 'r', mnemonic)
      case 'vector-to':
      case 'vector-from':
        return this.#register(tokens, 'v', mnemonic)
      case 'value':
        return isRegisterName(first.text) ? this.#register(tokens, 'r', mnemonic) : this.#number(tokens)
      case 'address':
        return this.#address(tokens, mnemonic)
      case 'target':
        return this.#target(tokens)
    }
  }

  #register(tokens: readonly Token[], letter: 'r' | 'v', mnemonic: Mnemonic): Operand {
    const [first, next] = tokens as [Token, Token]
    const number = registerNumber(first.text, letter)
    const most = letter === 'r' ? REGISTERS - 1 : VECTOR_REGISTERS - 1
    if (number === null || number > most)
      this.#refuse(first, `a register from ${letter}0 to ${letter}${most} must stand here`, usage(mnemonic))
    this.#expectEnd(next)
    return { kind: letter === 'r' ? 'register' : 'vector', number }
  }

  #number(tokens: readonly Token[]): Operand {
    const { value, name } = this.#constant(tokens)
    return { kind: 'number', value, ...(name === null ? {} : { name }) }
  }

  /** `[r1 + prices + 2]`: a register at most, and constants. */
  #address(tokens: readonly Token[], mnemonic: Mnemonic): Operand {
    const [open, first, second] = tokens as [Token, Token, Token]
    if (open.text !== '[') this.#refuse(open, 'an address in brackets must stand here', usage(mnemonic))
    const close = tokens.at(-2)!
    if (close.text !== ']') this.#refuse(tokens.at(-1)!, 'a ] is missing')
    const inner = [...tokens.slice(1, -2), { ...close, kind: 'end' as const }]
    const register = registerNumber(first.text, 'r')
    if (register === null) return this.#addressOf(0, inner)
    if (register >= REGISTERS) this.#refuse(first, `there are registers from r0 to r${REGISTERS - 1}`)
    if (second.text === ']') return { kind: 'address', register, offset: 0 }
    if (second.text !== '+' && second.text !== '-') this.#refuse(second, 'a + or a − is missing')
    return this.#addressOf(register, second.text === '+' ? inner.slice(2) : inner.slice(1))
  }

  #addressOf(register: number, tokens: readonly Token[]): Operand {
    const { value: offset, name } = this.#constant(tokens)
    if (!Number.isInteger(offset) || Math.abs(offset) > MOST_WORDS)
      this.#refuse(tokens[0]!, `memory has words only at whole numbers, not at ${offset}`)
    return { kind: 'address', register, offset, ...(name === null ? {} : { name }) }
  }

  #target(tokens: readonly Token[]): Operand {
    const [name, next] = tokens as [Token, Token]
    const label = this.#labels.find((candidate) => candidate.name === name.text)
    if (label === undefined) {
      const names = this.#labels.map((candidate) => candidate.name)
      const hint =
        names.length === 0 ? 'a label stands before an instruction: “next: …”' : `there are: ${names.join(', ')}`
      this.#refuse(name, `there is no label called “${name.text}”`, hint)
    }
    this.#expectEnd(next)
    return { kind: 'target', instruction: label.instruction }
  }

  #plainNumber(tokens: readonly Token[]): number {
    const word = tokens.find(({ kind }) => kind === 'word')
    if (word !== undefined) this.#refuse(word, 'only numbers can stand here')
    return this.#constant(tokens).value
  }

  /** `4`, `-4`, `prices`, `prices + 2`. */
  #constant(tokens: readonly Token[]): Constant {
    let value: number | null = null
    let isNamed = false
    let at = 0
    do {
      const sign = tokens[at]!.text === '-' ? -1 : 1
      if (tokens[at]!.text === '-' || tokens[at]!.text === '+') at++
      const term = sign * this.#term(tokens[at]!)
      isNamed ||= tokens[at]!.kind === 'word'
      // 0 + -0 would be 0.
      value = value === null ? term : value + term
      at++
      if (tokens[at]!.kind !== 'end' && tokens[at]!.text !== '+' && tokens[at]!.text !== '-')
        this.#refuse(tokens[at]!, `“${tokens[at]!.text}” cannot follow here`)
    } while (tokens[at]!.kind !== 'end')
    return { value, name: isNamed ? nameOfSum(tokens) : null }
  }

  #term(token: Token): number {
    if (token.kind === 'number') return Number(token.text)
    const block = this.#data.find(({ name }) => name === token.text)
    if (block !== undefined) return block.address
    if (token.kind !== 'word') this.#refuse(token, 'a number is missing')
    if (isRegisterName(token.text))
      this.#refuse(token, 'no register can stand here', 'an address has one register, first')
    const names = this.#data.map(({ name }) => name)
    const near = namesNear(token.text, names)
    const hint =
      near.length > 0 ? `did you mean ${near[0]!}?` : 'a register, a number or the name of data can stand here'
    this.#refuse(token, `there is no data called “${token.text}”`, hint)
  }

  #expectEnd(token: Token): void {
    if (token.kind !== 'end')
      this.#refuse(token, `“${token.text}” cannot follow here`, 'operands are separated by commas')
  }

  #refuse(token: Token, message: string, hint?: string): never {
    refuse(this.#file, token, message, hint)
  }
}

function isRegisterName(word: string): boolean {
  return registerNumber(word, 'r') !== null || registerNumber(word, 'v') !== null
}

function registerNumber(word: string, letter: 'r' | 'v'): number | null {
  const match = /^([rv])(0|[1-9]\d{0,3})$/.exec(word)
  return match !== null && match[1] === letter ? Number(match[2]!) : null
}

function nameOfSum(tokens: readonly Token[]): string {
  return tokens
    .filter(({ kind }) => kind !== 'end')
    .map(({ kind, text }, i) => (kind === 'sign' && i > 0 ? ` ${text} ` : text))
    .join('')
}

function countOf(operands: number): string {
  return operands === 0 ? 'no operand' : operands === 1 ? 'one operand' : `${operands} operands`
}

/** `write: add r1, r2, r3` and what it does, in the names of the manual. */
function usage(mnemonic: Mnemonic): string {
  return `write: ${formOf(mnemonic)} (${OPERATIONS[mnemonic].meaning})`
}

/** How an instruction is written: `add r1, r2, r3`, with the registers that its meaning names. */
export function formOf(mnemonic: Mnemonic): string {
  const texts = OPERATIONS[mnemonic].operands.map((role, i) => example(role, i + 1))
  return [mnemonic, texts.join(', ')].join(' ').trim()
}

function example(role: OperandRole, number: number): string {
  switch (role) {
    case 'to':
    case 'from':
    case 'value':
      return `r${number}`
    case 'vector-to':
    case 'vector-from':
      return `v${number}`
    case 'address':
      return `[r${number} + 8]`
    case 'target':
      return 'next'
  }
}
