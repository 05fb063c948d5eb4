import type { ClusterConfig } from '../cluster/cluster-config.js'
import type { DeviceConfig } from '../devices/queued-device.js'
import type { GilConfig } from '../gil/gil-config.js'
import type { MappingName } from '../mapping/mapping-config.js'
import type { MemoryConfig } from '../memory/memory-config.js'
import type { OsConfig } from '../os/os-config.js'
import type { MakePolicy } from '../os/policy.js'
import type { MemoryTimingOptions } from '../processor/memory-timing.js'
import type { PipelineOptions } from '../processor/pipeline-options.js'
import type { SimtOptions } from '../processor/simt/simt-options.js'

/** A modelled computer. Durations are in picoseconds unless said otherwise. */
export interface Machine {
  readonly name: string
  readonly processor: {
    readonly cores: number
    /** Cycles in a second. */
    readonly clock: number
    /** Cycles around an operation of a program: to come to it, and to go on. */
    readonly cyclesPerOperation: number
    /** Cycles of one unit of `compute`: a thousand dependent integer operations. */
    readonly cyclesPerWork: number
  }
  /** What each core is like within, cycle by cycle, for `entrelacs processor`; null: it says nothing of it. Times of `simulate` are those of `processor` and `memory`. */
  readonly pipeline: MachinePipeline | null
  /** A device whose threads go in step, many at a time, as those of graphics processors; null: it has none. */
  readonly simt: SimtOptions | null
  /** Caches, buses, nodes; `cores` and `clock` agree with the processor's. */
  readonly memory: MemoryConfig
  /** A call into the operating system and back. */
  readonly systemCall: number
  readonly os: OsConfig
  readonly policy: MakePolicy
  readonly mapping: MappingName
  /** The interpreter that runs the threads of a program; null: they are compiled code. */
  readonly gil: NamedGil | null
  readonly pickling: Pickling
  /** Several such machines; null: there is one. */
  readonly cluster: ClusterConfig | null
  /** By name; the first is what a request without a name goes to. */
  readonly devices: Readonly<Record<string, DeviceConfig>>
}

/** A pipeline as plain data: its memory takes what a number or a small cache says. */
export type MachinePipeline = Omit<PipelineOptions, 'memoryTiming'> & {
  readonly memoryTiming?: Exclude<MemoryTimingOptions, { readonly kind: 'custom' }>
}

/** An interpreter with its lock, or without one. */
export interface NamedGil {
  /** The version of Python that it is like. */
  readonly version: string
  readonly config: GilConfig
}

/** What it costs to turn data into bytes and back, for another process: each of the two that do it pays this. */
export interface Pickling {
  /** For a message of any length, the call into the operating system included. */
  readonly message: number
  /** Bytes per second; Infinity: only messages count. */
  readonly bandwidth: number
}

const NANOSECOND = 1000
const MICROSECOND = 1000 * NANOSECOND
const MILLISECOND = 1000 * MICROSECOND
/** Units of time in picoseconds. */
export const PICOSECONDS = { ns: NANOSECOND, us: MICROSECOND, ms: MILLISECOND, s: 1000 * MILLISECOND } as const
