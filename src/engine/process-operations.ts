import { MisuseError, ThreadExit } from './errors.js'
import type { Footprint } from './footprint.js'
import { WordKind } from './layout.js'
import { ThreadHandle } from './marks.js'
import {
  type CostClass,
  formatCall,
  type Operation,
  type SharedObject,
  type Steps,
  type ThreadBody,
  type WorldAccess,
  type WorldView,
} from './operation.js'
import { perform } from './operation.js'
import { type Place, recordedPlace } from './place.js'
import type { EndListener, ProcessEntry, ProcessRegistry, StartMethod } from './processes.js'
import type { ThreadEntry, ThreadRegistry } from './thread-registry.js'

/** What a process is made of: what its handle knows of it. */
export interface ProcessPlan {
  readonly name: string
  readonly object: SharedObject
  /** The word that holds its status. */
  readonly status: number
  readonly body: ThreadBody
  readonly daemon: boolean
  readonly start: StartMethod
  /** The node of a simulated cluster where it runs. */
  readonly node: number
  /** Whoever is told of its end. */
  readonly listener: EndListener | null
}

/** What processes are made of in a session. */
export interface ProcessContext {
  readonly processes: ProcessRegistry
  readonly threads: ThreadRegistry
  /** The thread whose code is executing, with what it has to do before its process leaves. */
  readonly running: () => { readonly exits: readonly (() => Steps<unknown>)[] } | null
}

/** A word of the parent's memory, the child's copy of it, and what they hold. */
export interface MemoryCopy {
  readonly from: number
  readonly to: number
  readonly kind: WordKind
}

/** What came of a process' start when it was learnt. */
export interface StartedProcess {
  readonly process: ProcessEntry
  /** Its first thread. */
  readonly main: ThreadEntry
  /** What a fork copies. */
  readonly copies: readonly MemoryCopy[]
  /** The first node of its first thread. */
  readonly firstNode: () => number
}

/** Signals that end a process, by their numbers: its exit code is the number with a minus sign. */
export const Signal = { Terminate: 15, Kill: 9, Abort: 6 } as const
export type Signal = (typeof Signal)[keyof typeof Signal]

/** What operations on processes have in common: they act on what no process has for itself. */
export abstract class ProcessOperation implements Operation {
  readonly object: SharedObject | null
  readonly name: string
  readonly args: readonly unknown[] = []
  readonly place: Place | undefined
  readonly cost: CostClass = 'synchronisation'

  constructor(name: string, object: SharedObject | null) {
    this.name = name
    this.object = object
    this.place = recordedPlace()
  }

  ways(): number {
    return 1
  }

  abstract apply(world: WorldAccess, way: number, thread: number): unknown

  abstract footprint(world: WorldView, thread: number): Footprint

  label(result: unknown): string {
    return formatCall(this.name, this.args, result)
  }

  holder(): null {
    return null
  }
}

/** Starts a process: one step, in which a fork copies the memory of whoever forks. */
export class StartProcess extends ProcessOperation {
  readonly plan: ProcessPlan
  /** Set when the start is learnt. */
  started: StartedProcess | null = null

  constructor(plan: ProcessPlan) {
    super('start', plan.object)
    this.plan = plan
  }

  apply(world: WorldAccess, _way: number, thread: number): void {
    if (world.value(this.plan.status) !== 'not started')
      throw new MisuseError(`process “${this.plan.name}” is started a second time`)
    const { process, main, copies, firstNode } = this.started!
    if (process.parent?.daemon === true)
      throw new MisuseError(
        `process “${this.plan.name}” is started by “${process.parent.name}”, but daemons are not allowed to have children`,
      )
    world.setValue(this.plan.status, { process: process.identity })
    // The child of a fork is the thread that forked: what that one holds, it holds.
    const forking = world.identityOf(thread)
    for (const { from, to, kind } of copies) {
      const content = world.read(from)
      if (kind === WordKind.Value) world.setValue(to, renamed(world.value(from), forking, main.identity))
      else world.write(to, kind === WordKind.Thread && content === thread + 1 ? main.index + 1 : content)
    }
    world.write(main.word, firstNode())
  }

  footprint(world: WorldView): Footprint {
    const { status } = this.plan
    if (world.value(status) !== 'not started') return { reads: [status], writes: [] }
    const { process, main, copies } = this.started!
    if (process.parent?.daemon === true) return { reads: [status], writes: [] }
    // A parent that leaves looks for children: also for those that it has not been learnt to have.
    const parent = process.parent === null ? [] : [process.parent.status]
    return {
      reads: [status, ...copies.map(({ from }) => from)],
      writes: [status, ...parent, main.word, ...copies.map(({ to }) => to)],
    }
  }
}

