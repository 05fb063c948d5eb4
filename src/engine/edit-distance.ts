/** How many letters must be inserted, removed or replaced to make one word of the other. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}

const NEAR = 3

/** The names that a misspelt one may stand for, the nearest first. */
export function namesNear(word: string, names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, distance: editDistance(name, word) }))
    .filter(({ distance }) => distance <= NEAR)
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ name }) => name)
}
