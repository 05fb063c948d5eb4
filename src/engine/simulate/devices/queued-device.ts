import type { Random } from '../../random.js'
import type { Handler, Kernel } from '../kernel/kernel.js'
import { Priority } from '../kernel/priority.js'
import type { Device } from '../program/device.js'
import { scattered } from './scattered.js'

/** A disk or a network as a program meets it. */
export interface DeviceConfig {
  /** From a request's being taken up to its first byte, in picoseconds: the median. */
  readonly latency: number
  /** How latencies scatter, as a share of the median: larger ones are further away than smaller ones. 0: not at all. */
  readonly spread: number
  /** Bytes per second that all requests share; Infinity: no bound. */
  readonly bandwidth: number
  /** Requests in work at the same time; others wait their turn. */
  readonly depth: number
  /** Bytes of a request that does not say how many. */
  readonly bytes: number
}

const SECOND = 1e12

/** A device with a queue: first come, first served, so many at a time, and one stream of bytes. */
export class QueuedDevice implements Device {
  /** How many requests have been answered, and how long they took in all, in picoseconds, from asking to answer. */
  answered = 0
  busyTime = 0
  waitingTime = 0
  bytesMoved = 0
  readonly #kernel: Kernel
  readonly #config: DeviceConfig
  readonly #random: Random
  readonly #queue: Request[] = []
  readonly #working = new Map<number, Request>()
  #count = 0
  #active = 0
  #streamFree = 0
  readonly #onDone = (number: number): void => this.#finish(number)

  constructor(kernel: Kernel, config: DeviceConfig, random: Random) {
    this.#kernel = kernel
    this.#config = config
    this.#random = random
  }

  submit(bytes: number, done: Handler, argument: number): void {
    const request = { bytes: bytes > 0 ? bytes : this.#config.bytes, done, argument, asked: this.#kernel.now }
    if (this.#active < this.#config.depth) this.#start(request)
    else this.#queue.push(request)
  }

  #start(request: Request): void {
    const { now } = this.#kernel
    this.#active++
    this.waitingTime += now - request.asked
    const first = now + this.#latency()
    const transfer = this.#config.bandwidth === Infinity ? 0 : (request.bytes / this.#config.bandwidth) * SECOND
    const end = Math.round(Math.max(first, this.#streamFree) + transfer)
    if (transfer > 0) this.#streamFree = end
    const number = this.#count++
    this.#working.set(number, request)
    this.#kernel.schedule(end, Priority.Device, this.#onDone, number)
  }

  #latency(): number {
    return scattered(this.#config.latency, this.#config.spread, this.#random)
  }

  #finish(number: number): void {
    const request = this.#working.get(number)!
    this.#working.delete(number)
    this.#active--
    this.answered++
    this.bytesMoved += request.bytes
    this.busyTime += this.#kernel.now - request.asked
    const next = this.#queue.shift()
    if (next !== undefined) this.#start(next)
    request.done(request.argument)
  }
}

interface Request {
  readonly bytes: number
  readonly done: Handler
  readonly argument: number
  readonly asked: number
}
