import type { ExploreProgress, ExploreReport, Violation } from '../engine/explore/explore-report.js'
import type { ExploreOptions } from '../explore.js'
import type { SimulateReport } from '../engine/simulate/simulate-report.js'
import type { SimulateOptions } from '../simulate.js'
import type { RepairComparison } from '../engine/explore/repair-comparison.js'
import type { Replay } from '../engine/replay.js'
import type { Place } from '../engine/place.js'
import type { TraceFormat } from './trace-format.js'
import type { PortableError } from '../parallel/portable-error.js'

/** An exploration that the worker is asked for. */
export interface ExploreTask {
  readonly kind: 'explore'
  readonly source: string
  readonly options: ExploreTaskOptions
  /** Traces to send along. */
  readonly traces: number
  /** Whether somebody wants to know how far it is: it costs a little to estimate how much there is to do. */
  readonly isWatched: boolean
}

/** The same, then an exploration of the program that is to repair the first. */
export interface CompareTask extends Omit<ExploreTask, 'kind'> {
  readonly kind: 'compare'
  readonly repair: string
}

/** Options of an exploration as they cross to the worker. */
export type ExploreTaskOptions = Omit<ExploreOptions, 'onProgress' | 'onViolation' | 'monitor' | 'signal' | 'patience'>

/** Options of a simulation as they cross to the worker. */
export type SimulateTaskOptions = Omit<SimulateOptions, 'machine' | 'onPrint' | 'monitor' | 'signal'> & {
  readonly machine?: string
}

/** What the worker is asked to do with a program. */
export type WorkerTask =
  | {
      readonly kind: 'simulate'
      readonly source: string
      readonly options: SimulateTaskOptions
      /** What its trace is wanted as; null: it is not wanted. */
      readonly trace: TraceFormat | null
    }
  // The same program under each of these options.
  | { readonly kind: 'sweep'; readonly source: string; readonly variations: readonly SimulateTaskOptions[] }
  | ExploreTask
  | CompareTask
  | {
      readonly kind: 'replay'
      readonly source: string
      readonly token: string
      readonly adapt: boolean
      readonly states: boolean
    }

/** What the worker starts with. */
export interface WorkerInput {
  readonly task: WorkerTask
  /** A folder that the worker makes if it needs one; whatever happens to the worker, it is removed in the end. */
  readonly folder: string
  /** Seconds that the program's own code may take between two operations. */
  readonly patience: number
  /** See `PulseCell`. */
  readonly pulse: SharedArrayBuffer
}

/** What the worker tells. */
export type WorkerMessage =
  | { readonly kind: 'subject'; readonly number: number; readonly name: string; readonly place: Place | undefined }
  | { readonly kind: 'progress'; readonly progress: ExploreProgress }
  | { readonly kind: 'violation'; readonly violation: Violation; readonly replay: Replay | undefined }
  | { readonly kind: 'explored'; readonly report: ExploreReport; readonly replays: readonly (Replay | undefined)[] }
  // Of a comparison: what `explored` tells of the first program; the second is explored now.
  | { readonly kind: 'broken'; readonly report: ExploreReport; readonly replays: readonly (Replay | undefined)[] }
  | { readonly kind: 'compared'; readonly repaired: ExploreReport; readonly comparison: RepairComparison }
  | { readonly kind: 'replayed'; readonly replay: Replay }
  // Of a trace: the next one comes when it is asked for.
  | { readonly kind: 'piece'; readonly text: string }
  | { readonly kind: 'simulated'; readonly report: SimulateReport; readonly events: number }
  | { readonly kind: 'swept'; readonly reports: readonly SimulateReport[] }
  | { readonly kind: 'failed'; readonly failure: PortableError }

/** What the command line tells the worker. */
export type WorkerOrder = { readonly kind: 'abort' } | { readonly kind: 'next piece' }
