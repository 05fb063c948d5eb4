/** Scalar registers of a stream, `r0` to `r31`. `r0` is always 0: what is written to it is lost. */
export const REGISTERS = 32

/** Vector registers, `v0` to `v15`. How many elements each has is a property of the processor. */
export const VECTOR_REGISTERS = 16

/** What an operand of an instruction may be. */
export type OperandRole =
  /** A scalar register that is written. */
  | 'to'
  /** A scalar register that is read. */
  | 'from'
  /** A scalar register that is read, or a number. */
  | 'value'
  /** A vector register that is written. */
  | 'vector-to'
  /** A vector register that is read. */
  | 'vector-from'
  /** A word of memory: a register plus a constant. */
  | 'address'
  /** The instruction to go on with. */
  | 'target'

/** The part of a processor that carries an instruction out; each has its own latency. */
export const UNITS = ['alu', 'multiply', 'divide', 'reduce', 'branch', 'memory'] as const
export type Unit = (typeof UNITS)[number]

/** One kind of instruction. */
export interface OperationFacts {
  readonly code: number
  readonly unit: Unit
  readonly operands: readonly OperandRole[]
  /** What it does, in the notation of a learner's notebook. */
  readonly meaning: string
}

/**
 * Numbers of the kinds of instruction. A vector instruction is its scalar counterpart plus `VECTOR`, and what a branch
 * compares is its number less that of `beq`.
 */
export const Op = {
  Add: 0,
  Sub: 1,
  Mul: 2,
  Div: 3,
  Rem: 4,
  Min: 5,
  Max: 6,
  Less: 7,
  Equal: 8,
  Select: 9,
  Set: 10,
  Load: 11,
  Store: 12,
  Id: 13,
  Count: 14,
  Width: 15,
  BranchEqual: 16,
  BranchNotEqual: 17,
  BranchLess: 18,
  BranchLessEqual: 19,
  BranchGreater: 20,
  BranchGreaterEqual: 21,
  Jump: 22,
  Nop: 23,
  Halt: 24,
  VectorAdd: 32,
  VectorSub: 33,
  VectorMul: 34,
  VectorDiv: 35,
  VectorRem: 36,
  VectorMin: 37,
  VectorMax: 38,
  VectorLess: 39,
  VectorEqual: 40,
  VectorSelect: 41,
  VectorFill: 42,
  VectorLoad: 43,
  VectorStore: 44,
  VectorSum: 45,
  VectorLength: 46,
} as const

/** Added to the number of a scalar operation it gives that of the vector operation. */
export const VECTOR = 32

const calculation = ['to', 'from', 'value'] as const
const vectorCalculation = ['vector-to', 'vector-from', 'vector-from'] as const
const comparison = ['from', 'value', 'target'] as const

