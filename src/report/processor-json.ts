import { recordExecution } from '../engine/simulate/processor/execution-record.js'
import { PipelinedProcessor } from '../engine/simulate/processor/pipelined-processor.js'
import { SimtProcessor } from '../engine/simulate/processor/simt/simt-processor.js'
import type { ProcessorExperiment } from '../processor-examples/processor-experiment.js'
import type { CycleRange } from './processor-text.js'

/** A processor of an experiment, and which one it is, for programs. */
export interface NamedProcessor {
  readonly name: string | null
  readonly processor: PipelinedProcessor | SimtProcessor
  /** What is known of this run besides. */
  readonly facts?: Readonly<Record<string, unknown>>
}

/** Every processor of an experiment, in order. */
export function processorsOf(experiment: ProcessorExperiment): NamedProcessor[] {
  switch (experiment.kind) {
    case 'pipelines':
      return experiment.runs.map(({ name, processor }) => ({ name: name?.en ?? null, processor }))
    case 'flynn':
      return Object.values(experiment.comparison.runs).map((run) => {
        const { cycles, instructions, operations, results, alone, speedUp } = run
        const processor = run.start()
        processor.run()
        return {
          name: run.class,
          processor,
          facts: { total: { cycles, instructions, operations, results, alone, speedUp } },
        }
      })
    case 'rotation':
      return experiment.runs.map(({ layout, processor, turned }) => ({ name: layout, processor, facts: { turned } }))
    case 'divergence':
      return experiment.runs.map(({ ways, processor }) => ({ name: `${ways}-way`, processor, facts: { ways } }))
    case 'simt':
      return [{ name: null, processor: experiment.processor }]
  }
}

/** What `entrelacs processor --json` tells of runs: accounts, memory, and the cycles that diagrams are drawn from. */
export function processorJson(experiment: ProcessorExperiment, cycles: CycleRange | null): Record<string, unknown> {
  return { runs: processorsOf(experiment).map((named) => runJson(named, cycles)) }
}

function runJson({ name, processor, facts }: NamedProcessor, cycles: CycleRange | null): Record<string, unknown> {
  const isPipeline = processor instanceof PipelinedProcessor
  const units = isPipeline ? processor.streams.map((_, unit) => unit) : [0]
  const [stream] = isPipeline ? processor.streams : [processor.stream]
  const isThere = cycles === null || cycles.from <= processor.cycle
  return {
    name,
    processor: isPipeline ? 'pipeline' : 'simt',
    status: processor.status,
    cycles: processor.cycle,
    ...facts,
    ...(isPipeline
      ? { cores: units.map((unit) => ({ ...processor.account(unit), registers: processor.registers(unit) })) }
      : { account: processor.account() }),
    fault: processor.fault,
    memory: stream!.data.map(({ name: block, address, values }) => ({
      name: block,
      address,
      values: [...processor.memory.subarray(address, address + values.length)],
    })),
    diagrams: isThere ? units.map((unit) => recordExecution(processor, { unit, ...cycles })) : [],
  }
}
