import type { Random } from '../../random.js'

/** A latency about a median, in whole picoseconds; `spread` is a share of the median, and larger ones are further away than smaller ones. */
export function scattered(median: number, spread: number, random: Random): number {
  return spread === 0 ? median : Math.round(median * skewed(spread * nearlyNormal(random)))
}

// Logarithms and cosines may differ in the last bit from one JavaScript engine to another: what is drawn must not.
const DRAWS = 12

/** The sum of twelve uniform draws, less its mean: variance 1, and close to normal. */
function nearlyNormal(random: Random): number {
  let sum = -DRAWS / 2
  for (let i = 0; i < DRAWS; i++) sum += random.unit()
  return sum
}

/** As eˣ to the second order: 1 for 0, always above 0, and the reciprocal for −x. */
function skewed(x: number): number {
  const above = 1 + Math.abs(x) + (x * x) / 2
  return x < 0 ? 1 / above : above
}
