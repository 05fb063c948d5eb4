/** What philosophers can do, counted over a model of their table that shares nothing with the engine. */
export interface TableCounts {
  readonly interleavings: bigint
  readonly deadlocked: bigint
}

/** What one philosopher does: takes two forks in this order, then frees the second and the first. */
type Forks = readonly [first: number, second: number]

/** Counts the interleavings of one meal. `n` philosophers stand at step 0 to 4 each: a state is a number in base 5. */
export function countOneMeal(philosophers: readonly Forks[]): TableCounts {
  const known = new Map<string, TableCounts>()
  const count = (at: readonly number[]): TableCounts => {
    const key = at.join('')
    const before = known.get(key)
    if (before !== undefined) return before
    const next = steps(philosophers, at).map(count)
    const isOver = at.every((step) => step === 4)
    const counts = next.length === 0 ? { interleavings: 1n, deadlocked: isOver ? 0n : 1n } : next.reduce(add, nothing)
    known.set(key, counts)
    return counts
  }
  return count(philosophers.map(() => 0))
}

/** Everybody takes the fork on the left first. */
export const leftFirst = (n: number): Forks[] => Array.from({ length: n }, (_, i): Forks => [i, (i + 1) % n])

/** Everybody takes the fork with the smaller number first. */
export const smallerFirst = (n: number): Forks[] =>
  leftFirst(n).map(([a, b]): Forks => [Math.min(a, b), Math.max(a, b)])

const nothing: TableCounts = { interleavings: 0n, deadlocked: 0n }

const add = (a: TableCounts, b: TableCounts): TableCounts => ({
  interleavings: a.interleavings + b.interleavings,
  deadlocked: a.deadlocked + b.deadlocked,
})

function steps(philosophers: readonly Forks[], at: readonly number[]): number[][] {
  const taken = new Set(philosophers.flatMap((forks, i) => held(forks, at[i])))
  return philosophers.flatMap((forks, i) => {
    const isBlocked = at[i] === 4 || (at[i] < 2 && taken.has(forks[at[i]]))
    return isBlocked ? [] : [at.map((step, j) => (i === j ? step + 1 : step))]
  })
}

/** The forks that a philosopher holds after so many steps. */
function held([first, second]: Forks, step: number): number[] {
  return [[], [first], [first, second], [first], []][step]
}
