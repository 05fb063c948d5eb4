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
export { call, type CallLoop } from './engine/call.js'
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
export type { Attempt, Failed } from './primitives/attempt.js'
export { Atomic } from './primitives/atomic.js'
export { Cell } from './primitives/cell.js'
export { CellArray } from './primitives/cell-array.js'
export { Connection } from './primitives/connection.js'
export { Lock } from './primitives/lock.js'
export { type Key, ManagedDict, ManagedList, Manager } from './primitives/manager.js'
export { Process, type ProcessOptions } from './primitives/process.js'
export { BrokenPipeError, ConnectionResetError, EOFError, KeyError, OSError } from './primitives/process-errors.js'
export { ProcessQueue, type ProcessQueueOptions } from './primitives/process-queue.js'
export { RLock } from './primitives/rlock.js'
export { Condition, type ConditionContent } from './primitives/condition.js'
export { BoundedSemaphore } from './primitives/bounded-semaphore.js'
export { Event } from './primitives/event.js'
export { Barrier, type BarrierContent, type BarrierOptions, type BarrierPhase } from './primitives/barrier.js'
export { BrokenBarrierError } from './primitives/broken-barrier-error.js'
export { type Preference, ReaderWriterLock, type ReaderWriterContent } from './primitives/reader-writer-lock.js'
export { Once } from './primitives/once.js'
export { Semaphore, type WaitOptions } from './primitives/semaphore.js'
export { SharedArray, SharedValue, SynchronizedLock } from './primitives/synchronized.js'
export { type Timed, withTimeout } from './primitives/timed.js'
export { type Effect, StatefulObject, type Transition, TransitionOperation } from './primitives/transition.js'
export { type Admission, type CircuitState, CircuitBreaker, CircuitOpen } from './primitives/circuit-breaker.js'
export { Deque } from './primitives/deque.js'
export { Emitter, type Handlers, type Registration } from './primitives/emitter.js'
export { FileExistsError, FileNotFoundError } from './primitives/file-errors.js'
export { type FileContents, Files } from './primitives/files.js'
export { LifoQueue } from './primitives/lifo-queue.js'
export { PriorityQueue } from './primitives/priority-queue.js'
export { type Added, Queue, type QueueState, type Taken } from './primitives/queue.js'
export { Empty, Full } from './primitives/queue-errors.js'
export { IndexError, ValueError } from './primitives/sequence-errors.js'
export { SimpleQueue } from './primitives/simple-queue.js'
export { Stream, type StreamRead, type StreamState } from './primitives/stream.js'
export { type ContentOptions, type QueueOptions, Vocabulary, type Widened } from './primitives/vocabulary.js'
