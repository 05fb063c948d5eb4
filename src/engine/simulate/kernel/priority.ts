/**
 * Classes of events: of two events of the same time, the one with the lower number comes first. Any whole number from 0 to
 * 31 is a class; the gaps are for models that need one in between.
 *
 * The order says how an instant goes by: what arrives from outside is there before somebody decides, decisions are made
 * before anybody acts on them, and who only looks on sees the instant as it ends.
 */
export const Priority = {
  /** A disk, a link, a bus or a memory has finished: its answer is there. */
  Device: 4,
  /** A timer expires: ends of sleeps and timeouts, ticks of a clock. */
  Timer: 8,
  /** A decision of the operating system: who runs where, balancing of the load. */
  Scheduler: 12,
  /** A core, and what runs on it, goes on. */
  Core: 16,
  /** A process of the kernel goes on (`process.ts`), unless it was started in another class. */
  Process: 20,
  /** Who only looks on: samples, counters, traces, bounds. */
  Observer: 28,
} as const

/** How many classes there are; the numbers go from 0 to one less. */
export const PRIORITY_CLASSES = 32

/** The class that comes last of all in an instant. */
export const LAST_PRIORITY = PRIORITY_CLASSES - 1
