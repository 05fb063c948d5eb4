/**
 * The words an operation may touch in the state it is asked about, including those that decide its ways. Two operations
 * are dependent if one writes a word that the other reads or writes; nothing else makes them so.
 */
export interface Footprint {
  readonly reads: readonly number[]
  readonly writes: readonly number[]
}

/** Whether two operations commute as far as their footprints tell. */
export function independent(a: Footprint, b: Footprint): boolean {
  const clash = (writes: readonly number[], other: Footprint) =>
    writes.some((word) => other.writes.includes(word) || other.reads.includes(word))
  return !clash(a.writes, b) && !clash(b.writes, a)
}
