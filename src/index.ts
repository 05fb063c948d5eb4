export { explore, type ExploreOptions } from './explore.js'
export { program, type ParametersOf } from './primitives/program.js'
export { replay, type Replay, type ReplayOptions } from './engine/replay.js'
export type { ExplorationOptions } from './engine/explore/explore-options.js'
export type {
  BoundCounts,
  BoundKind,
  Coverage,
  CoverageProbes,
  ExploreProgress,
  ExploreReport,
  HistoryKind,
  LongestThread,
  Outcome,
  SamplingStrategy,
  Strategy,
  Verdict,
  Violation,
  ViolationKind,
} from './engine/explore/explore-report.js'
export {
  compareRepair,
  type OutcomeChanges,
  type RepairChanges,
  type RepairComparison,
  type RepairVerdict,
} from './engine/explore/repair-comparison.js'
export type { Equivalence } from './engine/explore/reads-from/equivalence.js'
export type { OutcomeFacts } from './engine/outcome.js'
export type { BlockedThread } from './engine/detect/blocked-threads.js'
export type { TraceStep } from './engine/replay-run.js'
export type { Program, ProgramOptions, Parameters, ParameterValue } from './engine/program.js'
export type { Property, Setup, SharingOptions, StateView, WordAllocator } from './engine/setup.js'
export type { ProcessStatus, StartMethod } from './engine/processes.js'
export { ThreadHandle } from './engine/marks.js'
export { EntrelacsError, HistoryLimit, MisuseError, ProgramFault, TokenError, UsageError } from './engine/errors.js'
export type { Place } from './engine/place.js'
export { formatPlace, recordedPlace } from './engine/place.js'
export { type Footprint, independent } from './engine/footprint.js'
export {
  type CostClass,
  formatData,
  type InstructionForm,
  type Operation,
  perform,
  type SharedObject,
  type Steps,
  type ThreadBody,
  type WorldAccess,
  type WorldView,
} from './engine/operation.js'
export type { PlainData } from './engine/interner.js'
export { Atomic } from './primitives/atomic.js'
export { Cell } from './primitives/cell.js'
export { CellArray } from './primitives/cell-array.js'
export { Connection } from './primitives/connection.js'
export { Lock } from './primitives/lock.js'
export { type Key, ManagedDict, ManagedList, Manager } from './primitives/manager.js'
export { Process, type ProcessOptions } from './primitives/process.js'
export { BrokenPipeError, ConnectionResetError, EOFError, KeyError, OSError } from './primitives/process-errors.js'
export { ProcessQueue, type ProcessQueueOptions } from './primitives/process-queue.js'
export { Semaphore, type WaitOptions } from './primitives/semaphore.js'
export { SharedArray, SharedValue, SynchronizedLock } from './primitives/synchronized.js'
export { type Timed, withTimeout } from './primitives/timed.js'
export { type Effect, StatefulObject, type Transition, TransitionOperation } from './primitives/transition.js'
export { type ContentOptions, Vocabulary, type Widened } from './primitives/vocabulary.js'
