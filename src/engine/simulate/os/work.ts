/** What `Work.begin` returns instead of a duration. */
export const BLOCKS = -1
export const YIELDS = -2
export const ENDS = -3

/**
 * What the threads of an operating system do: the seam between the scheduler and whatever runs on it.
 *
 * Both are called while the kernel runs, and never from within one another: what they do to the operating system (waking and
 * starting threads, changing priorities) makes threads runnable at once, but no other thread is asked or told anything before they have returned.
 */
export interface Work {
  /**
   * What a thread does next on a core, now.
   *
   * @returns picoseconds that it takes there, a whole number from 0, which may be interrupted and continued elsewhere; or
   * that the thread `BLOCKS` until somebody wakes it, `YIELDS` its core, or `ENDS`. A thread that blocks is asked again when it
   * runs again.
   */
  begin(thread: number, core: number): number
  /** That time has passed: what was begun takes effect. */
  finish(thread: number, core: number): void
}
