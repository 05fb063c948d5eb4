import type { StartMethod } from '../../processes.js'

/** What the operating system of a computer costs and allows. Durations are in picoseconds. */
export interface OsConfig {
  /** To save one thread's registers and load another's, cache effects aside; paid by the core whenever the thread on it changes. */
  readonly switchCost: number
  /** From the event that wakes a thread to its being runnable. */
  readonly wakeLatency: number
  /** Added where the thread runs on a core that had gone idle: it has to leave a sleep state first. */
  readonly idleWakeLatency: number
  /** Paid by the core when a thread runs on another core than before: what the memory model does not charge already. */
  readonly migrationCost: number
  /** How often loads of cores are compared and threads are moved; 0: never. */
  readonly balanceInterval: number
  /** Whether a core without work takes it from another core's queue at once. @default true */
  readonly stealing?: boolean
  /** Whether who owns a lock is as urgent as the most urgent thread that waits for it. @default false */
  readonly inheritance?: boolean
  /** To create a thread, paid by the thread that does. */
  readonly threadCreation: number
  /** To create a process by each start method, paid by the thread that does. */
  readonly processCreation: Readonly<Record<StartMethod, number>>
  /** What a process then does before its own code runs, on whatever core it gets: loading the interpreter, and so on. */
  readonly processBoot: Readonly<Record<StartMethod, number>>
}

/** No costs at all: for theory. */
export const FREE_OS: OsConfig = {
  switchCost: 0,
  wakeLatency: 0,
  idleWakeLatency: 0,
  migrationCost: 0,
  balanceInterval: 0,
  threadCreation: 0,
  processCreation: { fork: 0, spawn: 0, forkserver: 0 },
  processBoot: { fork: 0, spawn: 0, forkserver: 0 },
}
