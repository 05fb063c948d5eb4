import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compareFlynnClasses,
  type FlynnOptions,
} from '../../../../../src/engine/simulate/processor/flynn/flynn-classes.js'
import { Interpreter } from '../../../../../src/engine/simulate/processor/interpreter.js'
import { SEED } from '../../../support/seed.js'

const four = { operation: 'add', a: [10, 15, 20, 25], b: [20, 15, 10, 5] } as const

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => ((i * 37) % 11) - 4.5)
}

/** How long the classes take for so many elements. */
function cyclesFor(count: number, options: FlynnOptions): Record<'SISD' | 'SIMD' | 'MIMD' | 'MISD', number> {
  const { runs } = compareFlynnClasses({ operation: 'add', a: numbers(count), b: numbers(count) }, options)
  return { SISD: runs.SISD.cycles, SIMD: runs.SIMD.cycles, MIMD: runs.MIMD.cycles, MISD: runs.MISD.cycles }
}

describe('[10, 15, 20, 25] + [20, 15, 10, 5]', () => {
  const { runs, outvoted } = compareFlynnClasses(four)

  test('is [30, 30, 30, 30] in every class', () => {
    for (const run of Object.values(runs)) expect(run.results).toEqual([30, 30, 30, 30])
  })

  test('is one addition instead of four for vectors of four', () => {
    expect([runs.SISD.operations, runs.SIMD.operations, runs.MIMD.operations, runs.MISD.operations]).toEqual([
      4, 1, 4, 12,
    ])
    expect([runs.SISD.instructions, runs.SIMD.instructions]).toEqual([16, 4])
  })

  test('takes 4 × 4 instructions, 4 load-use stalls and 4 cycles to fill = 24 cycles one by one, 4 + 1 + 4 = 9 as vectors', () => {
    expect([runs.SISD.cycles, runs.SIMD.cycles]).toEqual([24, 9])
    expect(runs.SIMD.speedUp).toBe(24 / 9)
  })

  test('takes each of four cores 4 + 1 + 4 = 9 cycles for one element', () => {
    expect([runs.MIMD.cycles, runs.MIMD.streams.length]).toEqual([9, 4])
  })

  test('takes three units that check each other 28 cycles, and the vote 36; one after the other that is 112', () => {
    expect([runs.MISD.cycles, runs.MISD.alone]).toEqual([28 + 36, 24 + 24 + 28 + 36])
    expect(outvoted).toEqual([[], [], []])
  })

  test('survives a unit that is wrong: the others outvote it', () => {
    for (const unit of [0, 1, 2]) {
      const disturbed = compareFlynnClasses(four, { disturb: { unit, element: 2, by: -7 } })
      expect(disturbed.runs.MISD.results).toEqual([30, 30, 30, 30])
      expect(disturbed.outvoted).toEqual([0, 1, 2].map((one) => (one === unit ? [2] : [])))
    }
  })

  test('can be gone through cycle by cycle', () => {
    const processor = runs.SIMD.start()
    expect(processor.cycle).toBe(0)
    processor.run()
    expect(processor.cycle).toBe(9)
  })
})

describe('The classes', () => {
  test('take the cycles that the model says, with elements left over or not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (n, vectorWidth, cores) => {
          const tail = n % vectorWidth === 0 ? 0 : 1
          const cycles = cyclesFor(n, { vectorWidth, cores, form: 'unrolled' })
          expect(cycles.SISD).toBe(5 * n + 4)
          expect(cycles.SIMD).toBe(5 * Math.ceil(n / vectorWidth) + tail + 4)
          expect(cycles.MIMD).toBe(5 * Math.ceil(n / cores) + 4)
          expect(cycles.MISD).toBe(6 * n + 4 + (8 * n + 4))
        },
      ),
      { seed: SEED, numRuns: 60 },
    )
  })

  test('take them with loops, too: 7 and a branch taken for an element, 9 and a branch taken for a vector', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 8 }), (n, vectorWidth) => {
        const vectors = Math.ceil(n / vectorWidth)
        const cycles = cyclesFor(n, { vectorWidth, cores: 3, form: 'loop' })
        expect(cycles.SISD).toBe(1 + 7 * n + 2 * (n - 1) + 4)
        expect(cycles.SIMD).toBe(3 + 9 * vectors + 2 * (vectors - 1) + 4)
        expect(cycles.MIMD).toBe(1 + 7 * Math.ceil(n / 3) + 2 * (Math.ceil(n / 3) - 1) + 4)
      }),
      { seed: SEED, numRuns: 40 },
    )
  })

  test('speed up towards the width and the number of cores as the arrays grow', () => {
    const { runs } = compareFlynnClasses(
      { operation: 'mul', a: numbers(2400), b: numbers(2400) },
      { vectorWidth: 8, cores: 6, form: 'unrolled' },
    )
    expect(runs.SIMD.speedUp).toBeGreaterThan(7.9)
    expect(runs.SIMD.speedUp).toBeLessThanOrEqual(8)
    expect(runs.MIMD.speedUp).toBeGreaterThan(5.9)
    expect(runs.MIMD.speedUp).toBeLessThanOrEqual(6)
  })

  test('all calculate the same, whatever there is to calculate', () => {
    const number = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
    fc.assert(
      fc.property(
        fc.constantFrom('add' as const, 'sub' as const, 'mul' as const),
        fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 40 }),
        fc.constantFrom('unrolled' as const, 'loop' as const),
        (operation, pairs, form) => {
          const task = { operation, a: pairs.map(([a]) => a), b: pairs.map(([, b]) => b) }
          const { runs, outvoted } = compareFlynnClasses(task, { form, vectorWidth: 3, cores: 5 })
          const expected = pairs.map(([a, b]) => ({ add: a + b, sub: a - b, mul: a * b })[operation])
          for (const run of [runs.SISD, runs.SIMD, runs.MIMD]) expect(run.results).toEqual(expected)
          expect(runs.MISD.results.map((value) => value + 0)).toEqual(expected.map((value) => value + 0))
          expect(outvoted).toEqual([[], [], []])
        },
      ),
      { seed: SEED, numRuns: 80 },
    )
  })

  test('each have streams that the interpreter carries out with the same results', () => {
    const { runs } = compareFlynnClasses(four, { form: 'loop' })
    const memory = new Float64Array(24)
    for (const { address, values } of runs.MIMD.streams[0].data) memory.set(values, address)
    for (const stream of runs.MIMD.streams) new Interpreter(stream, { memory }).run()
    expect([...memory.subarray(8, 12)]).toEqual([30, 30, 30, 30])
  })

  test('leave cores without elements idle', () => {
    const { runs } = compareFlynnClasses(four, { cores: 7 })
    expect(runs.MIMD.results).toEqual([30, 30, 30, 30])
    expect(runs.MIMD.streams.filter(({ instructions }) => instructions.length === 0)).toHaveLength(3)
  })

  test.each<[Parameters<typeof compareFlynnClasses>, RegExp]>([
    [[{ operation: 'add', a: [1], b: [1, 2] }], /as many elements as each other/],
    [[{ operation: 'add', a: [], b: [] }], /as many elements/],
    [[four, { vectorWidth: 0 }], /vectorWidth cannot be 0/],
    [[four, { cores: 0 }], /cores cannot be 0/],
    [[four, { disturb: { unit: 3, element: 0, by: 1 } }], /disturb\.unit cannot be 3/],
    [[four, { disturb: { unit: 0, element: 4, by: 1 } }], /disturb\.element cannot be 4/],
  ])('refuse %j', (args, message) => {
    expect(() => compareFlynnClasses(...args)).toThrow(message)
  })
})
