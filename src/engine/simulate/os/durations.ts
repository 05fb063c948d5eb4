/** Durations in picoseconds, the unit of all times of a simulation. */
export const MICROSECOND = 1e6
export const MILLISECOND = 1e9
export const SECOND = 1e12