/** Plain data with another thread in the place of one. */
function renamed(value: unknown, from: string, to: string): unknown {
  if (value === from) return to
  if (Array.isArray(value)) return value.map((part) => renamed(part, from, to))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, renamed(part, from, to)]))
}

/** What a process that leaves has to wait for, or that it has left. */
type Leaving =
  { readonly left: true } | { readonly thread: string } | { readonly process: string } | { readonly hook: number }

/** What a step does to threads and processes, as it is settled before the step is taken. */
interface Ending {
  readonly reads: number[]
  readonly killed: ThreadEntry[]
  /** Processes that end, each with its exit code. */
  readonly ended: (readonly [process: ProcessEntry, code: number])[]
  /** What is wrong with it, if it must not be done. */
  readonly misuse?: string
}

abstract class EndingOperation<R> extends ProcessOperation {
  protected readonly context: ProcessContext

  constructor(name: string, object: SharedObject | null, context: ProcessContext) {
    super(name, object)
    this.context = context
  }

  protected abstract settle(world: WorldView, thread: number): Ending & { readonly result: R }

  apply(world: WorldAccess, _way: number, thread: number): R {
    const { killed, ended, result, misuse } = this.settle(world, thread)
    if (misuse !== undefined) throw new MisuseError(misuse)
    for (const { word, index, deadline } of killed) {
      world.write(word, this.context.processes.killedNodes[index]!)
      // Time passes for nobody's sake who is no more.
      if (deadline >= 0) world.setValue(deadline, null)
    }
    for (const [{ status, listener }, code] of ended) {
      world.setValue(status, code)
      if (listener !== null) world.setValue(listener.word, listener.told(world.value(listener.word), code))
    }
    return result
  }

  footprint(world: WorldView, thread: number): Footprint {
    const { reads, killed, ended } = this.settle(world, thread)
    const threads = killed.flatMap(({ word, deadline }) => (deadline >= 0 ? [word, deadline] : [word]))
    const told = [...new Set(ended.flatMap(([{ listener }]) => (listener === null ? [] : [listener.word])))]
    return { reads: [...reads, ...told], writes: [...threads, ...ended.map(([{ status }]) => status), ...told] }
  }

  /** The threads of a process that have begun and not ended, in canonical order. */
  protected *alive(world: WorldView, process: ProcessEntry | null, reads: number[]): Generator<ThreadEntry> {
    const { threads } = this.context
    for (const index of threads.canonical) {
      const thread = threads.all[index]!
      if (thread.process !== process || thread.agent) continue
      reads.push(thread.word)
      if (world.read(thread.word) !== 0 && !world.hasEnded(index)) yield thread
    }
  }

  /** The children of a process that live, in canonical order. */
  protected *children(world: WorldView, process: ProcessEntry | null, reads: number[]): Generator<ProcessEntry> {
    const { processes, threads } = this.context
    for (const index of threads.canonical) {
      const child = threads.all[index]!.process
      if (child === null || child.parent !== process || processes.mains.get(child)!.index !== index) continue
      reads.push(child.status)
      if (processes.living(world, child.status) === child) yield child
    }
  }

  /** A process ends by a signal, wherever its threads stand. */
  protected end(world: WorldView, process: ProcessEntry, code: number, ending: Ending): void {
    ending.ended.push([process, code])
    ending.killed.push(...this.alive(world, process, ending.reads))
  }
}

/**
 * The end of a process, as `multiprocessing` has it: daemon children are terminated, other children and then threads that
 * are no daemons are waited for; when nothing is left to wait for, the process leaves with its exit code, and its daemon
 * threads are no more. One step says what to wait for next, or leaves. The main process has no exit code, and its children
 * are waited for by the program as a whole; it terminates its daemon children once its threads have ended.
 */
class LeaveProcess extends EndingOperation<Leaving> {
  readonly #code: number

  constructor(context: ProcessContext, code: number, object: SharedObject | null) {
    super('leave', object, context)
    this.#code = code
  }

  override label(result: unknown): string {
    const leaving = result as Leaving | undefined
    if (leaving === undefined || 'left' in leaving) return this.object === null ? 'leave' : `exit ${this.#code}`
    if ('hook' in leaving) return 'leave → flush first'
    const { processes, threads } = this.context
    const awaited =
      'thread' in leaving ? threads.withIdentity(leaving.thread).name : (processes.find(leaving.process)?.name ?? '')
    return `leave → wait for ${awaited}`
  }

