import { EntrelacsError } from '../engine/errors.js'
import { perform, type SharedObject, type Steps, type WorldView } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'
import type { OwnWord } from '../engine/setup.js'
import { type Transition, TransitionOperation } from './transition.js'

/** Thrown inside a thread that asks for what it has not set: Python's `AttributeError`. */
export class AttributeError extends EntrelacsError {
  constructor(message: string) {
    super('thread-local/no-attribute', message)
  }
}

type Attributes = Readonly<Record<string, unknown>>

/** What was found under a name. */
type Sought = { readonly value: unknown } | null

/**
 * Data of which each thread has its own: Python's `threading.local`. Attributes are plain data under names; what one thread sets no
 * other thread sees. Declared by `p.threadLocal(name)`. Every operation is one step.
 */
export class ThreadLocal implements SharedObject {
  readonly kind = 'thread-local'
  readonly name: string
  /** In properties it shows the attributes of each thread that has some, by the thread's name. */
  declare readonly contentType?: Readonly<Record<string, Attributes>>
  readonly #own: OwnWord

  constructor(name: string, own: OwnWord) {
    this.name = name
    this.#own = own
  }

  show(world: WorldView): unknown {
    const shown: Record<string, Attributes> = {}
    for (const [thread, word] of this.#own.known()) {
      const attributes = world.value(word) as Attributes
      if (Object.keys(attributes).length > 0) shown[world.threadName(thread)] = attributes
    }
    return Object.keys(shown).length === 0 ? undefined : shown
  }

  /**
   * The value that this thread has set.
   *
   * @throws AttributeError if it has set none.
   */
  *get<T = unknown>(attribute: string): Steps<T> {
    const sought = yield* this.#perform(getting(attribute))
    if (sought === null) throw this.#missing(attribute)
    return sought.value as T
  }

  /** Sets an attribute for this thread. */
  set(attribute: string, value: unknown): Steps<void> {
    return this.#perform(setting(attribute, value))
  }

  /**
   * Removes an attribute of this thread's.
   *
   * @throws AttributeError if it has set none.
   */
  *delete(attribute: string): Steps<void> {
    if (!(yield* this.#perform(deleting(attribute)))) throw this.#missing(attribute)
  }

  #missing(attribute: string): AttributeError {
    return new AttributeError(`thread-local “${this.name}” has no attribute “${attribute}” in this thread`)
  }

  #perform<R>(transition: Transition<Attributes, R>): Steps<R> {
    return perform(new TransitionOperation(this, this.#own.mine(), transition, recordedPlace()))
  }
}

function getting(attribute: string): Transition<Attributes, Sought> {
  return {
    name: 'get',
    args: [attribute],
    cost: 'load',
    step: (state) => ({ state, result: Object.hasOwn(state, attribute) ? { value: state[attribute] } : null }),
  }
}

function setting(attribute: string, value: unknown): Transition<Attributes, void> {
  return {
    name: 'set',
    args: [attribute, value],
    cost: 'store',
    step: (state) => ({ state: { ...state, [attribute]: value }, result: undefined }),
  }
}

function deleting(attribute: string): Transition<Attributes, boolean> {
  return {
    name: 'delete',
    args: [attribute],
    cost: 'store',
    step(state) {
      if (!Object.hasOwn(state, attribute)) return { state, result: false }
      const { [attribute]: _removed, ...rest } = state
      return { state: rest, result: true }
    },
  }
}
