import { MisuseError } from '../../engine/errors.js'
import type { PlainData } from '../../engine/interner.js'
import type { Gathered } from './loop-callbacks.js'
import { cancellation, errorIn, type LoopMachine } from './loop-machine.js'
import { type Procedure, returns, type Scene, type Step, throws, waits } from './loop-procedure.js'
import type { ReturnWhen } from '../future-waiter.js'
import type { Outcome } from './loop-state.js'
import { notice, passTurn } from './loop-turns.js'
import { isCancellation, type Thrown, thrownBy } from './thrown.js'
import { InvalidStateError, TimeoutError } from './loop-errors.js'

// What functions and coroutines of `asyncio` do, each after its source in CPython 3.11.

const TIMED_OUT = thrownBy(new TimeoutError())
const NOT_DONE = thrownBy(new InvalidStateError('the future is not done'))

/** What asking for an outcome comes to. */
export function stepOf(outcome: Outcome): Step<PlainData> {
  const error = errorIn(outcome)
  return error === null ? returns((outcome as { readonly value: PlainData }).value) : throws(error)
}

/** `await future`. */
export function awaiting(future: string, name: string): Procedure<PlainData> {
  return {
    name: 'await',
    args: [name],
    caller: 'task',
    begin(scene) {
      const { loop, self } = scene
      if (future === self) throw new MisuseError(`task ${name} awaits itself`)
      return loop.isDone(future) ? stepOf(loop.retrieve(future)) : waits(scene, future)
    },
    resume: ({ loop }, _phase, error) => (error === null ? stepOf(loop.retrieve(future)) : throws(error)),
  }
}

/** `asyncio.sleep`. */
export function sleeping(seconds: number): Procedure<null> {
  return {
    name: 'sleep',
    args: [seconds],
    caller: 'task',
    isTimed: seconds > 0,
    begin(scene) {
      const { loop, self } = scene
      if (seconds <= 0) {
        loop.yieldTurn(self)
        return { kind: 'waits', phase: '' }
      }
      const future = loop.createFuture()
      loop.callLater(future, seconds, { call: 'setResult', future, value: null })
      return waits(scene, future)
    },
    resume({ loop }, phase, error) {
      const future = phase as string
      loop.cancelTimer(future)
      loop.forget(future)
      return error === null ? returns(null) : throws(error)
    },
  }
}

/** `asyncio.gather`: the future that stands for all. */
export function beginGather(loop: LoopMachine, children: readonly string[], returnExceptions: boolean): string {
  const different = [...new Set(children)]
  const outer = loop.createFuture({
    kind: 'gather',
    children,
    left: different.length,
    returnExceptions,
    isCancelRequested: false,
  })
  for (const child of different) loop.addCallback(child, { call: 'gathered', future: outer, child })
  if (children.length === 0) loop.setResult(outer, [])
  return outer
}

/** `await asyncio.gather(…)`. */
export function gathering(
  children: readonly string[],
  names: readonly string[],
  returnExceptions: boolean,
): Procedure<readonly Gathered[]> {
  return awaitingNew('gather', names, (loop) => beginGather(loop, children, returnExceptions)) as Procedure<
    readonly Gathered[]
  >
}

/** `asyncio.shield`: the future that stands for another one, or that one if it is done. */
export function beginShield(loop: LoopMachine, inner: string): string {
  if (loop.isDone(inner)) return inner
  const outer = loop.createFuture()
  loop.addCallback(inner, { call: 'shielded', future: outer, inner })
  loop.addCallback(outer, { call: 'unshield', future: outer, inner })
  return outer
}

/** `await asyncio.shield(…)`. */
export function shielding(inner: string, name: string): Procedure<PlainData> {
  return awaitingNew('shield', [name], (loop) => beginShield(loop, inner))
}

/** Awaits a future that is made for it and forgotten afterwards. */
function awaitingNew(
  name: string,
  args: readonly unknown[],
  make: (loop: LoopMachine) => string,
): Procedure<PlainData> {
  return {
    name,
    args,
    caller: 'task',
    isShown: false,
    begin(scene) {
      const future = make(scene.loop)
      return scene.loop.isDone(future) ? stepOf(scene.loop.retrieve(future)) : waits(scene, future)
    },
    resume({ loop }, phase, error) {
      const future = phase as string
      const step = error === null ? stepOf(loop.retrieve(future)) : throws(error)
      // Whoever is cancelled may have left it pending: its callbacks must still find it.
      if (loop.isDone(future)) loop.forget(future)
      return step
    },
  }
}

