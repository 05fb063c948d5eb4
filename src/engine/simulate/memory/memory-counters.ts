import { AccessKind } from './access-kind.js'

/** What has happened to the accesses of a core, or of all cores. Times are in ps, amounts in bytes. */
export interface MemoryCounters {
  readonly loads: number
  readonly stores: number
  readonly atomics: number
  /** Accesses that found their line in each level, nearest first, the last level of several cores at the end. */
  readonly hits: readonly number[]
  /** Accesses that did not find it there nor nearer. */
  readonly misses: readonly number[]
  /** Of the hits in the nearest level: of a line that another core has already asked for and that is still here (`hold`). */
  readonly hitsWhileLeaving: number
  /** Misses answered by a cache that is not the own last level: lines that came from other cores or their last level. */
  readonly lineTransfers: number
  /** Of these, from another NUMA node. */
  readonly remoteTransfers: number
  /** Misses answered by the memory of the core's own node, and of another. */
  readonly localMemory: number
  readonly remoteMemory: number
  /**
   * Coherence misses: misses of all private levels on a line which the core had until another wrote to it. True sharing if
   * the word accessed now has been written by others since, false sharing if only others in the line were.
   */
  readonly trueSharing: number
  readonly falseSharing: number
  /** Stores and atomics that had the line, but not alone. */
  readonly upgrades: number
  /** Copies of other cores that went because this core wrote, and own copies that went because another did. */
  readonly invalidationsSent: number
  readonly invalidationsReceived: number
  /** Own copies that went because their line left an inclusive last level. */
  readonly backInvalidations: number
  /** Modified lines of the core's private caches that were written back, when replaced or because another core read them. */
  readonly writeBacks: number
  /** Modified lines of a last level that were written to the memory because of an access of the core. */
  readonly sharedWriteBacks: number
  /** Bytes to and from memory controllers. */
  readonly memoryBytes: number
  /** Bytes over the bus. */
  readonly busBytes: number
  /** Bytes over links between nodes, on each link of the way. */
  readonly linkBytes: number
  /** Waiting for bus, links and controllers that were busy. */
  readonly queueing: number
  /** Waiting for lines that were on their way to another core or held there. */
  readonly lineWaiting: number
  /** Waiting for room in the store buffer, or of atomics for the stores in it. */
  readonly storeWaiting: number
}

/** The counters of a core in `CounterTable`. The first three are the kinds of accesses. */
export const Counter = {
  Loads: AccessKind.Load,
  Stores: AccessKind.Store,
  Atomics: AccessKind.Atomic,
  HitsWhileLeaving: 3,
  LineTransfers: 4,
  RemoteTransfers: 5,
  LocalMemory: 6,
  RemoteMemory: 7,
  TrueSharing: 8,
  FalseSharing: 9,
  Upgrades: 10,
  InvalidationsSent: 11,
  InvalidationsReceived: 12,
  BackInvalidations: 13,
  WriteBacks: 14,
  SharedWriteBacks: 15,
  MemoryBytes: 16,
  BusBytes: 17,
  LinkBytes: 18,
  Queueing: 19,
  LineWaiting: 20,
  StoreWaiting: 21,
  /** Hits of the nearest level; farther ones follow. */
  Hits: 22,
} as const
export type Counter = (typeof Counter)[keyof typeof Counter]

const MOST_LEVELS = 4

/** The counters of all cores in one array. */
export class CounterTable {
  /** Counters per core: core · STRIDE + counter is where one is. */
  static readonly STRIDE = Counter.Hits + MOST_LEVELS

  readonly values: Float64Array
  readonly #levels: number
  readonly #cores: number

  constructor(cores: number, levels: number) {
    this.#cores = cores
    this.#levels = levels
    this.values = new Float64Array(cores * CounterTable.STRIDE)
  }

  add(core: number, counter: number, amount: number): void {
    this.values[core * CounterTable.STRIDE + counter]! += amount
  }

  clear(): void {
    this.values.fill(0)
  }

  of(core: number): MemoryCounters {
    return this.#report((counter) => this.values[core * CounterTable.STRIDE + counter]!)
  }

  total(): MemoryCounters {
    return this.#report((counter) => {
      let sum = 0
      for (let core = 0; core < this.#cores; core++) sum += this.values[core * CounterTable.STRIDE + counter]!
      return sum
    })
  }

  #report(value: (counter: number) => number): MemoryCounters {
    const hits = Array.from({ length: this.#levels }, (_, level) => value(Counter.Hits + level))
    let left = value(Counter.Loads) + value(Counter.Stores) + value(Counter.Atomics)
    return {
      loads: value(Counter.Loads),
      stores: value(Counter.Stores),
      atomics: value(Counter.Atomics),
      hits,
      misses: hits.map((found) => (left -= found)),
      hitsWhileLeaving: value(Counter.HitsWhileLeaving),
      lineTransfers: value(Counter.LineTransfers),
      remoteTransfers: value(Counter.RemoteTransfers),
      localMemory: value(Counter.LocalMemory),
      remoteMemory: value(Counter.RemoteMemory),
      trueSharing: value(Counter.TrueSharing),
      falseSharing: value(Counter.FalseSharing),
      upgrades: value(Counter.Upgrades),
      invalidationsSent: value(Counter.InvalidationsSent),
      invalidationsReceived: value(Counter.InvalidationsReceived),
      backInvalidations: value(Counter.BackInvalidations),
      writeBacks: value(Counter.WriteBacks),
      sharedWriteBacks: value(Counter.SharedWriteBacks),
      memoryBytes: value(Counter.MemoryBytes),
      busBytes: value(Counter.BusBytes),
      linkBytes: value(Counter.LinkBytes),
      queueing: value(Counter.Queueing),
      lineWaiting: value(Counter.LineWaiting),
      storeWaiting: value(Counter.StoreWaiting),
    }
  }
}

/** What two machines have counted together; they are of one kind. */
export function addedCounters(a: MemoryCounters, b: MemoryCounters): MemoryCounters {
  const sum = (name: keyof MemoryCounters) => {
    const [left, right] = [a[name], b[name]]
    return typeof left === 'number' && typeof right === 'number'
      ? left + right
      : (left as readonly number[]).map((value, level) => value + (right as readonly number[])[level]!)
  }
  const names = Object.keys(a) as (keyof MemoryCounters)[]
  return Object.fromEntries(names.map((name) => [name, sum(name)])) as unknown as MemoryCounters
}
