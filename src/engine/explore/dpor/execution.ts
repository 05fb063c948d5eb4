import * as Code from '../../code.js'
import {
  CODE_MASK,
  FLAG_DAEMON,
  GIVES_BIT,
  FLAG_GUARDED,
  FLAG_IDLE,
  FLAG_KILLED,
  KEEPS_BIT,
  FLAG_LINEAR,
  FLAG_PLAIN,
  FLAG_WRITES,
} from '../../node-head.js'
import { MISUSE, overflows, resulting, stored } from '../../instruction.js'
import {
  NODE_A,
  NODE_B,
  NODE_CODE,
  NODE_SHIFT,
  NODE_WORD,
  SMALL_RESULTS,
  SMALL_RESULTS_SHIFT,
} from '../../node-fields.js'
import type { NodeTable } from '../../node-table.js'
import type { Footprint } from '../../footprint.js'
import type { Session } from '../../session.js'
import { type Access, AccessLog } from './access-log.js'
import { ContractWaits } from './contract-waits.js'
import { DefaultOrder } from './default-order.js'
import {
  ENDED,
  EVENT_ACCESSES,
  EVENT_BEFORE,
  EVENT_MARK,
  EVENT_NODE,
  EVENT_OLD,
  EVENT_ROW,
  EVENT_SHIFT,
  EVENT_STEP,
  EVENT_WORD,
  LOGGED,
  WROTE,
} from './event-fields.js'
import { EventRaces } from './event-races.js'
import { GeneralSteps } from './general-steps.js'
import { grownTo } from './grown-array.js'
import { packStep, threadOf, wayOf } from './packed-step.js'
import type { TraceRules } from './trace-rules.js'

/** One step of an execution, by the session's thread indices. */
export interface ExecutionStep {
  readonly thread: number
  readonly way: number
}

/** How an execution ended: `assumeFailed` if a thread is stuck at a false assumption. */
export type ExecutionEnd = 'complete' | 'deadlocked' | 'assumeFailed'

/**
 * One execution as a stack of events on a session's state: what each event touched, and what happens before it. Pushing
 * an event steps its thread and finds the earlier events it races with; popping it undoes the step. Integers in typed
 * arrays: nothing is allocated per event.
 */
export class Execution {
  readonly session: Session
  readonly rules: TraceRules
  /** Events on the stack. */
  length = 0
  /** The fields of all events; see `EVENT_…`. */
  events = new Int32Array(256 << EVENT_SHIFT)
  /** In how many ways the thread that `next` chose can step. */
  waysOfNext = 1
  /** Whether the latest event misused its object, and the result that says so. */
  misused = false
  misuse = 0
  /** By thread: its place in canonical order; threads that are met later never change the order of two others. */
  rank = new Int32Array(16)
  readonly log: AccessLog
  readonly races: EventRaces
  readonly #nodes: NodeTable
  #words = new Int32Array(0)
  // By thread: 1 + its latest event (before its first one, that which spawned it), and its word.
  #last = new Int32Array(16)
  #threadWord = new Int32Array(16)
  // Threads that have begun and not ended.
  #awake = 0
  // The clock's thread; −1 if there is none.
  readonly #clock: number
  readonly #waits: ContractWaits
  readonly #general: GeneralSteps
  readonly #order: DefaultOrder
  #knownThreads = 0
  #knownWords = 0

  constructor(session: Session, rules: TraceRules) {
    this.session = session
    this.rules = rules
    this.#clock = session.clockThread?.index ?? -1
    this.log = new AccessLog(this.events)
    this.#nodes = session.nodes
    this.races = new EventRaces(this.log, 2 * rules.wordKey(0))
    this.#waits = new ContractWaits(session)
    this.#order = new DefaultOrder(this)
    this.#general = new GeneralSteps(this)
    this.adapt()
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return (this.events.length + this.races.clocks.length) * 4 + this.log.bytes
  }

  /** The present state, as the session's words. */
  get words(): Int32Array {
    return this.#words
  }

