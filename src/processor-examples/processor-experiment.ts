import { assemble } from '../engine/simulate/processor/assembler.js'
import { compareFlynnClasses, type FlynnComparison } from '../engine/simulate/processor/flynn/flynn-classes.js'
import type { InstructionStream } from '../engine/simulate/processor/instruction-stream.js'
import { PipelinedProcessor } from '../engine/simulate/processor/pipelined-processor.js'
import {
  branchyKernel,
  rotationKernel,
  type Vertex,
  verticesIn,
  type VertexLayout,
} from '../engine/simulate/processor/simt/kernels.js'
import { SimtProcessor } from '../engine/simulate/processor/simt/simt-processor.js'
import type { ExampleWork, Localized, PipelineFigure, ProcessorExample } from './processor-example.js'
import {
  flynnOptionsOf,
  kindOfProcessor,
  pipelineOptionsOf,
  type ProcessorSettings,
  requireSettingsOf,
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

/** Runs an example. @throws UsageError for settings that its processors do not have. */
export function runExample(
  { name, work }: ProcessorExample,
  settings: ProcessorSettings,
  maxCycles: number,
): ProcessorExperiment {
  const isSimt = work.kind === 'rotation' || work.kind === 'divergence'
  requireSettingsOf(isSimt ? 'simt' : 'pipeline', settings, name)
  switch (work.kind) {
    case 'pipelines':
      return { kind: 'pipelines', runs: runVariants(name, work, settings, maxCycles), figures: work.figures }
    case 'flynn':
      return { kind: 'flynn', comparison: compareFlynnClasses(work.task, flynnOptionsOf(settings)) }
    case 'rotation':
      return runRotation(work, settings, maxCycles)
    case 'divergence':
      return runDivergence(work, settings, maxCycles)
  }
}

/** Runs a stream of one's own, on the processor that the settings are of. @throws UsageError if they are of both. */
export function runStream(
  stream: InstructionStream,
  settings: ProcessorSettings,
  maxCycles: number,
): ProcessorExperiment {
  const kind = kindOfProcessor(settings)
  requireSettingsOf(kind, settings, stream.name)
  if (kind === 'pipeline')
    return { kind: 'pipelines', runs: [{ name: null, processor: onCores(stream, settings, maxCycles) }], figures: [] }
  return { kind: 'simt', processor: onLanes(stream, settings, maxCycles) }
}

function onCores(stream: InstructionStream, settings: ProcessorSettings, maxCycles: number): PipelinedProcessor {
  const streams = new Array<InstructionStream>(settings.cores ?? 1).fill(stream)
  const processor = new PipelinedProcessor(streams, pipelineOptionsOf(settings))
  processor.run(maxCycles)
  return processor
}

function onLanes(stream: InstructionStream, { lanes, threads }: ProcessorSettings, maxCycles: number): SimtProcessor {
  const options = { ...(lanes === undefined ? {} : { lanes }), ...(threads === undefined ? {} : { threads }) }
  const processor = new SimtProcessor(stream, options)
  processor.run(maxCycles)
  return processor
}

type Work<Kind extends ExampleWork['kind']> = ExampleWork & { readonly kind: Kind }

/** Of variants that fix what is asked for, only those that fix it so. */
function runVariants(
  name: string,
  { source, variants }: Work<'pipelines'>,
  settings: ProcessorSettings,
  maxCycles: number,
): PipelineRun[] {
  const stream = assemble(source, { name })
  const asked = pipelineOptionsOf(settings)
  const fitting = variants.filter(({ options }) =>
    (['width', 'forwarding', 'prediction', 'vectorWidth'] as const).every(
      (option) => asked[option] === undefined || options[option] === undefined || asked[option] === options[option],
    ),
  )
  return fitting.map((variant) => ({
    name: variants.length > 1 ? variant.name : null,
    processor: onCores(stream, { ...settings, ...variant.options }, maxCycles),
  }))
}

function runRotation(work: Work<'rotation'>, settings: ProcessorSettings, maxCycles: number): ProcessorExperiment {
  const threads = settings.threads ?? work.vertices
  const vertices = Array.from({ length: threads }, (_, i) => ({ x: 5 * (i + 1), y: 0 }))
  const runs = (['separate', 'interleaved'] as const).map((layout) => {
    const processor = onLanes(rotationKernel(vertices, work.angle, layout), { ...settings, threads }, maxCycles)
    return { layout, processor, turned: verticesIn(processor.memory, threads, layout) }
  })
  return { kind: 'rotation', vertices, runs }
}

const MOST_WAYS = 32

function runDivergence(work: Work<'divergence'>, settings: ProcessorSettings, maxCycles: number): ProcessorExperiment {
  const threads = settings.threads ?? settings.lanes ?? work.elements
  const runs: DivergenceRun[] = []
  for (let ways = 1; ways <= Math.min(MOST_WAYS, settings.lanes ?? MOST_WAYS, threads); ways *= 2) {
    const kernel = branchyKernel(threads, ways, work.work)
    runs.push({ ways, processor: onLanes(kernel, { ...settings, threads }, maxCycles) })
  }
  return { kind: 'divergence', runs, drawnWays: Math.min(work.drawnWays, runs.at(-1)!.ways) }
}
