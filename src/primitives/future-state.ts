import { MisuseError } from '../engine/errors.js'
import { formatCall, formatData } from '../engine/operation.js'
import type { Transition } from './transition.js'

/** Python's states of a future; `notified` is a cancelled one whose waiters have been told (`CANCELLED_AND_NOTIFIED`). */
export type FutureStatus = 'pending' | 'running' | 'cancelled' | 'notified' | 'finished'

/** An error as plain data. */
export interface ErrorData {
  readonly kind: string
  readonly message: string
}

/** What a future was completed with. */
export type FutureOutcome = { readonly value: unknown } | { readonly error: ErrorData }

/** Who wants to be told that a future is done: the word of a waiter, and which of its futures this is. */
export interface FutureWaiter {
  readonly word: string
  readonly index: number
}

/** The whole state of a future. */
export interface FutureState {
  readonly status: FutureStatus
  /** The identity of the thread that runs its job. */
  readonly runner: string | null
  readonly outcome: FutureOutcome | null
  /** Keys of the callbacks that wait for its completion. */
  readonly callbacks: readonly string[]
  readonly waiters: readonly FutureWaiter[]
}

/** A future before anything has happened to it. */
export const PENDING: FutureState = { status: 'pending', runner: null, outcome: null, callbacks: [], waiters: [] }

/** What completing a future comes to: the callbacks to be run, or the status that forbids it. */
export type Completed = { readonly callbacks: readonly string[] } | { readonly invalid: FutureStatus }

/** Whether `result` need not wait. */
export function isDone({ status }: FutureState): boolean {
  return isCancelled(status) || status === 'finished'
}

/** Whether `wait` and `asCompleted` need not wait: for them, a future is cancelled only when its pool has noticed. */
export function isNotified({ status }: FutureState): boolean {
  return status === 'notified' || status === 'finished'
}

/** Whether a future has ended with an error. */
export function hasFailed({ outcome }: FutureState): boolean {
  return outcome !== null && 'error' in outcome
}

function isCancelled(status: FutureStatus): boolean {
  return status === 'cancelled' || status === 'notified'
}

/** Python's `set_result` and `set_exception`. */
export function completing(outcome: FutureOutcome): Transition<FutureState, Completed> {
  const name = 'error' in outcome ? 'setException' : 'setResult'
  const args = ['error' in outcome ? `${outcome.error.kind}: ${outcome.error.message}` : outcome.value]
  return {
    name,
    args,
    step: (state) =>
      isDone(state)
        ? { state, result: { invalid: state.status } }
        : {
            state: { status: 'finished', runner: null, outcome, callbacks: [], waiters: [] },
            result: { callbacks: state.callbacks },
          },
    label: (completed) => {
      const given = formatCall(
        name,
        name === 'setException' ? args : args.filter((arg) => arg !== undefined),
        undefined,
      )
      return completed !== undefined && 'invalid' in (completed as Completed) ? `${given}: InvalidStateError` : given
    },
  }
}

/** Whether a cancellation has succeeded, and the callbacks to be run if it was the first. */
export interface Cancellation {
  readonly cancelled: boolean
  readonly callbacks: readonly string[]
}

export const CANCEL: Transition<FutureState, Cancellation> = {
  name: 'cancel',
  step: (state) =>
    state.status === 'pending'
      ? {
          state: { ...state, status: 'cancelled', callbacks: [] },
          result: { cancelled: true, callbacks: state.callbacks },
        }
      : { state, result: { cancelled: isCancelled(state.status), callbacks: [] } },
  label: (cancellation) => formatCall('cancel', [], (cancellation as Cancellation | undefined)?.cancelled),
}

/** Python's `set_running_or_notify_cancel`: whether the job is to be run. */
export const RUN_OR_NOTIFY: Transition<FutureState, boolean> = {
  name: 'run',
  step: (state, _way, self) => {
    switch (state.status) {
      case 'pending':
        return { state: { ...state, status: 'running', runner: self }, result: true }
      case 'cancelled':
        return { state: { ...state, status: 'notified', waiters: [] }, result: false }
      case 'running':
      case 'notified':
      case 'finished':
        throw new MisuseError(`a future that is ${inWords(state.status)} is run`)
    }
  },
  label: (runs) => (runs === false ? 'run: it was cancelled' : 'run'),
}

/** What `result` and `exception` find. */
export type Found = FutureOutcome | { readonly cancelled: true }

/** Waits until a future is done. */
export function awaiting(name: 'result' | 'exception'): Transition<FutureState, Found> {
  return {
    name,
    ways: (state) => (isDone(state) ? 1 : 0),
    step: (state) => ({ state, result: state.outcome ?? { cancelled: true } }),
    holder: (state) => state.runner,
    label: (found) => {
      if (found === undefined) return name
      const outcome = found as Found
      if ('cancelled' in outcome) return `${name}: CancelledError`
      if ('value' in outcome) return `${name} → ${formatData(name === 'result' ? outcome.value : null)}`
      return name === 'result'
        ? `result: ${outcome.error.kind}`
        : `exception → ${outcome.error.kind}: ${outcome.error.message}`
    },
  }
}

/** Asks something about the status. */
export function asking(name: 'done' | 'cancelled' | 'running'): Transition<FutureState, boolean> {
  const answer = {
    done: isDone,
    cancelled: ({ status }: FutureState) => isCancelled(status),
    running: ({ status }: FutureState) => status === 'running',
  }[name]
  return { name, step: (state) => ({ state, result: answer(state) }) }
}

/** A status as it reads in a sentence. */
export function inWords(status: FutureStatus): string {
  return status === 'notified' ? 'cancelled' : status
}
