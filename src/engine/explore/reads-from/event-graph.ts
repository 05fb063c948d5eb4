import * as Code from '../../code.js'
import { FLAG_PLAIN } from '../../node-head.js'
import { overflows, resulting, stored } from '../../instruction.js'
import { NODE_A, NODE_B, NODE_CODE, NODE_WORD } from '../../node-fields.js'
import type { Session } from '../../session.js'
import { grownTo } from '../dpor/grown-array.js'
import { ContractEffects } from './contract-effects.js'
import { Floors } from './floors.js'
import { Operations } from './operations.js'
import { requireOrdinaryThreads, type ReadsFromRules } from './reads-from-rules.js'
import { Unfolding } from './unfolding.js'

/** Fields of an event: its thread, way, and node before; 1 + the event of its thread before (or that spawned it), or 0. */
export const EVENT_SHIFT = 4
export const THREAD = 0
const WAY = 1
const NODE = 2
export const BEFORE = 3
/** The word it touches, or −1; where it reads from (see below); whether it writes (see below), and what. */
export const WORD = 4
export const SOURCE = 5
const WRITES = 6
const CONTENT = 7
const RESULT = 8
// Its number in the unfolding; 1 + the write and the plain access to the same word that were added before.
const NUMBER = 9
export const WRITER_BEFORE = 10
const ACCESS_BEFORE = 11
/** Its place among the events of its thread; 1 + the event that it waited for in a join, or 0. */
export const ORDINAL = 12
export const AWAITED = 13
/** 1 + the decision that it belongs to, or 0; 1 + the event of a decision on the same word that was added before. */
export const DECISION = 14
const DECIDED_BEFORE = 15

/** Sources of events that read what was there in the beginning, and of those that read nothing. */
export const INITIAL = -1
export const NO_SOURCE = -2

// Of `WRITES`: the event writes; it needs all earlier writes to its word, and so does each of these.
const DOES_WRITE = 1
const IS_CHAINED = 2

/** How an execution ended: `assumeFailed` if a thread is stuck at a false assumption. */
export type ClassEnd = 'complete' | 'deadlocked' | 'assumeFailed'

/**
 * One execution as a stack of events that know what they read from. There is no state: what an event reads is what its
 * source has written, and threads are learnt, so that an event may be added that comes early in every schedule. Whether
 * there is a schedule at all is another's business.
 *
 * `clocks[event * stride + thread]` is 1 + the last event of that thread which the event needs or is: which comes before
 * it by the order of its thread, by what was read from whom, by spawning and by joining.
 */
export class EventGraph {
  readonly session: Session
  readonly rules: ReadsFromRules
  readonly unfolding = new Unfolding()
  readonly effects: ContractEffects
  readonly operations: Operations
  readonly floors = new Floors()
  length = 0
  events = new Int32Array(64 << EVENT_SHIFT)
  clocks = new Int32Array(64)
  stride = 1
  /** By thread: its node, and 1 + its latest event, or that which spawned it. */
  nodes = new Int32Array(8)
  latest = new Int32Array(8)
  /** By word: 1 + its latest write, plain access, and event of a decision. */
  writers = new Int32Array(64)
  #accesses = new Int32Array(64)
  #decided = new Int32Array(64)
  // How many events read and overwrite what a word held in the beginning, or what an event wrote: one at most in the end.
  #takenInitially = new Int32Array(64)
  #taken = new Int32Array(64)
  readonly #threadOfWord = new Map<number, number>()
  #threads = 0
  #words = 0

  constructor(session: Session, rules: ReadsFromRules) {
    this.session = session
    this.rules = rules
    this.effects = new ContractEffects(session)
    this.operations = new Operations(session, rules, this.effects)
    session.rewind()
    this.#adapt()
    for (const { index } of session.threads.all) this.nodes[index] = session.node(index)
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    const { events, clocks, unfolding, effects, writers } = this
    return (events.length + clocks.length + writers.length * 4) * 4 + unfolding.bytes + effects.bytes
  }

  field(event: number, field: number): number {
    return this.events[(event << EVENT_SHIFT) + field]!
  }

