import { UsageError } from '../../../errors.js'
import { type Unit, UNITS } from '../instruction-set.js'
import { ONE_CYCLE, requireWhole } from '../pipeline-options.js'

/** What a SIMT processor is like. */
export interface SimtOptions {
  /** Threads in all: copies of the stream, numbered from 0, which `id` tells. @default the lanes of a warp */
  readonly threads?: number
  /** Threads of a warp, which share one position in the stream. @default 32 */
  readonly lanes?: number
  /**
   * Cycles from the issue of an instruction until its warp can issue the next one; other warps issue meanwhile. For `memory` it
   * is the time until the first line is there. @default 1
   */
  readonly latencies?: Partial<Readonly<Record<Unit, number>>>
  /** Words of a line: what the lanes of a warp access in the same line is one access to memory. @default 32, which is 128 bytes of 4-byte words */
  readonly lineWords?: number
  /** Cycles more for each further line that an instruction accesses. @default 1 */
  readonly lineCycles?: number
  /** Words of memory, at least those of the stream's data. @default those of the stream's data */
  readonly memoryWords?: number
}

export type CompleteSimtOptions = Required<Omit<SimtOptions, 'latencies'>> & {
  readonly latencies: Readonly<Record<Unit, number>>
}

/** @throws UsageError that names the option and what it may be. */
export function completeSimtOptions(options: SimtOptions): CompleteSimtOptions {
  const lanes = requireWhole('lanes', options.lanes ?? 32, 1, 1024)
  const latencies = { ...ONE_CYCLE, ...options.latencies }
  for (const unit of Object.keys(latencies)) {
    if (!(UNITS as readonly string[]).includes(unit))
      throw new UsageError('usage/processor', `latencies.${unit} means nothing: there are ${UNITS.join(', ')}`)
    requireWhole(`latencies.${unit}`, latencies[unit as Unit], 1, 100_000)
  }
  return {
    lanes,
    threads: requireWhole('threads', options.threads ?? lanes, 1, 1 << 20),
    latencies,
    lineWords: requireWhole('lineWords', options.lineWords ?? 32, 1, 4096),
    lineCycles: requireWhole('lineCycles', options.lineCycles ?? 1, 0, 100_000),
    memoryWords: requireWhole('memoryWords', options.memoryWords ?? 0, 0, 1 << 26),
  }
}