/** `asyncio.wait`: the futures that are done. */
export function waitingFor(
  futures: readonly string[],
  names: readonly string[],
  returnWhen: ReturnWhen,
  timeout: number | undefined,
): Procedure<readonly string[]> {
  return {
    name: 'wait',
    args: [
      ...names,
      ...(returnWhen === 'ALL_COMPLETED' ? [] : [returnWhen]),
      ...(timeout === undefined ? [] : [{ timeout }]),
    ],
    caller: 'task',
    isShown: false,
    isTimed: timeout !== undefined,
    begin(scene) {
      const { loop } = scene
      const waiter = loop.createFuture()
      if (timeout !== undefined) loop.callLater(waiter, timeout, { call: 'release', future: waiter })
      loop.setPart(waiter, { kind: 'wait', left: futures.length, returnWhen })
      for (const child of futures) loop.addCallback(child, { call: 'waited', future: waiter, child })
      return waits(scene, waiter)
    },
    resume({ loop }, phase, error) {
      const waiter = phase as string
      loop.cancelTimer(waiter)
      for (const child of futures)
        loop.removeCallbacks(child, (callback) => callback.call === 'waited' && callback.future === waiter)
      loop.forget(waiter)
      return error === null ? returns(futures.filter((future) => loop.isDone(future))) : throws(error)
    },
    holder: ({ loop }) => futures.find((future) => !loop.isDone(future) && loop.task(future) !== null) ?? null,
  }
}

/** How far `waitFor` is. */
type WaitForPhase =
  | { readonly stage: 'waiting'; readonly waiter: string }
  | { readonly stage: 'cancelling'; readonly waiter: string; readonly cancelled: Thrown | null }

/** `asyncio.wait_for`. */
export function waitingForOne(future: string, name: string, timeout: number): Procedure<PlainData> {
  const isRelease = (waiter: string) => (callback: { readonly call: string }) =>
    callback.call === 'release' && (callback as { readonly future?: string }).future === waiter
  /** CPython's `_cancel_and_wait`: the future must not be running when `wait_for` returns. */
  const cancelAndWait = (scene: Scene<readonly []>, cancelled: Thrown | null): Step<PlainData> => {
    const waiter = scene.loop.createFuture()
    scene.loop.addCallback(future, { call: 'release', future: waiter })
    scene.loop.cancel(future, null)
    return waits(scene, waiter, { stage: 'cancelling', waiter, cancelled } satisfies WaitForPhase)
  }
  const resultOrTimeout = (loop: LoopMachine): Step<PlainData> => {
    const step = stepOf(loop.retrieve(future))
    return step.kind === 'throws' && isCancellation(step.error) ? throws(TIMED_OUT) : step
  }
  return {
    name: 'waitFor',
    args: [name, timeout],
    caller: 'task',
    isTimed: timeout > 0,
    begin(scene) {
      const { loop } = scene
      if (timeout <= 0) return loop.isDone(future) ? stepOf(loop.retrieve(future)) : cancelAndWait(scene, null)
      const waiter = loop.createFuture()
      loop.callLater(waiter, timeout, { call: 'release', future: waiter })
      loop.addCallback(future, { call: 'release', future: waiter })
      return waits(scene, waiter, { stage: 'waiting', waiter } satisfies WaitForPhase)
    },
    resume(scene, given, error) {
      const { loop } = scene
      const phase = given as WaitForPhase
      loop.forget(phase.waiter)
      loop.removeCallbacks(future, isRelease(phase.waiter))
      if (phase.stage === 'cancelling') {
        if (error !== null) return throws(error)
        return phase.cancelled === null ? resultOrTimeout(loop) : throws(phase.cancelled)
      }
      // From here on its timer could change nothing any more.
      loop.cancelTimer(phase.waiter)
      return loop.isDone(future) ? stepOf(loop.retrieve(future)) : cancelAndWait(scene, error)
    },
    holder: ({ loop }) => (loop.task(future) === null ? null : future),
  }
}

/** Enters a `timeout` block; returns what names it. */
export function enteringTimeout(seconds: number): Procedure<string> {
  return {
    name: 'timeout',
    args: [seconds],
    caller: 'task',
    isShown: false,
    isTimed: seconds > 0,
    begin({ loop, self }) {
      const id = loop.newId('u')
      if (seconds <= 0) loop.callSoon({ call: 'expire', timeout: id })
      else loop.callLater(id, seconds, { call: 'expire', timeout: id })
      const { cancelRequests } = loop.task(self)!
      loop.setTimeout(id, { task: self, cancelRequests, isExpiring: false })
      return returns(id)
    },
  }
}

