import type { ThreadHandle } from '../../engine/marks.js'
import type { PlainData } from '../../engine/interner.js'
import { MisuseError } from '../../engine/errors.js'
import type { Steps, ThreadBody } from '../../engine/operation.js'
import { abortGroup, waysToAbort } from './loop-callbacks.js'
import type { LoopCaller } from './loop-caller.js'
import { CancelledError, ExceptionGroup, TaskDestroyed } from './loop-errors.js'
import { type Procedure, returns, type Scene, type Step, throws, waits } from './loop-procedure.js'
import { uncancel } from './loop-procedures.js'
import { LoopTask } from './loop-task.js'
import { CANCELLED, errorOf, isCancellation, type Thrown, thrownBy } from './thrown.js'

/** Starts the thread of a task. */
type StartTask = <R>(
  name: string | undefined,
  body: ThreadBody<R>,
) => Steps<{ readonly thread: ThreadHandle<R | undefined>; readonly name: string }>

/**
 * A group of tasks with the semantics of Python's `asyncio.TaskGroup`: it ends when all its tasks have; the first that fails cancels the others and
 * the body, and all errors are thrown together. Made by `loop.taskGroup(body)`.
 */
export class TaskGroup {
  readonly #caller: LoopCaller
  readonly #start: StartTask
  #id = ''

  constructor(caller: LoopCaller, start: StartTask) {
    this.#caller = caller
    this.#start = start
  }

  /**
   * Starts a task in the group. Two steps: starting its thread, and telling the loop.
   *
   * @throws MisuseError inside the thread if the group is over or its tasks are being cancelled.
   */
  task<R>(body: ThreadBody<R>): Steps<LoopTask<R>>
  task<R>(name: string, body: ThreadBody<R>): Steps<LoopTask<R>>
  *task<R>(first: string | ThreadBody<R>, second?: ThreadBody<R>): Steps<LoopTask<R>> {
    const given = typeof first === 'string' ? first : undefined
    const { thread, name } = yield* this.#start(given, typeof first === 'string' ? second! : first)
    const id = yield* this.#caller.call(creatingTaskIn(this.#id, thread.index, name))
    return new LoopTask(this.#caller, id, name, thread)
  }

  /** Runs the body of the group and waits for its tasks. */
  *run<R>(body: (group: TaskGroup) => Steps<R>): Steps<R> {
    this.#id = yield* this.#caller.call(ENTER)
    let result: R
    try {
      result = yield* body(this)
    } catch (error) {
      if (error instanceof TaskDestroyed) throw error
      const errors = yield* this.#caller.call(exiting(this.#id, thrownBy(error)))
      if (errors !== null) throw groupOf(errors)
      if (error instanceof CancelledError) throw error
      throw new ExceptionGroup(UNHANDLED, [error])
    }
    const errors = yield* this.#caller.call(exiting(this.#id, null))
    if (errors !== null) throw groupOf(errors)
    return result
  }
}

const UNHANDLED = 'unhandled errors in a TaskGroup'

function groupOf(errors: readonly Thrown[]): ExceptionGroup {
  return new ExceptionGroup(UNHANDLED, errors.map(errorOf))
}

const ENTER: Procedure<string> = {
  name: 'task group',
  caller: 'task',
  isShown: false,
  begin({ loop, self }) {
    const id = loop.newGroup()
    loop.setGroup(id, {
      parent: self,
      tasks: [],
      errors: [],
      isExiting: false,
      isAborting: false,
      isParentCancelRequested: false,
      completed: null,
    })
    return returns(id)
  },
}

function creatingTaskIn(group: string, thread: number, name: string): Procedure<string> {
  return {
    name: 'createTask',
    args: [name],
    caller: 'turn',
    isShown: false,
    begin({ loop, identityOf }) {
      const before = loop.group(group)
      if (before === undefined || (before.isExiting && before.tasks.length === 0))
        throw new MisuseError('a task in a task group that is over')
      if (before.isAborting) throw new MisuseError('a task in a task group that is shutting down')
      const id = identityOf(thread)
      loop.createTask(id, name)
      loop.addCallback(id, { call: 'groupTaskDone', group, task: id })
      loop.setGroup(group, { ...before, tasks: [...before.tasks, id] })
      return returns(id)
    },
  }
}

/**
 * `TaskGroup.__aexit__`: returns the errors to be thrown together, or null if there are none. What the body has thrown is
 * one of them, unless it is a cancellation; a cancellation of the parent is thrown.
 */
function exiting(group: string, thrown: Thrown | null): Procedure<readonly Thrown[] | null> {
  const wait = (scene: Scene<readonly []>, cancelled: Thrown | null): Step<readonly Thrown[] | null> => {
    const { loop } = scene
    const before = loop.group(group)!
    if (before.tasks.length > 0) {
      const completed = loop.createFuture()
      loop.setGroup(group, { ...before, completed })
      return waits(scene, completed, { completed, cancelled } as unknown as PlainData)
    }
    const { errors } = before
    loop.setGroup(group, null)
    if (cancelled !== null && errors.length === 0) return throws(cancelled)
    const all = thrown !== null && !isCancellation(thrown) ? [...errors, thrown] : errors
    return returns(all.length === 0 ? null : all)
  }
  return {
    name: 'end of task group',
    caller: 'task',
    isShown: false,
    ways({ loop }, phase) {
      const isAbort = phase === undefined ? thrown !== null : loop.state.delivery !== null
      const before = loop.group(group)
      return isAbort && before !== undefined && !before.isAborting ? waysToAbort(loop, group) : 1
    },
    begin(scene) {
      const { loop, self } = scene
      loop.setGroup(group, { ...loop.group(group)!, isExiting: true })
      let cancelled = thrown !== null && isCancellation(thrown) ? thrown : null
      if (loop.group(group)!.isParentCancelRequested && uncancel(loop, self) === 0) cancelled = null
      if (thrown !== null && !loop.group(group)!.isAborting) abortGroup(loop, group, scene.way)
      return wait(scene, cancelled)
    },
    resume(scene, given, error) {
      const { loop } = scene
      const phase = given as unknown as { readonly completed: string; readonly cancelled: Thrown | null }
      loop.forget(phase.completed)
      loop.setGroup(group, { ...loop.group(group)!, completed: null })
      let { cancelled } = phase
      if (error !== null && !loop.group(group)!.isAborting) {
        cancelled = isCancellation(error) ? error : CANCELLED
        abortGroup(loop, group, scene.way)
      }
      return wait(scene, cancelled)
    },
  }
}
