import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../../../src/engine/errors.js'
import { assemble } from '../../../../../src/engine/simulate/processor/assembler.js'
import { recordExecution } from '../../../../../src/engine/simulate/processor/execution-record.js'
import type { InstructionStream } from '../../../../../src/engine/simulate/processor/instruction-stream.js'
import { Interpreter } from '../../../../../src/engine/simulate/processor/interpreter.js'
import { SimtProcessor } from '../../../../../src/engine/simulate/processor/simt/simt-processor.js'
import type { SimtOptions } from '../../../../../src/engine/simulate/processor/simt/simt-options.js'
import { at, buildStream, r } from '../../../../../src/engine/simulate/processor/stream-builder.js'
import { SEED } from '../../../support/seed.js'
import { type Piece, randomPieces, randomTangles, writePieces } from '../support/random-streams.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 250)
const MOST = 300
const MOST_THREADS = 12

function finished(text: string | InstructionStream, options: SimtOptions = {}): SimtProcessor {
  const stream = typeof text === 'string' ? assemble(text) : text
  const processor = new SimtProcessor(stream, { memoryWords: 128, ...options })
  expect(processor.run(100_000)).toBe('finished')
  return processor
}

/** A kernel of these pieces: all threads read the same words, and each has some of its own to write and read. */
function kernelOf(pieces: readonly Piece[]): InstructionStream {
  return buildStream('kernel', (build) => {
    const input = build.data('input', [3, -1, 0, 2.5, 7, 1, -0, 4])
    const output = build.space('output', 4 * MOST_THREADS)
    build.do('id', r(1))
    build.do('mul', r(30), r(1), 4)
    build.do('rem', r(2), r(1), 3)
    build.do('sub', r(3), r(1), 2)
    build.do('rem', r(4), r(1), 2)
    build.do('rem', r(6), r(1), 8)
    build.do('load', r(5), at(input, r(6)))
    writePieces(build, pieces, 0, (offset, indexed, depth, isStore) => {
      if (isStore) return at(output.address + offset - 8, r(30))
      return indexed ? at(input.address + offset, depth > 0 ? r(19 + depth) : r(0)) : at(output.address + offset, r(30))
    })
  })
}

/** A tangle in which threads differ, and only read memory. */
function tangledKernelOf({ instructions, data }: InstructionStream): InstructionStream {
  const start = assemble('id r1\nrem r2, r1, 3\nrem r3, r1, 2\nsub r5, r1, 4').instructions
  const rest = instructions.map(({ mnemonic, operands, line }) => ({
    mnemonic: mnemonic === 'store' ? ('load' as const) : mnemonic,
    operands: operands.map((operand, i) =>
      operand.kind === 'target'
        ? { ...operand, instruction: operand.instruction + start.length }
        : mnemonic === 'store' && i === 0
          ? ({ kind: 'register', number: 4 } as const)
          : operand,
    ),
    line,
  }))
  return { name: 'tangled kernel', instructions: [...start, ...rest], labels: [], data }
}

const kernels = fc.oneof(
  randomPieces({ vectors: false, wild: false }).map(kernelOf),
  randomTangles
    .map(tangledKernelOf)
    .filter((stream) =>
      Array.from({ length: MOST_THREADS }, (_, id) => new Interpreter(stream, { id }).run(MOST)).every(
        (status) => status === 'finished',
      ),
    ),
)
const shapes = fc.record({
  threads: fc.integer({ min: 1, max: MOST_THREADS }),
  lanes: fc.integer({ min: 1, max: MOST_THREADS }),
  latencies: fc.record({ memory: fc.integer({ min: 1, max: 5 }) }),
  lineWords: fc.integer({ min: 1, max: 8 }),
})

