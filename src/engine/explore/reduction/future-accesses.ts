import * as Code from '../../code.js'
import { CODE_MASK } from '../../node-head.js'
import { NODE_B, NODE_WORD } from '../../node-fields.js'
import type { NodeTable } from '../../node-table.js'
import type { Session } from '../../session.js'
import { grownTo } from '../dpor/grown-array.js'
import { IntPairMap } from './int-pair-map.js'
import { IntSets } from './int-sets.js'

/** How a step that may still come accesses a word. */
export const Kind = {
  Read: 0,
  Write: 1,
  /** Acquires a lock: as long as the word is not 0, it cannot be done. */
  Acquire: 2,
} as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/** Bits of a wish's access below its word: the step writes it; it is not 0 now. */
export const WRITES = 1
export const TAKEN = 2
export const WISH_SHIFT = 2

/** An access that some step further on in a thread makes, unless one of the locks in `guard` is withheld from the thread. */
interface FutureAccess {
  readonly word: number
  readonly kind: Kind
  readonly guard: number
}

/** What nobody else may touch before a step is taken: the words it accesses, as long as its thread holds some locks. */
interface Wish {
  readonly accesses: readonly number[]
  readonly held: number
}

// A thread with more different accesses than this is taken to be able to make any: every spot has a set of its own of those
// that are still to come.
const MAX_ACCESSES = 200
// Locks of a guard at most: with fewer, an access is only taken to be possible more often.
const MAX_GUARD = 3
/** The set of all accesses. */
const ANYTHING = 1
const ANY_ACCESS = -1

/**
 * What threads may still access from where they stand, as far as it has been learnt: a set of accesses that grows while
 * nodes are learnt. Nodes of a thread with the same operation on the same word after the same number of steps are one
 * *spot*, for which what follows any of them is taken to follow all: histories that differ in what was read mostly lead to
 * the same operations, so that little has to be learnt anew for each. Whoever relies on a thread's not making an access says so by a wish; if
 * that turns out to be wrong later on, `isContradicted` tells.
 *
 * Joins are no accesses: as long as a thread has not stepped to its end, nobody's join with it can be done, so that no
 * join can come before a step that it conflicts with. The same holds for acquiring a lock that is held.
 */
export class FutureAccesses {
  /** Somebody relied on what has turned out not to be so. */
  isContradicted = false
  readonly #session: Session
  readonly #nodes: NodeTable
  // Sets of words: guards, and locks that are held.
  readonly #words = new IntSets()
  readonly #accesses: FutureAccess[] = []
  readonly #accessNumbers = new Map<string, number>()
  // The accesses of each thread, and how many they are.
  readonly #accessesOf = new IntPairMap()
  readonly #accessCounts = new Map<number, number>()
  // Sets of accesses, by number; ANYTHING is one with an element that is no access.
  readonly #futures = new IntSets()
  readonly #unions = new IntPairMap()
  readonly #wishes: Wish[] = []
  readonly #wishNumbers = new Map<string, number>()
  // Wishes by their one access and thread, then by the locks held.
  readonly #simpleWishes = new IntPairMap()
  readonly #heldWishes = new IntPairMap()
  readonly #conflicts = new IntPairMap()
  readonly #spotsByOperation = new IntPairMap()
  readonly #spotsByLength = new IntPairMap()
  // By node: its spot. The first, of threads that have ended, has no future.
  #spots = new Int32Array(256)
  #covered = 1
  // By spot: a node there, its future, and as linked lists the wishes that rely on it and the spots that lead to it.
  #nodeAt = new Int32Array(256)
  #futureAt = new Int32Array(256)
  #reliedOn = new Int32Array(256)
  #firstBefore = new Int32Array(256)
  #spotCount = 1
  #operationCount = 0
  readonly #edges = new IntPairMap()
  // Who relies on a spot, each once: the wish, and the next entry.
  #reliances = new Int32Array(512)
  #relianceCount = 1
  #relied = new IntPairMap()
  #befores = new Int32Array(512)
  #beforeCount = 1

