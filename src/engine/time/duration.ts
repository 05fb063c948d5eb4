const NANOSECONDS = 1_000_000_000

/**
 * A number of seconds as whole nanoseconds.
 *
 * @param what what lasts so long, at the beginning of a sentence.
 * @param without what to do instead of an endless duration.
 * @throws RangeError for what is no duration, and for one of more than 104 days, whose nanoseconds a number cannot tell apart.
 */
export function nanosecondsOf(seconds: number, what: string, without: string): number {
  const nanoseconds = Math.round(seconds * NANOSECONDS)
  if (typeof seconds === 'number' && Math.abs(nanoseconds) <= Number.MAX_SAFE_INTEGER) return nanoseconds
  if (typeof seconds === 'number' && Number.isFinite(seconds))
    throw new RangeError(`${what} cannot take ${seconds} seconds: give it 9,007,199 at most`)
  throw new RangeError(`${what} cannot take ${String(seconds)} seconds: give it a finite number, or ${without}`)
}

/** Nanoseconds as seconds. */
export function secondsOf(nanoseconds: number): number {
  return nanoseconds / NANOSECONDS
}

/** Nanoseconds as a person reads them: `1.5 s`, `20 ns`. */
export function formatDuration(nanoseconds: number): string {
  return nanoseconds < 1000 ? `${nanoseconds} ns` : `${secondsOf(nanoseconds)} s`
}
