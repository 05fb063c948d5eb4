import * as Code from '../../code.js'
import { WordKind } from '../../layout.js'
import { NODE_A, NODE_WORD } from '../../node-fields.js'
import type { Session } from '../../session.js'
import type { LearntProperty } from '../learnt-property.js'
import { FutureAccesses, TAKEN, WISH_SHIFT, WRITES } from './future-accesses.js'

/** Whoever makes a state the session's present one. */
export type LoadState = () => void

/**
 * Chooses in each state threads whose steps are enough: an *ample* set. A search that takes all steps of these threads and
 * none of the others meets every final state and deadlock all the same, every failure of a property, every misuse and
 * every data race.
 *
 * A set C of threads is ample in a state s if one of them can step and no thread outside C, from where it stands in s, can
 * touch what the pending operations of C access (those that are blocked included) as long as no thread of C steps. Then a
 * schedule from s either has a step of C, the first of which can be moved to its front, or has none and can be put off
 * until after one. So whatever it shows is shown from the next state of the reduced graph on.
 *
 * What others cannot touch is only known as far as their threads have been learnt, and that is enough. Let u be the first
 * step outside C in some schedule from s that touches what C accesses. The steps before u are possible after a step of C,
 * too; so, by induction, the search goes through them from the next state on and meets u's thread about to take u, and what
 * u accesses there is learnt. Either that is what it accesses in the schedule; or the step of C has changed a word
 * that this depends on, and then u accesses that word. Both contradict C, and the search begins again with what it knows by
 * then; at its end, nothing contradicts any choice. The induction is on what lies ahead in the reduced graph, which
 * has no cycles as long as no histories are merged. Otherwise some step of C must lead to a state that has not been
 * expanded yet, or else all threads step: that is up to the search.
 *
 * - A thread of C holds its locks until it steps, so that others cannot get past acquiring them; unless others release
 *   them: that they do not is among the things that C relies on.
 * - A property of every state is a thread that only looks: C must not write what it has been seen reading; or else it belongs
 *   to C, and nobody outside may write that.
 * - Of two plain accesses that race both are pending in one state. There, or where the one waits for the other's
 *   thread to get there, a set with the one thread only would rely on the other's not making its access.
 * - A thread whose next step is a false `assume` waits for ever; executions are dropped where nobody else can step.
 * - Time passes only where nobody can step. As long as no thread of C steps, one of them can, so that the clock cannot.
 * - With daemons, the end of one thread may be the end of all steps: then all threads are chosen.
 */
export class AmpleThreads {
  /** The threads that the latest choice fell on, of those that can step; in canonical order. */
  threads = new Int32Array(16)
  count = 0
  /** How many threads can step, whether chosen or not. */
  ableCount = 0
  /** A false `assume` is the next step of some thread. */
  hasFalseAssumption = false
  readonly futures: FutureAccesses
  readonly #session: Session
  readonly #properties: readonly LearntProperty[]
  readonly #reduces: boolean
  // The threads that live in the state, in canonical order; after them the properties.
  #members = new Int32Array(16)
  #nodes = new Int32Array(16)
  #isAble = new Uint8Array(16)
  #wishes = new Int32Array(16)
  #held = new Int32Array(16)
  #memberCount = 0
  // The set that is being made, as a list and as marks; the best so far.
  #set = new Int32Array(16)
  #setCount = 0
  #marks = new Int32Array(16)
  #mark = 0
  #best = new Int32Array(16)
  #bestCount = 0
  // By property: what it has been seen reading when its wish was made, the wish, and the wishes that rely on it.
  readonly #readCounts: number[]
  readonly #readWishes: number[]
  readonly #reliedOnReads: Set<number>[]
  // Words that can hold a lock's holder, as far as the layout has been looked at.
  readonly #lockWords: number[] = []
  #coveredWords = 0
  #hasDaemons = false
  #coveredThreads = 0
  #countedThreads = 0

  /**
   * @param session whose threads nobody has let go on yet.
   * @param properties the properties that must always hold, as far as they have been learnt.
   * @param reduces if not, every choice falls on all threads that can step.
   */
  constructor(session: Session, properties: readonly LearntProperty[], reduces = true) {
    this.#session = session
    this.#reduces = reduces
    this.#properties = properties
    this.futures = new FutureAccesses(session)
    this.#readCounts = properties.map(() => -1)
    this.#readWishes = properties.map(() => 0)
    this.#reliedOnReads = properties.map(() => new Set<number>())
  }

  get bytes(): number {
    return this.futures.bytes + this.#reliedOnReads.reduce((total, { size }) => total + size * 40, 0)
  }

  /** Some choice has turned out to be wrong: the search must begin again. */
  get isContradicted(): boolean {
    // Daemons, and what properties read, may have been met in a state in which there was nothing to choose.
    this.#adapt()
    this.#refreshReads()
    return this.futures.isContradicted
  }

