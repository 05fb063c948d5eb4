import { perform, type SharedObject, type Steps, type WorldView } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'
import { type Attempt, attempting, settle, settled, succeeded } from './attempt.js'
import { CONNECTION_ERRORS } from './process-errors.js'
import { withTimeout } from './timed.js'
import { type Effect, type Transition, TransitionOperation } from './transition.js'

/** One end of a pipe: what has been sent to it and not received, and whether it is open. */
interface End<T> {
  readonly inbox: readonly T[]
  readonly isOpen: boolean
  /** The other end was closed before it had received everything; nobody has been told yet. */
  readonly isReset: boolean
}

/** The state of a pipe: both ends. */
export type PipeState<T> = readonly [End<T>, End<T>]

/** A pipe at first. */
export const OPEN_PIPE: PipeState<never> = [
  { inbox: [], isOpen: true, isReset: false },
  { inbox: [], isOpen: true, isReset: false },
]

/** Which way a connection goes. */
export interface Direction {
  /** Which of the pipe's ends it is. */
  readonly side: 0 | 1
  readonly reads: boolean
  readonly writes: boolean
}

/**
 * One end of a pipe between processes, with the semantics of Python's `multiprocessing.Pipe`: messages arrive in the order in
 * which they were sent, and none is lost. Sending never waits: what the real one does once its buffer of 64 KiB is full is not
 * modelled. An end is closed for all processes at once, where the real one has to be closed in each that has it.
 *
 * Declared by `p.pipe(name)`, which gives both ends. Every operation is one step.
 */
export class Connection<T = unknown> implements SharedObject {
  readonly kind = 'connection'
  readonly isPickled = true
  readonly name: string
  readonly #word: number
  readonly #direction: Direction
  /** In properties a connection shows the messages that have been sent to it and not received. */
  declare readonly contentType?: readonly T[]

  constructor(name: string, word: number, direction: Direction) {
    this.name = name
    this.#word = word
    this.#direction = direction
  }

  /**
   * Sends a message, which must be plain data.
   *
   * @throws OSError if this end is closed or only receives.
   * @throws BrokenPipeError if the other end is closed.
   */
  send(message: T): Steps<void> {
    const { side, writes } = this.#direction
    return this.#settled({
      name: 'send',
      args: [message],
      step: (pipe) => {
        if (!pipe[side].isOpen) return fail(pipe, 'OSError', `connection “${this.name}” is closed`)
        if (!writes) return fail(pipe, 'OSError', `connection “${this.name}” is read-only`)
        const other = pipe[1 - side]!
        if (!other.isOpen) return fail(pipe, 'BrokenPipeError', `the other end of “${this.name}” is closed`)
        return succeed(withEnd(pipe, 1 - side, { ...other, inbox: [...other.inbox, message] }), undefined)
      },
    })
  }

  /**
   * Receives the next message, waiting for one.
   *
   * @throws EOFError if there is none and the other end is closed.
   * @throws ConnectionResetError once, if the other end was closed before it had received everything.
   * @throws OSError if this end is closed or only sends.
   */
  recv(): Steps<T> {
    return this.#settled({
      name: 'recv',
      ways: (pipe) => (this.#isReadable(pipe) ? 1 : 0),
      step: (pipe) => {
        const wrong = this.#wrongToRead<T>(pipe)
        if (wrong !== null) return wrong
        const { side } = this.#direction
        const own = pipe[side]
        if (own.inbox.length > 0)
          return succeed(withEnd(pipe, side, { ...own, inbox: own.inbox.slice(1) }), own.inbox[0]!)
        if (own.isReset)
          return fail(
            withEnd(pipe, side, { ...own, isReset: false }),
            'ConnectionResetError',
            `the other end of “${this.name}” was closed before it had received everything`,
          )
        return fail(pipe, 'EOFError', `the other end of “${this.name}” is closed`)
      },
    })
  }

  /**
   * Whether `recv` would not have to wait: also if it would throw because the other end is closed.
   *
   * @param options.timeout seconds to wait for that at most. @default 0
   * @throws OSError if this end is closed or only sends.
   */
  *poll({ timeout = 0 }: { readonly timeout?: number } = {}): Steps<boolean> {
    if (timeout === 0)
      return yield* this.#settled<boolean>({
        name: 'poll',
        step: (pipe) => this.#wrongToRead<boolean>(pipe) ?? succeed(pipe, this.#isReadable(pipe)),
      })
    const waiting = this.#operation<boolean>({
      name: 'poll',
      ways: (pipe) => (this.#isReadable(pipe) ? 1 : 0),
      step: (pipe) => this.#wrongToRead<boolean>(pipe) ?? succeed(pipe, true),
    })
    const ended = yield* withTimeout(waiting, timeout)
    return !ended.timedOut && settle(ended.result, CONNECTION_ERRORS)
  }

  /** Closes this end; does nothing if it is closed. */
  close(): Steps<void> {
    const { side } = this.#direction
    return this.#settled({
      name: 'close',
      step: (pipe) => {
        const own = pipe[side]
        if (!own.isOpen) return succeed(pipe, undefined)
        const closed = withEnd(pipe, side, { inbox: [], isOpen: false, isReset: false })
        const other = closed[1 - side]!
        // Only a pipe that goes both ways is a socket, which tells of what was lost.
        const isReset = own.inbox.length > 0 && other.isOpen && this.#direction.reads && this.#direction.writes
        return succeed(isReset ? withEnd(closed, 1 - side, { ...other, isReset }) : closed, undefined)
      },
    })
  }

  show(world: WorldView): unknown {
    const { inbox, isOpen } = (world.value(this.#word) as PipeState<T>)[this.#direction.side]
    return isOpen ? inbox : 'closed'
  }

  #isReadable(pipe: PipeState<T>): boolean {
    const { side, reads } = this.#direction
    const own = pipe[side]
    return !own.isOpen || !reads || own.inbox.length > 0 || !pipe[1 - side]!.isOpen
  }

  #wrongToRead<R>(pipe: PipeState<T>): Effect<PipeState<T>, Attempt<R>> | null {
    const { side, reads } = this.#direction
    if (!pipe[side].isOpen) return fail(pipe, 'OSError', `connection “${this.name}” is closed`)
    return reads ? null : fail(pipe, 'OSError', `connection “${this.name}” is write-only`)
  }

  #operation<R>(transition: Transition<PipeState<T>, Attempt<R>>): TransitionOperation<PipeState<T>, Attempt<R>> {
    return new TransitionOperation(this, this.#word, attempting(transition), recordedPlace())
  }

  #settled<R>(transition: Transition<PipeState<T>, Attempt<R>>): Steps<R> {
    return settled(perform(this.#operation(transition)), CONNECTION_ERRORS)
  }
}

function withEnd<T>(pipe: PipeState<T>, side: number, end: End<T>): PipeState<T> {
  return side === 0 ? [end, pipe[1]] : [pipe[0], end]
}

function succeed<S, R>(state: S, value: R): Effect<S, Attempt<R>> {
  return { state, result: succeeded(value) }
}

function fail<S, R>(state: S, error: string, message: string): Effect<S, Attempt<R>> {
  return { state, result: { error, message } }
}
