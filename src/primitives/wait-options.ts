/** How long to wait. */
export interface WaitOptions {
  /** Seconds after which to give up. @default never */
  readonly timeout?: number
}
