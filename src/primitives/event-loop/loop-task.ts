import type { ThreadHandle } from '../../engine/marks.js'
import type { PlainData } from '../../engine/interner.js'
import type { Steps } from '../../engine/operation.js'
import type { LoopCaller } from './loop-caller.js'
import { Awaitable } from './loop-future.js'
import { looking, uncancelling } from './loop-procedures.js'

/** A task with the semantics of Python's `asyncio.Task`; its coroutine runs in an engine thread of its own. Made by `yield* loop.task(…)`. */
export class LoopTask<R = unknown> extends Awaitable<R> {
  /** Its engine thread: `final.result(task.thread)` is what it returned. */
  readonly thread: ThreadHandle<R | undefined>

  constructor(caller: LoopCaller, id: string, name: string, thread: ThreadHandle<R | undefined>) {
    super(caller, id, name, (value: PlainData) => value as R)
    this.thread = thread
  }

  /** How many requests to cancel it have not been taken back. One step, from any thread. */
  cancelling(): Steps<number> {
    return this.caller.call(looking('cancelling', this.name, (loop) => loop.task(this.id)!.cancelRequests))
  }

  /** Takes one request to cancel it back; returns how many are left. One step of whoever has the loop's turn. */
  uncancel(): Steps<number> {
    return this.caller.call(uncancelling(this.id, this.name))
  }
}
