import { chain, contribution, hashText, LANE_1, LANE_2 } from '../../content-hash.js'
import type { Session } from '../../session.js'
import { Access, type Dependence } from '../dependence.js'

const SLOT_INTS = 2

/**
 * A walk through the states of a session, one step forth or back at a time, that knows the trace it has made: schedules
 * that differ only in the order of independent steps have the same trace, and the same hash.
 *
 * A step's own hash tells who takes it, which way, the thread's step before, and the last writer of every slot that it
 * accesses. The trace's hash is the sum of the hashes of its steps: they tell who has read what, and so, too, which
 * writes come after a read.
 */
export class TraceWalk {
  hash1 = 0
  hash2 = 0
  readonly threads: number[] = []
  readonly ways: number[] = []
  readonly #session: Session
  readonly #dependence: Dependence
  readonly #pseudoSeeds: readonly (readonly [number, number])[]
  // By slot: the hash of its last writer, or the sum of those that joined in writing it, two lanes.
  #slots = new Int32Array(64 * SLOT_INTS)
  // By thread: how many steps it has taken, and the hash of the latest.
  readonly #counts: number[] = []
  readonly #latest1: number[] = []
  readonly #latest2: number[] = []
  // By step: where the world's log and the log of slots stood, and the hash of the thread's step before.
  readonly #worldMarks: number[] = []
  readonly #slotMarks: number[] = []
  readonly #before1: number[] = []
  readonly #before2: number[] = []
  // By changed slot: where it is, and its two lanes before.
  readonly #slotLog: number[] = []

  /** Begins at the initial state. */
  constructor(session: Session, dependence: Dependence) {
    this.#session = session
    this.#dependence = dependence
    this.#pseudoSeeds = Array.from({ length: dependence.firstWord }, (_, slot) => [
      hashText(`slot ${slot}`, LANE_1),
      hashText(`slot ${slot}`, LANE_2),
    ])
    session.rewind()
  }

  get length(): number {
    return this.threads.length
  }

  /** The thread that stepped last; −1 at the beginning. */
  get last(): number {
    return this.threads.at(-1) ?? -1
  }

  /** Lets a thread, which must be able to, take one step, and returns its result. */
  step(thread: number, way: number): number {
    const session = this.#session
    const mark = session.world.mark
    this.#dependence.before(thread)
    const result = session.step(thread, way)
    this.#dependence.after(thread)
    this.#worldMarks.push(mark)
    this.#enter(thread, way)
    return result
  }

  /** Takes the latest step back. */
  pop(): void {
    const thread = this.threads.pop()!
    this.ways.pop()
    this.hash1 = (this.hash1 - this.#latest1[thread]!) | 0
    this.hash2 = (this.hash2 - this.#latest2[thread]!) | 0
    this.#latest1[thread] = this.#before1.pop()!
    this.#latest2[thread] = this.#before2.pop()!
    this.#counts[thread]!--
    const log = this.#slotLog
    const mark = this.#slotMarks.pop()!
    for (let i = log.length - 3; i >= mark; i -= 3) {
      this.#slots[log[i]!] = log[i + 1]!
      this.#slots[log[i]! + 1] = log[i + 2]!
    }
    log.length = mark
    this.#session.world.undo(this.#worldMarks.pop()!)
  }

  /** Makes the session stand where the walk stands, after somebody else has used it. */
  restore(): void {
    this.#session.rewind()
    for (let i = 0; i < this.threads.length; i++) this.#session.step(this.threads[i]!, this.ways[i]!)
  }

  #enter(thread: number, way: number): void {
    const { layout } = this.#session
    const { slots, accesses, count, firstWord } = this.#dependence
    let causes1 = 0
    let causes2 = 0
    for (let i = 0; i < count; i++) {
      const slot = slots[i]!
      const at = slot * SLOT_INTS
      if (at + SLOT_INTS > this.#slots.length) this.#growSlots(at + SLOT_INTS)
      if (accesses[i] === Access.Join) continue
      const seed1 = slot < firstWord ? this.#pseudoSeeds[slot]![0] : layout.seeds1[slot - firstWord]!
      const seed2 = slot < firstWord ? this.#pseudoSeeds[slot]![1] : layout.seeds2[slot - firstWord]!
      causes1 = (causes1 + contribution(seed1, this.#slots[at]!)) | 0
      causes2 = (causes2 + contribution(seed2, this.#slots[at + 1]!)) | 0
    }
    const identities = layout.threadHashes
    const index = this.#counts[thread] ?? 0
    const before1 = this.#latest1[thread] ?? 0
    const before2 = this.#latest2[thread] ?? 0
    const hash1 = chain(chain(chain(chain(identities[2 * thread]!, index), way), before1), causes1)
    const hash2 = chain(chain(chain(chain(identities[2 * thread + 1]!, index), way), before2), causes2)
    this.#slotMarks.push(this.#slotLog.length)
    for (let i = 0; i < count; i++)
      if (accesses[i] !== Access.Read) this.#write(slots[i]! * SLOT_INTS, accesses[i] === Access.Join, hash1, hash2)
    this.threads.push(thread)
    this.ways.push(way)
    this.#before1.push(before1)
    this.#before2.push(before2)
    this.#latest1[thread] = hash1
    this.#latest2[thread] = hash2
    this.#counts[thread] = index + 1
    this.hash1 = (this.hash1 + hash1) | 0
    this.hash2 = (this.hash2 + hash2) | 0
  }

  #write(at: number, joins: boolean, hash1: number, hash2: number): void {
    const slots = this.#slots
    this.#slotLog.push(at, slots[at]!, slots[at + 1]!)
    slots[at] = joins ? (slots[at]! + hash1) | 0 : hash1
    slots[at + 1] = joins ? (slots[at + 1]! + hash2) | 0 : hash2
  }

  #growSlots(needed: number): void {
    const larger = new Int32Array(Math.max(needed, this.#slots.length * 2))
    larger.set(this.#slots)
    this.#slots = larger
  }
}
