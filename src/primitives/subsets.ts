/** How many ways there are to choose `size` of `all` things. */
export function countSubsets(all: number, size: number): number {
  let count = 1
  for (let i = 0; i < size; i++) count = (count * (all - i)) / (i + 1)
  return count
}

/** The subset of that size with that number, of `countSubsets` many, in lexicographic order. */
export function subsetAt<T>(all: readonly T[], size: number, number: number): readonly T[] {
  if (size === 0) return []
  const [first, ...others] = all
  const withFirst = countSubsets(others.length, size - 1)
  return number < withFirst
    ? [first!, ...subsetAt(others, size - 1, number)]
    : subsetAt(others, size, number - withFirst)
}
