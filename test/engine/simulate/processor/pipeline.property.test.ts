import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InstructionStream } from '../../../../src/engine/simulate/processor/instruction-stream.js'
import { Interpreter } from '../../../../src/engine/simulate/processor/interpreter.js'
import type { PipelineOptions } from '../../../../src/engine/simulate/processor/pipeline-options.js'
import { PipelinedProcessor } from '../../../../src/engine/simulate/processor/pipelined-processor.js'
import { SEED } from '../../support/seed.js'
import { inOrderTimes, pathOf } from './support/in-order-times.js'
import { pipelines, plainPipelines } from './support/random-options.js'
import { randomPieces, randomTangles, streamOf } from './support/random-streams.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 300)
const structured = randomPieces({ vectors: true, wild: true }).map(streamOf)
const MOST = 400

/** Registers, vectors, memory, how it ended: all that a program can tell. */
function resultsOf(processor: Interpreter | PipelinedProcessor, width: number): unknown {
  const isPlain = processor instanceof Interpreter
  const registers = isPlain ? [...processor.registers.subarray(0, 32)] : processor.registers()
  const vectors = isPlain ? [...processor.vectors] : Array.from({ length: 16 }, (_, i) => processor.vector(i)).flat()
  expect(vectors).toHaveLength(16 * width)
  return { registers, vectors, memory: [...processor.memory], status: processor.status, fault: processor.fault }
}

function ends(stream: InstructionStream): boolean {
  return new Interpreter(stream).run(MOST) !== 'running'
}

function expectSame(stream: InstructionStream, options: PipelineOptions): void {
  const vectorWidth = options.vectorWidth!
  const plain = new Interpreter(stream, { vectorWidth })
  const pipelined = new PipelinedProcessor(stream, options)
  plain.run()
  pipelined.run(200_000)
  expect(resultsOf(pipelined, vectorWidth)).toEqual(resultsOf(plain, vectorWidth))
  const instructions = plain.cycle - (plain.status === 'fault' ? 1 : 0)
  const { lost, issued, cycles, width, ...account } = pipelined.account()
  expect(account.instructions).toBe(instructions)
  expect(issued + Object.values(lost).reduce((sum, places) => sum + places, 0)).toBe(cycles * width)
  for (const places of Object.values(lost)) expect(places).toBeGreaterThanOrEqual(0)
}

describe('Any pipeline', () => {
  test('does to registers and memory what the interpreter does, on structured streams, and accounts for every cycle', () => {
    fc.assert(fc.property(structured, pipelines, expectSame), { seed: SEED, numRuns: RUNS })
  })

  test('does so on tangled streams with branches to anywhere', () => {
    fc.assert(
      fc.property(randomTangles.filter(ends), pipelines, (stream, options) => {
        expectSame(stream, options)
      }),
      { seed: SEED, numRuns: RUNS },
    )
  })

  test('takes as many cycles as equations of its stages say', () => {
    fc.assert(
      fc.property(fc.oneof(structured, randomTangles.filter(ends)), plainPipelines, (stream, options) => {
        fc.pre(new Interpreter(stream, { vectorWidth: options.vectorWidth! }).run() === 'finished')
        const times = inOrderTimes(stream, options)
        const processor = new PipelinedProcessor(stream, options)
        processor.run(200_000)
        expect(processor.cycle).toBe(times.at(-1)?.writeBack ?? 0)
      }),
      { seed: SEED, numRuns: RUNS },
    )
  })

  test('has every instruction in each stage when the equations say', () => {
    fc.assert(
      fc.property(fc.oneof(structured, randomTangles.filter(ends)), plainPipelines, (stream, options) => {
        fc.pre(new Interpreter(stream, { vectorWidth: options.vectorWidth! }).run() === 'finished')
        const times = inOrderTimes(stream, options)
        const expected = times.map(({ instruction, fetch, decode, execute, memory, writeBack }) => ({
          instruction,
          stages: [fetch, decode, execute, memory, writeBack],
        }))
        expect(stagesOf(new PipelinedProcessor(stream, options))).toEqual(expected)
      }),
      { seed: SEED, numRuns: Math.ceil(RUNS / 5) },
    )
  })

  test('issues, without hazards, n instructions in n + 4 cycles, and in ⌈n ÷ width⌉ + 4 if it is wider', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 4 }), (count, width) => {
        const instructions = Array.from({ length: count }, (_, i) => ({
          mnemonic: 'set' as const,
          operands: [
            { kind: 'register', number: 1 + (i % 9) },
            { kind: 'number', value: i },
          ] as const,
          line: null,
        }))
        const processor = new PipelinedProcessor({ name: 'straight', instructions, labels: [], data: [] }, { width })
        processor.run()
        expect(processor.cycle).toBe(Math.ceil(count / width) + 4)
        if (width === 1) expect(processor.cycle).toBe(count + 4)
      }),
      { seed: SEED, numRuns: 200 },
    )
  })
})

/** For every instruction that was carried out the cycle in which it was first in each stage. */
function stagesOf(processor: PipelinedProcessor): { instruction: number; stages: number[] }[] {
  const seen = new Map<number, { instruction: number; stages: number[] }>()
  while (processor.step()) {
    const { cycle, units } = processor.look()
    const [{ places, events }] = units
    for (const { kind, ...event } of events)
      if (kind === 'wrong-path' && 'dropped' in event) for (const id of event.dropped) seen.delete(id)
    places.forEach(({ holds }, stage) => {
      for (const { id, instruction } of holds) {
        const row = seen.get(id) ?? { instruction, stages: [] }
        if (row.stages.length === stage) row.stages.push(cycle)
        seen.set(id, row)
      }
    })
  }
  return [...seen.values()]
}

test('Random streams reach all that they are made to reach', () => {
  const counts = { loops: 0, faults: 0, finished: 0, long: 0 }
  fc.assert(
    fc.property(structured, (stream) => {
      const interpreter = new Interpreter(stream)
      const status = interpreter.run()
      if (status === 'fault') counts.faults++
      if (status === 'finished') counts.finished++
      if (interpreter.cycle > stream.instructions.length) counts.loops++
      if (pathOf(stream).length > 60) counts.long++
    }),
    { seed: SEED, numRuns: 300 },
  )
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(15)
})
