import { isOwnFile } from './place.js'

/** A function of the program, or of the library, that has been called as a generator. */
export interface CalledFunction {
  /** `deposit`, `Account.deposit`; empty for a function without a name. */
  readonly name: string
  /** It is the library's. */
  readonly isLibrary: boolean
}

/** One call of a function: from when it is first run to its end. */
export interface Call {
  /** Null until it has called another, as all do but the innermost that yield operations themselves. */
  readonly called: CalledFunction | null
}

/** A call, with the prototype that all generators of its function share. */
interface Known {
  called: CalledFunction | null
  readonly prototype: object
}

type AnyGenerator = Generator<unknown, unknown, unknown>
type Resume = (this: AnyGenerator, value: unknown) => IteratorResult<unknown, unknown>

interface GeneratorPrototype {
  next: Resume
  throw: Resume
}

const GENERATORS = Object.getPrototypeOf(function* () {}).prototype as GeneratorPrototype
const ITERATORS = Object.getPrototypeOf(GENERATORS) as { [Symbol.iterator](): unknown }

const NO_CALLS: readonly Call[] = []

/**
 * Tells which calls a thread is in when it yields an operation. JavaScript says nothing of suspended generators, but whoever
 * delegates to another asks it for its iterator, and both are resumed by `next`: while it is installed, these two are watched.
 */
export class CallTracer {
  /** By thread: the calls that its latest operation is in, the outermost first, and those of the one before. */
  readonly #latest: (readonly Call[] | undefined)[] = []
  readonly #before: (readonly Call[] | undefined)[] = []
  // By generator; what is called is known by the prototype that all generators of a function share.
  readonly #calls = new WeakMap<object, Known>()
  readonly #functions = new WeakMap<object, CalledFunction>()
  readonly #active: Known[] = []
  /** How deep the call was that has yielded last, if all since have only passed on what it yielded. */
  #yielding = -1
  #yielded: readonly Call[] = NO_CALLS
  #isEntered = false

  /** Watches generators while `action` runs. */
  installed<R>(action: () => R): R {
    const { next, throw: raise } = GENERATORS
    const iterator = ITERATORS[Symbol.iterator]
    const resumed = (generator: AnyGenerator, resume: Resume, value: unknown) => this.#resumed(generator, resume, value)
    const delegates = () => this.#delegates()
    define(GENERATORS, 'next', function (this: AnyGenerator, value: unknown) {
      return resumed(this, next, value)
    })
    define(GENERATORS, 'throw', function (this: AnyGenerator, error: unknown) {
      return resumed(this, raise, error)
    })
    define(ITERATORS, Symbol.iterator, function (this: unknown) {
      delegates()
      return this
    })
    try {
      return action()
    } finally {
      define(GENERATORS, 'next', next)
      define(GENERATORS, 'throw', raise)
      define(ITERATORS, Symbol.iterator, iterator)
    }
  }

  /** A thread's own code runs from here to `leave`. */
  enter(): void {
    this.#isEntered = true
    this.#yielded = NO_CALLS
    this.#yielding = -1
  }

  leave(thread: number): void {
    this.#isEntered = false
    this.#active.length = 0
    this.#before[thread] = this.#latest[thread]
    this.#latest[thread] = this.#yielded
  }

  /** The calls that the operation before a thread's latest one was in. */
  before(thread: number): readonly Call[] {
    return this.#before[thread] ?? NO_CALLS
  }

  #resumed(generator: AnyGenerator, resume: Resume, value: unknown): IteratorResult<unknown, unknown> {
    if (!this.#isEntered) return resume.call(generator, value)
    const active = this.#active
    const depth = active.push(this.#callOf(generator)) - 1
    this.#yielding = -1
    try {
      const step = resume.call(generator, value)
      if (step.done === true) this.#yielding = -1
      else {
        if (this.#yielding !== depth + 1) this.#yielded = [...active]
        this.#yielding = depth
      }
      return step
    } finally {
      active.length = depth
    }
  }

  #callOf(generator: object): Known {
    let call = this.#calls.get(generator)
    if (call === undefined) {
      const prototype = Object.getPrototypeOf(generator) as object
      call = { called: this.#functions.get(prototype) ?? null, prototype }
      this.#calls.set(generator, call)
    }
    return call
  }

  /** The innermost call is about to delegate: it is its function's frame that is on top. */
  #delegates(): void {
    const call = this.#active.at(-1)
    if (!this.#isEntered || call === undefined || call.called !== null) return
    call.called = this.#functions.get(call.prototype) ?? callerOf(ITERATORS[Symbol.iterator])
    this.#functions.set(call.prototype, call.called)
  }
}

function define(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: false, configurable: true })
}

interface Frame {
  getFunctionName(): string | null
  getTypeName(): string | null
  getFileName(): string | null | undefined
}

interface StackHooks {
  stackTraceLimit: number
  prepareStackTrace?: ((error: unknown, frames: readonly Frame[]) => unknown) | undefined
  captureStackTrace?: (target: object, above: unknown) => void
}

/** The function that has called `above`; without a name where frames cannot be asked for. */
function callerOf(above: unknown): CalledFunction {
  const hooks = Error as unknown as StackHooks
  const { prepareStackTrace, stackTraceLimit } = hooks
  const target: { stack?: unknown } = {}
  hooks.prepareStackTrace = (_error, [frame]) => (frame === undefined ? NAMELESS : calledIn(frame))
  hooks.stackTraceLimit = 1
  try {
    hooks.captureStackTrace?.(target, above)
    return (target.stack as CalledFunction | undefined) ?? NAMELESS
  } finally {
    hooks.prepareStackTrace = prepareStackTrace
    hooks.stackTraceLimit = stackTraceLimit
  }
}

const NAMELESS: CalledFunction = { name: '', isLibrary: false }

function calledIn(frame: Frame): CalledFunction {
  const type = frame.getTypeName()
  const name = frame.getFunctionName() ?? ''
  const file = frame.getFileName()
  const isLibrary = typeof file === 'string' && isOwnFile(file)
  const isMethod = type !== null && type !== 'Object' && !name.includes('.') && name !== ''
  return { name: isMethod ? `${type}.${name}` : name, isLibrary }
}
