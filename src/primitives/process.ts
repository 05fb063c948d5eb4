import { MisuseError } from '../engine/errors.js'
import { perform, type SharedObject, type Steps, type ThreadBody, type WorldView } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'
import {
  EndProcess,
  EndProcesses,
  leaveProcess,
  processBody,
  type ProcessContext,
  type ProcessPlan,
  Signal,
  StartProcess,
} from '../engine/process-operations.js'
import type { EndListener, ProcessEntry, ProcessStatus, StartMethod } from '../engine/processes.js'
import type { WaitOptions } from './semaphore.js'
import { withTimeout } from './timed.js'
import { StatefulObject, type Transition, TransitionOperation } from './transition.js'

/** How a process is to be. */
export interface ProcessOptions {
  /** It is terminated when its parent leaves, instead of being waited for. @default false */
  readonly daemon?: boolean
  /**
   * What it begins with: `'spawn'` and `'forkserver'` give it what setup declares, with the declared contents; `'fork'` a copy of
   * its parent's memory at that moment, locks included. @default 'spawn'
   */
  readonly start?: StartMethod
  /** The node of a simulated cluster where it runs; explore makes no difference between them. @default 0 */
  readonly node?: number
}

/** What a process is made of. */
export interface ProcessParts {
  readonly context: ProcessContext
  readonly pid: number
  readonly options: ProcessOptions
  /** Whoever is told of its end. */
  readonly listener?: EndListener
}

/**
 * A process with the semantics of Python's `multiprocessing.Process`: threads with a memory of their own. What setup declares
 * is there once for every process, unless it is declared as `shared`; what its threads change, nobody else sees. Its body is
 * its first thread; threads spawned there belong to it. It leaves once these (daemons aside) and its children have ended; the exit
 * code is 0, 1 after an uncaught error of the first thread, the `n` of `p.exit(n)`, and below 0 if a signal ended it.
 *
 * Declared by `p.process(name, body)`, in setup or by a thread; it runs once somebody starts it.
 */
export class Process<R = unknown> extends StatefulObject<ProcessStatus> {
  readonly kind = 'process'
  /** A number that no other process of the program has, the same in every run. The main process has number 1. */
  readonly pid: number
  readonly daemon: boolean
  readonly #context: ProcessContext
  readonly #plan: ProcessPlan
  /** In properties a process shows its exit code; before it has left, `'not started'` or `'alive'`. */
  declare readonly contentType?: number | 'not started' | 'alive'
  /** Carries the type of what the first thread returns; never present. */
  declare readonly resultType?: R

  constructor(name: string, word: number, body: ThreadBody<R>, { context, pid, options, listener }: ProcessParts) {
    super(name, word)
    this.#context = context
    this.pid = pid
    this.daemon = options.daemon ?? false
    const wait = (child: ProcessEntry): Steps<unknown> => waitFor(context, child)
    this.#plan = {
      name,
      object: this,
      status: word,
      body: () => processBody(body, (code) => leaveProcess(context, code, this, wait)),
      daemon: this.daemon,
      start: options.start ?? 'spawn',
      node: options.node ?? 0,
      listener: listener ?? null,
    }
  }

  /**
   * Starts it: its first thread can step from then on. One step; with `fork`, in which the memory is copied.
   *
   * @throws MisuseError inside the thread if it has been started before, and in a daemon process, which cannot have children.
   */
  start(): Steps<void> {
    return perform(new StartProcess(this.#plan))
  }

  /**
   * Waits until it has left. With a timeout: returns whether it has. One step.
   *
   * @throws MisuseError inside the thread if it has not been started.
   */
  join(): Steps<void>
  join(options: WaitOptions): Steps<boolean>
  *join({ timeout }: WaitOptions = {}): Steps<boolean | void> {
    const joining = this.operation(joinTransition(this.#context, this.name))
    if (timeout === undefined) return yield* perform(joining)
    return !(yield* withTimeout(joining, timeout)).timedOut
  }

  /** Whether it has been started and not left. One step. */
  isAlive(): Steps<boolean> {
    return this.perform({ name: 'isAlive', step: (state) => ({ state, result: typeof state === 'object' }) })
  }

  /** Its exit code; `null` as long as it has not left. One step. */
  exitCode(): Steps<number | null> {
    return this.perform({
      name: 'exitCode',
      step: (state) => ({ state, result: typeof state === 'number' ? state : null }),
    })
  }

  /**
   * Ends it at once, wherever its threads stand; they clean nothing up, and what they hold is held for ever. Its children
   * live on. Does nothing if it has left. One step; the exit code is −15.
   *
   * @throws MisuseError inside the thread if it has not been started.
   */
  terminate(): Steps<void> {
    return perform(new EndProcess(this.#context, this.#plan, 'terminate', Signal.Terminate))
  }

  /** The same as `terminate`, with exit code −9. */
  kill(): Steps<void> {
    return perform(new EndProcess(this.#context, this.#plan, 'kill', Signal.Kill))
  }

  /** Ends those of several processes that live, in one step, for the sake of an object they belong to. */
  static terminateAll(processes: readonly Process[], object: SharedObject): Steps<void> {
    const [first] = processes
    if (first === undefined) throw new Error('there are no processes to be terminated')
    const statuses = processes.map(({ word }) => word)
    return perform(new EndProcesses(first.#context, object, () => statuses, 'terminate workers', Signal.Terminate))
  }

  override show(world: WorldView): unknown {
    const status = this.stateIn(world)
    return typeof status === 'object' ? 'alive' : status
  }
}

function joinTransition(context: ProcessContext, name: string): Transition<ProcessStatus, void> {
  const { processes } = context
  return {
    name: 'join',
    ways: (status) => (typeof status === 'object' ? 0 : 1),
    step: (state) => {
      if (state === 'not started') throw new MisuseError(`process “${name}” is joined before it has been started`)
      return { state, result: undefined }
    },
    holder: (status) =>
      typeof status === 'object' ? processes.mains.get(processes.find(status.process)!)!.identity : null,
  }
}

/** What a process does at its end for each child that lives. */
function waitFor(context: ProcessContext, { name, status }: ProcessEntry): Steps<void> {
  const object: SharedObject = { kind: 'process', name, show: () => undefined }
  return perform(new TransitionOperation(object, status, joinTransition(context, name), recordedPlace()))
}