/** The instruction set: a load/store machine whose registers and words of memory hold numbers (doubles). */
export const OPERATIONS = {
  add: { code: Op.Add, unit: 'alu', operands: calculation, meaning: 'r1 = r2 + r3' },
  sub: { code: Op.Sub, unit: 'alu', operands: calculation, meaning: 'r1 = r2 − r3' },
  mul: { code: Op.Mul, unit: 'multiply', operands: calculation, meaning: 'r1 = r2 × r3' },
  div: { code: Op.Div, unit: 'divide', operands: calculation, meaning: 'r1 = r2 ÷ r3' },
  rem: { code: Op.Rem, unit: 'divide', operands: calculation, meaning: 'r1 = what is left of r2 ÷ r3' },
  min: { code: Op.Min, unit: 'alu', operands: calculation, meaning: 'r1 = the smaller of r2 and r3' },
  max: { code: Op.Max, unit: 'alu', operands: calculation, meaning: 'r1 = the larger of r2 and r3' },
  less: { code: Op.Less, unit: 'alu', operands: calculation, meaning: 'r1 = 1 if r2 < r3, else 0' },
  equal: { code: Op.Equal, unit: 'alu', operands: calculation, meaning: 'r1 = 1 if r2 = r3, else 0' },
  select: {
    code: Op.Select,
    unit: 'alu',
    operands: ['to', 'from', 'value', 'value'],
    meaning: 'r1 = r3 if r2 ≠ 0, else r4',
  },
  set: { code: Op.Set, unit: 'alu', operands: ['to', 'value'], meaning: 'r1 = r2' },
  load: { code: Op.Load, unit: 'memory', operands: ['to', 'address'], meaning: 'r1 = memory[r2 + constant]' },
  store: { code: Op.Store, unit: 'memory', operands: ['value', 'address'], meaning: 'memory[r2 + constant] = r1' },
  id: { code: Op.Id, unit: 'alu', operands: ['to'], meaning: 'r1 = number of this core, or of this lane' },
  count: { code: Op.Count, unit: 'alu', operands: ['to'], meaning: 'r1 = how many cores or lanes there are' },
  width: { code: Op.Width, unit: 'alu', operands: ['to'], meaning: 'r1 = elements of a vector register' },
  beq: { code: Op.BranchEqual, unit: 'branch', operands: comparison, meaning: 'go to the label if r1 = r2' },
  bne: { code: Op.BranchNotEqual, unit: 'branch', operands: comparison, meaning: 'go to the label if r1 ≠ r2' },
  blt: { code: Op.BranchLess, unit: 'branch', operands: comparison, meaning: 'go to the label if r1 < r2' },
  ble: { code: Op.BranchLessEqual, unit: 'branch', operands: comparison, meaning: 'go to the label if r1 ≤ r2' },
  bgt: { code: Op.BranchGreater, unit: 'branch', operands: comparison, meaning: 'go to the label if r1 > r2' },
  bge: { code: Op.BranchGreaterEqual, unit: 'branch', operands: comparison, meaning: 'go to the label if r1 ≥ r2' },
  jump: { code: Op.Jump, unit: 'branch', operands: ['target'], meaning: 'go to the label' },
  nop: { code: Op.Nop, unit: 'alu', operands: [], meaning: 'nothing' },
  halt: { code: Op.Halt, unit: 'alu', operands: [], meaning: 'the end of the stream' },
  vadd: { code: Op.VectorAdd, unit: 'alu', operands: vectorCalculation, meaning: 'v1 = v2 + v3, all elements at once' },
  vsub: { code: Op.VectorSub, unit: 'alu', operands: vectorCalculation, meaning: 'v1 = v2 − v3' },
  vmul: { code: Op.VectorMul, unit: 'multiply', operands: vectorCalculation, meaning: 'v1 = v2 × v3' },
  vdiv: { code: Op.VectorDiv, unit: 'divide', operands: vectorCalculation, meaning: 'v1 = v2 ÷ v3' },
  vrem: { code: Op.VectorRem, unit: 'divide', operands: vectorCalculation, meaning: 'v1 = what is left of v2 ÷ v3' },
  vmin: { code: Op.VectorMin, unit: 'alu', operands: vectorCalculation, meaning: 'v1 = the smaller of v2 and v3' },
  vmax: { code: Op.VectorMax, unit: 'alu', operands: vectorCalculation, meaning: 'v1 = the larger of v2 and v3' },
  vless: { code: Op.VectorLess, unit: 'alu', operands: vectorCalculation, meaning: 'v1 = 1 where v2 < v3, else 0' },
  vequal: { code: Op.VectorEqual, unit: 'alu', operands: vectorCalculation, meaning: 'v1 = 1 where v2 = v3, else 0' },
  vselect: {
    code: Op.VectorSelect,
    unit: 'alu',
    operands: ['vector-to', 'vector-from', 'vector-from', 'vector-from'],
    meaning: 'v1 = v3 where v2 ≠ 0, else v4: a mask',
  },
  vfill: { code: Op.VectorFill, unit: 'alu', operands: ['vector-to', 'value'], meaning: 'v1 = r2 in every element' },
  vload: {
    code: Op.VectorLoad,
    unit: 'memory',
    operands: ['vector-to', 'address'],
    meaning: 'v1 = the words of memory from r2 + constant on',
  },
  vstore: {
    code: Op.VectorStore,
    unit: 'memory',
    operands: ['vector-from', 'address'],
    meaning: 'the words of memory from r2 + constant on = v1',
  },
  vsum: { code: Op.VectorSum, unit: 'reduce', operands: ['to', 'vector-from'], meaning: 'r1 = the sum of v2' },
  vlen: {
    code: Op.VectorLength,
    unit: 'alu',
    operands: ['value'],
    meaning: 'vector instructions work on the first r1 elements, on all if there are fewer; the others become 0',
  },
} as const satisfies Record<string, OperationFacts>

/** The name of a kind of instruction. */
export type Mnemonic = keyof typeof OPERATIONS

/** All names, in the order of the manual. */
export const MNEMONICS = Object.keys(OPERATIONS) as readonly Mnemonic[]

export function isMnemonic(word: string): word is Mnemonic {
  return Object.hasOwn(OPERATIONS, word)
}

export function isBranch(code: number): boolean {
  return code >= Op.BranchEqual && code <= Op.BranchGreaterEqual
}

export function isVector(code: number): boolean {
  return code >= VECTOR
}