describe('Any kernel', () => {
  test('leaves in each thread and in memory what the interpreter leaves, thread by thread', () => {
    fc.assert(
      fc.property(kernels, shapes, (stream, options) => {
        const memory = finished(stream, { ...options, memoryWords: 0 })
        const alone = new Float64Array(memory.memory.length)
        for (const { address, values } of stream.data) alone.set(values, address)
        let instructions = 0
        for (let id = 0; id < options.threads; id++) {
          const interpreter = new Interpreter(stream, { memory: alone, id, count: options.threads, vectorWidth: 1 })
          expect(interpreter.run(MOST * 10)).toBe('finished')
          instructions += interpreter.cycle
          expect(memory.registers(id)).toEqual([...interpreter.registers.subarray(0, 32)])
        }
        expect([...memory.memory]).toEqual([...alone])
        const account = memory.account()
        expect(account.threadInstructions).toBe(instructions)
        expect(account.utilisation).toBeCloseTo(instructions / (account.issued * options.lanes), 12)
      }),
      { seed: SEED, numRuns: RUNS },
    )
  })

  test('issues for one lane what the interpreter carries out', () => {
    fc.assert(
      fc.property(kernels, (stream) => {
        const interpreter = new Interpreter(stream, { vectorWidth: 1 })
        interpreter.run()
        const { issued, utilisation, divergent } = finished(stream, { lanes: 1, memoryWords: 0 }).account()
        expect([issued, utilisation, divergent]).toEqual([interpreter.cycle, 1, 0])
      }),
      { seed: SEED, numRuns: Math.ceil(RUNS / 4) },
    )
  })

  test('parts lanes in more than a few of these, or the tests would say little', () => {
    let divergent = 0
    fc.assert(
      fc.property(kernels, (stream) => {
        if (finished(stream, { lanes: 6, memoryWords: 0 }).account().divergent > 0) divergent++
      }),
      { seed: SEED, numRuns: 200 },
    )
    expect(divergent).toBeGreaterThan(40)
  })
})

/** The masks of what a warp issued: `1 id r1 ■■■■`. */
function issues(processor: SimtProcessor): string[] {
  return recordExecution(processor).instructions.map(
    ({ text, cells }) => `${text} ${cells[0].lanes!.map((active) => (active ? '■' : '·')).join('')}`,
  )
}

describe('By hand:', () => {
  test('a choice between two ways goes both, each with half of the lanes, and then on together', () => {
    const processor = finished(
      'id r1\nrem r2, r1, 2\nbne r2, 0, odd\nadd r3, r3, 1\nadd r3, r3, 1\njump done\nodd: add r3, r3, 5\ndone: store r3, [r1]',
      { lanes: 4 },
    )
    expect(issues(processor)).toEqual([
      'id r1 ■■■■',
      'rem r2, r1, 2 ■■■■',
      'bne r2, 0, odd ■■■■',
      'add r3, r3, 1 ■·■·',
      'add r3, r3, 1 ■·■·',
      'jump done ■·■·',
      'add r3, r3, 5 ·■·■',
      'store r3, [r1] ■■■■',
    ])
    expect([...processor.memory.subarray(0, 4)]).toEqual([2, 5, 2, 5])
    expect(processor.account()).toMatchObject({
      issued: 8,
      threadInstructions: 4 * 4 + 4 * 2,
      utilisation: 24 / 32,
      branches: 1,
      divergent: 1,
    })
  })

  test('a choice on which all lanes agree costs nothing more', () => {
    const processor = finished('id r1\nbge r1, 9, odd\nadd r3, r3, 1\njump done\nodd: add r3, r3, 5\ndone: nop', {
      lanes: 4,
    })
    expect(processor.account()).toMatchObject({ issued: 5, utilisation: 1, branches: 1, divergent: 0 })
  })

  test('a choice within a choice leaves a quarter', () => {
    const processor = finished(
      'id r1\nblt r1, 2, low\nbeq r1, 2, two\nset r2, 33\njump end\ntwo: set r2, 22\njump end\nlow: beq r1, 0, zero\nset r2, 11\njump end\nzero: set r2, 9\nend: nop',
      { lanes: 4 },
    )
    expect(issues(processor)).toEqual([
      'id r1 ■■■■',
      'blt r1, 2, low ■■■■',
      'beq r1, 2, two ··■■',
      'set r2, 33 ···■',
      'jump end ···■',
      'set r2, 22 ··■·',
      'jump end ··■·',
      'beq r1, 0, zero ■■··',
      'set r2, 11 ·■··',
      'jump end ·■··',
      'set r2, 9 ■···',
      'nop ■■■■',
    ])
  })

  test('a loop takes as many turns as the lane that needs most; the others wait', () => {
    const processor = finished('id r1\nagain: add r2, r2, 1\nble r2, r1, again\nnop', { lanes: 4 })
    // Lane i needs i + 1 turns of 2 instructions.
    expect(processor.account()).toMatchObject({
      issued: 1 + 2 * 4 + 1,
      threadInstructions: 4 + 2 * (1 + 2 + 3 + 4) + 4,
      divergent: 3,
    })
  })

  test('lanes that leave a loop one after the other wait together: two groups, however many turns', () => {
    const processor = finished('id r1\nagain: add r2, r2, 1\nble r2, r1, again\nnop', { lanes: 32 })
    expect(processor.look().units[0].counters['groups']).toBe(2)
  })

  test('lanes that halt leave the others to go on', () => {
    const processor = finished('id r1\nbne r1, 1, on\nhalt\non: beq r1, 2, far\nset r2, 5\nhalt\nfar: set r2, 6\nnop', {
      lanes: 4,
    })
    expect(issues(processor)).toEqual([
      'id r1 ■■■■',
      'bne r1, 1, on ■■■■',
      'halt ·■··',
      'beq r1, 2, far ■·■■',
      'set r2, 5 ■··■',
      'halt ■··■',
      'set r2, 6 ··■·',
      'nop ··■·',
    ])
  })

  test('a branch to the next instruction parts nobody', () => {
    const processor = finished('id r1\nbeq r1, 0, on\non: nop', { lanes: 4 })
    expect(processor.account()).toMatchObject({ issued: 3, utilisation: 1, divergent: 0 })
  })

  test('the last warp may have lanes without a thread', () => {
    const { warps, issued, utilisation } = finished('id r1\nstore r1, [r1]', { threads: 33 }).account()
    expect([warps, issued, utilisation]).toEqual([2, 4, (2 * 32 + 2) / (4 * 32)])
  })

  test.each([
    ['neighbours lie in one line', 'load r2, [r1]', 1],
    ['neighbours that begin in the middle of a line lie in two', 'load r2, [r1 + 16]', 2],
    ['every second word needs twice as many', 'mul r1, r1, 2\nload r2, [r1]', 2],
    ['the same word for all is one line', 'load r2, [5]', 1],
    ['a word of each line needs one for each lane', 'mul r1, r1, 32\nload r2, [r1]', 32],
  ])('%s', (_, text, lines) => {
    const processor = finished(`id r1\n${text}`, { memoryWords: 1024 })
    expect(processor.account()).toMatchObject({ accesses: 1, lines })
    expect(processor.cycle).toBe(processor.account().issued + lines - 1)
  })

  test('one warp waits for memory, four warps work meanwhile: 22 cycles for one, 31 instead of 88 for four', () => {
    const text = 'id r1\nload r2, [r1]\nadd r2, r2, 1\nstore r2, [r1]'
    const latencies = { memory: 10 }
    const one = finished(text, { latencies })
    const four = finished(text, { latencies, threads: 128 })
    expect([one.cycle, one.account().idle]).toEqual([22, 18])
    expect([four.cycle, four.account().idle]).toEqual([31, 15])
  })
})