  protected settle(world: WorldView, thread: number): Ending & { readonly result: Leaving } {
    const { processes, threads } = this.context
    const self = threads.all[thread]!
    const { process } = self
    const ending: Ending = { reads: [], killed: [], ended: [] }
    if (process === null) {
      for (const other of this.alive(world, null, ending.reads))
        if (other !== self && isAwaited(other)) return { ...ending, result: { thread: other.identity } }
      for (const child of this.children(world, null, ending.reads))
        if (child.daemon) this.end(world, child, -Signal.Terminate, ending)
      return { ...ending, result: { left: true } }
    }
    ending.reads.push(process.status)
    const children = [...this.children(world, process, ending.reads)]
    for (const child of children) if (child.daemon) this.end(world, child, -Signal.Terminate, ending)
    const child = children.find(({ daemon }) => !daemon)
    if (child !== undefined) return { ...ending, result: { process: child.identity } }
    for (const [hook, due] of processes.hooks.entries()) {
      ending.reads.push(due.word)
      if (due.isDue(world.value(due.word), process.identity)) return { ...ending, result: { hook } }
    }
    for (const other of this.alive(world, process, ending.reads))
      if (other !== self && isAwaited(other)) return { ...ending, result: { thread: other.identity } }
    for (const other of this.alive(world, process, [])) if (other !== self) ending.killed.push(other)
    ending.ended.push([process, this.#code])
    return { ...ending, result: { left: true } }
  }
}

function isAwaited({ daemon, serves }: ThreadEntry): boolean {
  return !daemon && !serves
}

/** Ends a process at once, wherever it stands: what its threads hold, they hold for ever. */
export class EndProcess extends EndingOperation<void> {
  readonly #plan: ProcessPlan
  readonly #signal: Signal

  constructor(context: ProcessContext, plan: ProcessPlan, name: string, signal: Signal) {
    super(name, plan.object, context)
    this.#plan = plan
    this.#signal = signal
  }

  protected settle(world: WorldView): Ending & { readonly result: void } {
    const { status, name } = this.#plan
    const ending: Ending = { reads: [status], killed: [], ended: [] }
    if (world.value(status) === 'not started')
      return { ...ending, result: undefined, misuse: `process “${name}” is ended before it has been started` }
    const process = this.context.processes.living(world, status)
    if (process !== undefined) this.end(world, process, -this.#signal, ending)
    return { ...ending, result: undefined }
  }
}

/** Ends those of several processes that live, as `EndProcess` does. */
export class EndProcesses extends EndingOperation<void> {
  readonly #statuses: () => Iterable<number>
  readonly #signal: Signal

  /** @param statuses the words that hold theirs, as far as they have been met. */
  constructor(
    context: ProcessContext,
    object: SharedObject,
    statuses: () => Iterable<number>,
    name: string,
    signal: Signal,
  ) {
    super(name, object, context)
    this.#statuses = statuses
    this.#signal = signal
  }

  protected settle(world: WorldView): Ending & { readonly result: void } {
    const ending: Ending = { reads: [], killed: [], ended: [] }
    for (const status of this.#statuses()) {
      ending.reads.push(status)
      const process = this.context.processes.living(world, status)
      if (process !== undefined) this.end(world, process, -this.#signal, ending)
    }
    return { ...ending, result: undefined }
  }
}

/** Ends the process of the acting thread at once: a crash, without any clean-up. */
export class AbortProcess extends EndingOperation<void> {
  constructor(context: ProcessContext) {
    super('abort', null, context)
  }

  protected settle(world: WorldView, thread: number): Ending & { readonly result: void } {
    const { process } = this.context.threads.all[thread]!
    const ending: Ending = { reads: [], killed: [], ended: [] }
    if (process === null)
      return { ...ending, result: undefined, misuse: 'the main process aborts itself, of which nobody could tell' }
    this.end(world, process, -Signal.Abort, ending)
    return { ...ending, result: undefined }
  }
}

/** Waits, step by step, for all that a process waits for before it leaves. */
export function* leaveProcess(
  context: ProcessContext,
  code: number,
  object: SharedObject | null,
  waitFor: (process: ProcessEntry) => Steps<unknown>,
): Steps<void> {
  for (const exit of context.running()?.exits ?? []) yield* exit()
  for (;;) {
    const next = yield* perform(new LeaveProcess(context, code, object) as Operation<Leaving>)
    if ('left' in next) return
    if ('hook' in next) yield* context.processes.hooks[next.hook]!.perform()
    else if ('process' in next) yield* waitFor(context.processes.find(next.process)!)
    else {
      yield* new ThreadHandle(context.threads.withIdentity(next.thread)).join()
    }
  }
}

/**
 * What the first thread of a process does: the body, and then what has to happen before the process may leave. An
 * uncaught error ends the thread with that error, and the process with exit code 1.
 */
export function* processBody(body: ThreadBody, leave: (code: number) => Steps<void>): Steps<unknown> {
  let result: unknown
  try {
    result = yield* body()
  } catch (error) {
    if (error instanceof ThreadExit) return yield* leave(error.exitCode)
    yield* leave(1)
    throw error
  }
  yield* leave(0)
  return result
}
