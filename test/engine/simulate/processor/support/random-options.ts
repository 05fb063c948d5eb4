import fc from 'fast-check'
import { UNITS } from '../../../../../src/engine/simulate/processor/instruction-set.js'
import type { PipelineOptions } from '../../../../../src/engine/simulate/processor/pipeline-options.js'

const cycles = fc.integer({ min: 1, max: 4 })

/** Pipelines whose memory always takes as long, and is fetched from through a port of its own. */
export const plainPipelines: fc.Arbitrary<PipelineOptions> = fc.record({
  width: fc.integer({ min: 1, max: 4 }),
  forwarding: fc.boolean(),
  latencies: fc.record({
    alu: cycles,
    multiply: cycles,
    divide: cycles,
    reduce: cycles,
    branch: cycles,
    memory: cycles,
  }),
  pipelined: fc.subarray([...UNITS]),
  prediction: fc.constantFrom('not-taken', 'backward-taken'),
  branchesResolveIn: fc.constantFrom('decode', 'execute', 'memory'),
  redirectCycles: fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, { arbitrary: fc.nat(4), weight: 1 }),
  memoryTiming: cycles.map((count) => ({ kind: 'constant' as const, cycles: count })),
  memoryPorts: fc.integer({ min: 1, max: 4 }),
  vectorWidth: fc.constantFrom(1, 3, 4, 8),
})

/** The same, and those with a cache or a single port. */
export const pipelines: fc.Arbitrary<PipelineOptions> = fc
  .tuple(
    plainPipelines,
    fc.boolean(),
    fc.option(
      fc.record({
        kind: fc.constant('cache' as const),
        lineWords: fc.constantFrom(1, 2, 4),
        ways: fc.integer({ min: 1, max: 2 }),
        sets: fc.integer({ min: 1, max: 2 }),
        hitCycles: fc.integer({ min: 1, max: 2 }),
        missCycles: fc.nat(6),
      }),
    ),
  )
  .map(([options, sharedPort, cache]) => ({
    ...options,
    sharedPort,
    memoryTiming: cache ?? options.memoryTiming!,
  }))
