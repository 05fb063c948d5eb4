import type { Random } from '../../random.js'
import { scattered } from '../devices/scattered.js'
import { pickledSize } from '../machine/pickled-size.js'
import type { ClusterConfig } from './cluster-config.js'

const NANOSECOND = 1000
const SECOND = 1e12
/** Bytes around a message: Ethernet, IP and UDP. */
const HEADERS = 66

/** What a network has carried. */
export interface NetworkCounts {
  readonly messages: number
  readonly lost: number
  readonly bytes: number
}

/** The links of a cluster: a node sends one message after the other, and each is on its way for a time that is drawn. */
export class ClusterNetwork {
  readonly #config: ClusterConfig
  readonly #random: Random
  /** By node: when it has sent what it was given, in picoseconds. */
  readonly #free: Float64Array
  #messages = 0
  #lost = 0
  #bytes = 0

  constructor(config: ClusterConfig, random: Random) {
    this.#config = config
    this.#random = random
    this.#free = new Float64Array(config.nodes)
  }

  get counts(): NetworkCounts {
    return { messages: this.#messages, lost: this.#lost, bytes: this.#bytes }
  }

  /** The nanoseconds from now (in picoseconds) until a message arrives, 0 within a node; null if it is lost. */
  send(from: number, to: number, message: unknown, mayLose: boolean, now: number): number | null {
    if (from === to) return 0
    const { link } = this.#config
    const bytes = HEADERS + pickledSize(message)
    this.#messages++
    this.#bytes += bytes
    this.#free[from] = Math.max(now, this.#free[from]!) + (bytes / link.bandwidth) * SECOND
    const arrives = this.#free[from] + scattered(link.latency, link.spread, this.#random)
    if (link.loss > 0 && this.#random.unit() < link.loss && mayLose) {
      this.#lost++
      return null
    }
    return Math.max(1, Math.ceil((arrives - now) / NANOSECOND))
  }
}