/** Leaves a `timeout` block; returns whether what has cancelled it since it was entered was the timeout and nothing else. */
export function leavingTimeout(seconds: number, id: string, isCancelled: boolean): Procedure<boolean> {
  return {
    name: 'leave timeout',
    args: [seconds],
    caller: 'task',
    isShown: false,
    begin({ loop, self }) {
      const { cancelRequests, isExpiring } = loop.timeout(id)!
      loop.cancelTimer(id)
      loop.setTimeout(id, null)
      if (!isExpiring) return returns(false)
      return returns(uncancel(loop, self) <= cancelRequests && isCancelled)
    },
  }
}

/** CPython's `Task.uncancel`. */
export function uncancel(loop: LoopMachine, task: string): number {
  const left = Math.max(0, loop.task(task)!.cancelRequests - 1)
  loop.setTask(task, { cancelRequests: left })
  return left
}

/** `asyncio.create_task`, for a thread that has been started: from now on the loop knows it. */
export function creatingTask(thread: number, name: string): Procedure<string> {
  return {
    name: 'createTask',
    args: [name],
    caller: 'turn',
    isShown: false,
    begin({ loop, identityOf }) {
      const id = identityOf(thread)
      loop.createTask(id, name)
      return returns(id)
    },
  }
}

/** The coroutine of a task has ended. */
export function endingTask(outcome: Outcome): Procedure<null> {
  return {
    name: 'end of task',
    caller: 'turn',
    begin({ loop, self }) {
      loop.endTask(self, outcome)
      passTurn(loop)
      return returns(null)
    },
  }
}

/** `asyncio.run`, up to the first step of the main task. */
export const STARTING_RUN: Procedure<null> = {
  name: 'run',
  caller: 'anyone',
  begin({ loop, self, selfName }) {
    if (loop.state.runner !== null) throw new MisuseError('run on an event loop that is running')
    loop.change({ phase: 'main', runner: self, isStopping: false, todo: 0 })
    loop.createTask(self, selfName)
    loop.addCallback(self, { call: 'stop' })
    return { kind: 'waits', phase: '' }
  },
  resume: (_scene, _phase, error) => (error === null ? returns(null) : throws(error)),
}

/** The main task has ended: the loop's thread cancels what is left and closes the loop. */
export function endingRun(outcome: Outcome): Procedure<null> {
  return {
    name: 'end of run',
    caller: 'turn',
    begin({ loop, self }) {
      loop.endTask(self, outcome)
      loop.retrieve(self)
      return { kind: 'waits', phase: '' }
    },
  }
}

/** `call_soon` and `call_later`, for a thread that has been started. */
export function callingBack(thread: number, name: string, seconds: number | null): Procedure<string> {
  return {
    name: seconds === null ? 'callSoon' : 'callLater',
    args: seconds === null ? [name] : [seconds, name],
    caller: 'turn',
    isShown: false,
    isTimed: seconds !== null,
    begin({ loop, identityOf }) {
      const id = identityOf(thread)
      if (seconds === null) loop.callSoon({ call: 'callback', thread: id, name })
      else loop.callLater(id, seconds, { call: 'callback', thread: id, name })
      return returns(id)
    },
  }
}

/** `call_soon_threadsafe`, for a thread that has been started; returns whether the loop is still open. */
export function callingBackFromOutside(thread: number, name: string): Procedure<boolean> {
  return {
    name: 'callSoonThreadsafe',
    args: [name],
    caller: 'anyone',
    isShown: false,
    begin({ loop, identityOf }) {
      const id = identityOf(thread)
      const isOpen = loop.state.phase !== 'closed'
      if (isOpen) loop.callSoon({ call: 'callback', thread: id, name })
      else loop.change({ abandoned: [...loop.state.abandoned, id] })
      if (isOpen) notice(loop)
      return returns(isOpen)
    },
  }
}

/** A callback of the program's has ended. */
export const ENDING_CALLBACK: Procedure<null> = {
  name: 'end of callback',
  caller: 'turn',
  begin({ loop }) {
    passTurn(loop)
    return returns(null)
  },
}

/** `Handle.cancel`. */
export function cancellingCallback(id: string, name: string): Procedure<boolean> {
  return { name: 'cancel', args: [name], caller: 'turn', begin: ({ loop }) => returns(loop.cancelCallback(id)) }
}

