import type { Parameters } from '../program.js'
import type { NetworkCounts } from './cluster/cluster-network.js'
import type { GilAccount } from './gil/gil-accounts.js'
import type { MemoryCounters } from './memory/memory-counters.js'

/** What went wrong in a simulated run. */
export interface SimulatedFailure {
  readonly kind: 'property' | 'deadlock' | 'error' | 'misuse' | 'endless'
  readonly message: string
}

/** Where the time of a core has gone, in nanoseconds. */
export interface CoreTimes {
  readonly busy: number
  /** Busy as well, but standing still until memory answered: what accesses took longer than the same ones to the nearest cache. */
  readonly stalled: number
  readonly switching: number
  readonly idle: number
  /** Times it changed from one thread to another at a cost. */
  readonly switches: number
}

/** Where the time of a thread has gone, in nanoseconds: the five states, `new` and `dead` left out. */
export interface ThreadTimes {
  readonly name: string
  readonly runnable: number
  readonly running: number
  readonly waiting: number
  /** Of that and of its getting ready to run again, what was for objects: locks, queues, and so on; not for devices, and not asleep. */
  readonly waitingForLocks: number
  /** What was for the interpreter's lock, if there is an interpreter. */
  readonly waitingForGil?: number
  readonly dispatched: number
  readonly preempted: number
  readonly migrated: number
}

/** What threads waited for, all of them together. */
export interface WaitTimes {
  /** The object, or what a thread did if that was on no object: `wake` for sleeping, `io`. */
  readonly what: string
  /** The object's kind, `lock` for instance; null if it is none. */
  readonly kind: string | null
  readonly waits: number
  /** In nanoseconds, from when a thread could not go on to its next operation. */
  readonly time: number
}

/** How durations are distributed, in nanoseconds; all 0 if there were none. Quantiles are within 1.6 % of the truth, the rest is exact. */
export interface Latency {
  readonly count: number
  readonly mean: number
  readonly min: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** How long threads had to wait, each time. */
export interface Latencies {
  /** From being ready to run to running. */
  readonly dispatch: Latency
  /** For each object, or what a thread did: the same waits as `waits` has. */
  readonly waits: readonly (Latency & { readonly what: string })[]
  /** From asking a device to its answer. */
  readonly devices: readonly (Latency & { readonly device: string })[]
}

/** What a function has cost a thread, times in nanoseconds. */
export interface ProfileRow {
  readonly thread: string
  /** `deposit`, `Account.deposit`; `(body)`: what the thread is made of, if that function has no name. */
  readonly function: string
  /** Those that perform an operation; others take no time. */
  readonly calls: number
  /** On a core, in the function itself and in the primitives that it uses. */
  readonly own: number
  /** On a core, in it and in what it calls. */
  readonly cumulative: number
  readonly perCall: number
  /** Without a core, in it and in what it calls: ready for one, or waiting. */
  readonly waiting: number
}

/** What something that carries bytes has carried, and how long it was busy doing so, in nanoseconds. */
export interface CarriedBytes {
  readonly bytes: number
  readonly busy: number
}

/** What has happened in caches and memory. The counters' own times (`queueing`, `lineWaiting`, `storeWaiting`) are in picoseconds. */
export interface MemoryUse {
  readonly total: MemoryCounters
  readonly cores: readonly MemoryCounters[]
  /** Null with NUMA, and in a cluster. */
  readonly bus: CarriedBytes | null
  readonly controllers: readonly CarriedBytes[]
  readonly links: readonly (CarriedBytes & { readonly from: number; readonly to: number })[]
}

/** What the interpreter's lock has cost all threads together; times in nanoseconds. */
export type GilTimes = GilAccount

/** What the simulated computer says of one run of a program: one seed, one run. Times are in nanoseconds unless said otherwise. */
export interface SimulateReport {
  readonly schema: 1
  readonly program: string
  readonly params: Parameters
  readonly machine: string
  /** How many such machines there are: 1 but in a cluster. Cores are numbered through all of them. */
  readonly nodes: number
  readonly mapping: string
  readonly policy: string
  /** The interpreter, by the version of Python whose lock it has; null: the threads are compiled code. */
  readonly interpreter: string | null
  readonly twins: boolean
  readonly seed: string
  /** `violated` if something went wrong in this run, `holds` if it came to its end without, `unknown` if it was stopped. */
  readonly verdict: 'holds' | 'violated' | 'unknown'
  readonly stopped: { readonly reason: 'events' | 'time' | 'aborted'; readonly message: string } | null
  /** From the start to the end of the last thread that the program waits for. */
  readonly makespan: number
  readonly operations: number
  readonly final: Readonly<Record<string, unknown>>
  readonly results?: Readonly<Record<string, unknown>>
  readonly violations: readonly SimulatedFailure[]
  readonly cores: readonly CoreTimes[]
  readonly threads: readonly ThreadTimes[]
  readonly waits: readonly WaitTimes[]
  readonly latencies: Latencies
  /** By thread and function, the costliest of a thread first; missing if it was not asked for. */
  readonly profile?: readonly ProfileRow[]
  readonly memory: MemoryUse
  /** What the links of a cluster have carried. */
  readonly network?: NetworkCounts
  /** Null without an interpreter. */
  readonly gil: GilTimes | null
  readonly timeLine: {
    /** For each core, what it did in equal parts of the time: a thread by its place in `threads`, `switching`, or null for nothing. */
    readonly cores: readonly (readonly (number | 'switching' | null)[])[]
    /** For each thread: its state, or null before it began and after it has ended. */
    readonly threads: readonly (readonly ('runnable' | 'running' | 'waiting' | null)[])[]
  }
}