  threadOf(event: number): number {
    return this.events[(event << EVENT_SHIFT) + THREAD]!
  }

  wayOf(event: number): number {
    return this.events[(event << EVENT_SHIFT) + WAY]!
  }

  /** The node its thread stood at. */
  nodeOf(event: number): number {
    return this.events[(event << EVENT_SHIFT) + NODE]!
  }

  resultOf(event: number): number {
    return this.events[(event << EVENT_SHIFT) + RESULT]!
  }

  /** Its number in the unfolding. */
  numberOf(event: number): number {
    return this.events[(event << EVENT_SHIFT) + NUMBER]!
  }

  writes(event: number): boolean {
    return this.events[(event << EVENT_SHIFT) + WRITES] !== 0
  }

  /** Whether the writes to a word, of which there are some, are a chain: each needs the one before. */
  isChain(word: number): boolean {
    return (this.field(this.writers[word]! - 1, WRITES) & IS_CHAINED) !== 0
  }

  /** Whether an event needs another one, or is it. */
  needs(later: number, earlier: number): boolean {
    return this.clocks[later * this.stride + this.threadOf(earlier)]! > earlier
  }

  /** How many events two events need together, themselves included. */
  neededByBoth(one: number, other: number): number {
    let count = 0
    for (let thread = 0; thread < this.stride; thread++) {
      const last = Math.max(this.clocks[one * this.stride + thread]!, this.clocks[other * this.stride + thread]!)
      if (last > 0) count += this.field(last - 1, ORDINAL) + 1
    }
    return count
  }

  /** Whether a thread that has come as far as `latest` (1 + an event, or 0) needs an event. */
  isNeededBy(earlier: number, latest: number): boolean {
    return latest !== 0 && this.needs(latest - 1, earlier)
  }

  /** The write to a word before another one on the stack, 1 + it; 0 if there is none. */
  writerBefore(writer: number): number {
    return this.events[((writer - 1) << EVENT_SHIFT) + WRITER_BEFORE]!
  }

  /** What a source holds. */
  contentOf(source: number, word: number): number {
    return source >= 0 ? this.events[(source << EVENT_SHIFT) + CONTENT]! : this.session.layout.initial[word]!
  }

