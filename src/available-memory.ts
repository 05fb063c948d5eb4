import { freemem } from 'node:os'
import { getHeapStatistics } from 'node:v8'

/** Memory that the computer could give, in bytes. */
export function availableMemory(): number {
  return freemem()
}

/** What this thread's JavaScript heap may grow to, in bytes. */
export function heapLimit(): number {
  return getHeapStatistics().heap_size_limit
}
