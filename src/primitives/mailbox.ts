import type { Footprint } from '../engine/footprint.js'
import { formatData, perform, type Steps, type WorldAccess, type WorldView } from '../engine/operation.js'
import { recordedPlace } from '../engine/place.js'
import type { DeliveredObject, Delivery } from '../engine/simulate/cluster/delivery.js'
import type { TimedObject } from '../engine/time/timed-object.js'
import { nanosecondsOf } from '../engine/time/duration.js'
import type { TimeMode } from '../engine/time/time-mode.js'
import { type Attempt, attempting, settled, succeeded } from './attempt.js'
import { Empty, QUEUE_ERRORS } from './queue-errors.js'
import type { WaitOptions } from './semaphore.js'
import { withTimeout } from './timed.js'
import { StatefulObject, type Transition, TransitionOperation } from './transition.js'

/** A message that has arrived, and the identity of the thread that sent it. */
interface Arrived<T> {
  readonly from: string
  readonly message: T
}

/** One that is on its way, for so many nanoseconds more, at least 1. */
interface Underway<T> extends Arrived<T> {
  readonly left: number
}

/** The messages to one address: those that have arrived in the order of their arrival, the others in the order of sending. */
export interface MailboxState<T> {
  readonly arrived: readonly Arrived<T>[]
  readonly underway: readonly Underway<T>[]
}

export const EMPTY_MAILBOX: MailboxState<never> = { arrived: [], underway: [] }

/** What a network does to messages. */
export interface MailboxOptions {
  /** Whether messages may be lost, as over UDP; each is then explored as lost and as delivered. @default false */
  readonly loses?: boolean
  /** Whether messages of one sender may overtake each other. @default false */
  readonly reorders?: boolean
  /** Seconds that a message is on its way, in time mode `virtual`; on a simulated machine the links between its nodes say it. @default 0 */
  readonly latency?: number
  /** The node of a cluster where it is received; explore makes no difference between them. @default 0 */
  readonly node?: number
}

/** Says what it writes without trying it: a network that carries a message draws how long it takes. */
class Sending<T> extends TransitionOperation<MailboxState<T>, void> {
  override footprint(): Footprint {
    const words = this.words!
    return { reads: words, writes: words }
  }
}

/**
 * The messages that come over a network to one address. Sending never waits. What one thread sends arrives in the order in which it was sent,
 * unless the network reorders; what several threads send, in any order. Messages may be lost if the network loses some; none comes twice.
 *
 * Declared by `p.mailbox(name)`, in setup, and shared by all processes. Every operation is one step.
 */
export class Mailbox<T = unknown> extends StatefulObject<MailboxState<T>> implements TimedObject, DeliveredObject {
  readonly kind = 'mailbox'
  readonly isPickled = true
  /** The node where it is received. */
  readonly node: number
  /** Set by a simulated machine, before the program begins. */
  delivery: Delivery | null = null
  readonly #loses: boolean
  readonly #reorders: boolean
  readonly #latency: number
  readonly #time: TimeMode
  /** In properties a mailbox shows the messages that have arrived, then those on their way. */
  declare readonly contentType?: readonly T[]

  constructor(name: string, word: number, time: TimeMode, options: MailboxOptions = {}) {
    super(name, word)
    const { loses = false, reorders = false, latency = 0, node = 0 } = options
    this.node = node
    this.#loses = loses
    this.#reorders = reorders
    this.#time = time
    this.#latency =
      latency === 0 ? 0 : nanosecondsOf(latency, 'a latency', 'leave it out: messages then arrive at once')
  }

