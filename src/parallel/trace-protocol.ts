import type { TraceBranch } from '../engine/explore/dpor/trace-branch.js'
import type { PortableRules } from '../engine/explore/dpor/trace-rules.js'
import type { ExecutedOutcome, TraceResults, TraceSnapshot } from '../engine/explore/dpor/trace-snapshot.js'
import type { Place } from '../engine/place.js'
import type { Parameters } from '../engine/program.js'
import type { Modes } from '../engine/modes.js'
import type { PortableError } from './portable-error.js'

/** By which a thread knows that it is a worker for traces. */
export const TRACE_WORKER = 'entrelacs/trace-worker'

/** What a worker for traces begins with. */
export interface TraceWorkerInput {
  readonly role: typeof TRACE_WORKER
  readonly module: string
  readonly program: string
  readonly params: Parameters
  readonly modes: Modes
  /** What setup must declare here, too. */
  readonly setupHash: string
  /** Bytes at most for values. */
  readonly maxHeap: number
  /** Bytes that the JavaScript heap may grow to. */
  readonly heapLimit: number
  /** Steps between two looks at what others wish. @default a millisecond's work */
  readonly steps?: number
  readonly pulse: SharedArrayBuffer
  /** See `SharingCell`. */
  readonly sharing: SharedArrayBuffer
  /** See `FigureCell`: this worker's own. */
  readonly figures: SharedArrayBuffer
}

/** Ints by which workers tell each other, without a message, that branches are wanted. */
export const SharingCell = {
  /** How many workers have nothing to do. */
  Wanted: 0,
  /** How many branches are given away at once. */
  Batch: 1,
  Length: 2,
} as const

/** Doubles in which a worker tells how far it is. */
export const FigureCell = {
  Complete: 0,
  Deadlocked: 1,
  AssumeFailed: 2,
  Steps: 3,
  Depth: 4,
  Bytes: 5,
  HeapBytes: 6,
  HasFindings: 7,
  IsTooLong: 8,
  Length: 9,
} as const

/** What a worker is asked to do. Rules are numbered: what was done under other rules than the present ones counts no more. */
export type TraceOrder =
  /** Begin anew under these rules, with these branches; with results, if they were found before. */
  | {
      readonly kind: 'begin'
      readonly age: number
      readonly rules: PortableRules
      readonly branches: readonly TraceBranch[]
      readonly results: TraceResults | undefined
    }
  | { readonly kind: 'branches'; readonly age: number; readonly branches: readonly TraceBranch[] }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'finish' }

/** What a worker tells. */
export type TraceMessage =
  /** Nothing is left to do, `orders` orders having been received. */
  | { readonly kind: 'idle'; readonly age: number; readonly orders: number }
  | { readonly kind: 'branches'; readonly age: number; readonly branches: readonly TraceBranch[] }
  /** Other rules were met. */
  | { readonly kind: 'rules'; readonly age: number; readonly rules: PortableRules }
  /** Parts of an answer that is about to follow: in one piece, receiving it would take too long. */
  | {
      readonly kind: 'parts'
      readonly outcomes: readonly ExecutedOutcome[]
      readonly branches: readonly TraceBranch[]
    }
  | { readonly kind: 'snapshot'; readonly snapshot: TraceSnapshot }
  | { readonly kind: 'results'; readonly results: TraceResults }
  | { readonly kind: 'subject'; readonly number: number; readonly name: string; readonly place: Place | undefined }
  | { readonly kind: 'failed'; readonly error: PortableError }
