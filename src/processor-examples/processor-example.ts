import type { ElementwiseTask } from '../engine/simulate/processor/flynn/elementwise.js'
import type { PipelineOptions } from '../engine/simulate/processor/pipeline-options.js'

/** A text in both languages. */
export interface Localized {
  readonly en: string
  readonly fr: string
}

/** What is compared of the runs of an example on a pipeline: a column of its table. */
export type PipelineFigure =
  'cycles' | 'instructions' | 'cpi' | 'dataLosses' | 'branches' | 'mispredicted' | 'controlLosses'

/** One of the processors that an example runs on. */
export interface PipelineVariant {
  readonly name: Localized
  readonly options: Pick<PipelineOptions, 'width' | 'forwarding' | 'prediction' | 'vectorWidth'>
}

/** What an example does, and on which kind of processor. */
export type ExampleWork =
  | {
      readonly kind: 'pipelines'
      /** Text of the assembler. */
      readonly source: string
      readonly variants: readonly PipelineVariant[]
      readonly figures: readonly PipelineFigure[]
    }
  | { readonly kind: 'flynn'; readonly task: ElementwiseTask }
  /** A vertex for each thread; the angle in radians. */
  | { readonly kind: 'rotation'; readonly vertices: number; readonly angle: number }
  /** As many instructions of work on each way, one element for each thread; the diagram is that of so many ways. */
  | { readonly kind: 'divergence'; readonly elements: number; readonly work: number; readonly drawnWays: number }

/** An example of what processors do, as plain data. */
export interface ProcessorExample {
  /** How the command line calls it. */
  readonly name: string
  /** Which systems of the course it shows. */
  readonly rows: readonly string[]
  readonly title: Localized
  /** What a learner should answer before looking. */
  readonly question: Localized
  readonly work: ExampleWork
}
