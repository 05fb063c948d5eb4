import { MisuseError } from '../../engine/errors.js'
import type { PlainData } from '../../engine/interner.js'
import type { TimeMode } from '../../engine/time/time-mode.js'
import type {
  FutureState,
  GroupState,
  Handle,
  LoopState,
  Outcome,
  Part,
  TaskPart,
  Timer,
  TimeoutState,
} from './loop-state.js'
import { leftAtFirst } from './loop-timers.js'
import { CANCELLED, type Thrown } from './thrown.js'

const PLAIN: Part = { kind: 'plain' }

/**
 * An event loop's state and what can be done to it, after CPython's `asyncio` (3.11): futures, `call_soon`, `call_later` and
 * cancellation. States are plain data and never changed: every change makes a new one, in `state`.
 */
export class LoopMachine {
  state: LoopState
  /** Whether a clock says when timers are due. */
  readonly time: TimeMode
  // CPython would recurse without end.
  readonly #cancelling = new Set<string>()

  constructor(state: LoopState, time: TimeMode) {
    this.state = state
    this.time = time
  }

  change(changes: Partial<LoopState>): void {
    this.state = { ...this.state, ...changes }
  }

  /**
   * A name for a future or a timeout, the same in every run: the first that nothing in the state refers to, so that a loop which does the same
   * again and again comes back to the same state.
   */
  newId(letter: 'f' | 'u'): string {
    const used = idsIn(this.state)
    let number = 1
    while (used.has(`${letter}${number}`)) number++
    return `${letter}${number}`
  }

  /** A name for a group, which no group has had: whoever still knows one that is over must not take it for another. */
  newGroup(): string {
    const { nextGroup } = this.state
    this.change({ nextGroup: nextGroup + 1 })
    return `g${nextGroup}`
  }

  // — the queue of what is ready —

  /** CPython's `call_soon`. */
  callSoon(handle: Handle): void {
    this.change({ ready: [...this.state.ready, handle] })
  }

  /**
   * CPython's `call_later`. A timer that is never due is not kept.
   *
   * @param id what it is for, which has no other timer.
   */
  callLater(id: string, seconds: number, handle: Handle): void {
    if (seconds === Infinity) return
    const left = leftAtFirst(seconds, this.time)
    this.change({ timers: [...this.state.timers, { id, seconds, left, handle }] })
  }

  /** Takes a timer back, if it waits. */
  cancelTimer(id: string): void {
    if (this.state.timers.some((timer) => timer.id === id))
      this.change({ timers: this.state.timers.filter((timer) => timer.id !== id) })
  }

  /** Moves a timer's call to the queue. */
  fire(timer: Timer): void {
    this.cancelTimer(timer.id)
    this.callSoon(timer.handle)
  }

  /** Takes a callback of the program's back, wherever it waits; returns whether it did. */
  cancelCallback(thread: string): boolean {
    const isOther = (handle: Handle) => handle.call !== 'callback' || handle.thread !== thread
    const { ready, todo, timers, abandoned } = this.state
    const kept = ready.filter(isOther)
    const keptTimers = timers.filter(({ handle }) => isOther(handle))
    if (kept.length === ready.length && keptTimers.length === timers.length) return false
    const keptNow = ready.slice(0, todo).filter(isOther).length
    this.change({ ready: kept, todo: keptNow, timers: keptTimers, abandoned: [...abandoned, thread] })
    return true
  }

  // — futures —

  future(id: string): FutureState | undefined {
    return Object.hasOwn(this.state.futures, id) ? this.state.futures[id] : undefined
  }

  /** A future that is pending. */
  createFuture(part: Part = PLAIN, id: string = this.newId('f')): string {
    this.#setFuture(id, { part, outcome: null, callbacks: [], isRetrieved: false })
    return id
  }

  /** Forgets a future that nobody refers to any more. */
  forget(id: string): void {
    const { [id]: _gone, ...futures } = this.state.futures
    this.change({ futures })
  }

  isDone(id: string): boolean {
    return this.future(id)?.outcome !== null
  }

  isCancelled(id: string): boolean {
    return this.future(id)?.outcome?.kind === 'cancelled'
  }

  /** The outcome of a future that is done; whoever asks has been told of its error. */
  retrieve(id: string): Outcome {
    const future = this.future(id)!
    if (!future.isRetrieved && future.outcome!.kind === 'error') this.#setFuture(id, { ...future, isRetrieved: true })
    return future.outcome!
  }

  /** CPython's `add_done_callback`. */
  addCallback(id: string, callback: Handle): void {
    const future = this.future(id)!
    if (future.outcome !== null) this.callSoon(callback)
    else this.#setFuture(id, { ...future, callbacks: [...future.callbacks, callback] })
  }

  /** CPython's `remove_done_callback`: what has been queued already is called all the same. */
  removeCallbacks(id: string, matches: (callback: Handle) => boolean): void {
    const future = this.future(id)
    if (future === undefined || !future.callbacks.some(matches)) return
    this.#setFuture(id, { ...future, callbacks: future.callbacks.filter((callback) => !matches(callback)) })
  }

  /** Completes a future that is pending and queues its callbacks; returns whether it was. */
  settle(id: string, outcome: Outcome): boolean {
    const future = this.future(id)
    if (future === undefined || future.outcome !== null) return false
    this.#setFuture(id, { ...future, outcome, callbacks: [] })
    // Nothing but a cancellation concerns the thread of a worker: a call that does nothing is left out.
    const callbacks = future.callbacks.filter(({ call }) => call !== 'cancelWorker' || outcome.kind === 'cancelled')
    if (callbacks.length > 0) this.change({ ready: [...this.state.ready, ...callbacks] })
    return true
  }

