/** What `Work.begin` returns instead of a duration. */
export const BLOCKS = -1
export const YIELDS = -2
export const ENDS = -3

/** What the threads of an operating system do: the seam between the scheduler and whatever runs on it. */
export interface Work {
  /**
   * What a thread does next on a core, now.
   *
   * @returns picoseconds that it takes there, 0 or more, which may be interrupted and continued elsewhere; or that the
   * thread `BLOCKS` until somebody wakes it, `YIELDS` its core, or `ENDS`.
   */
  begin(thread: number, core: number): number
  /** That time has passed: what was begun takes effect. */
  finish(thread: number, core: number): void
}
