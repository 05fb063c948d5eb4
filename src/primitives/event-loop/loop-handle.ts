import type { ThreadHandle } from '../../engine/marks.js'
import type { Steps, ThreadBody } from '../../engine/operation.js'
import type { LoopCaller } from './loop-caller.js'
import { TaskDestroyed } from './loop-errors.js'
import { cancellingCallback, ENDING_CALLBACK } from './loop-procedures.js'

/** A callback that has been handed to an event loop: Python's `asyncio.Handle`. */
export class LoopHandle {
  readonly name: string
  readonly #caller: LoopCaller
  readonly #id: string

  constructor(caller: LoopCaller, id: string, name: string) {
    this.name = name
    this.#caller = caller
    this.#id = id
  }

  /** Takes the callback back; returns whether it had not been called yet. One step of whoever has the loop's turn. */
  cancel(): Steps<boolean> {
    return this.#caller.call(cancellingCallback(this.#id, this.name))
  }
}

/** Starts the engine thread of a callback, which waits until the loop calls it; an error in it is the thread's own. */
export function* runAsCallback(
  caller: LoopCaller,
  body: ThreadBody<void>,
  givenName?: string,
): Steps<{ readonly handle: ThreadHandle<void>; readonly name: string }> {
  const handle = yield* caller.spawn(givenName, function* () {
    try {
      yield* caller.begin()
    } catch (error) {
      if (error instanceof TaskDestroyed) return
      throw error
    }
    try {
      yield* body()
    } finally {
      yield* caller.call(ENDING_CALLBACK)
    }
  })
  return { handle, name: givenName ?? handle.name }
}
