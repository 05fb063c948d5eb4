import { CallMark, LoopMark, ReturnMark } from './marks.js'
import { formatData, type Steps } from './operation.js'

/** Says, at the head of a loop inside a call, what of the call still matters. Not a step. */
export type CallLoop = (label: string, ...locals: readonly unknown[]) => Steps<void>

/**
 * Runs several operations as one call of which only what it comes to, a value or an error, matters to its caller: histories that differ
 * in how they came to it become one. So a primitive that is made of several steps, and may go round in a loop while it waits,
 * costs its users no more states than one that takes a single step.
 *
 * @param body must depend on nothing that changes between two calls but what its operations return; `loop` closes its loops as
 * `p.at` closes those of threads: with equal values, what follows is equal.
 *
 * A claim that turns out false is reported as the program's fault (`program/false-at`).
 */
export function* call<R>(body: (loop: CallLoop) => Steps<R>): Steps<R> {
  yield new CallMark()
  let result: R
  try {
    result = yield* body(loopInCall)
  } catch (error) {
    yield new ReturnMark(['throws', error instanceof Error ? `${error.name}: ${error.message}` : formatData(error)])
    throw error
  }
  yield new ReturnMark(['returns', result])
  return result
}

function* loopInCall(label: string, ...locals: readonly unknown[]): Steps<void> {
  yield new LoopMark(label, locals)
}
