import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Code from '../../src/engine/code.js'
import { FLAG_GIVES, FLAG_KEEPS, FLAG_LINEAR } from '../../src/engine/node-head.js'
import { linearForm, overflows, resulting, stored } from '../../src/engine/instruction.js'
import { SEED } from './support/seed.js'

const word = fc.integer()
const linearCodes = Object.entries(Code).filter(([, code]) => (linearForm(code) & FLAG_LINEAR) !== 0)

/** The operand that a node of such an instruction carries, and the word it may find. */
function operandOf(code: number, a: number, self: number): number {
  if (code === Code.Acquire) return self + 1
  return code === Code.Store || code === Code.Add || code === Code.Exchange ? a : 0
}

function contentFor(code: number, content: number): number {
  if (code === Code.Acquire) return 0
  return code === Code.Release && content === 0 ? 1 : content
}

describe('The linear form', () => {
  test('exists for these instructions', () => {
    expect(linearCodes.map(([name]) => name).toSorted()).toEqual([
      'Acquire',
      'Add',
      'Exchange',
      'Load',
      'Pause',
      'Release',
      'Store',
    ])
  })

  for (const [name, code] of linearCodes)
    test(`of ${name} is what the instruction means`, () => {
      const flags = linearForm(code)
      const keep = (flags & FLAG_KEEPS) === 0 ? 0 : -1
      const give = (flags & FLAG_GIVES) === 0 ? 0 : -1
      fc.assert(
        fc.property(word, word, fc.nat(0xffff), (content, a, self) => {
          const before = contentFor(code, content)
          const operand = operandOf(code, a, self)
          expect(((before & keep) + operand) | 0).toBe(stored(code, before, a, 0, self))
          expect(before & give).toBe(resulting(code, before, 0))
        }),
        { seed: SEED, numRuns: 300 },
      )
    })
})

describe('Instructions without one', () => {
  test('A compare-and-exchange writes only where it finds what it expects', () => {
    expect(stored(Code.CompareExchange, 5, 5, 7, 0)).toBe(7)
    expect(stored(Code.CompareExchange, 6, 5, 7, 0)).toBe(6)
    expect(resulting(Code.CompareExchange, 6, 0)).toBe(6)
  })

  test('A try of a lock takes it if it is free and says so', () => {
    expect([stored(Code.TryAcquire, 0, 0, 0, 3), resulting(Code.TryAcquire, 0, 0)]).toEqual([4, 1])
    expect([stored(Code.TryAcquire, 2, 0, 0, 3), resulting(Code.TryAcquire, 2, 0)]).toEqual([2, 0])
  })

  test('A choice gives the way taken', () => {
    expect(resulting(Code.Choose, 0, 4)).toBe(4)
  })
})

test('A sum overflows exactly if it leaves 32 bits', () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(overflows(a, b)).toBe(a + b > 0x7fffffff || a + b < -0x80000000)
    }),
    { seed: SEED, numRuns: 1000 },
  )
})
