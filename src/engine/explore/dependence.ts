import { WordKind } from '../layout.js'
import type { Session } from '../session.js'
import type { LearntProperty } from './learnt-property.js'
import { pendingFootprint } from './pending-footprint.js'

/** How a step accesses a slot. */
export const Access = {
  Read: 0,
  Write: 1,
  /** A write that commutes with others of its kind, but not with reads. */
  Join: 2,
} as const
export type Access = (typeof Access)[keyof typeof Access]

/** Whether the program still runs: what the ends of awaited threads decide and every step of a daemon depends on. */
const ALIVE = 0
/** What time it is: every step is taken at some time, and the clock's steps come between all that is before and after. */
const TIME = 1
const PSEUDO_SLOTS = 2

/**
 * Which steps of a program depend on each other. A step accesses slots; two steps of different threads are dependent if
 * one writes a slot that the other accesses, unless both join in writing it. Slots are the words of the state and,
 * before them, some that no word stands for: whether the program still runs, what time it is, and one for every property
 * that must always hold, which sees in which order the words it reads are written.
 *
 * The accesses of a step are collected by `before` and `after` and stand in `slots` and `accesses` up to `count`, every
 * slot once: a slot that is both read and written is written.
 */
export class Dependence {
  slots = new Int32Array(16)
  accesses = new Uint8Array(16)
  count = 0
  /** The slot of word 0. */
  readonly firstWord: number
  readonly #session: Session
  readonly #always: readonly LearntProperty[]
  #hasDaemons = false
  // What was known when the dependence was last brought up to date.
  #threads = 0
  #observed = 0
  #counted = 0

  /** @param always the properties that must always hold, as far as they have been learnt. */
  constructor(session: Session, always: readonly LearntProperty[]) {
    this.#session = session
    this.#always = always
    this.firstWord = PSEUDO_SLOTS + always.length
    this.refresh()
  }

  /**
   * Takes in what has been learnt since: daemons, and words that properties read. Returns whether steps may depend on
   * each other now that did not before.
   */
  refresh(): boolean {
    const { all } = this.#session.threads
    const hadDaemons = this.#hasDaemons
    for (; this.#threads < all.length; this.#threads++) {
      const { daemon, agent } = all[this.#threads]!
      if (daemon && !agent) this.#hasDaemons = true
    }
    const observed = this.#observed
    this.#observed = this.#always.reduce((total, { reads }) => total + reads.size, 0)
    const { countsThreads } = this.#session.image.starts
    const isCounted = countsThreads && this.#counted < all.length
    if (countsThreads) this.#counted = all.length
    return isCounted || this.#hasDaemons !== hadDaemons || this.#observed !== observed
  }

  /** Collects what a thread's step accesses, before it is taken. */
  before(thread: number): void {
    this.count = 0
    const { clockThread } = this.#session
    if (clockThread !== null) this.#add(TIME, thread === clockThread.index ? Access.Write : Access.Join)
    if (clockThread?.index === thread) return
    const { reads, writes } = pendingFootprint(this.#session, thread)
    for (const word of writes) this.#access(word, true)
    for (const word of reads) this.#access(word, false)
    const { daemon, process, word } = this.#session.threads.all[thread]!
    if (this.#hasDaemons && daemon) this.#add(ALIVE, Access.Read)
    if (this.#hasDaemons && writes.some((other) => this.#isOfLiving(other)))
      this.#add(ALIVE, daemon ? Access.Write : Access.Join)
    // Whoever ends its process writes the thread's word.
    if (process !== null) this.#access(word, false)
  }

  /** Adds what is known of the step only once it has been taken: whether it ended its thread. */
  after(thread: number): void {
    if (!this.#session.world.hasEnded(thread)) return
    const { word, daemon } = this.#session.threads.all[thread]!
    this.#access(word, true)
    if (this.#hasDaemons && !daemon) this.#add(ALIVE, Access.Join)
  }

  /** Whether it is the word of a thread that has begun: whoever writes it ends that thread. */
  #isOfLiving(word: number): boolean {
    const { layout, world } = this.#session
    return layout.kinds[word] === WordKind.Node && world.read(word) !== 0
  }

  #access(word: number, writes: boolean): void {
    this.#add(this.firstWord + word, writes ? Access.Write : Access.Read)
    if (!writes) return
    for (let i = 0; i < this.#always.length; i++)
      if (this.#always[i]!.reads.has(word)) this.#add(PSEUDO_SLOTS + i, Access.Write)
  }

  #add(slot: number, access: Access): void {
    for (let i = 0; i < this.count; i++) {
      if (this.slots[i] !== slot) continue
      if (access !== Access.Read) this.accesses[i] = access
      return
    }
    if (this.count === this.slots.length) this.#grow()
    this.slots[this.count] = slot
    this.accesses[this.count++] = access
  }

  #grow(): void {
    const slots = new Int32Array(this.count * 2)
    slots.set(this.slots)
    this.slots = slots
    const accesses = new Uint8Array(this.count * 2)
    accesses.set(this.accesses)
    this.accesses = accesses
  }
}
