import { UsageError } from '../../errors.js'
import type { Operation } from '../../operation.js'
import type { Session } from '../../session.js'
import { StateWithin } from './state-within.js'

/** The words that decide the ways of an operation, and whether it has been seen without any. */
interface Wait {
  readonly words: Set<number>
  hasWaited: boolean
}

/** Asks operations of the contract for their ways and watches which words they look at. */
export class ContractWaits {
  readonly #session: Session
  readonly #waits = new Map<Operation, Wait>()
  readonly #observing: StateWithin
  #observed = new Set<number>()

  constructor(session: Session) {
    this.#session = session
    this.#observing = new StateWithin(
      session,
      (word) => {
        // Whoever waits for a deadline as well: until the clock's next step it stays as it is.
        if (!session.threads.deadlines.has(word)) this.#observed.add(word)
        return session.world.read(word)
      },
      (thread) => session.world.hasEnded(thread),
    )
  }

  /**
   * In how many ways a thread can proceed that stands at an operation of the contract.
   *
   * @throws UsageError `usage/waits-for-several-words` if it waits for what several words hold.
   */
  ways(thread: number): number {
    const { image } = this.#session
    const operation = image.operations.get(this.#session.node(thread))!
    let wait = this.#waits.get(operation)
    if (wait === undefined) {
      wait = { words: new Set(), hasWaited: false }
      this.#waits.set(operation, wait)
    }
    this.#observed = wait.words
    const ways = operation.ways(this.#observing, thread)
    if (ways === 0) wait.hasWaited = true
    if (ways === 0 && operation.isTimed === true && operation.joins !== undefined) throw limitedJoin(operation)
    if (wait.hasWaited && wait.words.size > 1) throw waitsForSeveral(operation)
    return ways
  }
}

/**
 * The step that ends a thread may touch another word as well, and who waits for both the end and a deadline may then miss
 * an order: found by the property test of virtual time in one program of two thousand.
 */
function limitedJoin(operation: Operation): UsageError {
  return new UsageError('usage/limited-join', 'strategy dpor cannot explore a join with a timeout in virtual time', {
    hint: 'use strategy graph, leave out the timeout, or explore with --time free',
    place: operation.place,
  })
}

/**
 * Of concurrent events that each block an operation, none is the first to do so, and the conditions under which branches
 * are made lose traces: better no answer than a wrong one.
 */
function waitsForSeveral(operation: Operation): UsageError {
  const object = operation.object === null ? '' : ` on ${operation.object.kind} “${operation.object.name}”`
  return new UsageError(
    'usage/waits-for-several-words',
    `strategy dpor cannot explore ${operation.name}${object}: it waits for what several words hold`,
    { hint: 'use strategy graph, or let the operation wait for one word', place: operation.place },
  )
}
