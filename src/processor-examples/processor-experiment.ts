import { assemble } from '../engine/simulate/processor/assembler.js'
import { compareFlynnClasses, type FlynnComparison } from '../engine/simulate/processor/flynn/flynn-classes.js'
import type { InstructionStream } from '../engine/simulate/processor/instruction-stream.js'
import type { PipelineOptions } from '../engine/simulate/processor/pipeline-options.js'
import { PipelinedProcessor } from '../engine/simulate/processor/pipelined-processor.js'
import {
  branchyKernel,
  rotationKernel,
  type Vertex,
  verticesIn,
  type VertexLayout,
} from '../engine/simulate/processor/simt/kernels.js'
import type { SimtOptions } from '../engine/simulate/processor/simt/simt-options.js'
import { SimtProcessor } from '../engine/simulate/processor/simt/simt-processor.js'
import type { ExampleWork, Localized, PipelineFigure, ProcessorExample } from './processor-example.js'
import {
  flynnOptionsOf,
  kindOfProcessor,
  pipelineOptionsOf,
  type ProcessorMachine,
  type ProcessorSettings,
  requireProcessorsOf,
  requireSettingsOf,
  simtOptionsOf,
} from './processor-settings.js'

/** A processor that has run to its end, or as far as it may. */
export interface PipelineRun {
  readonly name: Localized | null
  readonly processor: PipelinedProcessor
}

export interface RotationRun {
  readonly layout: VertexLayout
  readonly processor: SimtProcessor
  readonly turned: readonly Vertex[]
}

export interface DivergenceRun {
  readonly ways: number
  readonly processor: SimtProcessor
}

/** An example or a file on its processors, which have run: what a report is made of. */
export type ProcessorExperiment =
  | {
      readonly kind: 'pipelines'
      readonly runs: readonly PipelineRun[]
      readonly figures: readonly PipelineFigure[]
    }
  | { readonly kind: 'flynn'; readonly comparison: FlynnComparison }
  | { readonly kind: 'rotation'; readonly vertices: readonly Vertex[]; readonly runs: readonly RotationRun[] }
  | { readonly kind: 'divergence'; readonly runs: readonly DivergenceRun[]; readonly drawnWays: number }
  | { readonly kind: 'simt'; readonly processor: SimtProcessor }

/** What a run is on: what is asked for, and the machine that says the rest, if there is one. */
interface Setting {
  readonly settings: ProcessorSettings
  readonly machine: ProcessorMachine | null
  readonly maxCycles: number
}

/** Runs an example. @throws UsageError for settings that its processors do not have, and for a machine that has no such processors. */
export function runExample(
  { name, work }: ProcessorExample,
  settings: ProcessorSettings,
  maxCycles: number,
  machine: ProcessorMachine | null = null,
): ProcessorExperiment {
  const kind = work.kind === 'rotation' || work.kind === 'divergence' ? 'simt' : 'pipeline'
  requireSettingsOf(kind, settings, name)
  requireProcessorsOf(machine, kind, name)
  const setting = { settings, machine, maxCycles }
  switch (work.kind) {
    case 'pipelines':
      return { kind: 'pipelines', runs: runVariants(name, work, setting), figures: work.figures }
    case 'flynn':
      return { kind: 'flynn', comparison: compareFlynnClasses(work.task, flynnOptionsOf(settings, machine)) }
    case 'rotation':
      return runRotation(work, setting)
    case 'divergence':
      return runDivergence(work, setting)
  }
}

/** Runs a stream of one's own, on the processor that the settings are of, or the machine. @throws UsageError if they are of both. */
export function runStream(
  stream: InstructionStream,
  settings: ProcessorSettings,
  maxCycles: number,
  machine: ProcessorMachine | null = null,
): ProcessorExperiment {
  const kind = kindOfProcessor(settings, machine)
  requireSettingsOf(kind, settings, stream.name)
  requireProcessorsOf(machine, kind, stream.name)
  if (kind === 'simt') return { kind: 'simt', processor: onLanes(stream, simtOptionsOf(settings, machine), maxCycles) }
  const processor = onCores(stream, settings.cores, pipelineOptionsOf(settings, machine), maxCycles)
  return { kind: 'pipelines', runs: [{ name: null, processor }], figures: [] }
}

function onCores(
  stream: InstructionStream,
  cores: number | undefined,
  options: PipelineOptions,
  maxCycles: number,
): PipelinedProcessor {
  const processor = new PipelinedProcessor(new Array<InstructionStream>(cores ?? 1).fill(stream), options)
  processor.run(maxCycles)
  return processor
}

function onLanes(stream: InstructionStream, options: SimtOptions, maxCycles: number): SimtProcessor {
  const processor = new SimtProcessor(stream, options)
  processor.run(maxCycles)
  return processor
}

type Work<Kind extends ExampleWork['kind']> = ExampleWork & { readonly kind: Kind }

/** Of variants that fix what is asked for, only those that fix it so. What they fix goes before what the machine says. */
function runVariants(
  name: string,
  { source, variants }: Work<'pipelines'>,
  { settings, machine, maxCycles }: Setting,
): PipelineRun[] {
  const stream = assemble(source, { name })
  const asked = pipelineOptionsOf(settings)
  const fitting = variants.filter(({ options }) =>
    (['width', 'forwarding', 'prediction', 'vectorWidth'] as const).every(
      (option) => asked[option] === undefined || options[option] === undefined || asked[option] === options[option],
    ),
  )
  const options = pipelineOptionsOf(settings, machine)
  return fitting.map((variant) => ({
    name: variants.length > 1 ? variant.name : null,
    processor: onCores(stream, settings.cores, { ...options, ...variant.options }, maxCycles),
  }))
}

function runRotation(work: Work<'rotation'>, { settings, machine, maxCycles }: Setting): ProcessorExperiment {
  const options = simtOptionsOf(settings, machine)
  const threads = options.threads ?? work.vertices
  const vertices = Array.from({ length: threads }, (_, i) => ({ x: 5 * (i + 1), y: 0 }))
  const runs = (['separate', 'interleaved'] as const).map((layout) => {
    const processor = onLanes(rotationKernel(vertices, work.angle, layout), { ...options, threads }, maxCycles)
    return { layout, processor, turned: verticesIn(processor.memory, threads, layout) }
  })
  return { kind: 'rotation', vertices, runs }
}

const MOST_WAYS = 32

function runDivergence(work: Work<'divergence'>, { settings, machine, maxCycles }: Setting): ProcessorExperiment {
  const options = simtOptionsOf(settings, machine)
  const { lanes } = options
  const threads = options.threads ?? lanes ?? work.elements
  const runs: DivergenceRun[] = []
  for (let ways = 1; ways <= Math.min(MOST_WAYS, lanes ?? MOST_WAYS, threads); ways *= 2) {
    const kernel = branchyKernel(threads, ways, work.work)
    runs.push({ ways, processor: onLanes(kernel, { ...options, threads }, maxCycles) })
  }
  return { kind: 'divergence', runs, drawnWays: Math.min(work.drawnWays, runs.at(-1)!.ways) }
}
