import { secondsOf } from '../../engine/time/duration.js'
import type { TimeMode } from '../../engine/time/time-mode.js'
import { runCallback, waysToRun } from './loop-callbacks.js'
import { errorIn, LoopMachine } from './loop-machine.js'
import type { Handle, LoopAct, LoopCallback, LoopState, Timer } from './loop-state.js'
import { firings, isDue, mayFindTimers, timersAfter } from './loop-timers.js'
import { orderings } from './orderings.js'

// What is still called when everything is over: `asyncio.run` runs the loop for asynchronous generators and for the executor.
const LAST_ITERATIONS = 4

/**
 * Gives the turn to whoever is next, as CPython's `_run_once` does: what is ready at the beginning of an iteration is called in its
 * order, what is queued meanwhile belongs to the next one, and between two iterations the loop looks for timers. Calling a
 * task or a callback of the program's is giving it the turn. A callback of the loop's own, a look at the timers, and what `run` does at
 * its end are steps of the thread that runs the loop, since other threads may queue something before or after each of them.
 */
export function passTurn(loop: LoopMachine): void {
  loop.change({ turn: null, act: null })
  if (loop.state.phase === 'new' || loop.state.phase === 'closed') return
  if (loop.state.todo === 0 && !beginIteration(loop)) return
  callNext(loop)
}

/** What is next in this iteration is called, or left to the loop's thread. */
function callNext(loop: LoopMachine): void {
  const [next] = loop.state.ready
  switch (next!.call) {
    case 'step':
      dequeue(loop)
      giveTurn(loop, next.task, loop.beginStep(next.task, next.error))
      return
    case 'wakeUp': {
      dequeue(loop)
      const error = errorIn(loop.retrieve(next.future))
      giveTurn(loop, next.task, loop.beginStep(next.task, error))
      return
    }
    case 'callback':
      dequeue(loop)
      giveTurn(loop, next.thread, null)
      return
    default:
      loop.change({ act: 'callback' })
  }
}

function giveTurn(loop: LoopMachine, turn: string, delivery: LoopState['delivery']): void {
  loop.change({ turn, delivery })
}

function dequeue(loop: LoopMachine): void {
  loop.change({ ready: loop.state.ready.slice(1), todo: loop.state.todo - 1 })
}

/** What is due between two iterations; returns whether there is something to call now. */
function beginIteration(loop: LoopMachine): boolean {
  if (!endPhase(loop)) return false
  dropDeadTimers(loop)
  const { ready } = loop.state
  if (mayFindTimers(loop.state, loop.time)) {
    loop.change({ act: 'select' })
    return false
  }
  loop.change({ todo: ready.length })
  return ready.length > 0
}

/** Timers that could change nothing any more are not looked at: whoever set them takes them back when it is called next. */
function dropDeadTimers(loop: LoopMachine): void {
  for (const { id, handle } of loop.state.timers)
    if ((handle.call === 'setResult' || handle.call === 'release') && loop.isDone(handle.future)) loop.cancelTimer(id)
}

/** Goes on to the next phase of `run` if this one is over; returns whether the loop goes on without a step for that. */
function endPhase(loop: LoopMachine): boolean {
  const { state } = loop
  if (state.phase === 'closing') {
    if (state.grace > 0 && state.ready.length > 0) loop.change({ grace: state.grace - 1 })
    else if (state.workers === 0) return wait(loop, 'close')
    return true
  }
  if (!state.isStopping) return true
  loop.change({ isStopping: false })
  if (state.phase === 'main' && pendingTasks(state).length > 0) return wait(loop, 'cancelTasks')
  loop.change({ phase: 'closing', grace: LAST_ITERATIONS })
  return endPhase(loop)
}

function wait(loop: LoopMachine, act: LoopAct): false {
  loop.change({ act })
  return false
}

function pendingTasks({ futures }: LoopState): string[] {
  return Object.keys(futures).filter((id) => futures[id]!.part.kind === 'task' && futures[id]!.outcome === null)
}

/** Something was queued by a thread that has not the turn: a loop that waits for events goes on. */
export function notice(loop: LoopMachine): void {
  const { turn, act } = loop.state
  if (turn === null && act === null) passTurn(loop)
}

/** The loop after so many nanoseconds, which bring no timer beyond its deadline: one that waits for events looks at its timers if some are due. */
export function afterTime(state: LoopState, nanoseconds: number): LoopState {
  const { turn, act } = state
  const timers = timersAfter(state.timers, nanoseconds)
  return { ...state, timers, act: turn === null && act === null && timers.some(isDue) ? 'select' : act }
}