  /** Sends a message, which must be plain data. */
  send(message: T): Steps<void> {
    const sending: Transition<MailboxState<T>, void> = {
      name: 'send',
      args: [message],
      isTimed: this.#latency > 0,
      // On a simulated machine its links say what is lost.
      ways: () => (this.#loses && this.delivery === null ? 2 : 1),
      step: (state, way, self) => ({ state: way === 1 ? state : this.#sent(state, self, message), result: undefined }),
    }
    return perform(new Sending(this, this.word, sending, recordedPlace()))
  }

  /**
   * Receives a message that has arrived, waiting for one.
   *
   * @param options.timeout seconds to wait at most.
   * @throws Empty if the time has passed.
   */
  *receive({ timeout }: WaitOptions = {}): Steps<T> {
    const receiving: Transition<MailboxState<T>, T> = {
      name: 'receive',
      ways: (state) => this.#receivable(state).length,
      step: (state, way) => this.#taken(state, this.#receivable(state)[way]!),
    }
    if (timeout === undefined) return yield* this.perform(receiving)
    const ended = yield* withTimeout(this.operation(receiving), timeout)
    if (ended.timedOut) throw new Empty(`no message has come to “${this.name}” after ${timeout} s`)
    return ended.result
  }

  /**
   * Receives a message if one has arrived. Where time is free, one that was sent may not have arrived.
   *
   * @throws Empty if none has.
   */
  receiveNowait(): Steps<T> {
    const empty: Attempt<T> = { error: 'Empty', message: `no message has come to “${this.name}”` }
    return settled(
      this.perform(
        attempting<MailboxState<T>, T>({
          name: 'receiveNowait',
          ways: (state) => {
            const some = this.#receivable(state).length
            return some === 0 || this.#time === 'virtual' ? Math.max(1, some) : some + 1
          },
          step: (state, way) => {
            const position = this.#receivable(state)[way]
            if (position === undefined) return { state, result: empty }
            const { state: left, result } = this.#taken(state, position)
            return { state: left, result: succeeded(result) }
          },
        }),
      ),
      QUEUE_ERRORS,
    )
  }

  override show(world: WorldView): unknown {
    const { arrived, underway } = this.stateIn(world)
    return [...arrived, ...underway].map(({ message }) => message)
  }

  untilNext(world: WorldView): number | null {
    const { underway } = this.stateIn(world)
    return underway.length === 0 ? null : Math.min(...underway.map(({ left }) => left))
  }

  advance(world: WorldAccess, nanoseconds: number): void {
    const state = this.stateIn(world)
    if (state.underway.length === 0) return
    const later = state.underway.map((each) => ({ ...each, left: each.left - nanoseconds }))
    world.setValue(this.word, {
      arrived: [
        ...state.arrived,
        ...later.filter(({ left }) => left === 0).map(({ from, message }) => ({ from, message })),
      ],
      underway: later.filter(({ left }) => left > 0),
    })
  }

  /** The positions of messages that may be received next: the first of each sender; with reordering, the first of each that are alike. */
  #receivable({ arrived }: MailboxState<T>): readonly number[] {
    const seen = new Set<string>()
    return arrived.flatMap(({ from, message }, position) => {
      const key = this.#reorders ? `${from} ${formatData(message)}` : from
      if (seen.has(key)) return []
      seen.add(key)
      return [position]
    })
  }

  #taken({ arrived, underway }: MailboxState<T>, position: number): { state: MailboxState<T>; result: T } {
    return { state: { arrived: arrived.toSpliced(position, 1), underway }, result: arrived[position]!.message }
  }

  #sent(state: MailboxState<T>, from: string, message: T): MailboxState<T> {
    const { arrived, underway } = state
    const delay =
      this.delivery === null
        ? this.#time === 'virtual'
          ? this.#latency
          : 0
        : this.delivery(from, this.node, message, this.#loses)
    if (delay === null) return state
    // Nobody overtakes himself.
    const before = this.#reorders
      ? 0
      : Math.max(0, ...underway.filter((each) => each.from === from).map(({ left }) => left))
    const left = Math.max(delay, before)
    if (left === 0) return { arrived: [...arrived, { from, message }], underway }
    return { arrived, underway: [...underway, { from, message, left }] }
  }
}
