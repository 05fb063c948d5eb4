import { ProgramFault } from '../engine/errors.js'
import { formatData, type Steps } from '../engine/operation.js'
import { placeOfCaller } from '../engine/place.js'
import { StatefulObject, type Transition } from './transition.js'

/** What can be done about events: bodies by name, each called with what was emitted. */
// eslint-disable-next-line typescript/no-explicit-any -- each handler says what it takes
export type Handlers = Readonly<Record<string, (...payload: any[]) => Steps<unknown>>>

/** A handler that waits for an event. */
export interface Registration {
  readonly event: string
  readonly handler: string
  /** Whether it waits for one event only. */
  readonly once: boolean
}

/**
 * Tells handlers of events, with the semantics of Node's `EventEmitter`: `emit` calls the handlers of an event one after the
 * other, in the order of their registration, in the thread that emits; it takes down who they are first, so that those who come or
 * go meanwhile do not matter to it. A handler can be registered several times. An error of a handler is the emitter's.
 *
 * Shared words hold plain data, and a function is none. So the bodies of handlers are given by name when the emitter is
 * declared, the same in every run, and what is registered are their names.
 *
 * Declared by `p.emitter(name, handlers)`. Registering is one step, and so is `emit`, before the steps of its handlers.
 */
export class Emitter<H extends Handlers> extends StatefulObject<readonly Registration[]> {
  readonly kind = 'emitter'
  /** In properties an emitter shows who waits for what, in the order of registration. */
  declare readonly contentType?: readonly Registration[]
  readonly #handlers: H

  constructor(name: string, word: number, handlers: H) {
    super(name, word)
    this.#handlers = handlers
  }

  /** Registers a handler for every such event from now on. */
  on(event: string, handler: keyof H & string): Steps<void> {
    return this.perform(this.#registering('on', event, handler, false))
  }

  /** Registers a handler for the next such event. */
  once(event: string, handler: keyof H & string): Steps<void> {
    return this.perform(this.#registering('once', event, handler, true))
  }

  /** Takes back the latest registration of a handler for such events, if there is one. */
  off(event: string, handler: keyof H & string): Steps<void> {
    return this.perform({
      name: 'off',
      args: [event, handler],
      step: (registered) => {
        const latest = registered.findLastIndex((each) => each.event === event && each.handler === handler)
        return { state: latest === -1 ? registered : registered.toSpliced(latest, 1), result: undefined }
      },
    })
  }

  /** Calls the handlers of an event in this thread; returns whether it has one. */
  *emit(event: string, ...payload: readonly unknown[]): Steps<boolean> {
    const called = yield* this.perform(emission(event, payload))
    for (const handler of called) yield* this.#handlers[handler]!(...payload)
    return called.length > 0
  }

  /** How many registrations there are for such events. */
  listenerCount(event: string): Steps<number> {
    return this.perform({
      name: 'listenerCount',
      args: [event],
      step: (registered) => ({ state: registered, result: registered.filter((each) => each.event === event).length }),
    })
  }

  #registering(name: string, event: string, handler: string, once: boolean): Transition<readonly Registration[], void> {
    if (!Object.hasOwn(this.#handlers, handler))
      throw new ProgramFault('program/bad-handler', `emitter “${this.name}” has no handler “${handler}”`, {
        place: placeOfCaller(),
        hint: 'give the emitter all its handlers by name when it is declared',
      })
    return {
      name,
      args: [event, handler],
      step: (registered) => ({ state: [...registered, { event, handler, once }], result: undefined }),
    }
  }
}

function emission(event: string, payload: readonly unknown[]): Transition<readonly Registration[], readonly string[]> {
  return {
    name: 'emit',
    args: [event, ...payload],
    step: (registered) => {
      const isMeant = (each: Registration) => each.event === event
      const result = registered.filter(isMeant).map(({ handler }) => handler)
      const isSpent = (each: Registration) => isMeant(each) && each.once
      return { state: registered.some(isSpent) ? registered.filter((each) => !isSpent(each)) : registered, result }
    },
    label: (called) => labelOfEmission([event, ...payload], called as readonly string[] | undefined),
  }
}

function labelOfEmission(emitted: readonly unknown[], called: readonly string[] | undefined): string {
  const call = `emit ${emitted.map(formatData).join(', ')}`
  if (called === undefined) return call
  return called.length === 0 ? `${call}: nobody` : `${call} → ${called.join(', ')}`
}
