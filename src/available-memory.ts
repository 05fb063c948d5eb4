import { freemem } from 'node:os'

/** Memory that the computer could give, in bytes. */
export function availableMemory(): number {
  return freemem()
}
