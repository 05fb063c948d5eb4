import { describe, expect, test } from 'vitest'
import { assemble } from '../../../../src/engine/simulate/processor/assembler.js'
import { encode } from '../../../../src/engine/simulate/processor/encoding.js'
import { Interpreter, type InterpreterOptions } from '../../../../src/engine/simulate/processor/interpreter.js'

/** `r1` after these instructions. */
function resultOf(text: string, options: InterpreterOptions = {}): number {
  const interpreter = new Interpreter(assemble(text), options)
  expect(interpreter.run(10_000)).toBe('finished')
  return interpreter.registers[1]
}

describe('The interpreter', () => {
  test.each([
    ['set r2, 7\nadd r1, r2, 5', 12],
    ['set r2, 7\nsub r1, r2, 5', 2],
    ['set r2, 7\nmul r1, r2, -2', -14],
    ['set r2, 7\ndiv r1, r2, 2', 3.5],
    ['set r2, -7\nrem r1, r2, 4', -3],
    ['set r2, 7\nmin r1, r2, 5', 5],
    ['set r2, 7\nmax r1, r2, 5', 7],
    ['set r2, 7\nless r1, r2, 8', 1],
    ['set r2, 7\nequal r1, r2, 8', 0],
    ['set r2, 7\nselect r1, r2, 3, 4', 3],
    ['select r1, r0, 3, 4', 4],
    ['set r0, 9\nadd r1, r0, 1', 1],
    ['data x: 4, 5\nset r2, 1\nload r1, [r2 + x]', 5],
    ['space x: 1\nstore 6, [x]\nload r1, [x]', 6],
    ['id r2\ncount r3\nadd r1, r2, r3', 1],
    ['width r1', 4],
    ['jump on\nset r1, 1\non: add r1, r1, 2', 2],
    ['set r1, 3\nhalt\nset r1, 4', 3],
    ['nop\nset r1, -0\ndiv r1, r1, r1', NaN],
    ['data x: 1, 2, 3, 4\nvload v1, [x]\nvsum r1, v1', 10],
    ['data x: 1, 2, 3, 4\nvlen 2\nvload v1, [x]\nvsum r1, v1', 3],
    ['vlen 9\nvfill v1, 1\nvsum r1, v1', 4],
    ['vlen -1\nvfill v1, 1\nvlen 4\nvsum r1, v1', 0],
    ['data x: 1, 2, 3, 4\nvload v1, [x]\nvlen 1\nvadd v1, v1, v1\nvlen 4\nvsum r1, v1', 2],
    ['data x: 1, 2, 3, 4\nvload v1, [x]\nvfill v2, 3\nvless v3, v1, v2\nvselect v4, v3, v1, v2\nvsum r1, v4', 9],
    ['data x: 5, 6\nspace y: 4\nvlen 2\nvload v1, [x]\nvstore v1, [y + 1]\nload r1, [y + 2]', 6],
  ])('makes of %j what the manual says', (text, expected) => {
    expect(resultOf(text)).toEqual(expected)
  })

  test.each([
    ['beq', [false, true, false, false]],
    ['bne', [true, false, true, true]],
    ['blt', [true, false, false, false]],
    ['ble', [true, true, false, false]],
    ['bgt', [false, false, true, true]],
    ['bge', [false, true, true, true]],
  ])('takes %s below, at and above a number, and at what is none', (branch, taken) => {
    const takes = ['1', '2', '3', 'nan'].map(
      (value) =>
        resultOf(
          `set r2, ${value === 'nan' ? 0 : value}\n${value === 'nan' ? 'div r2, r2, r2' : ''}\nset r1, 1\n${branch} r2, 2, on\nset r1, 0\non:`,
        ) === 1,
    )
    expect(takes).toEqual(taken)
  })

  test.each([
    ['load r1, [4]', { kind: 'load', address: 4, words: 1 }],
    ['set r2, 0.5\nstore r1, [r2]', { kind: 'store', address: 0.5, words: 1 }],
    ['set r2, -1\nload r1, [r2]', { kind: 'load', address: -1, words: 1 }],
    ['vload v1, [1]', { kind: 'load', address: 1, words: 4 }],
    ['vstore v1, [2]', { kind: 'store', address: 2, words: 4 }],
  ])('stops before %j, which is outside of a memory of 4 words', (text, expected) => {
    const stream = assemble(`set r1, 8\n${text}\nset r1, 9`)
    const interpreter = new Interpreter(stream, { memoryWords: 4 })
    expect(interpreter.run()).toBe('fault')
    expect(interpreter.fault).toMatchObject({
      ...expected,
      memoryWords: 4,
      instruction: stream.instructions.length - 2,
    })
    expect(interpreter.registers[1]).toBe(8)
    expect([...interpreter.memory]).toEqual([0, 0, 0, 0])
  })

  test('stops after as many instructions as it was given, and goes on from there', () => {
    const interpreter = new Interpreter(assemble('again: add r1, r1, 1\njump again'))
    expect(interpreter.run(1001)).toBe('running')
    expect([interpreter.cycle, interpreter.registers[1]]).toEqual([1001, 501])
    interpreter.run(1)
    expect(interpreter.cycle).toBe(1002)
  })

  test('has nothing to do where there is no instruction', () => {
    expect(new Interpreter(assemble('')).status).toBe('finished')
  })

  test('knows −0 from 0 among the numbers of a stream', () => {
    expect([...encode(assemble('set r1, 0\nset r2, -0\nset r3, 0')).constants]).toEqual([0, -0])
  })

  test('shows the next instruction and all registers', () => {
    const interpreter = new Interpreter(assemble('set r1, 5\nset r2, 6'))
    interpreter.step()
    const view = interpreter.look()
    expect(view.units[0].places).toEqual([
      { name: 'next', holds: [{ id: 2, instruction: 1, mnemonic: 'set', text: 'set r2, 6', stall: null }] },
    ])
    expect(view.units[0].registers.slice(0, 3)).toEqual([
      { name: 'r0', value: 0 },
      { name: 'r1', value: 5 },
      { name: 'r2', value: 0 },
    ])
    expect(view.units[0].registers.at(-1)).toEqual({ name: 'v15', value: [0, 0, 0, 0] })
  })
})
