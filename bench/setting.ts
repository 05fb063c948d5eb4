import type { Spin } from './spin-verifier.js'

/** What every benchmark is told. */
export interface Setting {
  /** For what is compiled. */
  readonly folder: string
  /** Null if it is not there. */
  readonly spin: Spin | null
  readonly rounds: number
  readonly isWanted: (title: string) => boolean
  readonly progress: (title: string) => void
}
