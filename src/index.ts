export { explore, type ExploreOptions } from './explore.js'
export { simulate, type SimulateOptions, simulateWithTrace, type TracedRun } from './simulate.js'
export type { Trace } from './engine/simulate/results/trace.js'
export type {
  CoreStateName,
  DropName,
  GilEventName,
  TracedState,
  TraceEvent,
  TraceHeader,
  WakeCauseName,
} from './engine/simulate/results/trace-event.js'
export { perfettoTrace } from './report/perfetto-trace.js'
export { traceLines } from './report/trace-lines.js'
export type { SimulationOptions } from './engine/simulate/simulation.js'
export type { Machine, MachinePipeline, NamedGil, Pickling } from './engine/simulate/machine/machine.js'
export type { Adaptation } from './engine/simulate/machine/adapted-machine.js'
export type {
  CarriedBytes,
  CoreTimes,
  GilTimes,
  Latencies,
  Latency,
  MemoryUse,
  ProfileRow,
  SimulatedFailure,
  SimulateReport,
  ThreadTimes,
  WaitTimes,
} from './engine/simulate/simulate-report.js'
export type { MappingName } from './engine/simulate/mapping/mapping-config.js'
export type { GilVersion } from './engine/simulate/gil/gil-config.js'
export type { PolicyName } from './engine/simulate/os/policies.js'
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
  RaceSummary,
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
export type { ThreadState } from './engine/detect/thread-states.js'
export type { CallFacts, HistoryFacts } from './engine/detect/history-facts.js'
export type { ModelStep, RecordedCall, SequentialModel } from './engine/detect/linearization.js'
export { isLinearizable } from './engine/detect/linearization.js'
export type { RaceFacts, StepFacts, SyncFacts } from './engine/detect/race-facts.js'
export type { TraceStep } from './engine/replay-run.js'
export type { Program, ProgramOptions, Parameters, ParameterValue } from './engine/program.js'
export type {
  OwnWord,
  Property,
  Setup,
  SharingOptions,
  StateView,
  UnstartedThread,
  WordAllocator,
} from './engine/setup.js'
export type { ProcessStatus, StartMethod } from './engine/processes.js'
export { type ThreadFacts, ThreadHandle } from './engine/marks.js'
export { EntrelacsError, HistoryLimit, MisuseError, ProgramFault, TokenError, UsageError } from './engine/errors.js'
export type { Place } from './engine/place.js'
export { call, type CallLoop } from './engine/call.js'
export { formatPlace, recordedPlace } from './engine/place.js'
export { type Footprint, independent } from './engine/footprint.js'
export {
  type Carried,
  type CostClass,
  formatData,
  type InstructionForm,
  type Operation,
  perform,
  type SharedObject,
  type StartableThread,
  type Steps,
  type ThreadBody,
  type WorldAccess,
  type WorldView,
} from './engine/operation.js'
export type { PlainData } from './engine/interner.js'
export type { TimeMode } from './engine/time/time-mode.js'
export type { TimedObject } from './engine/time/timed-object.js'
export type { Attempt, Failed } from './primitives/attempt.js'
export { Atomic } from './primitives/atomic.js'
export { Cell } from './primitives/cell.js'
export { CellArray } from './primitives/cell-array.js'
export { Clock } from './primitives/clock.js'
export { Mailbox, type MailboxOptions } from './primitives/mailbox.js'
export { Connection } from './primitives/connection.js'
export {
  EventLoop,
  type GatherOptions,
  type LoopContent,
  type LoopWaitOptions,
  type ResultsOf,
  type TaskSource,
} from './primitives/event-loop/event-loop.js'
export type { LeakedTask } from './primitives/event-loop/leaked-tasks.js'
export { LoopCondition } from './primitives/event-loop/loop-condition.js'
export {
  ExceptionGroup,
  LoopClosedError,
  QueueEmpty,
  QueueFull,
  TaskDestroyed,
} from './primitives/event-loop/loop-errors.js'
export { LoopEvent } from './primitives/event-loop/loop-event.js'
export { Awaitable, LoopFuture } from './primitives/event-loop/loop-future.js'
export { LoopHandle } from './primitives/event-loop/loop-handle.js'
export { LoopLock } from './primitives/event-loop/loop-lock.js'
export { LoopQueue, type LoopQueueOptions } from './primitives/event-loop/loop-queue.js'
export { LoopSemaphore } from './primitives/event-loop/loop-semaphore.js'
export { LoopTask } from './primitives/event-loop/loop-task.js'
export { TaskGroup } from './primitives/event-loop/task-group.js'
export type { ModelMethods, RecordedMethods } from './primitives/linearizable.js'
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
export { BrokenThreadPool, CancelledError, InvalidStateError, TimeoutError } from './primitives/future-errors.js'
export { BrokenProcessPool, PicklingError } from './primitives/future-errors.js'
export { ProcessPool, type ProcessPoolOptions } from './primitives/process-pool.js'
export { MaybeEncodingError } from './primitives/future-errors.js'
export { Pool, type PoolMapOptions, type PoolOptions } from './primitives/pool.js'
export { AsyncResult, type Callbacks } from './primitives/async-result.js'
export { type NextResult, ResultIterator } from './primitives/result-iterator.js'
export type { MapOptions } from './primitives/pool-results.js'
export { type DoneCallback, Future } from './primitives/future.js'
export type { FutureWaitOptions, WaitedFutures } from './primitives/future-waiter.js'
export {
  type DeclaredThread,
  StartedThread,
  Thread,
  type ThreadDeclarer,
  type ThreadOptions,
} from './primitives/thread.js'
export { AttributeError, ThreadLocal } from './primitives/thread-local.js'
export { type ShutdownOptions, ThreadPool, type ThreadPoolOptions } from './primitives/thread-pool.js'
export { Timer } from './primitives/timer.js'
export { Semaphore, type WaitOptions } from './primitives/semaphore.js'
export { SharedArray, SharedValue, SynchronizedLock } from './primitives/synchronized.js'
export { type Timed, TimeLimit, withinLimit, withTimeout } from './primitives/timed.js'
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
export { type AssemblyOptions, assemble } from './engine/simulate/processor/assembler.js'
export {
  type ExecutionRecord,
  type RecordedCell,
  type RecordedEvent,
  type RecordedInstruction,
  recordExecution,
  type RecordOptions,
} from './engine/simulate/processor/execution-record.js'
export type { ElementwiseTask, StreamForm } from './engine/simulate/processor/flynn/elementwise.js'
export {
  compareFlynnClasses,
  type FlynnClass,
  type FlynnComparison,
  type FlynnOptions,
  type FlynnRun,
} from './engine/simulate/processor/flynn/flynn-classes.js'
export type { Mnemonic, Unit } from './engine/simulate/processor/instruction-set.js'
export {
  type DataBlock,
  formatInstruction,
  type Instruction,
  type InstructionStream,
  type Label,
  listing,
  type Operand,
} from './engine/simulate/processor/instruction-stream.js'
export type { CacheOptions, MemoryTiming, MemoryTimingOptions } from './engine/simulate/processor/memory-timing.js'
export type { CompletePipelineOptions, PipelineOptions } from './engine/simulate/processor/pipeline-options.js'
export {
  type CycleAccount,
  type LossKind,
  PipelinedProcessor,
  type PipelinedProcessorOptions,
} from './engine/simulate/processor/pipelined-processor.js'
export {
  branchyKernel,
  rotationKernel,
  type Vertex,
  type VertexLayout,
  verticesIn,
} from './engine/simulate/processor/simt/kernels.js'
export type { CompleteSimtOptions, SimtOptions } from './engine/simulate/processor/simt/simt-options.js'
export { type SimtAccount, SimtProcessor } from './engine/simulate/processor/simt/simt-processor.js'
export type {
  HeldInstruction,
  PlaceView,
  ProcessorFault,
  ProcessorStatus,
  ProcessorView,
  RegisterView,
  SharedResource,
  Stall,
  SteppedProcessor,
  UnitActivity,
  UnitEvent,
  UnitView,
} from './engine/simulate/processor/stepped-processor.js'
export {
  type Argument,
  at,
  buildStream,
  type Condition as BranchCondition,
  type Place as MemoryPlace,
  r,
  type Register,
  type StreamBuilder,
  v,
  type VectorRegister,
  type Words,
} from './engine/simulate/processor/stream-builder.js'
export type { Language } from './report/messages.js'
export { processorDiagram, type ProcessorDiagramOptions } from './report/processor-diagram.js'
