import type { PlainData } from '../../engine/interner.js'
import { cancellation, errorIn, type LoopMachine } from './loop-machine.js'
import type { GatherPart, LoopCallback, Outcome, WaitPart } from './loop-state.js'
import { orderings } from './orderings.js'
import type { Thrown } from './thrown.js'

/** In how many ways a callback of the loop's own can do what it does: who is cancelled first is open. */
export function waysToRun(loop: LoopMachine, callback: LoopCallback): number {
  if (callback.call !== 'groupTaskDone' || !abortsGroup(loop, callback.group, callback.task)) return 1
  return waysToAbort(loop, callback.group)
}

/** Calls a callback of the loop's own. One whose future has been forgotten does nothing: nobody could see it. */
export function runCallback(loop: LoopMachine, callback: LoopCallback, way: number): void {
  switch (callback.call) {
    case 'setResult':
      loop.setResult(callback.future, callback.value)
      return
    case 'settle':
      loop.settle(callback.future, callback.outcome)
      return
    case 'release':
      loop.setResult(callback.future)
      return
    case 'gathered':
      noteGathered(loop, callback.future, callback.child)
      return
    case 'waited':
      noteWaited(loop, callback.future, callback.child)
      return
    case 'shielded':
      passOn(loop, callback.inner, callback.future)
      return
    case 'unshield':
      loop.removeCallbacks(callback.inner, ({ call, ...rest }) =>
        call === 'shielded' && 'future' in rest ? rest.future === callback.future : false,
      )
      return
    case 'cancelWorker':
      if (loop.isCancelled(callback.worker))
        loop.change({ cancelledWorkers: [...loop.state.cancelledWorkers, callback.worker] })
      return
    case 'expire':
      expire(loop, callback.timeout)
      return
    case 'groupTaskDone':
      noteGroupTask(loop, callback.group, callback.task, way)
      return
    case 'stop':
      loop.change({ isStopping: true })
  }
}

/** How `gather` hands on what its children came to: errors among results, if it returns them. */
export type Gathered = { readonly result: PlainData } | { readonly error: Thrown }

function noteGathered(loop: LoopMachine, outer: string, child: string): void {
  const part = loop.future(outer)?.part
  if (part?.kind !== 'gather') {
    loop.retrieve(child)
    return
  }
  const left = part.left - 1
  loop.setPart(outer, { ...part, left })
  if (loop.isDone(outer)) {
    loop.retrieve(child)
    return
  }
  const error = part.returnExceptions ? null : errorIn(loop.retrieve(child))
  if (error !== null) loop.setError(outer, error)
  else if (left === 0) endGather(loop, outer, part, child)
}

function endGather(loop: LoopMachine, outer: string, part: GatherPart, last: string): void {
  const outcomes = part.children.map((child) => loop.retrieve(child))
  const { outcome } = loop.future(last)!
  if (part.isCancelRequested) loop.setError(outer, cancellation(outcome?.kind === 'cancelled' ? outcome.message : null))
  else loop.setResult(outer, outcomes.map(gatheredFrom) as PlainData)
}

function gatheredFrom(outcome: Outcome): Gathered {
  const error = errorIn(outcome)
  return error !== null ? { error } : { result: (outcome as { readonly value: PlainData }).value }
}

function noteWaited(loop: LoopMachine, waiter: string, child: string): void {
  const part = loop.future(waiter)?.part
  if (part?.kind !== 'wait') return
  const left = part.left - 1
  loop.setPart(waiter, { ...part, left })
  if (left > 0 && !isEnough(loop, part, child)) return
  loop.cancelTimer(waiter)
  loop.setResult(waiter)
}

function isEnough(loop: LoopMachine, { returnWhen }: WaitPart, child: string): boolean {
  switch (returnWhen) {
    case 'ALL_COMPLETED':
      return false
    case 'FIRST_COMPLETED':
      return true
    case 'FIRST_EXCEPTION':
      return !loop.isCancelled(child) && loop.retrieve(child).kind === 'error'
  }
}

/** What happened to a shielded future happens to the one that stands for it. */
function passOn(loop: LoopMachine, inner: string, outer: string): void {
  const outcome = loop.retrieve(inner)
  if (outcome.kind === 'cancelled') loop.cancel(outer, null)
  else loop.settle(outer, outcome)
}

function expire(loop: LoopMachine, id: string): void {
  const timeout = loop.timeout(id)
  if (timeout === undefined) return
  loop.cancel(timeout.task, null)
  loop.setTimeout(id, { ...timeout, isExpiring: true })
}

/** Whether the end of a task makes its group cancel the others. */
function abortsGroup(loop: LoopMachine, id: string, task: string): boolean {
  const group = loop.group(id)
  return (
    group !== undefined &&
    loop.future(task)?.outcome?.kind === 'error' &&
    !loop.isDone(group.parent) &&
    !group.isAborting &&
    !group.isParentCancelRequested
  )
}

function noteGroupTask(loop: LoopMachine, id: string, task: string, way: number): void {
  const before = loop.group(id)
  if (before === undefined) return
  const aborts = abortsGroup(loop, id, task)
  const tasks = before.tasks.filter((one) => one !== task)
  const outcome = loop.retrieve(task)
  const errors = outcome.kind === 'error' ? [...before.errors, outcome.error] : before.errors
  loop.setGroup(id, { ...before, tasks, errors })
  if (before.completed !== null && tasks.length === 0) loop.setResult(before.completed)
  if (!aborts) return
  abortGroup(loop, id, way)
  loop.setGroup(id, { ...loop.group(id)!, isParentCancelRequested: true })
  loop.cancel(before.parent, null)
}

/** In how many orders the tasks of a group can be cancelled. */
export function waysToAbort(loop: LoopMachine, id: string): number {
  return orderings(tasksToCancel(loop, id)).length
}

/** Cancels all tasks of a group. */
export function abortGroup(loop: LoopMachine, id: string, way: number): void {
  const tasks = orderings(tasksToCancel(loop, id))[way]!
  loop.setGroup(id, { ...loop.group(id)!, isAborting: true })
  for (const task of tasks) loop.cancel(task, null)
}

function tasksToCancel(loop: LoopMachine, id: string): readonly string[] {
  return loop.group(id)!.tasks.filter((task) => !loop.isDone(task))
}
