import { Code } from '../instruction.js'
import { WordKind } from '../layout.js'
import { NODE_A, NODE_WORD } from '../node-table.js'
import { describeOutcome, type OutcomeFacts } from '../outcome.js'
import type { Session } from '../session.js'

/** Collects outcomes: equal final states are one, and the program's properties are asked once for each. */
export class OutcomeRegistry {
  readonly all: OutcomeFacts[] = []
  readonly #session: Session
  readonly #byKey = new Map<string, number>()

  constructor(session: Session) {
    this.#session = session
  }

  get bytes(): number {
    return this.all.length * 1200
  }

  /** The outcome of the session's present state, in which no thread steps any more. */
  classify(deadlocked: boolean): number {
    const key = this.#key(deadlocked)
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    this.#byKey.set(key, this.all.length)
    this.all.push(describeOutcome(this.#session, deadlocked))
    return this.all.length - 1
  }

  #key(deadlocked: boolean): string {
    const { layout, world, threads, nodes } = this.#session
    let key = deadlocked ? 'd' : 'e'
    for (let word = 0; word < layout.count; word++)
      if (layout.kinds[word] !== WordKind.Node) key += `,${world.read(word)}`
    for (const thread of threads.all) {
      const node = world.read(thread.word)
      const code = nodes.code(node)
      // A thread that was never spawned and one that returned nothing look alike from outside.
      if (code === Code.End && nodes.field(node, NODE_A) === 0) key += ';'
      else if (code === Code.End || code === Code.Failed) key += `;${code}.${nodes.field(node, NODE_A)}`
      else if (deadlocked && !thread.daemon && node !== 0)
        key += `;${code}.${nodes.field(node, NODE_WORD)}.${code === Code.Contract ? node : 0}`
      else key += ';'
    }
    return key
  }
}
