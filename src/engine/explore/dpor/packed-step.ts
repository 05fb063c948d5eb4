const WAY_SHIFT = 16
const THREAD_MASK = 0xffff

/** A step as one integer: a thread below 65,536 and a way below 32,768. */
export function packStep(thread: number, way: number): number {
  return (way << WAY_SHIFT) | thread
}

/** The thread of a packed step. */
export function threadOf(step: number): number {
  return step & THREAD_MASK
}

/** The way of a packed step. */
export function wayOf(step: number): number {
  return step >>> WAY_SHIFT
}
