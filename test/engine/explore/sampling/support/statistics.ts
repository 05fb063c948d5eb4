/**
 * The error rate of every statistical test here: how often a right implementation fails it under a seed that nobody has
 * tried. Seeds are fixed, so a test that passes once passes always.
 */
export const ERROR_RATE = 1e-6

/** The probability that `trials` draws, each a hit with probability `chance`, hit `hits` times or less. */
export function chanceOfAtMost(hits: number, trials: number, chance: number): number {
  const logs = [0]
  for (let i = 1; i <= trials; i++) logs.push(logs[i - 1] + Math.log(i))
  let sum = 0
  for (let i = 0; i <= hits; i++)
    sum += Math.exp(
      logs[trials] - logs[i] - logs[trials - i] + i * Math.log(chance) + (trials - i) * Math.log1p(-chance),
    )
  return Math.min(1, sum)
}

/** How likely it is to be at least this far from the expected number of hits, to the same side; doubled for both sides. */
export function twoSided(hits: number, trials: number, chance: number): number {
  const below = chanceOfAtMost(hits, trials, chance)
  const above = chanceOfAtMost(trials - hits, trials, 1 - chance)
  return Math.min(1, 2 * Math.min(below, above))
}

/** The probability that a chi-squared variable is at least `value`: one minus the series of the incomplete gamma function. */
export function chiSquaredTail(value: number, degrees: number): number {
  const a = degrees / 2
  const x = value / 2
  let logGamma = degrees % 2 === 0 ? 0 : Math.log(Math.PI) / 2
  for (let i = degrees % 2 === 0 ? 1 : 0.5; i <= a; i++) logGamma += Math.log(i)
  let sum = 0
  let logTerm = a * Math.log(x) - x - logGamma
  // Terms rise until n reaches x − a and fall from there on.
  for (let n = 1; a + n < x || logTerm > -40; n++) {
    sum += Math.exp(logTerm)
    logTerm += Math.log(x / (a + n))
  }
  return Math.max(0, 1 - sum)
}

/** How likely uniform draws from `cells` possibilities are to be at least as uneven as these; Pearson's test. */
export function uniformity(drawn: readonly string[], cells: number): number {
  const counts = new Map<string, number>()
  for (const one of drawn) counts.set(one, (counts.get(one) ?? 0) + 1)
  if (counts.size > cells) throw new Error(`${counts.size} different ones where there are only ${cells}`)
  const expected = drawn.length / cells
  let value = (cells - counts.size) * expected
  for (const count of counts.values()) value += (count - expected) ** 2 / expected
  return chiSquaredTail(value, cells - 1)
}
