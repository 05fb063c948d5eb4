/** Thrown into threads that wait at a barrier, or come to it, when it is broken or reset: Python's `threading.BrokenBarrierError`. */
export class BrokenBarrierError extends Error {
  override readonly name = 'BrokenBarrierError'

  /** @param barrier the barrier's name. */
  constructor(barrier: string) {
    super(`barrier “${barrier}” is broken`)
  }
}
