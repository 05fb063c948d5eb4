import { dataNamed, type InstructionStream } from '../instruction-stream.js'
import { Interpreter } from '../interpreter.js'
import { type PipelineOptions, requireWhole } from '../pipeline-options.js'
import { PipelinedProcessor } from '../pipelined-processor.js'
import {
  checkingStream,
  checkTask,
  type ElementwiseTask,
  RESULTS,
  scalarStream,
  type StreamForm,
  VOTED,
  VOTERS,
  vectorStream,
  votingStream,
} from './elementwise.js'

/** Flynn's classes: one or several streams of instructions, on one or several streams of data. */
export type FlynnClass = 'SISD' | 'SIMD' | 'MISD' | 'MIMD'

export interface FlynnOptions {
  /** What every core is like. */
  readonly pipeline?: Omit<PipelineOptions, 'vectorWidth'>
  /** Elements that the SIMD processor works on at once. @default 4 */
  readonly vectorWidth?: number
  /** Cores of the MIMD processor. @default 4 */
  readonly cores?: number
  /** @default 'unrolled' up to 64 elements, else 'loop' */
  readonly form?: StreamForm
  /** Changes a result of one unit before the MISD processor votes: what the vote is for. */
  readonly disturb?: { readonly unit: number; readonly element: number; readonly by: number }
}

/** What one class did with the task. */
export interface FlynnRun {
  readonly class: FlynnClass
  readonly streams: readonly InstructionStream[]
  /** From the first cycle to the end of the last core, votes included. */
  readonly cycles: number
  readonly instructions: number
  /** Calculations, of an element or of a whole vector: what the classes do a different number of times. */
  readonly operations: number
  readonly results: readonly number[]
  /** What one processor takes for the same work, one stream after the other. */
  readonly alone: number
  /** `alone` ÷ `cycles` */
  readonly speedUp: number
  /** The processor at its first cycle, to go through it; that of MISD without the vote. */
  readonly start: () => PipelinedProcessor
  /** MISD: the processor that votes over what the others have calculated; null in the other classes. */
  readonly startVote: (() => PipelinedProcessor) | null
}

export interface FlynnComparison {
  readonly runs: Readonly<Record<FlynnClass, FlynnRun>>
  /** MISD: the elements that a unit had otherwise than the vote, by unit. */
  readonly outvoted: readonly (readonly number[])[]
}

const UNROLLED_UP_TO = 64

/**
 * The same task on processors of the four classes, with the cycles of each. SISD: a scalar loop on one core. SIMD: vector
 * instructions on one core. MIMD: several cores, each with a stream of its own for its part of the elements. MISD: three cores
 * that calculate the same from the same data in different ways, and a vote over their results.
 *
 * @throws UsageError for arrays of different lengths, and options that are out of range.
 *
 * @example
 * ```ts
 * import { compareFlynnClasses } from 'entrelacs'
 * const { runs } = compareFlynnClasses({ operation: 'add', a: [10, 15, 20, 25], b: [20, 15, 10, 5] })
 * console.log(runs.SISD.operations, runs.SIMD.operations) // 4 1
 * console.log(runs.SISD.cycles, runs.SIMD.cycles, runs.MISD.cycles, runs.MIMD.cycles) // 24 9 64 9
 * console.log(runs.MIMD.results) // [ 30, 30, 30, 30 ]
 * ```
 */
export function compareFlynnClasses(task: ElementwiseTask, options: FlynnOptions = {}): FlynnComparison {
  checkTask(task)
  const vectorWidth = requireWhole('vectorWidth', options.vectorWidth ?? 4, 1, 64)
  const cores = requireWhole('cores', options.cores ?? 4, 1, 1024)
  const form = options.form ?? (task.a.length <= UNROLLED_UP_TO ? 'unrolled' : 'loop')
  const pipeline = { ...options.pipeline, vectorWidth }

  const single = runAll('SISD', [scalarStream(task, form, 0, task.a.length)], pipeline)
  const alone = single.cycles
  const vector = runAll('SIMD', [vectorStream(task, form, vectorWidth)], pipeline)
  const parts = Array.from({ length: cores }, (_, core) =>
    scalarStream(task, form, firstOf(task.a.length, cores, core), firstOf(task.a.length, cores, core + 1)),
  )
  const { run: checked, outvoted } = runChecked(task, form, pipeline, options.disturb)
  return {
    runs: {
      SISD: against(single, alone),
      SIMD: against(vector, alone),
      MISD: checked,
      MIMD: against(runAll('MIMD', parts, pipeline), alone),
    },
    outvoted,
  }
}

