import type { Environment } from './environment.js'
import { KernelError } from './kernel-error.js'
import { Occurrence } from './occurrence.js'
import { MAX_TIME } from './time.js'
import { FifoLine, type Linked, type WaitingLine } from './waiting-line.js'

const WAITING = 0
const HELD = 1
const OVER = 2

/** A claim to one unit of a resource; it fires when the unit is granted. Made by `Resource.request`. */
export class Request extends Occurrence<void> implements Linked<Request> {
  readonly priority: number
  /** Neighbours in the line. */
  before: Request | null = null
  behind: Request | null = null
  /** Where it stands; only its resource writes it. */
  stage: typeof WAITING | typeof HELD | typeof OVER = WAITING

  constructor(env: Environment, priority: number) {
    super(env)
    this.priority = priority
  }

  /** Called by the resource. */
  grant(): void {
    this.stage = HELD
    this.settleWith(undefined)
  }
}

/**
 * Something of which there are a number of equal units, and those who want one wait: servers, tracks, slots of a device's
 * queue. Who waits is served in the order of the line: `FifoLine`, `PriorityLine` or one of your own.
 */
export class Resource {
  readonly env: Environment
  /** How many units there are. */
  readonly capacity: number
  readonly #line: WaitingLine<Request>
  #inUse = 0

  /** @throws KernelError `kernel/capacity` if the capacity is no whole number from 1 on. */
  constructor(env: Environment, capacity = 1, line: WaitingLine<Request> = new FifoLine()) {
    if (!(capacity >= 1 && (capacity === Infinity || Number.isInteger(capacity)))) {
      throw new KernelError('kernel/capacity', `A resource has 1 unit or more, not ${capacity}.`)
    }
    this.env = env
    this.capacity = capacity
    this.#line = line
  }

  /** How many units are taken. */
  get inUse(): number {
    return this.#inUse
  }

  /** How many requests wait. */
  get waiting(): number {
    return this.#line.size
  }

  /**
   * Asks for one unit. If one is free, the request has fired already. Whoever is done with it, also by an error or
   * interrupt, must `release` it.
   *
   * @param priority lower numbers first, if the line is a `PriorityLine`; any number from −2⁵³ to 2⁵³.
   * @throws KernelError `kernel/priority` for a priority that is none.
   */
  request(priority = 0): Request {
    if (!(Math.abs(priority) <= MAX_TIME)) throw new KernelError('kernel/priority', `No priority: ${priority}.`)
    const request = new Request(this.env, priority)
    if (this.#inUse < this.capacity) {
      this.#inUse++
      request.grant()
    } else {
      this.#line.add(request)
    }
    return request
  }

  /**
   * Gives the unit back, which goes to the next in the line; a request that still waits is withdrawn.
   *
   * @throws KernelError `kernel/released` if that was done before.
   */
  release(request: Request): void {
    if (request.stage === OVER) throw new KernelError('kernel/released', 'The request was released before.')
    const held = request.stage === HELD
    request.stage = OVER
    if (!held) {
      this.#line.remove(request)
      return
    }
    const next = this.#line.take()
    if (next === null) this.#inUse--
    else next.grant()
  }
}
