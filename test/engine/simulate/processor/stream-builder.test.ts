import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../../src/engine/errors.js'
import { listing } from '../../../../src/engine/simulate/processor/instruction-stream.js'
import { Interpreter } from '../../../../src/engine/simulate/processor/interpreter.js'
import { at, buildStream, r, v } from '../../../../src/engine/simulate/processor/stream-builder.js'

describe('The builder', () => {
  test('writes loops and choices as branches, with labels that tell what they are', () => {
    const stream = buildStream('absolutes', (build) => {
      const values = build.data('values', [3, -4])
      build.for(r(1), 2, () => {
        build.do('load', r(2), at(values, r(1)))
        build.if(r(2), 'lt', 0, () => {
          build.do('sub', r(2), r(0), r(2))
        })
        build.do('store', r(2), at(values, r(1)))
      })
    })
    expect(listing(stream)).toBe(`data values: 3, -4
           set r1, 0
while1:    bge r1, 2, endwhile1
           load r2, [r1 + values]
           bge r2, 0, endif2
           sub r2, r0, r2
endif2:    store r2, [r1 + values]
           add r1, r1, 1
           jump while1
endwhile1:
`)
    const interpreter = new Interpreter(stream)
    expect(interpreter.run()).toBe('finished')
    expect([...interpreter.memory]).toEqual([3, 4])
  })

  test('takes the else of a condition with what is no number, as while and repeat end with it', () => {
    const stream = buildStream('no numbers', (build) => {
      const out = build.space('out', 3)
      build.do('div', r(1), r(0), r(0))
      build.if(
        r(1),
        'lt',
        5,
        () => {
          build.do('store', 1, at(out))
        },
        () => {
          build.do('store', 2, at(out))
        },
      )
      build.while(r(1), 'le', 5, () => {
        build.do('store', 1, at(out.address + 1))
        build.do('set', r(1), 9)
      })
      build.repeat(
        () => {
          build.do('add', r(2), r(2), 1)
        },
        r(1),
        'eq',
        r(1),
      )
      build.do('store', r(2), at(out.address + 2))
    })
    const interpreter = new Interpreter(stream)
    interpreter.run()
    expect([...interpreter.memory]).toEqual([2, 0, 1])
  })

  test('keeps its own labels apart from names that are asked for', () => {
    const stream = buildStream('names', (build) => {
      build.label('endif1')
      build.if(r(1), 'eq', 0, () => {
        build.do('nop')
      })
    })
    expect(stream.labels.map(({ name }) => name)).toEqual(['endif1', 'endif1_'])
  })

  test.each<[string, Parameters<typeof buildStream>[1], RegExp]>([
    [
      'too few operands',
      (build) => {
        build.do('add', r(1), r(2))
      },
      /add takes 3 operands, not 2/,
    ],
    [
      'a vector for a scalar',
      (build) => {
        build.do('add', r(1), v(2), 3)
      },
      /add cannot take .*vector.* as from/,
    ],
    [
      'a number to be written',
      (build) => {
        build.do('set', 1, 2)
      },
      /set cannot take 1 as to/,
    ],
    [
      'an address between two words',
      (build) => {
        build.do('load', r(1), at(0.5))
      },
      /load cannot take/,
    ],
    [
      'a register that there is not',
      (build) => {
        build.do('set', r(32), 1)
      },
      /no register r32/,
    ],
    [
      'data without words',
      (build) => {
        build.data('x', [])
      },
      /no words/,
    ],
    [
      'half a word',
      (build) => {
        build.space('x', 1.5)
      },
      /1\.5 words/,
    ],
    [
      'a name that the assembler could not read',
      (build) => {
        build.data('two words', [1])
      },
      /cannot be a name/,
    ],
    [
      'a name that is an instruction',
      (build) => {
        build.label('add')
      },
      /cannot be a name/,
    ],
    [
      'a name twice',
      (build) => {
        build.data('x', [1])
        build.label('x')
      },
      /taken/,
    ],
  ])('refuses %s', (_, write, message) => {
    expect(() => buildStream('wrong', write)).toThrow(UsageError)
    expect(() => buildStream('wrong', write)).toThrow(message)
  })
})
