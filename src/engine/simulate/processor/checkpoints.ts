const LEAST_INTERVAL = 16
const MOST = 48
// To copy this many words takes no longer than a cycle.
const WORDS_PER_CYCLE = 16

/**
 * States of a run to go back to. There are never more than a few dozen: the longer the run, the farther they lie apart, so
 * that memory is bounded and going back repeats a small part of the run.
 */
export class Checkpoints<State> {
  #interval = LEAST_INTERVAL
  #kept: { readonly cycle: number; readonly state: State }[] = []
  #next = 0

  /** The cycle at which the next state should be kept. */
  get next(): number {
    return this.#next
  }

  /**
   * @param cycle `next`.
   * @param words how many numbers the state is made of, near enough: large ones are kept less often.
   */
  keep(cycle: number, state: State, words: number): void {
    while (this.#kept.length === 0 && this.#interval * WORDS_PER_CYCLE < words) this.#interval *= 2
    this.#kept.push({ cycle, state })
    if (this.#kept.length > MOST) {
      this.#interval *= 2
      this.#kept = this.#kept.filter((kept) => kept.cycle % this.#interval === 0)
    }
    this.#next = this.#kept.at(-1)!.cycle + this.#interval
  }

  /** The last state that was kept between two cycles: after the first one, up to the second one. */
  latestBetween(after: number, cycle: number): State | undefined {
    return this.#kept.findLast((candidate) => candidate.cycle > after && candidate.cycle <= cycle)?.state
  }

  /** The last state that was kept up to this cycle. */
  latest(cycle: number): { readonly cycle: number; readonly state: State } {
    const kept = this.#kept.findLast((candidate) => candidate.cycle <= cycle)
    if (kept === undefined) throw new RangeError(`no state was kept up to cycle ${cycle}`)
    return kept
  }
}
