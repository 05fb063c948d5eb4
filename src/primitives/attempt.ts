import { formatCall, type Steps } from '../engine/operation.js'
import type { Transition } from './transition.js'

/** Which error an attempt has come to: its name, and its sentence for people. */
export interface Failed {
  readonly error: string
  readonly message: string
}

/** What a step that can fail comes to. An error object is no plain data: this is what stands for it until it is thrown. */
export type Attempt<R> = { readonly value: R } | Failed

/** The classes of the errors that attempts on an object can come to, by their names. */
export type ErrorKinds = Readonly<Record<string, new (message: string) => Error>>

/** An attempt that has succeeded. */
export function succeeded<R>(value: R): Attempt<R> {
  return { value }
}

/** The value an attempt has come to; its error is thrown inside the thread. */
export function settle<R>(attempt: Attempt<R>, kinds: ErrorKinds): R {
  if ('value' in attempt) return attempt.value
  throw new kinds[attempt.error]!(attempt.message)
}

/** Performs an attempt and settles it. */
export function* settled<R>(steps: Steps<Attempt<R>>, kinds: ErrorKinds): Steps<R> {
  return settle(yield* steps, kinds)
}

/** A transition that can fail; its label shows the value itself, or the name of the error. */
export function attempting<S, R>(transition: Omit<Transition<S, Attempt<R>>, 'label'>): Transition<S, Attempt<R>> {
  const { name, args = [] } = transition
  return {
    ...transition,
    label: (outcome) => {
      const attempt = outcome as Attempt<R> | undefined
      if (attempt === undefined || 'value' in attempt) return formatCall(name, args, attempt?.value)
      return `${formatCall(name, args, undefined)}: ${attempt.error}`
    },
  }
}
