import { Op } from './instruction-set.js'

/** What an arithmetic unit makes of two numbers. @param code from `Op.Add` to `Op.Equal`. */
export function calculate(code: number, a: number, b: number): number {
  switch (code) {
    case Op.Add:
      return a + b
    case Op.Sub:
      return a - b
    case Op.Mul:
      return a * b
    case Op.Div:
      return a / b
    case Op.Rem:
      return a % b
    case Op.Min:
      return Math.min(a, b)
    case Op.Max:
      return Math.max(a, b)
    case Op.Less:
      return a < b ? 1 : 0
    case Op.Equal:
      return a === b ? 1 : 0
  }
  throw new RangeError(`code ${code} is no calculation`)
}

/**
 * Whether a branch is taken. Greater is what is not less or equal, also of what is no number (0 ÷ 0): of a branch and its
 * opposite exactly one is taken.
 *
 * @param code from `Op.BranchEqual` to `Op.BranchGreaterEqual`.
 */
export function isTaken(code: number, a: number, b: number): boolean {
  switch (code) {
    case Op.BranchEqual:
      return a === b
    case Op.BranchNotEqual:
      return a !== b
    case Op.BranchLess:
      return a < b
    case Op.BranchLessEqual:
      return a <= b
    case Op.BranchGreater:
      return !(a <= b)
    case Op.BranchGreaterEqual:
      return !(a < b)
  }
  throw new RangeError(`code ${code} is no branch`)
}

/** How many elements vector instructions work on when so many are asked for. */
export function vectorLength(asked: number, width: number): number {
  return asked >= 1 ? Math.min(width, Math.floor(asked)) : 0
}

/** Whether so many words from this address on lie in a memory. */
export function isWithin(address: number, words: number, memoryWords: number): boolean {
  return Number.isInteger(address) && address >= 0 && address + words <= memoryWords
}
