/**
 * Decides whose turn it is in executions that are drawn from a seed: one execution after the other, step by step. The
 * way of a step is not its business; that is always drawn uniformly.
 */
export interface Sampler {
  /** An execution begins; the session stands in the initial state. */
  begin(): void
  /**
   * The thread that steps next, one of those that can, which are given in canonical order; the session stands in the
   * state before the step.
   */
  choose(able: readonly number[]): number
  /** The execution has come to its end; not told of one that was cut off, or dropped by `assume`. */
  ended(): void
}