  /** The thread of an event. */
  threadOf(event: number): number {
    return threadOf(this.events[(event << EVENT_SHIFT) + EVENT_STEP]!)
  }

  /** The way of an event. */
  wayOf(event: number): number {
    return wayOf(this.events[(event << EVENT_SHIFT) + EVENT_STEP]!)
  }

  /** The thread and the way of an event, packed. */
  packedStep(event: number): number {
    return this.events[(event << EVENT_SHIFT) + EVENT_STEP]!
  }

  /** The step that an event is. */
  stepAt(event: number): ExecutionStep {
    return { thread: this.threadOf(event), way: this.wayOf(event) }
  }

  /** In how many ways a thread can step now. One whose assumption is false cannot step any more. */
  ways(thread: number): number {
    const { fields } = this.#nodes
    const at = this.#words[this.#threadWord[thread]!]! << NODE_SHIFT
    const code = fields[at + NODE_CODE]! & CODE_MASK
    if (((Code.ONE_WAY >>> code) & 1) === 1) return 1
    switch (code) {
      case Code.Acquire:
        return this.#words[fields[at + NODE_WORD]!] === 0 ? 1 : 0
      case Code.Assume:
        return fields[at + NODE_A]!
      case Code.Contract:
        return this.#waits.ways(thread)
      case Code.Join:
      case Code.Choose:
        return this.session.ways(thread)
      default:
        return 0
    }
  }

  /** Whether a thread is the clock: its steps come after all that is before, and before all that follows. */
  isClock(thread: number): boolean {
    return thread === this.#clock
  }

  /** Threads that are known. */
  get threads(): number {
    return this.#knownThreads
  }

  /** The thread that goes on by default, −1 if none can; see `DefaultOrder`. */
  next(): number {
    // Where nobody is left there is nobody to look for, which is so at the end of most executions.
    return this.#awake === 0 || this.isOver ? -1 : this.#order.next()
  }

  /** Runs one execution, to see which words several threads touch. Begins and ends in the initial state. */
  scout(maxSteps: number): void {
    this.#order.scout(maxSteps)
  }

