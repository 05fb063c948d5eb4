import { isLess } from './comparison.js'

/** A heap after a change, and what went wrong on the way, if anything: two entries that have no order. */
export interface ChangedHeap {
  readonly heap: readonly unknown[]
  readonly failure?: unknown
}

/** Python's `heapq.heappush`, step by step, so that equal entries come out in the same order as there. */
export function pushed(heap: readonly unknown[], entry: unknown): ChangedHeap {
  return changing([...heap, entry], (entries) => siftDown(entries, 0, entries.length - 1))
}

/** Python's `heapq.heappop` of a heap that is not empty: what is left without its first entry. */
export function popped(heap: readonly unknown[]): ChangedHeap {
  const entries = heap.slice(0, -1)
  if (entries.length === 0) return { heap: entries }
  entries[0] = heap.at(-1)
  return changing(entries, siftUp)
}

// As in CPython, an entry that cannot be compared stays where the comparison was tried.
function changing(entries: unknown[], change: (entries: unknown[]) => void): ChangedHeap {
  try {
    change(entries)
    return { heap: entries }
  } catch (failure) {
    return { heap: entries, failure }
  }
}

/** Moves the entry at `from` towards the root, past every parent that it is less than. */
function siftDown(entries: unknown[], root: number, from: number): void {
  for (let at = from; at > root;) {
    const parent = (at - 1) >> 1
    if (!isLess(entries[at], entries[parent])) return
    exchange(entries, at, parent)
    at = parent
  }
}

/** Moves the root down to a leaf, past the lesser child each time, and from there to its place. */
function siftUp(entries: unknown[]): void {
  let at = 0
  while (2 * at + 1 < entries.length) {
    let child = 2 * at + 1
    if (child + 1 < entries.length && !isLess(entries[child], entries[child + 1])) child++
    exchange(entries, at, child)
    at = child
  }
  siftDown(entries, 0, at)
}

function exchange(entries: unknown[], i: number, j: number): void {
  ;[entries[i], entries[j]] = [entries[j], entries[i]]
}