/** In how many ways the loop's thread can do what it has to do. */
export function waysToAct(state: LoopState, time: TimeMode): number {
  switch (state.act) {
    case null:
      return 0
    case 'callback':
      return waysToRun(new LoopMachine(state, time), state.ready[0] as LoopCallback)
    case 'close':
      return 1
    case 'select':
      return firings(state, time).length
    case 'cancelTasks':
      return orderings(pendingTasks(state)).length
  }
}

/** A step of the loop's thread; returns what it did, in words. */
export function performAct(loop: LoopMachine, way: number): string {
  const { state } = loop
  switch (state.act!) {
    case 'callback': {
      const callback = state.ready[0] as LoopCallback
      const did = `callback ${describeHandle(state, callback)}`
      dequeue(loop)
      runCallback(loop, callback, way)
      passTurn(loop)
      return did
    }
    case 'select': {
      const fired = firings(state, loop.time)[way]!
      for (const timer of fired) loop.fire(timer)
      loop.change({ todo: loop.state.ready.length, turn: null, act: null })
      callNext(loop)
      return fired.length === 0 ? 'select' : `select → ${fired.map((timer) => describeTimer(state, timer)).join(', ')}`
    }
    case 'cancelTasks':
      cancelTasks(loop, orderings(pendingTasks(state))[way]!)
      passTurn(loop)
      return 'cancel the tasks that are left'
    case 'close':
      close(loop)
      return 'close'
  }
}

function cancelTasks(loop: LoopMachine, tasks: readonly string[]): void {
  for (const task of tasks) {
    loop.setTask(task, { isCancelledAtEnd: true })
    loop.cancel(task, null)
  }
  const outer = loop.createFuture({
    kind: 'gather',
    children: tasks,
    left: tasks.length,
    returnExceptions: true,
    isCancelRequested: false,
  })
  for (const child of tasks) loop.addCallback(child, { call: 'gathered', future: outer, child })
  loop.addCallback(outer, { call: 'stop' })
  loop.change({ phase: 'cancelling' })
}

function close(loop: LoopMachine): void {
  const { state } = loop
  const handles = [...state.ready, ...state.timers.map(({ handle }) => handle)]
  const callbacks = handles.flatMap((handle) => (handle.call === 'callback' ? [handle.thread] : []))
  loop.change({
    phase: 'closed',
    runner: null,
    turn: null,
    act: null,
    ready: [],
    todo: 0,
    timers: [],
    abandoned: [...state.abandoned, ...callbacks, ...pendingTasks(state)],
  })
}

/** A call that waits in the queue, for people. */
export function describeHandle(state: LoopState, handle: Handle): string {
  const name = (id: string) => describeFuture(state, id)
  switch (handle.call) {
    case 'step':
    case 'wakeUp':
      return name(handle.task)
    case 'callback':
      return handle.name
    case 'setResult':
    case 'settle':
    case 'release':
      return `wakes ${describeWaiters(state, handle.future)}`
    case 'gathered':
      return `gather ← ${name(handle.child)}`
    case 'waited':
      return `wait ← ${name(handle.child)}`
    case 'shielded':
    case 'unshield':
      return `shield ← ${name(handle.inner)}`
    case 'cancelWorker':
      return 'toThread: cancelled'
    case 'expire':
      return `timeout of ${name(state.timeouts[handle.timeout]?.task ?? '')}`
    case 'groupTaskDone':
      return `task group ← ${name(handle.task)}`
    case 'stop':
      return 'stop'
  }
}

/** A timer that has been found, for people: for how long it was set. */
function describeTimer(state: LoopState, { seconds, handle }: Timer): string {
  const what = handle.call === 'setResult' ? describeWaiters(state, handle.future) : describeHandle(state, handle)
  return `${seconds} s: ${what}`
}

/** A timer that waits, for people: with a clock, the seconds that are left. */
export function describePending(state: LoopState, timer: Timer): string {
  const { left, seconds } = timer
  return describeTimer(state, { ...timer, seconds: left === null ? seconds : secondsOf(Math.max(0, left)) })
}

function describeFuture({ futures }: LoopState, id: string): string {
  const part = futures[id]?.part
  return part?.kind === 'task' ? part.name : 'future'
}

function describeWaiters(state: LoopState, id: string): string {
  const names = (state.futures[id]?.callbacks ?? []).flatMap((callback) =>
    callback.call === 'wakeUp' ? [describeFuture(state, callback.task)] : [],
  )
  return names.length === 0 ? 'nobody' : names.join(', ')
}