  /** How an execution that can go no further has ended. */
  get ending(): ExecutionEnd {
    if (this.#awake === 0) return 'complete'
    const { fields } = this.#nodes
    let ending: ExecutionEnd = 'complete'
    let isStuck = false
    for (let thread = 0; thread < this.#knownThreads; thread++) {
      const at = this.nodeAt(thread) << NODE_SHIFT
      const head = fields[at + NODE_CODE]!
      if ((head & CODE_MASK) <= Code.Failed) continue
      if ((head & CODE_MASK) === Code.Assume && fields[at + NODE_A] === 0) isStuck = true
      if ((head & (FLAG_DAEMON | FLAG_IDLE)) === 0) ending = 'deadlocked'
    }
    return isStuck && ending === 'deadlocked' ? 'assumeFailed' : ending
  }

  /** Whether some thread has failed. */
  get hasFailure(): boolean {
    for (let thread = 0; thread < this.#knownThreads; thread++)
      if (this.#nodes.code(this.nodeAt(thread)) === Code.Failed) return true
    return false
  }

  /** Whether an event is a plain access. */
  isPlain(event: number): boolean {
    return (this.#nodes.field(this.nodeOf(event), NODE_CODE) & FLAG_PLAIN) !== 0
  }

  /** Whether two events that race are plain accesses of one word. */
  isDataRace(earlier: number, later: number): boolean {
    const first = this.#nodes.field(this.nodeOf(earlier), NODE_CODE)
    const second = this.#nodes.field(this.nodeOf(later), NODE_CODE)
    if ((first & second & FLAG_PLAIN) === 0 || ((first | second) & FLAG_WRITES) === 0) return false
    return this.wordOf(earlier) === this.wordOf(later)
  }

  /** The word that an event's instruction is about. */
  wordOf(event: number): number {
    return this.#nodes.field(this.nodeOf(event), NODE_WORD)
  }

  /** The node that an event's thread stood at. */
  nodeOf(event: number): number {
    return this.events[(event << EVENT_SHIFT) + EVENT_NODE]!
  }

  /** Whether some thread has neither ended nor can go on: one that is idle, or blocked. */
  get isSomeoneLeft(): boolean {
    return this.#awake > 0
  }

  /** Whether all threads that the program waits for have ended, which is the end of its daemons. */
  get isOver(): boolean {
    return this.rules.hasDaemons && this.session.hasEnded
  }

  /**
   * Lets a thread take one step, which it must be able to take.
   *
   * @throws ProgramFault if an integer overflows, or for what the thread does wrong on the way to its next operation.
   */
  push(thread: number, way: number): void {
    const event = this.length
    if (event << EVENT_SHIFT === this.events.length) this.#growEvents()
    const { events } = this
    const nodes = this.#nodes
    const words = this.#words
    const before = this.#last[thread]!
    const node = words[this.#threadWord[thread]!]!
    const at = node << NODE_SHIFT
    const head = nodes.fields[at + NODE_CODE]!
    const code = head & CODE_MASK
    const record = event << EVENT_SHIFT
    events[record + EVENT_STEP] = packStep(thread, way)
    events[record + EVENT_NODE] = node
    events[record + EVENT_BEFORE] = before
    events[record + EVENT_ROW] = before === 0 ? 0 : events[((before - 1) << EVENT_SHIFT) + EVENT_ROW]!
    this.races.count = 0
    this.misused = false
    // Where rules apply, what keeps an acquire waiting is not all that it conflicts with.
    if (code > Code.Release || (head & FLAG_DAEMON) !== 0 || (code === Code.Acquire && this.rules.isSpecial))
      return this.#general.push(event, thread, way, code)
    const word = nodes.fields[at + NODE_WORD]!
    const old = words[word]!
    const a = nodes.fields[at + NODE_A]!
    let content: number
    let result: number
    let writes = code !== Code.Load
    if ((head & FLAG_LINEAR) !== 0) {
      content = ((old & -((head >> KEEPS_BIT) & 1)) + a) | 0
      result = old & -((head >> GIVES_BIT) & 1)
      if ((head & FLAG_GUARDED) !== 0) {
        if (code === Code.Add && overflows(old, a)) throw this.session.overflowAt(node, old)
        if (code === Code.Release && old === 0) {
          writes = false
          result = MISUSE
          this.misused = true
          this.misuse = result
        }
      }
    } else {
      content = stored(code, old, a, nodes.fields[at + NODE_B]!, thread)
      result = resulting(code, old, way)
      writes = code === Code.CompareExchange ? old === a : old === 0
    }
    let next = result >>> 0 < SMALL_RESULTS ? nodes.smallChildren[(node << SMALL_RESULTS_SHIFT) + result]! : 0
    if (next === 0) next = nodes.next(node, result) || this.#learn(node, result)
    this.#words[word] = content
    this.#words[this.#threadWord[thread]!] = next
    let flags = writes ? WROTE : 0
    if ((nodes.fields[(next << NODE_SHIFT) + NODE_CODE]! & CODE_MASK) <= Code.Failed) {
      flags |= ENDED
      this.#awake--
    }
    events[record + EVENT_WORD] = word
    events[record + EVENT_OLD] = old
    if (this.rules.isSpecial) {
      events[record + EVENT_MARK] = -1 - (flags | LOGGED)
      this.#general.logInstruction(event, thread, word, writes)
    } else {
      events[record + EVENT_MARK] = -1 - flags
      this.races.noteAccess(event, thread, code, word, writes)
    }
    this.#last[thread] = event + 1
    this.length = event + 1
  }

  /** Takes the latest event back. */
  pop(): void {
    const event = --this.length
    const { events } = this
    const record = event << EVENT_SHIFT
    const thread = threadOf(events[record + EVENT_STEP]!)
    const mark = events[record + EVENT_MARK]!
    const word = events[record + EVENT_WORD]!
    this.#last[thread] = events[record + EVENT_BEFORE]!
    if (mark >= 0) return this.#general.pop(event, mark)
    if ((~mark & LOGGED) === 0) this.races.undoAccess(events, record, word)
    else this.log.undo(events[record + EVENT_ACCESSES]!)
    if ((~mark & ENDED) !== 0) this.#awake++
    this.#words[word] = events[record + EVENT_OLD]!
    this.#words[this.#threadWord[thread]!] = events[record + EVENT_NODE]!
  }

  /** Whether both events are instructions on the same word, the earlier of which is never blocked. */
  isPlainPair(earlier: number, later: number): boolean {
    const { events } = this
    const first = earlier << EVENT_SHIFT
    const second = later << EVENT_SHIFT
    if (this.rules.isSpecial || events[first + EVENT_MARK]! >= 0 || events[second + EVENT_MARK]! >= 0) return false
    if (events[first + EVENT_WORD] !== events[second + EVENT_WORD]) return false
    return this.#nodes.code(events[first + EVENT_NODE]!) !== Code.Acquire
  }

  /** Whether an event wrote a word that it has touched. */
  wrote(event: number, word: number): boolean {
    const mark = this.events[(event << EVENT_SHIFT) + EVENT_MARK]!
    if (mark < 0) return (~mark & WROTE) !== 0
    const written = this.rules.wordKey(word)
    return this.accessesOf(event).some(({ key, writes }) => writes && key === written)
  }

  /** Whether an instruction would write its word if it came before an earlier one on the same word. */
  wouldWrite(event: number, earlier: number): boolean {
    return this.instructionWrites(this.nodeOf(event), this.events[(earlier << EVENT_SHIFT) + EVENT_OLD]!)
  }

  /** What an event has touched. */
  accessesOf(event: number): readonly Access[] {
    const record = event << EVENT_SHIFT
    const mark = this.events[record + EVENT_MARK]!
    if (mark >= 0 || (~mark & LOGGED) !== 0) return this.log.of(event, this.events[record + EVENT_ACCESSES]!)
    return [{ key: this.rules.wordKey(this.wordOf(event)), writes: (~mark & WROTE) !== 0, isEnd: false }]
  }

  /** The words that an event has read and written, its thread's own if it has ended it; none for spawns and joins. */
  footprintOf(event: number): Footprint {
    const reads: number[] = []
    const writes: number[] = []
    for (const access of this.accessesOf(event)) {
      const word = this.rules.wordOf(access.key)
      if (word >= 0) (access.writes ? writes : reads).push(word)
    }
    return { reads, writes }
  }

  /** Whether an event touches something because it ends its thread. */
  endsThread(event: number): boolean {
    return this.#general.endsThread(event)
  }

  /** Whether two events conflict apart from the end of the earlier one's thread; the later one may be a thread's that waits. */
  conflictWithoutEnd(earlier: number, thread: number, later: number): boolean {
    return this.#general.conflictWithoutEnd(earlier, thread, later)
  }

  /** 1 + the latest event of a thread, or, before its first one, that which spawned it; 0 for none. */
  arrivalOf(thread: number): number {
    return this.#last[thread]!
  }

  /** Says where a thread's next event comes from; an event with another thread's before it shares that one's row. */
  setArrival(thread: number, arrival: number): void {
    this.#last[thread] = arrival
  }

  /** The node at which a thread stands. */
  nodeAt(thread: number): number {
    return this.#words[this.#threadWord[thread]!]!
  }

  /** The node at which a thread stands, or stood when it was killed: what it would do next, or would have done. */
  pendingAt(thread: number): number {
    const node = this.nodeAt(thread)
    if (!this.isKilled(node)) return node
    return this.log.contentBefore(this.log.latest[2 * this.rules.wordKey(this.#threadWord[thread]!)]!)
  }

  /** Whether it is the node of a thread that was killed. */
  isKilled(node: number): boolean {
    return (this.#nodes.fields[(node << NODE_SHIFT) + NODE_CODE]! & FLAG_KILLED) !== 0
  }

  /** The word of a thread. */
  wordOfThread(thread: number): number {
    return this.#threadWord[thread]!
  }

  /** Finds the events that keep the operation a thread is waiting with from happening, into `racing`. */
  raceWaiting(thread: number): void {
    const { races, log } = this
    races.count = 0
    races.rows.length = 0
    const { fields } = this.#nodes
    const at = this.pendingAt(thread) << NODE_SHIFT
    const head = fields[at + NODE_CODE]!
    const code = head & CODE_MASK
    if (code <= Code.Failed || (code === Code.Assume && fields[at + NODE_A] === 0)) return
    // What a join waits for never goes away again: it races with nothing but the end of the program.
    if (code === Code.Join && (head & FLAG_DAEMON) === 0 && !this.isKilled(this.nodeAt(thread))) return
    const key = this.rules.wordKey(fields[at + NODE_WORD]!)
    if (code === Code.Acquire && !this.rules.isSpecial && log.latest[2 * key + 1] === 0)
      races.ofAcquire(this.#last[thread]!, log.latest[2 * key]!)
    else this.#general.raceWaiting(thread)
  }

  /** Whether an instruction writes its word if that holds `content`. */
  instructionWrites(node: number, content: number): boolean {
    switch (this.#nodes.code(node)) {
      case Code.Load:
        return false
      case Code.CompareExchange:
        return content === this.#nodes.field(node, NODE_A)
      case Code.TryAcquire:
        return content === 0
      case Code.Release:
        return content !== 0
      default:
        return true
    }
  }

  #learn(node: number, result: number): number {
    const child = this.session.image.resume(node, result)
    this.followLearning()
    return child
  }

  /** Follows what was learnt elsewhere, while no event is on the stack. */
  adapt(): void {
    this.session.rewind()
    this.followLearning()
    this.countAwake()
  }

  /** Counts the threads that have begun and not ended, without the clock. */
  countAwake(): void {
    this.#awake = 0
    for (let thread = 0; thread < this.#knownThreads; thread++)
      if (thread !== this.#clock && this.#nodes.code(this.nodeAt(thread)) > Code.Failed) this.#awake++
  }

  /** Follows what is learnt: threads and words are added. */
  followLearning(): void {
    const { layout, threads, world } = this.session
    if (this.#knownWords !== layout.count) {
      this.rules.meetWords(this.#knownWords)
      this.#knownWords = layout.count
      world.read(layout.count - 1)
      this.log.cover(this.rules.keyCount(layout.count))
    }
    this.#words = world.words
    if (this.#knownThreads !== threads.all.length) this.#meetThreads()
  }

  #meetThreads(): void {
    const { threads } = this.session
    if (this.#last.length < threads.all.length) {
      this.#last = grownTo(this.#last, threads.all.length * 2)
      this.#threadWord = grownTo(this.#threadWord, threads.all.length * 2)
      this.rank = grownTo(this.rank, threads.all.length * 2)
    }
    for (; this.#knownThreads < threads.all.length; this.#knownThreads++) {
      const thread = threads.all[this.#knownThreads]!
      this.#threadWord[thread.index] = thread.word
    }
    const awaited = threads.all.reduce((count, { daemon }) => count + (daemon ? 0 : 1), 0)
    this.rules.meetThreads(
      awaited,
      threads.all.some(({ daemon, agent }) => daemon && !agent),
    )
    if (this.session.image.countsThreads) this.rules.meetCount(threads.all.length)
    threads.canonical.forEach((thread, place) => (this.rank[thread] = place))
    if (threads.all.length > this.races.stride) this.races.widen(threads.all.length, this.length)
  }

  #growEvents(): void {
    this.events = grownTo(this.events, this.events.length * 2)
    this.races.grow(this.events)
    this.log.events = this.events
  }
}