  setResult(id: string, value: PlainData = null): boolean {
    return this.settle(id, { kind: 'result', value })
  }

  setError(id: string, error: Thrown): boolean {
    return this.settle(id, { kind: 'error', error })
  }

  /** `cancel` of a future, of what `gather` returned, or of a task; returns whether it was pending. */
  cancel(id: string, message: string | null): boolean {
    const future = this.future(id)
    if (future === undefined || future.outcome !== null) return false
    const { part } = future
    if (part.kind !== 'task' && part.kind !== 'gather') return this.settle(id, { kind: 'cancelled', message })
    if (this.#cancelling.has(id))
      throw new MisuseError('tasks that wait for each other in a circle cannot be cancelled')
    this.#cancelling.add(id)
    const isCancelled =
      part.kind === 'task' ? this.#cancelTask(id, part, message) : this.#cancelGather(id, part.children, message)
    this.#cancelling.delete(id)
    return isCancelled
  }

  #cancelTask(id: string, part: TaskPart, message: string | null): boolean {
    this.setTask(id, { cancelRequests: part.cancelRequests + 1 })
    if (part.waitsFor !== null && this.cancel(part.waitsFor, message)) return true
    this.setTask(id, { mustCancel: true, message })
    return true
  }

  #cancelGather(id: string, children: readonly string[], message: string | null): boolean {
    let isAny = false
    for (const child of children) if (this.cancel(child, message)) isAny = true
    const outer = this.future(id)
    if (isAny && outer?.part.kind === 'gather')
      this.#setFuture(id, { ...outer, part: { ...outer.part, isCancelRequested: true } })
    return isAny
  }

  /** Changes what a future is besides. */
  setPart(id: string, part: Part): void {
    const future = this.future(id)
    if (future !== undefined) this.#setFuture(id, { ...future, part })
  }

  #setFuture(id: string, future: FutureState): void {
    this.change({ futures: { ...this.state.futures, [id]: future } })
  }

  // — tasks —

  task(id: string): TaskPart | null {
    const part = this.future(id)?.part
    return part?.kind === 'task' ? part : null
  }

  createTask(id: string, name: string): void {
    this.createFuture(
      {
        kind: 'task',
        name,
        waitsFor: null,
        mustCancel: false,
        message: null,
        cancelRequests: 0,
        isCancelledAtEnd: false,
      },
      id,
    )
    this.callSoon({ call: 'step', task: id, error: null })
  }

  setTask(id: string, changes: Partial<TaskPart>): void {
    const part = this.task(id)
    if (part !== null) this.setPart(id, { ...part, ...changes })
  }

  /**
   * What a task does when it awaits a future that is pending: it is woken when that is done; if it has been told to cancel
   * itself meanwhile, the future is cancelled.
   */
  awaitFuture(task: string, future: string): void {
    this.addCallback(future, { call: 'wakeUp', task, future })
    this.setTask(task, { waitsFor: future })
    const { mustCancel, message } = this.task(task)!
    if (mustCancel && this.cancel(future, message)) this.setTask(task, { mustCancel: false })
  }

  /** What a task does that lets the others go on and comes back. */
  yieldTurn(task: string): void {
    this.callSoon({ call: 'step', task, error: null })
  }

  /** The task's coroutine has ended. */
  endTask(id: string, outcome: Outcome): void {
    const { mustCancel, message } = this.task(id)!
    if (mustCancel) this.setTask(id, { mustCancel: false })
    this.settle(id, mustCancel && outcome.kind === 'result' ? { kind: 'cancelled', message } : outcome)
  }

  /** Begins a step of a task: what is thrown into it, if anything. */
  beginStep(id: string, error: Thrown | null): Thrown | null {
    const part = this.task(id)!
    this.setTask(id, { mustCancel: false, waitsFor: null })
    if (!part.mustCancel || error?.name === 'CancelledError') return error
    return cancellation(part.message)
  }

  // — timeouts and groups —

  timeout(id: string): TimeoutState | undefined {
    return this.state.timeouts[id]
  }

  setTimeout(id: string, timeout: TimeoutState | null): void {
    const { [id]: _before, ...others } = this.state.timeouts
    this.change({ timeouts: timeout === null ? others : { ...others, [id]: timeout } })
  }

  group(id: string): GroupState | undefined {
    return this.state.groups[id]
  }

  setGroup(id: string, group: GroupState | null): void {
    const { [id]: _before, ...others } = this.state.groups
    this.change({ groups: group === null ? others : { ...others, [id]: group } })
  }
}

/** The futures and timeouts that a state has, or that a call which is queued or may be refers to. */
function idsIn({ futures, timeouts, ready, timers }: LoopState): ReadonlySet<string> {
  const ids = new Set([...Object.keys(futures), ...Object.keys(timeouts)])
  const note = (handle: Handle): void => {
    if ('future' in handle) ids.add(handle.future)
    if ('inner' in handle) ids.add(handle.inner)
    if ('timeout' in handle) ids.add(handle.timeout)
  }
  ready.forEach(note)
  for (const { handle } of timers) note(handle)
  for (const { callbacks } of Object.values(futures)) callbacks.forEach(note)
  return ids
}

/** The error that a cancellation throws. */
export function cancellation(message: string | null): Thrown {
  return message === null ? CANCELLED : { ...CANCELLED, message }
}

/** What asking for an outcome throws, if anything. */
export function errorIn(outcome: Outcome): Thrown | null {
  switch (outcome.kind) {
    case 'result':
      return null
    case 'error':
      return outcome.error
    case 'cancelled':
      return cancellation(outcome.message)
  }
}
