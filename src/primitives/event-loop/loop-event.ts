import type { SharedObject, Steps, WorldView } from '../../engine/operation.js'
import type { WordAllocator } from '../../engine/setup.js'
import type { LoopCaller } from './loop-caller.js'
import type { LoopMachine } from './loop-machine.js'
import { type Procedure, returns, throws, waits } from './loop-procedure.js'

/** The state of an asyncio event. */
export interface LoopEventState {
  readonly isSet: boolean
  readonly waiters: readonly string[]
}

type Own = readonly [LoopEventState]

/**
 * A flag that tasks of one event loop wait for, with the semantics of Python's `asyncio.Event`: `set` wakes all who wait at that moment, and a
 * `clear` before they go on does not send them back.
 *
 * Declared by `loop.event(name)`.
 */
export class LoopEvent implements SharedObject {
  readonly kind = 'loop event'
  readonly name: string
  readonly #word: number
  readonly #caller: LoopCaller
  /** In properties an event shows whether it is set. */
  declare readonly contentType?: boolean

  constructor(name: string, caller: LoopCaller, word: number) {
    this.name = name
    this.#word = word
    this.#caller = caller
  }

  /** The word for its state. */
  static declare(words: WordAllocator): number {
    return words.data('event', { isSet: false, waiters: [] } satisfies LoopEventState)
  }

  /** Waits until it is set; returns true, as Python does. */
  wait(): Steps<boolean> {
    return this.#caller.callOn(this, [this.#word], WAIT)
  }

  /** Sets it and wakes all who wait. */
  *set(): Steps<void> {
    yield* this.#caller.callOn(this, [this.#word], SET)
  }

  /** Resets it. */
  *clear(): Steps<void> {
    yield* this.#caller.callOn(this, [this.#word], CLEAR)
  }

  /** Whether it is set. One step, from any thread. */
  isSet(): Steps<boolean> {
    return this.#caller.callOn(this, [this.#word], IS_SET)
  }

  show(world: WorldView): unknown {
    return (world.value(this.#word) as LoopEventState).isSet
  }
}

const WAIT: Procedure<boolean, Own> = {
  name: 'wait',
  caller: 'task',
  begin(scene) {
    const [event] = scene.own
    if (event.isSet) return returns(true)
    const waiter = scene.loop.createFuture()
    scene.own = [{ ...event, waiters: [...event.waiters, waiter] }]
    return waits(scene, waiter)
  },
  resume(scene, phase, error) {
    const [event] = scene.own
    scene.own = [{ ...event, waiters: event.waiters.filter((waiter) => waiter !== phase) }]
    scene.loop.forget(phase as string)
    return error === null ? returns(true) : throws(error)
  },
}

const SET: Procedure<null, Own> = {
  name: 'set',
  caller: 'turn',
  begin(scene) {
    const [event] = scene.own
    if (!event.isSet) {
      scene.own = [{ ...event, isSet: true }]
      wakeAll(scene.loop, event.waiters)
    }
    return returns(null)
  },
}

function wakeAll(loop: LoopMachine, waiters: readonly string[]): void {
  for (const waiter of waiters) loop.setResult(waiter, true)
}

const CLEAR: Procedure<null, Own> = {
  name: 'clear',
  caller: 'turn',
  begin(scene) {
    const [event] = scene.own
    if (event.isSet) scene.own = [{ ...event, isSet: false }]
    return returns(null)
  },
}

const IS_SET: Procedure<boolean, Own> = {
  name: 'isSet',
  caller: 'anyone',
  begin: ({ own: [event] }) => returns(event.isSet),
}
