/**
 * The memory of a modelled computer as plain data. It says what things cost and where they are; values are kept elsewhere.
 *
 * Three rules hold for all times here:
 * - A latency is the whole time from the core's access until the datum can be used, of one access to an idle machine that
 *   finds its line there and nowhere nearer: looking in vain in nearer caches is included, so a pointer chase measures it.
 * - It is a round trip: request and answer together.
 * - Times in core cycles are cycles of `clock`, times in ns do not depend on it. Both are rounded to whole picoseconds.
 *
 * Queueing is never included in a latency: it comes on top, by the bandwidths.
 */
export interface MemoryConfig {
  /** Cores, numbered from 0. 1 to 1024. With `numa`, the sum of the cores of its nodes. */
  readonly cores: number
  /** Clock of every core in GHz (cycles per ns), above 0: one for all cores, it does not change during a run. */
  readonly clock: number
  /** Bytes of a cache line, the same in all caches: a power of two from 16 to 128 (64 nearly everywhere). */
  readonly lineSize: number
  /**
   * The private caches of each core, nearest first, 1 to 3 of them. Every core has its own of each. They are inclusive: what
   * is in one is in all farther ones of this core, and goes when it goes there.
   */
  readonly privateLevels: readonly CacheLevel[]
  /** The last level, shared by several cores; null if there is none and misses go out of the core at once. */
  readonly sharedLevel: SharedLevel | null
  readonly memory: MainMemory
  readonly interconnect: Bus | Numa
  readonly transfer: LineTransfer
  /**
   * Core cycles an atomic read-modify-write takes on top of a load of the same line, per access, 0 or more (also in part). It waits besides
   * until all earlier stores of its core are done.
   */
  readonly atomicCycles: number
  readonly store: StoreCost
  /** What the hardware fetches before it is asked during a `stream`; null: nothing, a stream costs what its accesses cost. */
  readonly prefetch: Prefetch | null
}

export interface CacheLevel {
  /** Bytes of one such cache; size / (ways × line size), the number of its sets, is a power of two. */
  readonly size: number
  /** Lines of a set, 1 to 64, replaced in the order of their last use (exact LRU). */
  readonly ways: number
  /** Core cycles from an access that hits here until its datum can be used, nearer levels included. At least the nearer ones'. */
  readonly latency: number
}

export interface SharedLevel extends CacheLevel {
  /**
   * Who shares one: all cores (`machine`), the cores of a NUMA node (`node`), or so many cores in a row (`{ cores: 8 }`, of
   * one node; a core complex). At most 32 of them in a machine. Its own bandwidth is not limited.
   */
  readonly per: 'machine' | 'node' | { readonly cores: number }
  /**
   * True: what its cores have is also here, and what leaves it leaves their private caches (Intel up to Broadwell). False:
   * what leaves it may stay there. In both cases a line that a core fetches is put here as well.
   */
  readonly inclusive: boolean
}

export interface MainMemory {
  /** ns of a load that misses all caches and is answered by a controller of its own node. */
  readonly latency: number
  /** Bytes per ns (= GB/s) of one controller, reads and write-backs together; Infinity: it is never busy. */
  readonly bandwidth: number
  /** Controllers of each NUMA node (with a bus: of the machine), 1 to 16. Lines go to them in turn. */
  readonly controllers: number
}

/** UMA: one bus between everything that does not share a last level and the memory. All of it is equally far for all. */
export interface Bus {
  readonly kind: 'bus'
  /**
   * Bytes per ns of the one bus, shared by all cores. Lines from and to the memory take it, and lines from cache to cache
   * that do not stay within a last level. Infinity: it is never busy.
   */
  readonly bandwidth: number
  /** Bytes that a broadcast which invalidates copies takes, 0 or more (requests for lines take nothing besides the line). */
  readonly messageBytes: number
}

/** NUMA: nodes with cores and memory of their own, and links between them. */
export interface Numa {
  readonly kind: 'numa'
  /** 1 to 64. */
  readonly nodes: readonly NumaNode[]
  /**
   * Hops between nodes: `full` (1 from each to each), `ring` (the shorter way round), or a symmetric matrix of whole
   * numbers with zeros on the diagonal. There is a link, one for each direction, wherever there is one hop; a longer way
   * takes several of them, the lowest-numbered nodes first where there is a choice. A distance that links of one hop do not
   * make up has a link of its own.
   */
  readonly hops: 'full' | 'ring' | readonly (readonly number[])[]
  /** ns on top of a latency for every hop, there and back: what a remote load takes longer than a local one. */
  readonly latencyPerHop: number
  /** Bytes per ns of each link in each direction; Infinity: it is never busy. Lines take it the way they go. */
  readonly bandwidth: number
  /** Bytes that a message which invalidates the copies of a node takes on each link of its way, 0 or more. */
  readonly messageBytes: number
  /**
   * Which node's memory a page of 4 KiB is put into: that of the core which accesses it first, page number modulo number of
   * nodes, or one node.
   */
  readonly placement: Placement
}

export interface NumaNode {
  /** Cores of the node, numbered on from the node before; 0 for memory alone. */
  readonly cores: number
}

export type Placement = 'first-touch' | 'interleave' | { readonly bind: number }

/** A line that goes from the caches of a core to those of another, or copies that have to be invalidated there. */
export interface LineTransfer {
  /** ns between cores with the same last level, for the whole access of the core that gets the line. */
  readonly within: number
  /** ns between other cores of a node (of the machine, with a bus); `latencyPerHop` for every hop comes on top between nodes. */
  readonly across: number
  /**
   * ns for which a core keeps a line that it has got in order to modify it, before it lets another core have it, 0 or
   * more; at least for the access it was fetched for. Other accesses of the core in this time hit. It is what makes
   * contended atomics cheaper than a transfer each: with 0, the line moves on after every one.
   */
  readonly hold: number
}

export interface StoreCost {
  /** Core cycles that a store takes its core, on top of what it has to wait for. */
  readonly cycles: number
  /**
   * Store misses (line absent or not owned) that a core can have under way while it goes on, 0 to 64: buffered stores, done
   * in order. 0: the core waits for every one of them.
   */
  readonly outstanding: number
}

/** How `stream` differs from single accesses. Atomics are never prefetched, and no line beyond the end of a stream is. */
export interface Prefetch {
  /**
   * Lines that are under way at once, 1 to 64, from the first on (no training) and across pages. So one core gets at most
   * this many lines per latency.
   */
  readonly lines: number
  /** Core cycles per element when its line is there: the elements of a stream do not depend on each other. 0 or more. */
  readonly cyclesPerElement: number
}

/** Bytes of a page, the unit of placement. */
export const PAGE_SIZE = 4096
/** Bytes of a word, the unit by which true and false sharing are told apart. */
export const WORD_SIZE = 4