type Pipeline = PipelineOptions & { readonly vectorWidth: number }

type Unrated = Omit<FlynnRun, 'alone' | 'speedUp'>

function against(run: Unrated, alone: number): FlynnRun {
  return { ...run, alone, speedUp: alone / run.cycles }
}

/** The first element of a core's part; the first cores have one more where the elements do not come out even. */
function firstOf(elements: number, cores: number, core: number): number {
  return core * Math.floor(elements / cores) + Math.min(core, elements % cores)
}

function runAll(name: FlynnClass, streams: readonly InstructionStream[], options: Pipeline): Unrated {
  const start = () => new PipelinedProcessor(streams, options)
  const processor = start()
  processor.run()
  return {
    class: name,
    streams,
    cycles: processor.cycle,
    instructions: instructionsOf(processor),
    operations: operationsOf(streams, options.vectorWidth),
    results: wordsOf(processor, RESULTS[0]!),
    start,
    startVote: null,
  }
}

function runChecked(
  task: ElementwiseTask,
  form: StreamForm,
  options: Pipeline,
  disturb: FlynnOptions['disturb'],
): { readonly run: FlynnRun; readonly outvoted: readonly (readonly number[])[] } {
  const checks = Array.from({ length: VOTERS }, (_, unit) => checkingStream(task, form, unit))
  const run = runAll('MISD', checks, options)
  const processor = run.start()
  processor.run()
  if (disturb !== undefined) {
    const unit = requireWhole('disturb.unit', disturb.unit, 0, VOTERS - 1)
    const element = requireWhole('disturb.element', disturb.element, 0, task.a.length - 1)
    processor.memory[dataNamed(checks[0]!, RESULTS[unit]!).address + element]! += disturb.by
  }
  const vote = votingStream(task, form)
  const startVote = () => new PipelinedProcessor(vote, { ...options, contents: processor.memory })
  const voter = startVote()
  voter.run()
  const results = wordsOf(voter, VOTED)
  const outvoted = RESULTS.map((name) =>
    wordsOf(voter, name).flatMap((value, element) => (isSame(value, results[element]!) ? [] : [element])),
  )
  const alone = [...checks, vote].reduce((sum, stream) => sum + cyclesOf(stream, options), 0)
  const cycles = run.cycles + voter.cycle
  return {
    run: {
      ...run,
      streams: [...checks, vote],
      cycles,
      instructions: run.instructions + instructionsOf(voter),
      results,
      startVote,
      alone,
      speedUp: alone / cycles,
    },
    outvoted,
  }
}

/** As numbers: 0 and −0 are the same, and so is what is no number. */
function isSame(a: number, b: number): boolean {
  return Object.is(a + 0, b + 0)
}

/** Every calculation ends with one store. */
function operationsOf(streams: readonly InstructionStream[], vectorWidth: number): number {
  let stores = 0
  for (const stream of streams) {
    const interpreter = new Interpreter(stream, { vectorWidth })
    while (interpreter.status === 'running') {
      if (stream.instructions[interpreter.position]!.mnemonic.endsWith('store')) stores++
      interpreter.step()
    }
  }
  return stores
}

function cyclesOf(stream: InstructionStream, options: PipelineOptions): number {
  const processor = new PipelinedProcessor(stream, options)
  processor.run()
  return processor.cycle
}

function instructionsOf(processor: PipelinedProcessor): number {
  return processor.streams.reduce((sum, _, core) => sum + processor.account(core).instructions, 0)
}

function wordsOf(processor: PipelinedProcessor, name: string): number[] {
  const { address, values } = dataNamed(processor.streams[0]!, name)
  return [...processor.memory.subarray(address, address + values.length)]
}