  /** Forgets the choices, but not what has been learnt. */
  restart(): void {
    this.futures.forgetWishes()
    for (const relied of this.#reliedOnReads) relied.clear()
  }

  /** Chooses in the state `words`, in which the properties have been looked at; `load` makes it the present one. */
  choose(words: Int32Array, load: LoadState): void {
    this.#adapt()
    this.#meet(words, load)
    if (!this.#reduces || this.#hasDaemons || this.ableCount < 2) return this.chooseAll()
    this.#makeWishes(words)
    this.#refreshReads()
    this.#bestCount = 0
    let fewest = this.ableCount
    for (let start = 0; start < this.#memberCount && fewest > 1; start++) {
      if (this.#isAble[start] === 0) continue
      const able = this.#close(start, fewest)
      if (able >= fewest) continue
      fewest = able
      const best = this.#best
      this.#best = this.#set
      this.#bestCount = this.#setCount
      this.#set = best
    }
    if (this.#bestCount === 0) return this.chooseAll()
    this.#relyOnOthers()
    this.#chooseBest()
  }

  /** Chooses every thread that can step in a state. */
  chooseAllIn(words: Int32Array, load: LoadState): void {
    this.#adapt()
    this.#meet(words, load)
    this.chooseAll()
  }

  /** Chooses every thread that can step, in the state of the latest choice. */
  chooseAll(): void {
    this.count = 0
    for (let i = 0; i < this.#memberCount; i++)
      if (this.#isAble[i] === 1) this.threads[this.count++] = this.#members[i]!
  }

  #chooseBest(): void {
    this.#mark++
    for (let k = 0; k < this.#bestCount; k++) this.#marks[this.#best[k]!] = this.#mark
    this.count = 0
    for (let i = 0; i < this.#memberCount; i++)
      if (this.#isAble[i] === 1 && this.#marks[i] === this.#mark) this.threads[this.count++] = this.#members[i]!
  }

  /** Which threads live in the state and which can step; learns what operations that are no instructions access there. */
  #meet(words: Int32Array, load: LoadState): void {
    const { nodes, threads, image, world } = this.#session
    this.hasFalseAssumption = false
    this.ableCount = 0
    let count = 0
    let isLoaded = false
    for (const thread of threads.canonical) {
      if (threads.all[thread]!.agent) continue
      const node = words[threads.all[thread]!.word]!
      const code = nodes.code(node)
      if (code <= Code.Failed) continue
      if (code === Code.Assume && nodes.field(node, NODE_A) === 0) {
        this.hasFalseAssumption = true
        continue
      }
      if (code === Code.Contract) {
        if (!isLoaded) load()
        isLoaded = true
        const { reads, writes } = image.operations.get(node)!.footprint(world, thread)
        this.futures.note(node, reads, writes)
      }
      this.#members[count] = thread
      this.#nodes[count] = node
      this.#isAble[count] = this.#canStep(code, node, words, thread) ? 1 : 0
      this.ableCount += this.#isAble[count]!
      count++
    }
    this.#memberCount = count
    if (this.ableCount === 0 && !this.hasFalseAssumption) this.#meetClock(words, load)
  }

  /** Where nobody can step, time may pass. */
  #meetClock(words: Int32Array, load: LoadState): void {
    const { clockThread } = this.#session
    if (clockThread === null) return
    load()
    if (this.#session.ways(clockThread.index) === 0) return
    this.#members[0] = clockThread.index
    this.#nodes[0] = words[clockThread.word]!
    this.#isAble[0] = 1
    this.ableCount = 1
    this.#memberCount = 1
  }

  #canStep(code: number, node: number, words: Int32Array, thread: number): boolean {
    const { nodes } = this.#session
    switch (code) {
      case Code.Acquire:
        return words[nodes.field(node, NODE_WORD)] === 0
      case Code.Join: {
        const joined = nodes.code(words[nodes.field(node, NODE_WORD)]!)
        return joined === Code.End || joined === Code.Failed
      }
      case Code.Contract:
        return this.#session.ways(thread) > 0
      default:
        return true
    }
  }

  #makeWishes(words: Int32Array): void {
    for (let i = 0; i < this.#memberCount; i++) this.#held[this.#members[i]!] = 0
    for (const word of this.#lockWords) {
      const holder = words[word]! - 1
      if (holder >= 0) this.#held[holder] = this.futures.withLock(this.#held[holder]!, word)
    }
    for (let i = 0; i < this.#memberCount; i++) this.#wishes[i] = this.#wishOf(i, words)
  }

  #wishOf(member: number, words: Int32Array): number {
    const { nodes } = this.#session
    const node = this.#nodes[member]!
    const thread = this.#members[member]!
    const held = this.#held[thread]!
    const code = nodes.code(node)
    if (code === Code.Contract) return this.#wishOfContract(node, thread, held, words)
    if (code === Code.Pause || code === Code.Choose || code === Code.Assume) return this.futures.wish(-1, thread, held)
    const word = nodes.field(node, NODE_WORD)
    const content = words[word]!
    const access = (word << WISH_SHIFT) | (content === 0 ? 0 : TAKEN)
    return this.futures.wish(
      access | (changesWord(code, content, nodes.field(node, NODE_A)) ? WRITES : 0),
      thread,
      held,
    )
  }

  #wishOfContract(node: number, thread: number, held: number, words: Int32Array): number {
    const { image, world } = this.#session
    const footprint = image.operations.get(node)!.footprint(world, thread)
    const access = (word: number) => (word << WISH_SHIFT) | (words[word] === 0 ? 0 : TAKEN)
    return this.futures.wishOf(
      [...footprint.reads.map(access), ...footprint.writes.map((word) => access(word) | WRITES)],
      thread,
      held,
    )
  }

  /** Makes the smallest set with `start` that is ample; returns how many of it can step, `limit` if that is too many. */
  #close(start: number, limit: number): number {
    const all = this.#memberCount + this.#properties.length
    this.#mark++
    this.#set[0] = start
    this.#marks[start] = this.#mark
    this.#setCount = 1
    let able = 1
    for (let k = 0; k < this.#setCount; k++) {
      const one = this.#set[k]!
      for (let other = 0; other < all; other++) {
        if (this.#marks[other] === this.#mark || !this.#mayTouch(other, one)) continue
        this.#marks[other] = this.#mark
        this.#set[this.#setCount++] = other
        if (other < this.#memberCount) able += this.#isAble[other]!
        if (able >= limit) return limit
      }
    }
    return able
  }

  /** Whether `other` may do what concerns the pending operation of `one`. */
  #mayTouch(other: number, one: number): boolean {
    const threads = this.#memberCount
    if (one >= threads)
      return (
        other < threads &&
        this.futures.conflict(this.futures.futureOf(this.#nodes[other]!), this.#readWishes[one - threads]!)
      )
    if (other >= threads) return this.futures.writesAny(this.#wishes[one]!, this.#properties[other - threads]!.reads)
    return this.futures.conflict(this.futures.futureOf(this.#nodes[other]!), this.#wishes[one]!)
  }

  /** Everybody outside the set is relied on. */
  #relyOnOthers(): void {
    const threads = this.#memberCount
    this.#mark++
    for (let k = 0; k < this.#bestCount; k++) this.#marks[this.#best[k]!] = this.#mark
    for (let k = 0; k < this.#bestCount; k++) {
      const one = this.#best[k]!
      const wish = one < threads ? this.#wishes[one]! : this.#readWishes[one - threads]!
      for (let other = 0; other < threads; other++)
        if (this.#marks[other] !== this.#mark) this.futures.rely(this.#nodes[other]!, wish)
      if (one >= threads) continue
      for (let property = 0; property < this.#properties.length; property++)
        if (this.#marks[threads + property] !== this.#mark) this.#reliedOnReads[property]!.add(wish)
    }
  }

  /** Properties may have been seen reading more since. */
  #refreshReads(): void {
    for (let i = 0; i < this.#properties.length; i++)
      if (this.#readCounts[i] !== this.#properties[i]!.reads.size) this.#noteReads(i, this.#properties[i]!.reads)
  }

  #noteReads(property: number, reads: ReadonlySet<number>): void {
    this.#readCounts[property] = reads.size
    this.#readWishes[property] = this.futures.wishToRead(reads)
    for (const wish of this.#reliedOnReads[property]!)
      if (this.futures.writesAny(wish, reads)) this.futures.isContradicted = true
  }

  /** Follows the session: threads and words are added while threads are learnt. */
  #adapt(): void {
    const { layout, threads } = this.#session
    for (; this.#coveredWords < layout.count; this.#coveredWords++)
      if (layout.kinds[this.#coveredWords] === WordKind.Thread) this.#lockWords.push(this.#coveredWords)
    for (; this.#coveredThreads < threads.all.length; this.#coveredThreads++) {
      const { daemon, agent } = threads.all[this.#coveredThreads]!
      if (!daemon || agent) continue
      // Choices that were made before are not ample with daemons.
      this.#hasDaemons = true
      this.futures.isContradicted = true
    }
    // A thread that is met after somebody has counted all of them: choices that were made before did not know of it.
    if (this.#session.image.countsThreads && this.#countedThreads < threads.all.length) {
      this.#countedThreads = threads.all.length
      this.futures.isContradicted = true
    }
    const length = threads.all.length + this.#properties.length
    if (length <= this.#members.length) return
    const room = () => new Int32Array(length * 2)
    this.threads = room()
    this.#members = room()
    this.#nodes = room()
    this.#wishes = room()
    this.#held = room()
    this.#set = room()
    this.#best = room()
    this.#marks = room()
    this.#isAble = new Uint8Array(length * 2)
  }
}

/** Whether an instruction changes its word, which has this content. */
function changesWord(code: number, content: number, a: number): boolean {
  switch (code) {
    case Code.Load:
    case Code.Join:
      return false
    case Code.Acquire:
    case Code.TryAcquire:
      return content === 0
    case Code.Release:
      return content !== 0
    case Code.CompareExchange:
      return content === a
    default:
      return true
  }
}
