import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assemble } from '../../../../src/engine/simulate/processor/assembler.js'
import { Checkpoints } from '../../../../src/engine/simulate/processor/checkpoints.js'
import { cutRecord, recordExecution } from '../../../../src/engine/simulate/processor/execution-record.js'
import { Interpreter } from '../../../../src/engine/simulate/processor/interpreter.js'
import { PipelinedProcessor } from '../../../../src/engine/simulate/processor/pipelined-processor.js'
import { SimtProcessor } from '../../../../src/engine/simulate/processor/simt/simt-processor.js'
import type { SteppedProcessor } from '../../../../src/engine/simulate/processor/stepped-processor.js'
import { SEED } from '../../support/seed.js'
import { pipelines } from './support/random-options.js'
import { randomPieces, randomTangles, streamOf } from './support/random-streams.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 40)
const MOST = 90

const scalar = randomPieces({ vectors: false, wild: true }).map(streamOf)
const processors: Readonly<Record<string, fc.Arbitrary<() => SteppedProcessor>>> = {
  interpreter: fc
    .oneof(randomPieces({ vectors: true, wild: true }).map(streamOf), randomTangles)
    .map((stream) => () => new Interpreter(stream)),
  pipeline: fc.tuple(fc.oneof(randomPieces({ vectors: true, wild: true }).map(streamOf), randomTangles), pipelines).map(
    ([stream, options]) =>
      () =>
        new PipelinedProcessor(stream, options),
  ),
  'two cores with one memory': fc.tuple(scalar, scalar, pipelines).map(
    ([a, b, options]) =>
      () =>
        new PipelinedProcessor([a, b], options),
  ),
  'SIMT processor': fc
    .tuple(fc.oneof(scalar, randomTangles), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 }))
    .map(
      ([stream, lanes, threads]) =>
        () =>
          new SimtProcessor(stream, { lanes, threads, latencies: { memory: 3, divide: 2 }, lineWords: 2 }),
    ),
}

/** Everything that can be seen of it. */
const seen = (processor: SteppedProcessor) => ({ view: processor.look(), fault: processor.fault })

describe.each(Object.entries(processors))('Going back: the %s', (_, arbitrary) => {
  test('is at every cycle what it was there, wherever it goes and comes from, and goes on alike', () => {
    fc.assert(
      fc.property(arbitrary, fc.array(fc.nat(MOST), { maxLength: 12 }), (make, targets) => {
        const processor = make()
        const states = [seen(processor)]
        while (processor.cycle < MOST && processor.step()) states.push(seen(processor))
        for (const target of targets) {
          const reached = processor.goTo(target)
          expect(reached).toBe(target < states.length)
          expect(seen(processor)).toEqual(states[Math.min(target, states.length - 1)])
        }
        while (processor.cycle < states.length - 1) {
          processor.step()
          expect(seen(processor)).toEqual(states[processor.cycle])
        }
      }),
      { seed: SEED, numRuns: RUNS },
    )
  })

  test('has recorded up to an earlier cycle what a record up to a later one says of it', () => {
    fc.assert(
      fc.property(
        arbitrary,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: MOST }),
        (make, from, cycles) => {
          const processor = make()
          const whole = recordExecution(processor, { from, to: MOST })
          const to = from + cycles - 1
          if (whole.to >= to) expect(cutRecord(whole, to)).toEqual(recordExecution(processor, { from, to }))
        },
      ),
      { seed: SEED, numRuns: RUNS },
    )
  })

  test('goes back to the beginning one cycle after the other', () => {
    fc.assert(
      fc.property(arbitrary, (make) => {
        const processor = make()
        const states = [seen(processor)]
        while (processor.cycle < MOST && processor.step()) states.push(seen(processor))
        for (let cycle = states.length - 2; cycle >= 0; cycle--) {
          expect(processor.back()).toBe(true)
          expect(seen(processor)).toEqual(states[cycle])
        }
        expect(processor.back()).toBe(false)
      }),
      { seed: SEED, numRuns: Math.ceil(RUNS / 3) },
    )
  })
})

describe('Going back', () => {
  const long = assemble('space x: 4\nagain: add r1, r1, 1\nrem r2, r1, 4\nstore r1, [r2 + x]\nblt r1, 20000, again')

  test('far in a long run gives the same as going there from the beginning', () => {
    const processor = new PipelinedProcessor(long)
    processor.run()
    const end = processor.cycle
    expect(end).toBeGreaterThan(100_000)
    for (const cycle of [end - 1, 77_777, 77_776, 3, 99_999]) {
      processor.goTo(cycle)
      const fresh = new PipelinedProcessor(long)
      fresh.run(cycle)
      expect(seen(processor)).toEqual(seen(fresh))
    }
    processor.run()
    expect(processor.cycle).toBe(end)
  })

  test('does not go again where it has been: to the end of a long run and back, a hundred times', () => {
    const processor = new PipelinedProcessor(long)
    processor.run()
    const end = processor.cycle
    let cycles = 0
    const advance = processor.step.bind(processor)
    processor.step = () => {
      cycles++
      return advance()
    }
    for (let i = 0; i < 100; i++) {
      processor.goTo(10)
      processor.goTo(end)
    }
    expect(cycles).toBeLessThan(100 * (end / 8))
    expect(cycles).toBeGreaterThan(0)
  })

  test('leaves what was recorded of a part of the run the same, and the processor where it was', () => {
    const processor = new PipelinedProcessor(long)
    const early = recordExecution(processor, { from: 100, to: 140 })
    expect(processor.cycle).toBe(0)
    processor.run()
    const end = processor.cycle
    expect(recordExecution(processor, { from: 100, to: 140 })).toEqual(early)
    expect(processor.cycle).toBe(end)
  })

  test('refuses what is no cycle', () => {
    const processor = new PipelinedProcessor(long)
    for (const cycle of [-1, 0.5, NaN]) expect(() => processor.goTo(cycle)).toThrow(RangeError)
  })

  test('keeps a few dozen states however long the run is, never farther apart than an eighth of it', () => {
    const checkpoints = new Checkpoints<number>()
    const kept = new Set<number>()
    for (let cycle = 0; cycle < 300_000; cycle++) {
      if (cycle !== checkpoints.next) continue
      checkpoints.keep(cycle, cycle, 100)
      for (const old of kept) if (checkpoints.latest(old).cycle !== old) kept.delete(old)
      kept.add(cycle)
      expect(kept.size).toBeLessThan(60)
      if (cycle > 1000) expect(checkpoints.next - cycle).toBeLessThan(cycle / 8)
    }
    expect(checkpoints.latest(0)).toEqual({ cycle: 0, state: 0 })
    expect(checkpoints.latest(250_000).cycle).toBeGreaterThan(230_000)
  })

  test('keeps large states less often: to copy them takes no longer than the run', () => {
    const checkpoints = new Checkpoints<null>()
    checkpoints.keep(0, null, 100_000)
    expect(checkpoints.next).toBe(8192)
  })
})
