import { UsageError } from '../../errors.js'
import { type Unit, UNITS } from './instruction-set.js'
import type { MemoryTimingOptions } from './memory-timing.js'

/** The five stages of a pipeline. */
export const STAGES = ['IF', 'ID', 'EX', 'ME', 'WB'] as const
export type Stage = (typeof STAGES)[number]

/** What a pipeline is like. Every number counts cycles unless it says otherwise. */
export interface PipelineOptions {
  /** Instructions that each stage takes in a cycle, 1 to 4. @default 1 */
  readonly width?: number
  /** Whether a result goes straight to whoever waits for it. Otherwise it is read from the registers, once it is written back. @default true */
  readonly forwarding?: boolean
  /**
   * How long each unit works on an instruction in EX. For `memory` it is the time to add up the address; what the access
   * takes in ME says `memoryTiming`. @default 1, `multiply` 3, `divide` 8, `reduce` 2
   */
  readonly latencies?: Partial<Readonly<Record<Unit, number>>>
  /**
   * Units that take the next instruction a cycle after the last one. The others, as gem5's in-order model has its divider,
   * take it when they are done. @default multiply, reduce
   */
  readonly pipelined?: readonly Unit[]
  /** What fetch takes for granted of a branch: that it is never taken, or that one to an earlier instruction is. Jumps are followed at once under the second. @default 'not-taken' */
  readonly prediction?: 'not-taken' | 'backward-taken'
  /** Where it turns out whether a branch is taken. A wrong prediction costs 1, 2 or 3 cycles. A jump costs 1 that was not followed. @default 'execute' */
  readonly branchesResolveIn?: 'decode' | 'execute' | 'memory'
  /** Cycles more until the right instruction is fetched after a wrong prediction, as in deeper pipelines. @default 0 */
  readonly redirectCycles?: number
  /** How long loads and stores are in ME. @default always 1 */
  readonly memoryTiming?: MemoryTimingOptions
  /** Loads and stores that may be in ME together. @default 1 */
  readonly memoryPorts?: number
  /** Whether instructions are fetched through the same port as data: no fetch while a load or store is in ME. @default false */
  readonly sharedPort?: boolean
  /** Elements of a vector register, all of which are worked on at once. @default 4 */
  readonly vectorWidth?: number
}

/** The same with nothing left open. */
export type CompletePipelineOptions = Required<Omit<PipelineOptions, 'latencies'>> & {
  readonly latencies: Readonly<Record<Unit, number>>
}

const DEFAULT_LATENCIES: Readonly<Record<Unit, number>> = {
  alu: 1,
  multiply: 3,
  divide: 8,
  reduce: 2,
  branch: 1,
  memory: 1,
}

/** Every instruction takes one cycle in EX: the pipeline of the textbooks. */
export const ONE_CYCLE: Readonly<Record<Unit, number>> = {
  alu: 1,
  multiply: 1,
  divide: 1,
  reduce: 1,
  branch: 1,
  memory: 1,
}

const MOST_CYCLES = 1000

/** @throws UsageError that names the option and what it may be. */
export function completePipelineOptions(options: PipelineOptions = {}): CompletePipelineOptions {
  const latencies = { ...DEFAULT_LATENCIES, ...options.latencies }
  for (const unit of Object.keys(latencies)) {
    requireOneOf(`latencies.${unit}`, unit, UNITS)
    requireWhole(`latencies.${unit}`, latencies[unit as Unit], 1, MOST_CYCLES)
  }
  const complete = {
    width: requireWhole('width', options.width ?? 1, 1, 4),
    forwarding: options.forwarding ?? true,
    latencies,
    pipelined: (options.pipelined ?? ['multiply', 'reduce']).map((unit) => requireOneOf('pipelined', unit, UNITS)),
    prediction: requireOneOf('prediction', options.prediction ?? 'not-taken', ['not-taken', 'backward-taken'] as const),
    branchesResolveIn: requireOneOf('branchesResolveIn', options.branchesResolveIn ?? 'execute', [
      'decode',
      'execute',
      'memory',
    ] as const),
    redirectCycles: requireWhole('redirectCycles', options.redirectCycles ?? 0, 0, MOST_CYCLES),
    memoryTiming: options.memoryTiming ?? { kind: 'constant', cycles: 1 },
    memoryPorts: requireWhole('memoryPorts', options.memoryPorts ?? 1, 1, 4),
    sharedPort: options.sharedPort ?? false,
    vectorWidth: requireWhole('vectorWidth', options.vectorWidth ?? 4, 1, 64),
  }
  checkMemory(complete.memoryTiming)
  return complete
}

function checkMemory(memory: MemoryTimingOptions): void {
  switch (memory.kind) {
    case 'constant':
      requireWhole('memoryTiming.cycles', memory.cycles, 1, MOST_CYCLES)
      return
    case 'cache':
      requireWhole('memoryTiming.lineWords', memory.lineWords, 1, 1024)
      requireWhole('memoryTiming.ways', memory.ways, 1, 64)
      requireWhole('memoryTiming.sets', memory.sets, 1, 65536)
      requireWhole('memoryTiming.hitCycles', memory.hitCycles, 1, MOST_CYCLES)
      requireWhole('memoryTiming.missCycles', memory.missCycles, 0, MOST_CYCLES)
      return
    case 'custom':
      return
    default:
      requireOneOf('memoryTiming.kind', (memory as { readonly kind: string }).kind, ['constant', 'cache', 'custom'])
  }
}

/** @throws UsageError unless it is a whole number from `least` to `most`. */
export function requireWhole(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new UsageError(
    'usage/processor',
    `${option} cannot be ${String(value)}: give a whole number from ${least} to ${most}`,
  )
}

function requireOneOf<Value extends string>(option: string, value: Value, allowed: readonly Value[]): Value {
  if (allowed.includes(value)) return value
  throw new UsageError('usage/processor', `${option} cannot be ${value}: there are ${allowed.join(', ')}`)
}
