/** What is said of a series of times, in milliseconds. */
export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function summarize(times: readonly number[]): Summary {
  const sorted = times.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return {
    median: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2,
    min: sorted[0],
    max: sorted[sorted.length - 1],
  }
}

/**
 * Runs each competitor once per round, in the given order and in the reverse order by turns: what slows the machine down
 * for a while, or drifts, falls on all of them.
 */
export function inTurns(rounds: number, competitors: readonly (() => void)[]): void {
  for (let round = 0; round < rounds; round++) {
    for (const run of round % 2 === 0 ? competitors : competitors.toReversed()) run()
  }
}

/** Lines up the columns; the first is text and the others are figures. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const line = (row: readonly string[]) =>
    row.map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]))).join('  ')
  return rows.map(line).join('\n')
}
