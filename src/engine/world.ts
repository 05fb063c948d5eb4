import * as Code from './code.js'
import type { Interner } from './interner.js'
import { type Layout, WordKind } from './layout.js'
import { NODE_A, NODE_HASH_1, NODE_HASH_2 } from './node-fields.js'
import type { NodeTable } from './node-table.js'
import type { WordCodec } from './word-codec.js'
import type { WorldAccess } from './operation.js'
import type { TimeMode } from './time/time-mode.js'
import type { ThreadEntry, ThreadRegistry } from './thread-registry.js'

/** The first node of a thread that is started by the operation at a node. */
export type FirstNode = (starting: number, thread: number) => number

/** A point in a thread's history, the same in every run. */
export function pointOfNode(nodes: NodeTable, threads: ThreadRegistry, node: number): string {
  const { identity } = threads.all[nodes.owners[node]!]!
  return `${identity} ${nodes.field(node, NODE_HASH_1)} ${nodes.field(node, NODE_HASH_2)}`
}

/**
 * One state, changed in place. Every write goes through `write`, which logs the old content for `undo` and updates the
 * state's hash; the hash of a state is the exclusive or of its words' contributions, counted from the initial content.
 */
export class World implements WorldAccess {
  words: Int32Array<ArrayBuffer>
  hash1 = 0
  hash2 = 0
  readonly time: TimeMode
  readonly #layout: Layout
  readonly #nodes: NodeTable
  readonly #threads: ThreadRegistry
  readonly #codec: WordCodec
  readonly #interner: Interner
  readonly #firstNode: FirstNode
  // Pairs (word, old content) of every write since the beginning or the last `forget`.
  #log = new Int32Array(64)
  #logged = 0
  // How many words of the layout have their content here.
  #covered = 0

  constructor(
    time: TimeMode,
    layout: Layout,
    nodes: NodeTable,
    threads: ThreadRegistry,
    codec: WordCodec,
    interner: Interner,
    firstNode: FirstNode,
  ) {
    this.time = time
    this.#firstNode = firstNode
    this.#layout = layout
    this.#nodes = nodes
    this.#threads = threads
    this.#codec = codec
    this.#interner = interner
    this.words = new Int32Array(layout.initial.length)
  }

  read(word: number): number {
    this.#cover(word)
    return this.words[word]!
  }

  value(word: number): unknown {
    return this.#codec.decode(this.#layout.kinds[word]!, this.read(word))
  }

  equals(word: number, value: unknown): boolean {
    const kind = this.#layout.kinds[word]!
    if (kind !== WordKind.Value) return this.read(word) === value
    return this.read(word) === this.#interner.intern(value, 'the value compared with')
  }

  hasEnded(thread: number): boolean {
    const code = this.#nodes.code(this.#nodeOf(thread))
    return code === Code.End || code === Code.Failed
  }

  resultOf(thread: number): unknown {
    const node = this.#nodeOf(thread)
    return this.#nodes.code(node) === Code.End ? this.#interner.valueOf(this.#nodes.field(node, NODE_A)) : undefined
  }

  #nodeOf(thread: number): number {
    return this.read(this.#threads.all[thread]!.word)
  }

  threadName(thread: number): string {
    return this.#threads.all[thread]!.name
  }

  givenName(thread: number): string {
    return this.#threads.all[thread]!.givenName
  }

  identityOf(thread: number): string {
    return this.#threads.all[thread]!.identity
  }

  threadWith(identity: string): number {
    return this.#threads.withIdentity(identity).index
  }

  deadlineWord(thread: number): number {
    return this.#threads.all[thread]!.deadline
  }

  threadWords(asking: number): readonly number[] {
    return this.#threads.all.filter((thread) => this.#isBeside(asking, thread)).map(({ word }) => word)
  }

