import type { TimeLimit } from './timed.js'

/** How long to wait. */
export interface WaitOptions {
  /** Seconds after which to give up. @default never */
  readonly timeout?: number
}

/** How long to wait: seconds, or what is left of a limit on several waits. */
export interface LimitedWaitOptions {
  /** @default never */
  readonly timeout?: number | TimeLimit
}

/** Waits no longer than that; `{}` without a limit. */
export function upTo(limit: TimeLimit | undefined): LimitedWaitOptions {
  return limit === undefined ? {} : { timeout: limit }
}
