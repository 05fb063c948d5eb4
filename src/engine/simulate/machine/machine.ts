import type { DeviceConfig } from '../devices/queued-device.js'
import type { OsConfig } from '../os/os-config.js'
import type { MakePolicy } from '../os/policy.js'

/** How the threads of a program become threads of the operating system. */
export type MappingKind = '1:1' | 'N:1' | 'M:N'

/** A modelled computer. Durations are in picoseconds. */
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
  /** A call into the operating system and back. */
  readonly systemCall: number
  readonly os: OsConfig
  readonly policy: MakePolicy
  readonly mapping: MappingKind
  /** By name; the first is what a request without a name goes to. */
  readonly devices: Readonly<Record<string, DeviceConfig>>
}

const NANOSECOND = 1000
const MICROSECOND = 1000 * NANOSECOND
const MILLISECOND = 1000 * MICROSECOND
/** Units of time in picoseconds. */
export const PICOSECONDS = { ns: NANOSECOND, us: MICROSECOND, ms: MILLISECOND, s: 1000 * MILLISECOND } as const
