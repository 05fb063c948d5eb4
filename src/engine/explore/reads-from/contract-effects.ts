import { UsageError } from '../../errors.js'
import { WordKind } from '../../layout.js'
import type { Operation, WorldView } from '../../operation.js'
import type { Session } from '../../session.js'

/** What an operation does to its one word if that holds some content: in how many ways, and whether it writes. */
export interface ContractEffect {
  readonly ways: number
  readonly writes: boolean
}

/** The result of a step that was tried out, and what its word holds afterwards. */
export interface ContractStep {
  readonly result: number
  readonly content: number
}

const NO_WORD = -1

/**
 * What operations of the contract do, as functions of what their one word holds. The session's state serves for trying
 * them out; nobody else keeps anything in it.
 */
export class ContractEffects {
  readonly #session: Session
  // By node: the word it touches, −1 for none. By node and content, and by way as well: what it does.
  readonly #words = new Map<number, number>()
  readonly #effects = new Map<string, ContractEffect>()
  readonly #steps = new Map<string, ContractStep>()

  constructor(session: Session) {
    this.#session = session
  }

  /** An estimate of the memory held, in bytes. */
  get bytes(): number {
    return this.#words.size * 80 + (this.#effects.size + this.#steps.size) * 200
  }

  /**
   * The word that the operation at a node touches, −1 for none.
   *
   * @throws UsageError `usage/reads-from-several-words`
   */
  wordOf(node: number): number {
    const known = this.#words.get(node)
    if (known !== undefined) return known
    this.#session.rewind()
    const touched = this.#touched(node)
    if (touched.size > 1) throw severalWords(this.#operation(node))
    const [word = NO_WORD] = touched
    this.#words.set(node, word)
    return word
  }

  /** What the operation at a node would do to its word with that content. */
  effect(node: number, content: number): ContractEffect {
    const key = `${node} ${content}`
    const known = this.#effects.get(key)
    if (known !== undefined) return known
    const word = this.wordOf(node)
    this.#set(node, word, content)
    const operation = this.#operation(node)
    for (const touched of this.#touched(node)) if (touched !== word) throw severalWords(operation)
    const thread = this.#session.nodes.owners[node]!
    const ways = operation.ways(this.#session.world, thread)
    const effect = { ways, writes: operation.footprint(this.#session.world, thread).writes.length > 0 }
    this.#effects.set(key, effect)
    return effect
  }

  /** Whether it is known what a step does: trying out one that cannot happen would run the program on nonsense. */
  hasStep(node: number, content: number, way: number): boolean {
    return this.#steps.has(`${node} ${content} ${way}`)
  }

  /** The step that the operation at a node takes from that content. */
  step(node: number, content: number, way: number): ContractStep {
    const key = `${node} ${content} ${way}`
    const known = this.#steps.get(key)
    if (known !== undefined) return known
    const word = this.wordOf(node)
    const session = this.#session
    this.#set(node, word, content)
    const result = session.step(session.nodes.owners[node]!, way)
    const step = { result, content: word === NO_WORD ? 0 : session.world.read(word) }
    this.#steps.set(key, step)
    return step
  }

  #operation(node: number): Operation {
    return this.#session.image.operations.get(node)!
  }

  #set(node: number, word: number, content: number): void {
    const { world, threads, nodes } = this.#session
    this.#session.rewind()
    world.write(threads.all[nodes.owners[node]!]!.word, node)
    if (word !== NO_WORD) world.write(word, content)
  }

  /** The words that the operation looks at or names in the session's present state. */
  #touched(node: number): Set<number> {
    const { world, nodes, threads, layout } = this.#session
    const operation = this.#operation(node)
    const touched = new Set<number>()
    // Two: the lives of threads are no content that anybody writes.
    const touch = (word: number) => {
      touched.add(word)
      if (layout.kinds[word] === WordKind.Node) touched.add(-1 - word)
    }
    const wordOf = (thread: number): number => threads.all[thread]!.word
    const view: WorldView = {
      time: world.time,
      read: (word) => (touch(word), world.read(word)),
      value: (word) => (touched.add(word), world.value(word)),
      equals: (word, value) => (touched.add(word), world.equals(word, value)),
      hasEnded: (thread) => (touch(wordOf(thread)), world.hasEnded(thread)),
      resultOf: (thread) => (touch(wordOf(thread)), world.resultOf(thread)),
      threadName: (thread) => world.threadName(thread),
      givenName: (thread) => world.givenName(thread),
      identityOf: (thread) => world.identityOf(thread),
      threadWith: (identity) => world.threadWith(identity),
      deadlineWord: (thread) => world.deadlineWord(thread),
      threadWords: (asking) => world.threadWords(asking),
      wordIdentity: (word) => world.wordIdentity(word),
      wordWith: (identity) => world.wordWith(identity),
    }
    const thread = nodes.owners[node]!
    operation.ways(view, thread)
    const { reads, writes } = operation.footprint(view, thread)
    for (const word of [...reads, ...writes]) touch(word)
    return touched
  }
}

function severalWords(operation: Operation): UsageError {
  const object = operation.object === null ? '' : ` on ${operation.object.kind} “${operation.object.name}”`
  return new UsageError(
    'usage/reads-from-several-words',
    `equivalence reads-from cannot explore ${operation.name}${object}: it touches more than one word`,
    { hint: 'leave the equivalence out', place: operation.place },
  )
}
