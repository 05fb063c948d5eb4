/** The latest time there is, in picoseconds: a little more than 2.5 hours. Up to it, every whole number is a double. */
export const MAX_TIME = Number.MAX_SAFE_INTEGER

/** Lengths of time in picoseconds. */
export const NANOSECOND = 1e3
export const MICROSECOND = 1e6
export const MILLISECOND = 1e9
export const SECOND = 1e12
