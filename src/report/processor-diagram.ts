import { recordExecution } from '../engine/simulate/processor/execution-record.js'
import { PipelinedProcessor } from '../engine/simulate/processor/pipelined-processor.js'
import type { SimtProcessor } from '../engine/simulate/processor/simt/simt-processor.js'
import type { Language } from './messages.js'
import { accountLines, pipelineDiagrams } from './pipeline-diagram.js'
import { makeStyle } from './report-style.js'
import { simtAccountLines, simtDiagram } from './simt-diagram.js'

/** How a processor is drawn. */
export interface ProcessorDiagramOptions {
  /** The first cycle. @default 1 */
  readonly from?: number
  /** The last cycle. @default 200 cycles from the first one on, or the end */
  readonly to?: number
  /** @default 'en' */
  readonly language?: Language
  /** Characters of a line, 30 at least. @default 100 */
  readonly columns?: number
  /** Stages of a pipeline by one letter each instead of two. @default false */
  readonly letters?: boolean
  /** The warp of a SIMT processor that is drawn; of a pipelined one, all cores are. @default 0 */
  readonly warp?: number
}

/**
 * The diagram of a run as text: what each instruction does in each cycle, and why it waits; of a warp, which lanes take part. Below
 * it stands where the cycles went. The processor is afterwards where it was before; only cycles that have passed are accounted for.
 *
 * @throws RangeError if there is no such warp.
 *
 * @example
 * ```ts
 * import { assemble, PipelinedProcessor, processorDiagram } from 'entrelacs'
 * const processor = new PipelinedProcessor(assemble('set r1, 2\nadd r2, r1, r1'))
 * processor.run()
 * const lines = processorDiagram(processor).split('\n')
 * console.log(lines[1]!.trim()) // 1  set r1, 2       IF ID EX ME WB
 * console.log(lines[2]!.trim()) // 2  add r2, r1, r1     IF ID EX ME WB
 * console.log(lines.at(-3)) // 6 cycles for 2 instructions: 3 cycles an instruction (CPI).
 * ```
 */
export function processorDiagram(
  processor: PipelinedProcessor | SimtProcessor,
  options: ProcessorDiagramOptions = {},
): string {
  const { language = 'en', columns, letters = false, warp = 0, ...range } = options
  const style = makeStyle(language, false, columns)
  const lines =
    processor instanceof PipelinedProcessor
      ? [
          ...pipelineDiagrams(processor, style, { ...range, cells: letters ? 'letters' : 'names' }),
          ...accountLines(processor, style),
        ]
      : [
          ...simtDiagram(recordExecution(processor, { ...range, unit: warp }), style),
          ...simtAccountLines(processor, style),
        ]
  return `${lines.join('\n')}\n`
}