  /** @param session whose threads nobody has let go on yet. */
  constructor(session: Session) {
    this.#session = session
    this.#nodes = session.nodes
    this.#futures.of([ANY_ACCESS])
    session.nodes.onEdge = (from, to) => this.#learnEdge(from, to)
    this.#cover()
  }

  get bytes(): number {
    return (
      (this.#spots.length + this.#nodeAt.length * 4 + this.#befores.length + this.#reliances.length) * 4 +
      this.#words.bytes +
      this.#edges.bytes +
      this.#accessesOf.bytes +
      this.#relied.bytes +
      this.#spotsByOperation.bytes +
      this.#spotsByLength.bytes +
      this.#futures.bytes +
      this.#unions.bytes +
      this.#simpleWishes.bytes +
      this.#heldWishes.bytes +
      this.#conflicts.bytes +
      (this.#accesses.length + this.#wishes.length) * 300
    )
  }

  /** Forgets who relies on what. */
  forgetWishes(): void {
    this.isContradicted = false
    this.#reliedOn.fill(0)
    this.#relianceCount = 1
    this.#relied = new IntPairMap()
  }

  /** What the thread at a node may still access. */
  futureOf(node: number): number {
    return this.#futureAt[this.#spotOf(node)]!
  }

  /** The operation at a node may access these words: of operations that are no instructions this is learnt state by state. */
  note(node: number, reads: readonly number[], writes: readonly number[]): void {
    const spot = this.#spotOf(node)
    for (const word of reads) this.#grow(spot, this.#access(word, Kind.Read, 0))
    for (const word of writes) this.#grow(spot, this.#access(word, Kind.Write, 0))
  }

  /** A set of locks with one more. */
  withLock(held: number, word: number): number {
    return this.#words.with(held, word)
  }

  /** The wish of a step of `thread` with one access (−1 for none). */
  wish(access: number, thread: number, held: number): number {
    let simple = this.#simpleWishes.get(access + 1, thread)
    if (simple < 0) {
      simple = this.wishOf(access < 0 ? [] : [access], thread, 0)
      this.#simpleWishes.add(access + 1, thread, simple)
    }
    if (held === 0) return simple
    let wish = this.#heldWishes.get(simple, held)
    if (wish < 0) {
      wish = this.wishOf(access < 0 ? [] : [access], thread, held)
      this.#heldWishes.add(simple, held, wish)
    }
    return wish
  }

  /** The wish of a step with these accesses. */
  wishOf(accesses: readonly number[], thread: number, held: number): number {
    const { word } = this.#session.threads.all[thread]!
    const locks = this.#words.elements(held).map((lock) => (lock << WISH_SHIFT) | TAKEN)
    // Any step may be its thread's last.
    return this.#addWish([...accesses, ...locks, (word << WISH_SHIFT) | WRITES], held)
  }

  /** The wish of whoever looks at these words. */
  wishToRead(words: Iterable<number>): number {
    return this.#addWish(
      [...words].map((word) => word << WISH_SHIFT),
      0,
    )
  }

  /** Whether a step with that wish writes one of these words. */
  writesAny(wish: number, words: ReadonlySet<number>): boolean {
    return this.#wishes[wish]!.accesses.some((access) => (access & WRITES) !== 0 && words.has(access >> WISH_SHIFT))
  }

  /** Whether a thread with that future may do what a wish asks it not to. */
  conflict(future: number, wish: number): boolean {
    const known = this.#conflicts.get(future, wish)
    if (known >= 0) return known === 1
    const { accesses, held } = this.#wishes[wish]!
    const clash =
      future === ANYTHING ||
      this.#futures.elements(future).some((number) => {
        const { word, kind, guard } = this.#accesses[number]!
        return !this.#words.meet(guard, held) && accesses.some((access) => clashes(word, kind, access))
      })
    this.#conflicts.add(future, wish, clash ? 1 : 0)
    return clash
  }

  /** The thread at a node is relied on to respect a wish. */
  rely(node: number, wish: number): void {
    const spot = this.#spotOf(node)
    if (this.#relied.get(spot, wish) >= 0) return
    this.#relied.add(spot, wish, 0)
    const entry = this.#relianceCount++
    if (2 * entry + 2 > this.#reliances.length) this.#reliances = grownTo(this.#reliances, this.#reliances.length * 2)
    this.#reliances[2 * entry] = wish
    this.#reliances[2 * entry + 1] = this.#reliedOn[spot]!
    this.#reliedOn[spot] = entry
  }

  #addWish(accesses: readonly number[], held: number): number {
    const key = `${accesses.join()} ${held}`
    const known = this.#wishNumbers.get(key)
    if (known !== undefined) return known
    this.#wishNumbers.set(key, this.#wishes.length)
    return this.#wishes.push({ accesses, held }) - 1
  }

  #spotOf(node: number): number {
    if (node >= this.#covered) this.#cover()
    return this.#spots[node]!
  }

  #learnEdge(from: number, to: number): void {
    this.#cover()
    this.#follow(this.#spots[from]!, this.#spots[to]!)
    const code = this.#nodes.code(from)
    // Of an operation of the contract there is a first node only if it starts a process.
    if (code === Code.Spawn || (code === Code.Contract && this.#nodes.field(from, NODE_B) !== 0))
      this.#follow(this.#spots[from]!, this.#spots[this.#nodes.field(from, NODE_B)]!)
  }

  /** What can be done from `to` on can be done from `from` on. */
  #follow(from: number, to: number): void {
    if (this.#edges.get(from, to) >= 0) return
    this.#edges.add(from, to, 0)
    if (2 * this.#beforeCount + 2 > this.#befores.length)
      this.#befores = grownTo(this.#befores, this.#befores.length * 2)
    const entry = this.#beforeCount++
    this.#befores[2 * entry] = from
    this.#befores[2 * entry + 1] = this.#firstBefore[to]!
    this.#firstBefore[to] = entry
    for (const access of this.#futures.elements(this.#futureAt[to]!)) this.#grow(from, this.#seenFrom(from, access))
  }

  /** Takes in nodes that are new. */
  #cover(): void {
    const { count } = this.#nodes
    if (count > this.#spots.length) this.#spots = grownTo(this.#spots, Math.max(count, this.#spots.length * 2))
    for (; this.#covered < count; this.#covered++)
      if (this.#nodes.code(this.#covered) > Code.Failed) this.#spots[this.#covered] = this.#findSpot(this.#covered)
  }

  #findSpot(node: number): number {
    const { owners, lengths } = this.#nodes
    const code = this.#nodes.code(node)
    const word = this.#nodes.field(node, NODE_WORD)
    let operation = this.#spotsByOperation.get(owners[node]! * (CODE_MASK + 1) + code, word)
    if (operation < 0) {
      operation = this.#operationCount++
      this.#spotsByOperation.add(owners[node]! * (CODE_MASK + 1) + code, word, operation)
    }
    const known = this.#spotsByLength.get(operation, lengths[node]!)
    if (known >= 0) return known
    const spot = this.#spotCount++
    this.#spotsByLength.add(operation, lengths[node]!, spot)
    this.#enterSpot(spot, node)
    return spot
  }

  #enterSpot(spot: number, node: number): void {
    if (spot === this.#nodeAt.length) {
      this.#nodeAt = grownTo(this.#nodeAt, spot * 2)
      this.#futureAt = grownTo(this.#futureAt, spot * 2)
      this.#reliedOn = grownTo(this.#reliedOn, spot * 2)
      this.#firstBefore = grownTo(this.#firstBefore, spot * 2)
    }
    this.#nodeAt[spot] = node
    // A thread may always end. Said at once, so that nobody comes to rely on the contrary.
    this.#add(spot, this.#access(this.#session.threads.all[this.#nodes.owners[node]!]!.word, Kind.Write, 0))
    const kind = kindOf(this.#nodes.code(node))
    if (kind !== null) this.#add(spot, this.#access(this.#nodes.field(node, NODE_WORD), kind, 0))
  }

  /** Enters an access at a spot and at all spots that lead there. */
  #grow(spot: number, access: number): void {
    const pending = [spot, access]
    while (pending.length > 0) {
      const seen = pending.pop()!
      const at = pending.pop()!
      if (!this.#add(at, seen)) continue
      // Nothing that is learnt later on gets past a spot from which anything may be accessed.
      const known = this.#futureAt[at] === ANYTHING ? ANY_ACCESS : seen
      for (let entry = this.#firstBefore[at]!; entry !== 0; entry = this.#befores[2 * entry + 1]!) {
        const before = this.#befores[2 * entry]!
        pending.push(before, this.#seenFrom(before, known))
      }
    }
  }

  /** Enters an access at one spot; returns whether that is new. */
  #add(spot: number, access: number): boolean {
    const future = this.#futureAt[spot]!
    if (future === ANYTHING) return false
    const larger = this.#isOneTooMany(spot, access) ? ANYTHING : this.#enlarged(future, access)
    if (larger === future) return false
    this.#futureAt[spot] = larger
    for (let entry = this.#reliedOn[spot]!; entry !== 0; entry = this.#reliances[2 * entry + 1]!)
      if (this.conflict(larger, this.#reliances[2 * entry]!)) this.isContradicted = true
    return true
  }

  #isOneTooMany(spot: number, access: number): boolean {
    if (access === ANY_ACCESS) return true
    const owner = this.#nodes.owners[this.#nodeAt[spot]!]!
    const count = this.#accessCounts.get(owner) ?? 0
    if (count > MAX_ACCESSES) return true
    if (this.#accessesOf.get(owner, access) >= 0) return false
    this.#accessesOf.add(owner, access, 0)
    this.#accessCounts.set(owner, count + 1)
    return count + 1 > MAX_ACCESSES
  }

  #enlarged(future: number, access: number): number {
    const known = this.#unions.get(future, access)
    if (known >= 0) return known
    const elements = this.#futures.elements(future)
    const isNew = !elements.some((element) => this.#covers(element, access))
    const kept = elements.filter((element) => !this.#covers(access, element))
    const union = isNew ? this.#futures.of([...kept, access]) : future
    this.#unions.add(future, access, union)
    return union
  }

  /** Whether the one access can always be done where the other can. */
  #covers(one: number, other: number): boolean {
    const a = this.#accesses[one]!
    const b = this.#accesses[other]!
    if (a.word !== b.word || a.kind !== b.kind) return false
    const needed = this.#words.elements(b.guard)
    return this.#words.elements(a.guard).every((lock) => needed.includes(lock))
  }

  /** An access as it looks from a spot that leads to it: past an acquisition, only whoever gets the lock can do it. */
  #seenFrom(spot: number, access: number): number {
    const node = this.#nodeAt[spot]!
    if (access === ANY_ACCESS || this.#nodes.code(node) !== Code.Acquire) return access
    const { word, kind, guard } = this.#accesses[access]!
    if (this.#words.elements(guard).length === MAX_GUARD) return access
    return this.#access(word, kind, this.#words.with(guard, this.#nodes.field(node, NODE_WORD)))
  }

  #access(word: number, kind: Kind, guard: number): number {
    const key = `${word} ${kind} ${guard}`
    const known = this.#accessNumbers.get(key)
    if (known !== undefined) return known
    this.#accessNumbers.set(key, this.#accesses.length)
    return this.#accesses.push({ word, kind, guard }) - 1
  }
}

/** How an instruction accesses its word, in any state; null if it does not, or if it is no instruction. */
function kindOf(code: number): Kind | null {
  switch (code) {
    case Code.Load:
      return Kind.Read
    case Code.Store:
    case Code.Add:
    case Code.Exchange:
    case Code.CompareExchange:
    case Code.TryAcquire:
    case Code.Release:
    case Code.Spawn:
      return Kind.Write
    case Code.Acquire:
      return Kind.Acquire
    default:
      return null
  }
}

/** Whether a future access to a word is what a wish asks to refrain from. */
function clashes(word: number, kind: Kind, wish: number): boolean {
  if (wish >> WISH_SHIFT !== word) return false
  if (kind === Kind.Acquire) return (wish & TAKEN) === 0
  return kind === Kind.Write || (wish & WRITES) !== 0
}