/** `loop.create_future`. */
export const CREATING_FUTURE: Procedure<string> = {
  name: 'future',
  caller: 'turn',
  begin: ({ loop }) => returns(loop.createFuture()),
}

/** Makes a future that stands for others, without awaiting it. */
export function makingFuture(
  name: string,
  args: readonly string[],
  make: (loop: LoopMachine) => string,
): Procedure<string> {
  return { name, args, caller: 'turn', isShown: false, begin: ({ loop }) => returns(make(loop)) }
}

/** `set_result` and `set_exception`. */
export function completing(future: string, name: string, outcome: Outcome): Procedure<null> {
  return {
    name: outcome.kind === 'result' ? 'setResult' : 'setException',
    args: [name, outcome.kind === 'result' ? outcome.value : (outcome as { readonly error: Thrown }).error.message],
    caller: 'turn',
    begin: ({ loop }) =>
      loop.settle(future, outcome)
        ? returns(null)
        : throws(thrownBy(new InvalidStateError('the future is done already'))),
  }
}

/** `cancel` of a task or a future. */
export function cancelling(future: string, name: string, message: string | null): Procedure<boolean> {
  return {
    name: 'cancel',
    args: [name],
    caller: 'turn',
    begin: ({ loop }) => returns(loop.cancel(future, message)),
  }
}

/** `result()`. */
export function asking(future: string, name: string): Procedure<PlainData> {
  return {
    name: 'result',
    args: [name],
    caller: 'anyone',
    begin: ({ loop }) => (loop.isDone(future) ? stepOf(loop.retrieve(future)) : throws(NOT_DONE)),
  }
}

/** `exception()`. */
export function askingForError(future: string, name: string): Procedure<Thrown | null> {
  return {
    name: 'exception',
    args: [name],
    caller: 'anyone',
    begin({ loop }) {
      if (!loop.isDone(future)) return throws(NOT_DONE)
      const outcome = loop.retrieve(future)
      return outcome.kind === 'cancelled' ? throws(cancellation(outcome.message)) : returns(errorIn(outcome))
    },
  }
}

/** `done()`, `cancelled()`, `cancelling()`: reads. */
export function looking<R>(word: string, name: string, look: (loop: LoopMachine) => R): Procedure<R> {
  return { name: word, args: [name], caller: 'anyone', begin: ({ loop }) => returns(look(loop)) }
}

/** `uncancel()`. */
export function uncancelling(task: string, name: string): Procedure<number> {
  return { name: 'uncancel', args: [name], caller: 'turn', begin: ({ loop }) => returns(uncancel(loop, task)) }
}

/** `add_done_callback`, for a thread that has been started. */
export function addingCallback(future: string, thread: number, name: string): Procedure<null> {
  return {
    name: 'addDoneCallback',
    args: [name],
    caller: 'turn',
    begin({ loop, identityOf }) {
      loop.addCallback(future, { call: 'callback', thread: identityOf(thread), name })
      return returns(null)
    },
  }
}

/** `asyncio.to_thread`, for a thread that has been started. */
export function awaitingThread(thread: number, name: string): Procedure<PlainData> {
  return {
    name: 'toThread',
    args: [name],
    caller: 'task',
    begin(scene) {
      const id = scene.identityOf(thread)
      const { loop } = scene
      loop.createFuture({ kind: 'worker', thread: id }, id)
      loop.addCallback(id, { call: 'cancelWorker', worker: id })
      loop.change({ workers: loop.state.workers + 1 })
      return waits(scene, id)
    },
    resume({ loop }, phase, error) {
      const worker = phase as string
      const step = error === null ? stepOf(loop.retrieve(worker)) : throws(error)
      loop.forget(worker)
      return step
    },
  }
}

/** A thread of `toThread` begins; returns whether it has not been cancelled before. */
export const BEGINNING_WORKER: Procedure<boolean> = {
  name: 'begin',
  caller: 'anyone',
  isShown: false,
  begin({ loop, self }) {
    if (!loop.state.cancelledWorkers.includes(self)) return returns(true)
    loop.change({ workers: loop.state.workers - 1 })
    notice(loop)
    return returns(false)
  },
}

/** A thread of `toThread` hands its result to the loop. */
export function endingWorker(outcome: Outcome): Procedure<null> {
  return {
    name: 'hand over',
    caller: 'anyone',
    begin({ loop, self }) {
      loop.callSoon({ call: 'settle', future: self, outcome })
      loop.change({ workers: loop.state.workers - 1 })
      notice(loop)
      return returns(null)
    },
  }
}
