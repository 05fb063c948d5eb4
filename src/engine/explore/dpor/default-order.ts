import * as Code from '../../code.js'
import { CODE_MASK } from '../../node-head.js'
import { NODE_CODE, NODE_SHIFT, NODE_WORD } from '../../node-fields.js'
import type { Execution } from './execution.js'

/**
 * Which thread goes on by default: the one that stepped last, or else the first in canonical order; but whoever touches
 * nothing that is shared goes before all others, so that what races comes late and little is done again after a reversal.
 * The clock only if nobody else can.
 */
export class DefaultOrder {
  readonly #execution: Execution
  // By key: whether several threads touch it, as far as is known; null if there is nothing to prefer.
  #shared: Uint8Array | null = null

  constructor(execution: Execution) {
    this.#execution = execution
  }

  /** The thread that goes on, −1 if none can. */
  next(): number {
    const thread = this.#nextThread()
    if (thread >= 0) return thread
    const execution = this.#execution
    const { clockThread } = execution.session
    if (clockThread === null || execution.session.ways(clockThread.index) === 0) return -1
    execution.waysOfNext = 1
    return clockThread.index
  }

  #nextThread(): number {
    const execution = this.#execution
    const { length } = execution
    const current = length > 0 ? execution.threadOf(length - 1) : -1
    const ways = current >= 0 && !execution.isClock(current) ? execution.ways(current) : 0
    if (ways === 0 || this.#shared !== null) return this.#nextInOrder(current, ways)
    execution.waysOfNext = ways
    return current
  }

  #nextInOrder(current: number, waysOfCurrent: number): number {
    const execution = this.#execution
    const order = execution.session.threads.canonical
    let first = -1
    if (waysOfCurrent > 0) {
      execution.waysOfNext = waysOfCurrent
      if (!this.#touchesShared(current)) return current
      first = current
    }
    for (let i = 0; i < order.length; i++) {
      if (execution.isClock(order[i]!)) continue
      const ways = execution.ways(order[i]!)
      if (ways === 0 || (first >= 0 && this.#touchesShared(order[i]!))) continue
      execution.waysOfNext = ways
      if (this.#shared === null || !this.#touchesShared(order[i]!)) return order[i]!
      first = order[i]!
    }
    if (first >= 0) execution.waysOfNext = execution.ways(first)
    return first
  }

  /** Runs one execution and notes which words several threads touch. Begins and ends in the initial state. */
  scout(maxSteps: number): void {
    const execution = this.#execution
    for (let thread = execution.next(); thread >= 0 && execution.length < maxSteps; thread = execution.next())
      execution.push(thread, 0)
    const { session, rules } = execution
    const keys = rules.keyCount(session.layout.count)
    const owner = new Int32Array(keys).fill(-1)
    const shared = new Uint8Array(keys).fill(1)
    for (let event = 0; event < execution.length; event++) {
      const thread = execution.threadOf(event)
      for (const { key } of execution.accessesOf(event)) {
        if (owner[key] === -1) {
          owner[key] = thread
          shared[key] = 0
        } else if (owner[key] !== thread) shared[key] = 1
      }
    }
    while (execution.length > 0) execution.pop()
    this.#shared = shared.includes(0) ? shared : null
  }

  #touchesShared(thread: number): boolean {
    if (this.#shared === null) return true
    const { session, rules } = this.#execution
    const { fields } = session.nodes
    const at = this.#execution.nodeAt(thread) << NODE_SHIFT
    const code = fields[at + NODE_CODE]! & CODE_MASK
    if (code > Code.Release) return code === Code.Contract
    const key = rules.wordKey(fields[at + NODE_WORD]!)
    return key >= this.#shared.length || this.#shared[key] === 1
  }
}