describe('A SIMT processor', () => {
  test('stops before an access outside of memory has an effect in any lane', () => {
    const processor = new SimtProcessor(assemble('space x: 3\nid r1\nstore 5, [r1]'), { lanes: 4 })
    expect(processor.run()).toBe('fault')
    expect(processor.fault).toEqual({ kind: 'store', address: 3, words: 1, memoryWords: 3, unit: 0, instruction: 1 })
    expect([...processor.memory]).toEqual([0, 0, 0])
    expect(processor.back()).toBe(true)
    expect([processor.status, processor.fault]).toEqual(['running', null])
  })

  test('lets the last lane win where several store to one word', () => {
    expect(finished('id r1\nstore r1, [0]', { lanes: 4 }).memory[0]).toBe(3)
  })

  test('can be stopped in a kernel that never ends', () => {
    const processor = new SimtProcessor(assemble('id r1\nwait: beq r1, 1, wait\nnop'), { lanes: 2 })
    expect(processor.run(500)).toBe('running')
    expect(processor.cycle).toBe(500)
  })

  test.each<[SimtOptions, RegExp]>([
    [{ lanes: 0 }, /lanes cannot be 0/],
    [{ threads: 1.5 }, /threads cannot be 1\.5/],
    [{ lineWords: 0 }, /lineWords/],
    [{ lineCycles: -1 }, /lineCycles/],
    [{ latencies: { magic: 3 } as object }, /latencies\.magic means nothing: there are alu/],
    [{ latencies: { alu: 0 } }, /latencies\.alu cannot be 0/],
  ])('refuses %j', (options, message) => {
    const make = () => new SimtProcessor(assemble('nop'), options)
    expect(make).toThrow(UsageError)
    expect(make).toThrow(message)
  })

  test('refuses vector instructions: here the lanes are the vector', () => {
    expect(() => new SimtProcessor(assemble('vadd v1, v1, v1'))).toThrow(/has vadd in it/)
  })

  test('has nothing to do for a stream without instructions', () => {
    expect(new SimtProcessor(assemble('')).status).toBe('finished')
  })
})
