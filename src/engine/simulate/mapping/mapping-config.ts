/** What happens to the thread of the system that carries a user thread which waits in the kernel: for a device, or asleep. */
export type BlockingCall =
  /** It waits, too, and with it everybody whom it could carry: threads in user space without help from the kernel. */
  | 'stops-carrier'
  /** It goes on with another user thread: calls do not block, as with Go's network poller or Java's virtual threads. */
  | 'parks'
  /** It waits, and another thread of the system takes its place meanwhile: Go's system calls. */
  | 'hands-off'

/** Threads in user space on a few threads of the system. Durations are in picoseconds. */
export interface UserThreadsConfig {
  /** Threads of the system that carry user threads: 1 for N:1; with `hands-off`, those that do so at the same time. */
  readonly carriers: number
  readonly blocking: BlockingCall
  /** To create a user thread, paid by the thread that does: a stack and an entry in a queue. */
  readonly creation: number
  /** To change from one user thread to another: some registers, no kernel. */
  readonly switchCost: number
  /** How long a user thread runs before another one's turn; Infinity: until it waits or yields, that is cooperatively. */
  readonly slice: number
  /** Every so many picks, a carrier looks at the queue of all first; 0: only when its own is empty. */
  readonly globalEvery: number
  /** Whether a carrier without work takes half of another's queue. */
  readonly steals: boolean
}

/** How the threads of a program become threads of the operating system, by name. */
export const MAPPINGS = [
  /** Each is one: what most languages do. */
  '1:1',
  /** All are on one, which every blocking call stops. */
  'N:1',
  /** As goroutines. */
  'M:N',
  /** All are on one whose calls do not block. */
  'event-loop',
  /** As Java's since JDK 24, and as those that are pinned to their carriers. */
  'virtual-threads',
  'pinned-virtual-threads',
] as const
export type MappingName = (typeof MAPPINGS)[number]

/** What a mapping in user space is on a machine with so many cores; null for 1:1. */
export function userThreadsOf(mapping: MappingName, cores: number): UserThreadsConfig | null {
  switch (mapping) {
    case '1:1':
      return null
    case 'N:1':
      return MANY_TO_ONE
    case 'M:N':
      return goLike(cores)
    case 'event-loop':
      return EVENT_LOOP
    case 'virtual-threads':
      return virtualThreads(cores)
    case 'pinned-virtual-threads':
      return virtualThreads(cores, true)
  }
}

const NANOSECOND = 1000
const MILLISECOND = 1e9

/** N:1: green threads that switch when they wait or yield, and a blocking call stops all. */
export const MANY_TO_ONE: UserThreadsConfig = {
  carriers: 1,
  blocking: 'stops-carrier',
  creation: 300 * NANOSECOND,
  switchCost: 50 * NANOSECOND,
  slice: Infinity,
  globalEvery: 0,
  steals: false,
}

/** An event loop: one thread, whose calls do not block. */
export const EVENT_LOOP: UserThreadsConfig = { ...MANY_TO_ONE, blocking: 'parks' }

/**
 * M:N as Go has it (runtime/proc.go): a carrier for each core, queues of their own, every 61st pick from the queue of all, half of
 * another's queue when there is nothing, 10 ms of time, and system calls that let another carrier go on.
 */
export function goLike(cores: number): UserThreadsConfig {
  return {
    carriers: cores,
    blocking: 'parks',
    creation: 300 * NANOSECOND,
    switchCost: 100 * NANOSECOND,
    slice: 10 * MILLISECOND,
    globalEvery: 61,
    steals: true,
  }
}

/**
 * M:N as Java's virtual threads: carriers of a fork-join pool, no slices. Who is pinned, in a `synchronized` block before JDK 24
 * or in a native frame, takes its carrier along when it waits.
 */
export function virtualThreads(cores: number, arePinned = false): UserThreadsConfig {
  return {
    carriers: cores,
    blocking: arePinned ? 'stops-carrier' : 'parks',
    creation: 1000 * NANOSECOND,
    switchCost: 200 * NANOSECOND,
    slice: Infinity,
    globalEvery: 0,
    steals: true,
  }
}
