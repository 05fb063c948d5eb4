import type { PolicyParameter } from '../policy-kind.js'

/** Weights by nice from −20 to 19: Linux, kernel/sched/core.c, sched_prio_to_weight. Each step is a factor of about 1.25. */
const WEIGHTS = [
  88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991,
  1586, 1277, 1024, 820, 655, 526, 423, 335, 272, 215, 172, 137, 110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
]

/** The weight of nice 0: its virtual time is its time. */
export const NICE_0_WEIGHT = 1024

/** @param nice from −20 to 19 */
export function weightOfNice(nice: number): number {
  return WEIGHTS[nice + 20]!
}

/**
 * By how much Linux multiplies the times of its scheduler, since many cores can wait longer: 1 + log₂ of the number of cores, 8 at most
 * (kernel/sched/fair.c, SCHED_TUNABLESCALING_LOG).
 */
export function scalingFactor(cores: number): number {
  return 1 + Math.floor(Math.log2(Math.min(cores, 8)))
}

/** How long it is from now to the first tick of the clock at which something has been due for `rest` picoseconds or more from now; without a clock, `rest`. */
export function untilTick(now: number, rest: number, tick: number): number {
  if (tick === 0) return rest
  return Math.max(Math.ceil((now + rest) / tick), Math.floor(now / tick) + 1) * tick - now
}

/** The parameter of both of its schedulers that says when slices can end. */
export const TICK: PolicyParameter<number> = {
  kind: 'time',
  default: 0,
  meaning: 'the period of the clock at whose ticks slices end; 0: they end when they are over',
  source: 'as with HRTICK; without it CONFIG_HZ: 4 ms or 1 ms',
}