  /** Whether a thread is one of the program's, in the same process as another. */
  #isBeside(asking: number, { agent, process }: ThreadEntry): boolean {
    return !agent && process === this.#threads.all[asking]!.process
  }

  wordIdentity(word: number): string {
    return this.#layout.identityOf(word)
  }

  wordWith(identity: string): number {
    return this.#layout.withIdentity(identity)
  }

  start(thread: number, starter: number): void {
    this.write(this.#threads.all[thread]!.word, this.#firstNode(this.#nodeOf(starter), thread))
  }

  pointOf(thread: number): string {
    return pointOfNode(this.#nodes, this.#threads, this.#nodeOf(thread))
  }

  failureOf(thread: number): string | undefined {
    const node = this.#nodeOf(thread)
    if (this.#nodes.code(node) !== Code.Failed) return undefined
    return this.#interner.valueOf(this.#nodes.field(node, NODE_A)) as string
  }

  aliveThreads(asking: number): readonly string[] {
    return this.#threads.canonical
      .map((thread) => this.#threads.all[thread]!)
      .filter(
        (thread) => this.#isBeside(asking, thread) && this.read(thread.word) !== 0 && !this.hasEnded(thread.index),
      )
      .map(({ givenName }) => givenName)
  }

  write(word: number, content: number): void {
    this.#cover(word)
    const old = this.words[word]!
    if (old === content) return
    if (this.#logged === this.#log.length) this.#growLog()
    this.#log[this.#logged] = word
    this.#log[this.#logged + 1] = old
    this.#logged += 2
    this.#replace(word, old, content)
  }

  setValue(word: number, value: unknown): void {
    this.write(word, this.#codec.encode(this.#layout.kinds[word]!, value, 'the value stored'))
  }

  /** A point to which `undo` can return. */
  get mark(): number {
    return this.#logged
  }

  /** The words written since `mark`, each with its content then. */
  contentsBefore(mark: number): ReadonlyMap<number, number> {
    const contents = new Map<number, number>()
    for (let at = mark; at < this.#logged; at += 2)
      if (!contents.has(this.#log[at]!)) contents.set(this.#log[at]!, this.#log[at + 1]!)
    return contents
  }

  /** Takes back every write since `mark`. */
  undo(mark: number): void {
    while (this.#logged > mark) {
      this.#logged -= 2
      const word = this.#log[this.#logged]!
      this.#replace(word, this.words[word]!, this.#log[this.#logged + 1]!)
    }
  }

  /** Makes this the state in `row`, from `base` on, whose hash is known; forgets the log. */
  load(row: Int32Array, base: number, width: number, hash1: number, hash2: number): void {
    this.#cover(this.#layout.count - 1)
    for (let i = 0; i < width; i++) this.words[i] = row[base + i]!
    for (let i = width; i < this.#layout.count; i++) this.words[i] = this.#layout.initial[i]!
    this.hash1 = hash1
    this.hash2 = hash2
    this.#logged = 0
  }

  /** The hash computed from the words alone, both lanes: what `hash1` and `hash2` must always equal. */
  hashAfresh(): readonly [number, number] {
    this.#cover(this.#layout.count - 1)
    let h1 = 0
    let h2 = 0
    for (let word = 0; word < this.#layout.count; word++) {
      h1 ^= this.#contribution1(word, this.words[word]!) ^ this.#contribution1(word, this.#layout.initial[word]!)
      h2 ^= this.#contribution2(word, this.words[word]!) ^ this.#contribution2(word, this.#layout.initial[word]!)
    }
    return [h1, h2]
  }

  #replace(word: number, old: number, content: number): void {
    this.hash1 ^= this.#contribution1(word, old) ^ this.#contribution1(word, content)
    this.hash2 ^= this.#contribution2(word, old) ^ this.#contribution2(word, content)
    this.words[word] = content
  }

  #contribution1(word: number, content: number): number {
    if (this.#layout.kinds[word] !== WordKind.Node) return this.#layout.hash1(word, content)
    return this.#nodes.field(content, NODE_HASH_1)
  }

  #contribution2(word: number, content: number): number {
    if (this.#layout.kinds[word] !== WordKind.Node) return this.#layout.hash2(word, content)
    return this.#nodes.field(content, NODE_HASH_2)
  }

  /** Words are added while threads run; a word that is new here still has its initial content. */
  #cover(word: number): void {
    if (word < this.#covered) return
    const { count, initial } = this.#layout
    if (count > this.words.length) {
      const larger = new Int32Array(initial.length)
      larger.set(this.words)
      this.words = larger
    }
    for (let i = this.#covered; i < count; i++) this.words[i] = initial[i]!
    this.#covered = count
  }

  #growLog(): void {
    const larger = new Int32Array(this.#log.length * 2)
    larger.set(this.#log)
    this.#log = larger
  }
}