  /** Whether some event has read and overwritten what a source wrote. */
  isTaken(source: number, word: number): boolean {
    return (source >= 0 ? this.#taken[source]! : this.#takenInitially[word]!) > 0
  }

  /**
   * Adds the next event of a thread, without asking whether any schedule shows it; `settle` is to follow once there is
   * one. `source` is where it reads from, if it reads.
   */
  add(thread: number, way: number, source: number): void {
    const event = this.length
    if (event << EVENT_SHIFT === this.events.length) this.#growEvents()
    const { events } = this
    const record = event << EVENT_SHIFT
    const node = this.nodes[thread]!
    const code = this.session.nodes.code(node)
    const word = this.operations.wordAt(node)
    const before = this.latest[thread]!
    const reads = this.operations.readsAt(node)
    events[record + THREAD] = thread
    events[record + WAY] = way
    events[record + NODE] = node
    events[record + BEFORE] = before
    events[record + WORD] = word
    events[record + SOURCE] = reads ? source : NO_SOURCE
    events[record + WRITES] = 0
    events[record + CONTENT] = 0
    events[record + RESULT] = 0
    events[record + DECISION] = 0
    events[record + AWAITED] = 0
    const isFirst = before === 0 || events[((before - 1) << EVENT_SHIFT) + THREAD] !== thread
    events[record + ORDINAL] = isFirst ? 0 : events[((before - 1) << EVENT_SHIFT) + ORDINAL]! + 1
    this.#startClock(event, before)
    if (code === Code.Join) this.#addJoin(event, node)
    else if (code === Code.Spawn) this.#addSpawn(event, node)
    else if (word >= 0) this.#addAccess(event, node, code)
    else if (code === Code.Choose) events[record + RESULT] = way
    else if (code === Code.Contract && !this.isUnsettled(event)) this.#settleContract(event)
    if (events[record + SOURCE]! >= 0) this.#join(event, events[record + SOURCE]!)
    this.clocks[event * this.stride + thread] = event + 1
    if (events[record + WRITES] !== 0) this.#chain(event)
    const { unfolding } = this
    const number = unfolding.number(thread, this.#numberOf(before), this.#numberOf(this.#causeOf(event)), way)
    unfolding.retain(number)
    unfolding.places[number] = event + 1
    events[record + NUMBER] = number
    this.latest[thread] = event + 1
    this.length = event + 1
    this.nodes[thread] = this.isUnsettled(event) ? 0 : this.session.nodes.next(node, events[record + RESULT]!)
  }

  /** The number of an event that could happen instead of another one: to be retained by whoever keeps it. */
  numberInstead(thread: number, latest: number, source: number, way: number): number {
    return this.unfolding.number(thread, this.#numberOf(latest), this.#numberOf(source + 1), way)
  }

  /**
   * Takes in what an event does that some schedule shows.
   *
   * @throws ProgramFault if an integer overflows, or for what the thread does wrong on the way to its next operation.
   */
  settle(event: number): void {
    const record = event << EVENT_SHIFT
    const { events } = this
    const { nodes, image } = this.session
    const node = events[record + NODE]!
    const code = nodes.code(node)
    if (code === Code.Contract && this.isUnsettled(event)) this.#settleContract(event)
    if (code === Code.Add) {
      const old = this.contentOf(events[record + SOURCE]!, events[record + WORD]!)
      if (overflows(old, nodes.field(node, NODE_A))) throw this.session.overflowAt(node, old)
    }
    const thread = events[record + THREAD]!
    if (this.nodes[thread] !== 0 || this.latest[thread] !== event + 1) return
    this.nodes[thread] = nodes.next(node, events[record + RESULT]!) || image.resume(node, events[record + RESULT]!)
    this.#adapt()
  }

  /** Whether an event misused its object. */
  isMisuse(event: number): boolean {
    return this.session.image.isMisuse(this.nodeOf(event), this.resultOf(event))
  }

  /** Takes the latest event back. */
  remove(): void {
    const event = --this.length
    const { events } = this
    const record = event << EVENT_SHIFT
    const thread = events[record + THREAD]!
    const node = events[record + NODE]!
    const word = events[record + WORD]!
    const { nodes } = this.session
    if (events[record + DECISION] !== 0) this.#decided[word] = events[record + DECIDED_BEFORE]!
    if (nodes.code(node) === Code.Spawn) {
      const child = this.#threadOfWord.get(nodes.field(node, NODE_WORD))!
      this.nodes[child] = 0
      this.latest[child] = 0
    }
    if (word >= 0) this.#removeAccess(record, word)
    this.latest[thread] = events[record + BEFORE]!
    this.nodes[thread] = node
    this.unfolding.places[events[record + NUMBER]!] = 0
    this.unfolding.release(events[record + NUMBER]!)
  }

  /** The latest event belongs to a decision about its word. */
  decide(event: number, decision: number): void {
    const record = event << EVENT_SHIFT
    const word = this.events[record + WORD]!
    this.events[record + DECISION] = decision + 1
    this.events[record + DECIDED_BEFORE] = this.#decided[word]!
    this.#decided[word] = event + 1
  }

  /** 1 + the latest event that a decision about a word has put there, 0 if there is none; then that before it. */
  decided(word: number): number {
    return this.#decided[word]!
  }

  decidedBefore(event: number): number {
    return this.events[(event << EVENT_SHIFT) + DECIDED_BEFORE]!
  }

  /**
   * Plain accesses to the same word that race with an event's one: either of the two could come first, with nothing
   * between. Those before a write that the event needs are left out: if they do not come before it, they race with it.
   */
  *racesOf(event: number): Generator<number> {
    if (!this.#isPlain(event)) return
    const { events } = this
    const record = event << EVENT_SHIFT
    const writes = events[record + WRITES] !== 0
    const before = events[record + BEFORE]!
    const thread = events[record + THREAD]!
    for (let at = events[record + (writes ? ACCESS_BEFORE : WRITER_BEFORE)]!; at !== 0;) {
      const other = at - 1
      const isNeeded = this.isNeededBy(other, before)
      if (isNeeded && this.writes(other)) return
      const conflicts = (writes || this.writes(other)) && this.#isPlain(other)
      if (conflicts && !isNeeded && this.threadOf(other) !== thread) yield other
      at = this.field(other, writes ? ACCESS_BEFORE : WRITER_BEFORE)
    }
  }

  #isPlain(event: number): boolean {
    return (this.session.nodes.field(this.nodeOf(event), NODE_CODE) & FLAG_PLAIN) !== 0
  }

  /** The words that have been written. */
  writtenWords(): number[] {
    const words: number[] = []
    for (let event = 0; event < this.length; event++) {
      const word = this.field(event, WORD)
      if (word >= 0 && this.writers[word] === event + 1) words.push(word)
    }
    return words
  }

  /** How an execution that can go no further has ended. */
  get ending(): ClassEnd {
    const { nodes } = this.session
    let ending: ClassEnd = 'complete'
    let isStuck = false
    for (let thread = 0; thread < this.#threads; thread++) {
      const node = this.nodes[thread]!
      const code = nodes.code(node)
      if (code <= Code.Failed) continue
      if (code === Code.Assume && nodes.field(node, NODE_A) === 0) isStuck = true
      ending = 'deadlocked'
    }
    return isStuck ? 'assumeFailed' : ending
  }

  /** Whether the thread that a word belongs to has ended. */
  hasEnded(word: number): boolean {
    const code = this.session.nodes.code(this.nodes[this.#threadOfWord.get(word)!]!)
    return code === Code.End || code === Code.Failed
  }

  #startClock(event: number, before: number): void {
    const { clocks, stride } = this
    const base = event * stride
    if (before === 0) clocks.fill(0, base, base + stride)
    else clocks.copyWithin(base, (before - 1) * stride, before * stride)
  }

  #join(event: number, earlier: number): void {
    const { clocks, stride } = this
    const base = event * stride
    const from = earlier * stride
    for (let t = 0; t < stride; t++) if (clocks[from + t]! > clocks[base + t]!) clocks[base + t] = clocks[from + t]!
  }

  #addJoin(event: number, node: number): void {
    const { nodes } = this.session
    const joined = this.#threadOfWord.get(nodes.field(node, NODE_WORD))!
    const record = event << EVENT_SHIFT
    const ended = this.latest[joined]!
    this.events[record + AWAITED] = ended
    this.events[record + RESULT] = this.session.joinResult(this.nodes[joined]!)
    if (ended !== 0) this.#join(event, ended - 1)
  }

  #addSpawn(event: number, node: number): void {
    const first = this.session.image.firstNodeOfSpawned(node)
    this.#adapt()
    const child = this.session.nodes.owners[first]!
    this.nodes[child] = first
    this.latest[child] = event + 1
  }

  #addAccess(event: number, node: number, code: number): void {
    const { events } = this
    const record = event << EVENT_SHIFT
    const word = events[record + WORD]!
    const source = events[record + SOURCE]!
    // What is written blindly does not depend on what was there.
    const old = source === NO_SOURCE ? 0 : this.contentOf(source, word)
    const writes = this.operations.writesFrom(node, old)
    events[record + WRITES] = writes ? DOES_WRITE : 0
    if (code === Code.Contract) {
      if (this.effects.hasStep(node, old, events[record + WAY]!)) this.#settleContract(event)
    } else this.#applyInstruction(record, node, code, old)
    events[record + WRITER_BEFORE] = this.writers[word]!
    this.#taken[event] = 0
    if (writes) {
      this.writers[word] = event + 1
      if (source >= 0) this.#taken[source]!++
      else if (source === INITIAL) this.#takenInitially[word]!++
    }
    events[record + ACCESS_BEFORE] = this.#accesses[word]!
    if ((this.session.nodes.field(node, NODE_CODE) & FLAG_PLAIN) !== 0) this.#accesses[word] = event + 1
  }

