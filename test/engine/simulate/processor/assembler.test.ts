import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProgramFault } from '../../../../src/engine/errors.js'
import { assemble } from '../../../../src/engine/simulate/processor/assembler.js'
import { MNEMONICS, OPERATIONS } from '../../../../src/engine/simulate/processor/instruction-set.js'
import { formatInstruction, listing } from '../../../../src/engine/simulate/processor/instruction-stream.js'
import { SEED } from '../../support/seed.js'
import { randomPieces, randomTangles, streamOf } from './support/random-streams.js'

describe('The assembler', () => {
  test('reads data, labels, comments and every kind of operand', () => {
    const stream = assemble(
      `
; two arrays
data a: 1, -2.5, 3e2
space b: 2   # all 0

start: set r1, a
       load r2, [r1 + b + 1]
       store 7, [b - 1]
again: done: add r2, r2, -1
       vload v1, [r1 - 3]
       blt r2, b, again
       jump end
end:
`,
      { name: 'sample' },
    )
    expect(stream.data).toEqual([
      { name: 'a', address: 0, values: [1, -2.5, 300] },
      { name: 'b', address: 3, values: [0, 0] },
    ])
    expect(stream.labels).toEqual([
      { name: 'start', instruction: 0 },
      { name: 'again', instruction: 3 },
      { name: 'done', instruction: 3 },
      { name: 'end', instruction: 7 },
    ])
    expect(stream.instructions.map((instruction) => formatInstruction(stream, instruction))).toEqual([
      'set r1, a',
      'load r2, [r1 + b + 1]',
      'store 7, [b - 1]',
      'add r2, r2, -1',
      'vload v1, [r1 - 3]',
      'blt r2, b, again',
      'jump end',
    ])
    expect(stream.instructions[1]).toEqual({
      mnemonic: 'load',
      operands: [
        { kind: 'register', number: 2 },
        { kind: 'address', register: 1, offset: 4, name: 'b + 1' },
      ],
      line: 7,
    })
    expect(stream.instructions[5].operands[1]).toEqual({ kind: 'number', value: 3, name: 'b' })
  })

  const wrong: readonly [what: string, text: string, place: string, message: RegExp, hint?: RegExp][] = [
    ['an instruction that is none', 'nop\n  ad r1, r2, r3', '2:3', /no instruction called “ad”/, /did you mean add/],
    ['an instruction like no other', 'multiplication r1', '1:1', /no instruction/, /there are: add, sub/],
    ['an operand that is missing', 'add r1, r2', '1:11', /add takes 3 operands, not 2/, /r1 = r2 \+ r3/],
    ['an operand that is empty', 'add r1, , r2', '1:9', /an operand is missing/],
    ['one operand too many', 'jump a, b', '1:9', /jump takes one operand, not 2/],
    ['operands where there are none', 'halt r1', '1:6', /halt takes no operand/],
    ['a register that there is not', 'add r1, r32, 1', '1:9', /register from r0 to r31/],
    ['a scalar where a vector belongs', 'vadd v1, r2, v3', '1:10', /register from v0 to v15/],
    ['a number that cannot be written to', 'set 5, r1', '1:5', /register from r0/],
    ['an address without brackets', 'load r1, r2', '1:10', /address in brackets/, /load r1, \[r2 \+ 8\]/],
    ['an address without an end', 'load r1, [r2 + 4', '1:17', /a \] is missing/],
    ['an address between two words', 'load r1, [1.5]', '1:11', /not at 1\.5/],
    ['an address with nothing in it', 'load r1, []', '1:11', /a number is missing/],
    ['an address with two registers', 'load r1, [r2 + r3]', '1:16', /no register/],
    ['an address with a register that there is not', 'load r1, [r77]', '1:11', /from r0 to r31/],
    ['an address without a sign', 'load r1, [r2 4]', '1:14', /a \+ or a −/],
    ['data that there are not', 'data prices: 1\nload r1, [price]', '2:11', /no data called “price”/, /prices/],
    ['a label that there is not', 'here: jump there', '1:12', /no label called “there”/, /there are: here/],
    ['a label that is a number', 'jump 3', '1:6', /no label called “3”/, /a label stands before/],
    ['something behind an operand', 'set r1, 2 3', '1:11', /“3” cannot follow/],
    ['something behind a register', 'add r1 r2, r3, r4', '1:8', /“r2” cannot follow/],
    ['two names that are the same', 'x: nop\nspace x: 3', '2:7', /declared in line 1/],
    ['a name that has a meaning', 'add: nop', '1:1', /has a meaning already/],
    ['a name that is a register', 'data r3: 1', '1:6', /has a meaning already/],
    ['data without a name', 'data 5: 1', '1:6', /a name is missing/],
    ['data without a colon', 'data x 1', '1:8', /a colon is missing/],
    ['data without a number', 'data x:', '1:8', /a number is missing/],
    ['data that are no number', 'data x: y', '1:9', /only numbers/],
    ['a space of no words', 'space x: 0', '1:10', /0 is no number of words/],
    ['a space of two sizes', 'space x: 1, 2', '1:13', /one number/],
    ['a sign that means nothing', 'nop\n\nset r1, 5 $', '3:11', /“\$” means nothing/],
  ]
  test.each(wrong.map(([what, text, place, message, hint]) => ({ what, text, place, message, hint })))(
    'refuses $what, with line and column',
    ({ text, place, message, hint }) => {
      let error: unknown
      try {
        assemble(text, { file: 'sample.asm' })
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(ProgramFault)
      const fault = error as ProgramFault
      const [line, column] = place.split(':').map(Number)
      expect(fault.code).toBe('program/assembly')
      expect(fault.message).toMatch(message)
      expect(fault.place).toEqual({ file: 'sample.asm', line, column })
      if (hint !== undefined) expect(fault.hint).toMatch(hint)
    },
  )

  test('reads what a listing writes: the same stream', () => {
    fc.assert(
      fc.property(fc.oneof(randomPieces({ vectors: true, wild: true }).map(streamOf), randomTangles), (stream) => {
        const read = assemble(listing(stream), { name: stream.name })
        const bare = (instructions: typeof stream.instructions) =>
          instructions.map(({ mnemonic, operands }) => ({ mnemonic, operands }))
        expect(bare(read.instructions)).toEqual(bare(stream.instructions))
        expect(read.data).toEqual(stream.data)
      }),
      { seed: SEED, numRuns: 300 },
    )
  })

  test('knows every instruction by a number of its own and says what it means', () => {
    const codes = MNEMONICS.map((mnemonic) => OPERATIONS[mnemonic].code)
    expect(new Set(codes).size).toBe(codes.length)
    for (const mnemonic of MNEMONICS) expect(OPERATIONS[mnemonic].meaning).not.toBe('')
  })
})
