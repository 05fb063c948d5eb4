import { Counter, type CounterTable } from './memory-counters.js'
import type { MemoryConfig } from './memory-config.js'
import type { MemoryTimes } from './memory-times.js'
import { Occupancy } from './occupancy.js'
import type { Topology } from './topology.js'

/** How much something has carried. */
export interface Load {
  readonly bytes: number
  /** ps in use. */
  readonly busy: number
}

export interface TrafficReport {
  /** Null with NUMA. */
  readonly bus: Load | null
  /** Node by node. */
  readonly controllers: readonly Load[]
  readonly links: readonly (Load & { readonly from: number; readonly to: number })[]
}

/**
 * What is on the bus, the links and the controllers. Methods that return a number return how long somebody waits because
 * something is busy; what nobody waits for (write-backs, invalidations) only keeps it busy.
 */
export class MemoryTraffic {
  /** The moment of the call that is being answered: no later request is for a time before it. */
  now = 0
  readonly #config: MemoryConfig
  readonly #times: MemoryTimes
  readonly #topology: Topology
  readonly #counters: CounterTable
  readonly #bus: Occupancy | null
  readonly #controllers: readonly Occupancy[]
  readonly #links: readonly Occupancy[]

  constructor(config: MemoryConfig, times: MemoryTimes, topology: Topology, counters: CounterTable) {
    this.#config = config
    this.#times = times
    this.#topology = topology
    this.#counters = counters
    this.#bus = config.interconnect.kind === 'bus' ? new Occupancy() : null
    this.#controllers = Array.from({ length: topology.nodes * config.memory.controllers }, () => new Occupancy())
    this.#links = topology.links.map(() => new Occupancy())
  }

  /** A line from the memory of `home` to a core. */
  read(core: number, line: number, home: number, at: number): number {
    const { lineSize } = this.#config
    let wait: number
    if (this.#bus !== null) {
      wait = this.#onBus(core, at, this.#times.lineOnWay, lineSize)
      wait += this.#onController(core, line, home, at + wait)
    } else {
      wait = this.#onController(core, line, home, at)
      wait += this.#onLinks(core, home, this.#topology.nodeOf[core]!, at + wait, this.#times.lineOnWay, lineSize)
    }
    this.#counters.add(core, Counter.Queueing, wait)
    return wait
  }

  /** A line from the caches of one node to a core; `outside` says that it does not stay within a last level. */
  transfer(core: number, fromNode: number, outside: boolean, at: number): number {
    const { lineSize } = this.#config
    const time = this.#times.lineOnWay
    let wait = 0
    if (this.#bus === null) wait = this.#onLinks(core, fromNode, this.#topology.nodeOf[core]!, at, time, lineSize)
    else if (outside) wait = this.#onBus(core, at, time, lineSize)
    this.#counters.add(core, Counter.Queueing, wait)
    return wait
  }

  /** A line from the caches of a node to the memory of `home`, on the account of a core. */
  writeBack(core: number, line: number, fromNode: number, home: number, at: number): void {
    const { lineSize } = this.#config
    const time = this.#times.lineOnWay
    const wait =
      this.#bus !== null
        ? this.#onBus(core, at, time, lineSize)
        : this.#onLinks(core, fromNode, home, at, time, lineSize)
    this.#onController(core, line, home, at + wait)
  }

  /** Word to everybody on the bus. */
  broadcast(core: number, at: number): void {
    if (this.#bus !== null) this.#onBus(core, at, this.#times.message, this.#config.interconnect.messageBytes)
  }

  /** Word to another node. */
  message(core: number, toNode: number, at: number): void {
    const { messageBytes } = this.#config.interconnect
    this.#onLinks(core, this.#topology.nodeOf[core]!, toNode, at, this.#times.message, messageBytes)
  }

  report(): TrafficReport {
    return {
      bus: this.#bus === null ? null : loadOf(this.#bus),
      controllers: this.#controllers.map(loadOf),
      links: this.#topology.links.map((link, number) => ({ ...link, ...loadOf(this.#links[number]!) })),
    }
  }

  clearCounters(): void {
    for (const occupancy of [...(this.#bus === null ? [] : [this.#bus]), ...this.#controllers, ...this.#links]) {
      occupancy.bytes = 0
      occupancy.busy = 0
    }
  }

  #onBus(core: number, at: number, time: number, bytes: number): number {
    this.#counters.add(core, Counter.BusBytes, bytes)
    return this.#bus!.take(this.now, at, time, bytes)
  }

  #onController(core: number, line: number, home: number, at: number): number {
    const { memory, lineSize } = this.#config
    this.#counters.add(core, Counter.MemoryBytes, lineSize)
    const controller = this.#controllers[home * memory.controllers + (line % memory.controllers)]!
    return controller.take(this.now, at, this.#times.lineOnController, lineSize)
  }

  #onLinks(core: number, from: number, to: number, at: number, time: number, bytes: number): number {
    const { nodes, wayStart, ways } = this.#topology
    const way = from * nodes + to
    const end = wayStart[way + 1]!
    let wait = 0
    for (let step = wayStart[way]!; step < end; step++) {
      this.#counters.add(core, Counter.LinkBytes, bytes)
      wait += this.#links[ways[step]!]!.take(this.now, at + wait, time, bytes)
    }
    return wait
  }
}

const loadOf = ({ bytes, busy }: Occupancy): Load => ({ bytes, busy })