  #chain(event: number): void {
    const record = event << EVENT_SHIFT
    const previous = this.events[record + WRITER_BEFORE]!
    const isLink =
      previous === 0 || ((this.field(previous - 1, WRITES) & IS_CHAINED) !== 0 && this.needs(event, previous - 1))
    if (isLink) this.events[record + WRITES] = DOES_WRITE | IS_CHAINED
  }

  #applyInstruction(record: number, node: number, code: number, old: number): void {
    const { nodes } = this.session
    const { events } = this
    const a = nodes.field(node, NODE_A)
    events[record + CONTENT] = stored(code, old, a, nodes.field(node, NODE_B), events[record + THREAD]!)
    events[record + RESULT] = resulting(code, old, events[record + WAY]!)
  }

  /** Whether it is not known what an event does: one of the contract is tried out only if some schedule shows it. */
  isUnsettled(event: number): boolean {
    const record = event << EVENT_SHIFT
    const node = this.events[record + NODE]!
    if (this.session.nodes.code(node) !== Code.Contract) return false
    return !this.effects.hasStep(node, this.#oldOf(record), this.events[record + WAY]!)
  }

  #settleContract(event: number): void {
    const record = event << EVENT_SHIFT
    const { events } = this
    const node = events[record + NODE]!
    const { result, content } = this.effects.step(node, this.#oldOf(record), events[record + WAY]!)
    events[record + RESULT] = result
    events[record + CONTENT] = content
    this.#adapt()
  }

  #oldOf(record: number): number {
    const word = this.events[record + WORD]!
    return word < 0 ? 0 : this.contentOf(this.events[record + SOURCE]!, word)
  }

  #removeAccess(record: number, word: number): void {
    const { events } = this
    const source = events[record + SOURCE]!
    if (events[record + WRITES] !== 0) {
      this.writers[word] = events[record + WRITER_BEFORE]!
      if (source >= 0) this.#taken[source]!--
      else if (source === INITIAL) this.#takenInitially[word]!--
    }
    this.#accesses[word] = events[record + ACCESS_BEFORE]!
  }

  /** 1 + the event besides the one before that an event came of, or 0. */
  #causeOf(event: number): number {
    const record = event << EVENT_SHIFT
    const source = this.events[record + SOURCE]!
    return source >= 0 ? source + 1 : this.events[record + AWAITED]!
  }

  #numberOf(eventFrom1: number): number {
    return eventFrom1 === 0 ? 0 : this.events[((eventFrom1 - 1) << EVENT_SHIFT) + NUMBER]!
  }

  /** Follows what is learnt: threads and words are added. */
  #adapt(): void {
    const { layout, threads } = this.session
    if (this.#words !== layout.count) {
      this.#words = layout.count
      if (this.writers.length < layout.count) {
        this.writers = grownTo(this.writers, layout.count * 2)
        this.#accesses = grownTo(this.#accesses, layout.count * 2)
        this.#decided = grownTo(this.#decided, layout.count * 2)
        this.#takenInitially = grownTo(this.#takenInitially, layout.count * 2)
      }
    }
    if (this.#threads === threads.all.length) return
    requireOrdinaryThreads(this.session, this.#threads)
    if (this.nodes.length < threads.all.length) {
      this.nodes = grownTo(this.nodes, threads.all.length * 2)
      this.latest = grownTo(this.latest, threads.all.length * 2)
    }
    for (; this.#threads < threads.all.length; this.#threads++) {
      const { word, index } = threads.all[this.#threads]!
      this.#threadOfWord.set(word, index)
    }
    if (threads.all.length > this.stride) this.#widen(threads.all.length)
  }

  #widen(threads: number): void {
    const stride = this.length === 0 ? threads : threads + (threads >> 1) + 2
    const capacity = this.events.length >> EVENT_SHIFT
    const clocks = new Int32Array(capacity * stride)
    // One more than there are: the event that is being added.
    for (let event = 0; event <= Math.min(this.length, capacity - 1); event++)
      for (let t = 0; t < this.stride; t++) clocks[event * stride + t] = this.clocks[event * this.stride + t]!
    this.clocks = clocks
    this.stride = stride
  }

  #growEvents(): void {
    this.events = grownTo(this.events, this.events.length * 2)
    this.#taken = grownTo(this.#taken, this.events.length >> EVENT_SHIFT)
    this.clocks = grownTo(this.clocks, (this.events.length >> EVENT_SHIFT) * this.stride)
  }
}
