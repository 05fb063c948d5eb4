import type { MemoryConfig } from './memory-config.js'

const PS_PER_NS = 1000

/** The times of a `MemoryConfig` in whole picoseconds. */
export class MemoryTimes {
  /** Of a hit, per private level. */
  readonly hit: Float64Array
  /** Of a hit in the last level, 0 without one. */
  readonly sharedHit: number
  /** Of an answer from the directory alone: it is beside the last level there is. */
  readonly directory: number
  readonly memory: number
  readonly hop: number
  readonly within: number
  readonly across: number
  readonly hold: number
  readonly store: number
  readonly atomic: number
  readonly streamElement: number
  /** Of a line on a bus or link, and on a controller. */
  readonly lineOnWay: number
  readonly lineOnController: number
  readonly message: number

  constructor(config: MemoryConfig) {
    const { clock, interconnect, transfer, lineSize } = config
    const cycles = (number: number) => Math.round((number * PS_PER_NS) / clock)
    const ns = (number: number) => Math.round(number * PS_PER_NS)
    const bytes = (number: number, perNs: number) => Math.round((number * PS_PER_NS) / perNs)
    this.hit = Float64Array.from(config.privateLevels, ({ latency }) => cycles(latency))
    this.sharedHit = cycles(config.sharedLevel?.latency ?? 0)
    this.directory = config.sharedLevel === null ? this.hit.at(-1)! : this.sharedHit
    this.memory = ns(config.memory.latency)
    this.hop = interconnect.kind === 'numa' ? ns(interconnect.latencyPerHop) : 0
    this.within = ns(transfer.within)
    this.across = ns(transfer.across)
    this.hold = ns(transfer.hold)
    this.store = cycles(config.store.cycles)
    this.atomic = cycles(config.atomicCycles)
    this.streamElement = cycles(config.prefetch?.cyclesPerElement ?? 0)
    this.lineOnWay = bytes(lineSize, interconnect.bandwidth)
    this.lineOnController = bytes(lineSize, config.memory.bandwidth)
    this.message = bytes(interconnect.messageBytes, interconnect.bandwidth)
  }
}
