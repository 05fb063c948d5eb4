import {
  CODE_MASK,
  Code,
  FLAG_DAEMON,
  FLAG_GIVES,
  FLAG_IDLE,
  FLAG_KEEPS,
  FLAG_KILLED,
  FLAG_LINEAR,
  FLAG_PLAIN,
  FLAG_WRITES,
  MISUSE,
  overflows,
  resulting,
  stored,
} from '../../instruction.js'
import {
  NODE_A,
  NODE_B,
  NODE_CODE,
  NODE_SHIFT,
  NODE_WORD,
  SMALL_RESULTS,
  SMALL_RESULTS_SHIFT,
} from '../../node-table.js'
import { WordKind } from '../../layout.js'
import type { StartableThread } from '../../operation.js'
import type { Footprint } from '../../footprint.js'
import type { Session } from '../../session.js'
import type { ThreadEntry } from '../../thread-registry.js'
import {
  ACCESS_KEY,
  ACCESS_OLD,
  ACCESS_READER,
  ACCESS_SHIFT,
  ACCESS_WRITER,
  ACCESS_WRITES,
  AccessLog,
  type Touched,
} from './access-log.js'
import { ContractWaits } from './contract-waits.js'
import { grownTo } from './grown-array.js'
import type { TraceRules } from './trace-rules.js'
import { WaitingRaces } from './waiting-races.js'

/** Fields of an event: its thread, way, and node before; 1 + the thread's event before, or 0. */
export const EVENT_SHIFT = 4
export const EVENT_THREAD = 0
export const EVENT_WAY = 1
const EVENT_NODE = 2
const EVENT_BEFORE = 3
// The word of its instruction and the content before; for other steps the world's mark, else −1, or −2 if it ends its
// thread; its first access.
const EVENT_WORD = 4
const EVENT_OLD = 5
const EVENT_MARK = 6
const EVENT_ACCESSES = 7
/** From this one on the fields of an event are its user's. */
export const FREE_FIELDS = 8

const KEEPS_BIT = Math.log2(FLAG_KEEPS)
const GIVES_BIT = Math.log2(FLAG_GIVES)

/** In `racingClock`: the latest event's own clock; nothing at all; anything below `OWN` is −2 − an event, for its clock. */
export const OWN = -1
export const NOTHING = -0x80000000

const NONE: readonly StartableThread[] = []

/** One step of an execution, by the session's thread indices. */
export interface ExecutionStep {
  readonly thread: number
  readonly way: number
}

/** How an execution ended: `assumeFailed` if a thread is stuck at a false assumption. */
export type ExecutionEnd = 'complete' | 'deadlocked' | 'assumeFailed'

/**
 * One execution as a stack of events on a session's state: what each event touched, and what happens before it. Pushing
 * an event steps its thread and finds the earlier events it races with; popping it undoes the step.
 *
 * Happens-before is a vector clock an event: `clocks[event * stride + thread]` is 1 + the last event of that thread
 * which happens before the event or is it; 0 if there is none. Integers in typed arrays: nothing is allocated per event.
 */
export class Execution {
  readonly session: Session
  readonly rules: TraceRules
  /** Events on the stack. */
  length = 0
  /** Sixteen fields an event, which are adjacent so that a step touches one cache line; see `EVENT_…`. */
  events = new Int32Array(256 << EVENT_SHIFT)
  /** Threads that a clock has room for. */
  stride = 1
  clocks = new Int32Array(256)
  /** How many earlier events the latest event, or the waiting operation asked about, races with. */
  races = 0
  racing = new Int32Array(16)
  /** For each race, the clock of what has to stay before the reversed event: an index in `rows`, or see `OWN`. */
  racingClock = new Int32Array(16)
  readonly rows: Int32Array[] = []
  /** In how many ways the thread that `next` chose can step. */
  waysOfNext = 1
  /** Whether the latest event misused its object, and the result that says so. */
  misused = false
  misuse = 0
  /** By thread: its place in canonical order; threads that are met later never change the order of two others. */
  rank = new Int32Array(16)
  #words = new Int32Array(0)
  readonly #log = new AccessLog()
  // By thread: 1 + its latest event (before its first one, that which spawned it), and its word.
  #last = new Int32Array(16)
  #threadWord = new Int32Array(16)
  #order: readonly number[] = []
  // Threads that have begun and not ended.
  #awake = 0
  // The clock's thread; −1 if there is none. By step of the clock, earliest first: what `#last` was before.
  readonly #clock: number
  readonly #lastBefore: Int32Array[] = []
  readonly #waits: ContractWaits
  readonly #waiting: WaitingRaces
  // By key: whether several threads touch it, as far as is known; null if there is nothing to prefer.
  #shared: Uint8Array | null = null
  #knownThreads = 0
  #knownWords = 0

  constructor(session: Session, rules: TraceRules) {
    this.session = session
    this.rules = rules
    this.#clock = session.clockThread?.index ?? -1
    this.#waits = new ContractWaits(session)
    this.#waiting = new WaitingRaces(this, this.#log)
    this.adapt()
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return (this.events.length + this.clocks.length) * 4 + this.#log.bytes
  }

  /** The present state, as the session's words. */
  get words(): Int32Array {
    return this.#words
  }

  /** The thread of an event. */
  threadOf(event: number): number {
    return this.events[(event << EVENT_SHIFT) + EVENT_THREAD]!
  }

  /** The step that an event is. */
  stepAt(event: number): ExecutionStep {
    return { thread: this.threadOf(event), way: this.wayOf(event) }
  }

  /** The way of an event. */
  wayOf(event: number): number {
    return this.events[(event << EVENT_SHIFT) + EVENT_WAY]!
  }

  /** In how many ways a thread can step now. One whose assumption is false cannot step any more. */
  ways(thread: number): number {
    const { fields } = this.session.nodes
    const at = this.#words[this.#threadWord[thread]!]! << NODE_SHIFT
    switch (fields[at + NODE_CODE]! & CODE_MASK) {
      case Code.None:
      case Code.End:
      case Code.Failed:
        return 0
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
        return 1
    }
  }

  /**
   * The thread that goes on by default, −1 if none can: the one that stepped last, or else the first in canonical order;
   * but whoever touches nothing that is shared goes before all others, so that what races comes late and little is done
   * again after a reversal. The clock only if nobody else can.
   */
  next(): number {
    if (this.isOver) return -1
    // Where nobody is left there is nobody to look for, which is so at the end of most executions.
    if (this.#awake === 0) return -1
    const thread = this.#nextThread()
    if (thread >= 0 || this.#clock < 0) return thread
    this.waysOfNext = 1
    return this.session.ways(this.#clock) > 0 ? this.#clock : -1
  }

  /** Whether a thread is the clock: its steps come after all that is before, and before all that follows. */
  isClock(thread: number): boolean {
    return thread === this.#clock
  }

  #nextThread(): number {
    const current = this.length > 0 ? this.threadOf(this.length - 1) : -1
    const ways = current >= 0 && current !== this.#clock ? this.ways(current) : 0
    if (ways === 0 || this.#shared !== null) return this.#nextByOrder(current, ways)
    this.waysOfNext = ways
    return current
  }

  #nextByOrder(current: number, waysOfCurrent: number): number {
    const order = this.#order
    let first = -1
    if (waysOfCurrent > 0) {
      this.waysOfNext = waysOfCurrent
      if (!this.#touchesShared(current)) return current
      first = current
    }
    for (let i = 0; i < order.length; i++) {
      if (order[i] === this.#clock) continue
      const ways = this.ways(order[i]!)
      if (ways === 0 || (first >= 0 && this.#touchesShared(order[i]!))) continue
      this.waysOfNext = ways
      if (this.#shared === null || !this.#touchesShared(order[i]!)) return order[i]!
      first = order[i]!
    }
    if (first >= 0) this.waysOfNext = this.ways(first)
    return first
  }

  /**
   * Runs one execution and notes which words several threads touch; `next` prefers other steps from then on. Begins and
   * ends in the initial state.
   */
  scout(maxSteps: number): void {
    for (let thread = this.next(); thread >= 0 && this.length < maxSteps; thread = this.next()) this.push(thread, 0)
    const { writer, count, records } = this.#log
    const owner = new Int32Array(writer.length).fill(-1)
    const shared = new Uint8Array(writer.length).fill(1)
    for (let access = 0; access < count; access++) {
      const key = records[(access << ACCESS_SHIFT) + ACCESS_KEY]!
      const thread = this.threadOf(this.#log.eventOf(access + 1))
      if (owner[key] === -1) {
        owner[key] = thread
        shared[key] = 0
      } else if (owner[key] !== thread) shared[key] = 1
    }
    while (this.length > 0) this.pop()
    this.#shared = shared.includes(0) ? shared : null
  }

  #touchesShared(thread: number): boolean {
    if (this.#shared === null) return true
    const { fields } = this.session.nodes
    const at = this.#words[this.#threadWord[thread]!]! << NODE_SHIFT
    const code = fields[at + NODE_CODE]! & CODE_MASK
    if (code > Code.Release) return code === Code.Contract
    const key = this.rules.wordKey(fields[at + NODE_WORD]!)
    return key >= this.#shared.length || this.#shared[key] === 1
  }

  /** How an execution that can go no further has ended. */
  get ending(): ExecutionEnd {
    if (this.#awake === 0) return 'complete'
    const { fields } = this.session.nodes
    let ending: ExecutionEnd = 'complete'
    let isStuck = false
    for (let thread = 0; thread < this.#knownThreads; thread++) {
      const at = this.#words[this.#threadWord[thread]!]! << NODE_SHIFT
      const head = fields[at + NODE_CODE]!
      if ((head & CODE_MASK) <= Code.Failed) continue
      if ((head & CODE_MASK) === Code.Assume && fields[at + NODE_A] === 0) isStuck = true
      if ((head & (FLAG_DAEMON | FLAG_IDLE)) === 0) ending = 'deadlocked'
    }
    return isStuck && ending === 'deadlocked' ? 'assumeFailed' : ending
  }

  /** Whether some thread has failed. */
  get hasFailure(): boolean {
    const { nodes } = this.session
    for (let thread = 0; thread < this.#knownThreads; thread++)
      if (nodes.code(this.#words[this.#threadWord[thread]!]!) === Code.Failed) return true
    return false
  }

  /** Whether two events that race are plain accesses of one word. */
  isDataRace(earlier: number, later: number): boolean {
    const { nodes } = this.session
    const first = nodes.field(this.events[(earlier << EVENT_SHIFT) + EVENT_NODE]!, NODE_CODE)
    const second = nodes.field(this.events[(later << EVENT_SHIFT) + EVENT_NODE]!, NODE_CODE)
    if ((first & second & FLAG_PLAIN) === 0 || ((first | second) & FLAG_WRITES) === 0) return false
    return this.wordOf(earlier) === this.wordOf(later)
  }

  /** The word that an event's instruction is about. */
  wordOf(event: number): number {
    return this.session.nodes.field(this.events[(event << EVENT_SHIFT) + EVENT_NODE]!, NODE_WORD)
  }

  /** The node that an event's thread stood at, and the result that led on from there. */
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
    const { nodes } = this.session
    const words = this.#words
    const node = words[this.#threadWord[thread]!]!
    const at = node << NODE_SHIFT
    const head = nodes.fields[at + NODE_CODE]!
    const code = head & CODE_MASK
    this.#enter(event, thread, way, node)
    // Where rules apply, what keeps an acquire waiting is not all that it conflicts with.
    if (code > Code.Release || (head & FLAG_DAEMON) !== 0 || (code === Code.Acquire && this.rules.isSpecial))
      return thread === this.#clock ? this.#pushTick(event) : this.#pushGenerally(event, thread, way, code)
    const word = nodes.fields[at + NODE_WORD]!
    const old = words[word]!
    const a = nodes.fields[at + NODE_A]!
    let content: number
    let result: number
    let writes = code !== Code.Load
    if ((head & FLAG_LINEAR) !== 0) {
      content = ((old & -((head >> KEEPS_BIT) & 1)) + a) | 0
      result = old & -((head >> GIVES_BIT) & 1)
      if (code === Code.Add && overflows(old, a)) throw this.session.overflowAt(node, old)
      if (code === Code.Release && old === 0) {
        writes = false
        result = MISUSE
        this.misused = true
        this.misuse = result
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
    const record = event << EVENT_SHIFT
    this.events[record + EVENT_WORD] = word
    this.events[record + EVENT_OLD] = old
    const isEnd = (nodes.fields[(next << NODE_SHIFT) + NODE_CODE]! & CODE_MASK) <= Code.Failed
    if (isEnd) this.#awake--
    this.events[record + EVENT_MARK] = isEnd ? -2 : -1
    const key = this.rules.wordKey(word)
    if (code === Code.Acquire && this.#log.reader[key] === 0) this.#raceForLock(event, thread, key)
    else if (writes) this.#raceAsWriter(event, key)
    else this.#raceAsReader(event, key)
    this.#log.add(event, key, writes, old)
    if (this.rules.isSpecial) {
      this.#applyRules(event, thread, writes ? word : -1)
      this.#waiting.dropCovered(-1)
    }
    this.clocks[event * this.stride + thread] = event + 1
    this.#last[thread] = event + 1
    this.length = event + 1
  }

  /** Takes the latest event back. */
  pop(): void {
    const event = --this.length
    const { events } = this
    const record = event << EVENT_SHIFT
    const thread = events[record + EVENT_THREAD]!
    this.#log.undo(events[record + EVENT_ACCESSES]!)
    this.#last[thread] = events[record + EVENT_BEFORE]!
    const mark = events[record + EVENT_MARK]!
    if (mark >= 0) return this.#undoGenerally(record)
    if (mark === -2) this.#awake++
    this.#words[events[record + EVENT_WORD]!] = events[record + EVENT_OLD]!
    this.#words[this.#threadWord[thread]!] = events[record + EVENT_NODE]!
  }

  #undoGenerally(record: number): void {
    const { nodes, world } = this.session
    const node = this.events[record + EVENT_NODE]!
    if (this.events[record + EVENT_THREAD] === this.#clock) this.#last.set(this.#lastBefore.pop()!)
    if (nodes.code(node) === Code.Spawn) this.#last[nodes.owners[this.#words[nodes.field(node, NODE_WORD)]!]!] = 0
    // Whom the event has started can have done nothing since.
    for (const { index } of this.#startable(node)) if (this.#last[index] === this.length + 1) this.#last[index] = 0
    world.undo(this.events[record + EVENT_MARK]!)
    const started = this.#startedAt(node)
    if (started !== undefined && this.#words[started.word] === 0) this.#last[started.index] = 0
    this.#countAwake()
  }

  /** Whether one event happens before another, or is it. */
  happensBefore(earlier: number, later: number): boolean {
    return this.clocks[later * this.stride + this.threadOf(earlier)]! > earlier
  }

  /** Whether both events are instructions on the same word, the earlier of which is never blocked. */
  isPlainPair(earlier: number, later: number): boolean {
    const { events } = this
    const first = earlier << EVENT_SHIFT
    const second = later << EVENT_SHIFT
    if (this.rules.isSpecial || events[first + EVENT_MARK]! >= 0 || events[second + EVENT_MARK]! >= 0) return false
    if (events[first + EVENT_WORD] !== events[second + EVENT_WORD]) return false
    return this.session.nodes.code(events[first + EVENT_NODE]!) !== Code.Acquire
  }

  /** Whether an instruction wrote its word. */
  writes(event: number): boolean {
    const access = this.events[(event << EVENT_SHIFT) + EVENT_ACCESSES]!
    return this.#log.records[(access << ACCESS_SHIFT) + ACCESS_WRITES] === 1
  }

  /** Whether an instruction would write its word if it came before an earlier one on the same word. */
  wouldWrite(event: number, earlier: number): boolean {
    const { events } = this
    const old = events[(earlier << EVENT_SHIFT) + EVENT_OLD]!
    return this.#instructionWrites(events[(event << EVENT_SHIFT) + EVENT_NODE]!, old)
  }

  /** The words that an event has read and written, its thread's own if it has ended it; none for spawns and joins. */
  footprintOf(event: number): Footprint {
    const reads: number[] = []
    const writes: number[] = []
    for (const access of this.#accessesOf(event)) {
      const word = this.rules.wordOf(access.key)
      if (word >= 0) (access.writes ? writes : reads).push(word)
    }
    return { reads, writes }
  }

  /** Whether an event touches something because it ends its thread. */
  endsThread(event: number): boolean {
    return this.#accessesOf(event).some(({ isEnd }) => isEnd)
  }

  /** Whether two events conflict apart from the end of the earlier one's thread; the later one may be a thread's that waits. */
  conflictWithoutEnd(earlier: number, thread: number, later: number): boolean {
    const touched = later < this.length ? this.#accessesOf(later) : this.#touched(thread)
    return this.#accessesOf(earlier).some(
      ({ key, writes, isEnd }) => !isEnd && touched.some((other) => other.key === key && (writes || other.writes)),
    )
  }

  #accessesOf(event: number): (Touched & { readonly isEnd: boolean })[] {
    const start = this.events[(event << EVENT_SHIFT) + EVENT_ACCESSES]!
    const next = event + 1
    const end = next < this.length ? this.events[(next << EVENT_SHIFT) + EVENT_ACCESSES]! : this.#log.count
    return this.#log.between(start, end)
  }

  /** 1 + the latest event of a thread, or, before its first one, that which spawned it; 0 for none. */
  arrivalOf(thread: number): number {
    return this.#last[thread]!
  }

  /** The node at which a thread stands, or stood when it was killed. */
  nodeAt(thread: number): number {
    const node = this.#words[this.#threadWord[thread]!]!
    if (!this.isKilled(node)) return node
    const killing = this.#log.writer[this.rules.wordKey(this.#threadWord[thread]!)]!
    return this.#log.records[((killing - 1) << ACCESS_SHIFT) + ACCESS_OLD]!
  }

  /** Whether it is the node of a thread that was killed. */
  isKilled(node: number): boolean {
    return (this.session.nodes.field(node, NODE_CODE) & FLAG_KILLED) !== 0
  }

  /** The first thread of the process that the step at a node starts, if it starts one. */
  #startedAt(node: number): ThreadEntry | undefined {
    const { nodes, image } = this.session
    return nodes.code(node) === Code.Contract && nodes.field(node, NODE_B) !== 0 ? image.spawnedAt(node) : undefined
  }

  /** Whether an event's thread could not be there before `earlier` had happened. */
  arrivedAfter(event: number, earlier: number): boolean {
    const before = this.events[(event << EVENT_SHIFT) + EVENT_BEFORE]!
    return before !== 0 && this.happensBefore(earlier, before - 1)
  }

  /** Finds the events that keep the operation a thread is waiting with from happening, into `racing`. */
  raceWaiting(thread: number): void {
    this.races = 0
    this.rows.length = 0
    const { nodes } = this.session
    const node = this.nodeAt(thread)
    const at = node << NODE_SHIFT
    const head = nodes.fields[at + NODE_CODE]!
    const code = head & CODE_MASK
    if (code <= Code.Failed || (code === Code.Assume && nodes.fields[at + NODE_A] === 0)) return
    // What a join waits for never goes away again: it races with nothing but the end of the program.
    const wasKilled = this.isKilled(this.#words[this.#threadWord[thread]!]!)
    if (code === Code.Join && (head & FLAG_DAEMON) === 0 && !wasKilled) return
    const key = this.rules.wordKey(nodes.fields[at + NODE_WORD]!)
    if (code === Code.Acquire && !this.rules.isSpecial && this.#log.reader[key] === 0)
      this.#raceForLock(-1, thread, key)
    else this.#waiting.find(thread, this.#touched(thread))
  }

  #enter(event: number, thread: number, way: number, node: number): void {
    const { events, stride, clocks } = this
    const record = event << EVENT_SHIFT
    const before = this.#last[thread]!
    events[record + EVENT_THREAD] = thread
    events[record + EVENT_WAY] = way
    events[record + EVENT_NODE] = node
    events[record + EVENT_BEFORE] = before
    events[record + EVENT_ACCESSES] = this.#log.count
    this.races = 0
    this.misused = false
    const base = event * stride
    if (before === 0) for (let t = 0; t < stride; t++) clocks[base + t] = 0
    else {
      const from = (before - 1) * stride
      for (let t = 0; t < stride; t++) clocks[base + t] = clocks[from + t]!
    }
  }

  #raceAsReader(event: number, key: number): void {
    const writer = this.#log.writer[key]!
    if (writer !== 0) this.#raceWith(event, this.#log.eventOf(writer))
  }

  #raceAsWriter(event: number, key: number): void {
    const log = this.#log
    let reader = log.reader[key]!
    if (reader === 0) return this.#raceAsReader(event, key)
    for (; reader !== 0; reader = log.records[((reader - 1) << ACCESS_SHIFT) + ACCESS_READER]!)
      this.#raceWith(event, log.eventOf(reader))
  }

  /** `event` conflicts with `earlier`: they race unless one already happens before the other. */
  #raceWith(event: number, earlier: number): void {
    const base = event * this.stride
    // It may have read what it turns out to write as well.
    if (earlier === event || this.clocks[base + this.threadOf(earlier)]! > earlier) return
    this.addRace(earlier, OWN)
    this.#join(base, earlier)
  }

  /**
   * An acquire cannot race with the release that let it go on, only with the acquire it would have had to come before,
   * and only if its thread could be there by then. `event` is −1 for a thread that still waits.
   */
  #raceForLock(event: number, thread: number, key: number): void {
    const log = this.#log
    const latest = log.writer[key]!
    if (latest === 0) return
    let access = latest
    const accesses = log.records
    while (access !== 0 && accesses[((access - 1) << ACCESS_SHIFT) + ACCESS_OLD] !== 0)
      access = accesses[((access - 1) << ACCESS_SHIFT) + ACCESS_WRITER]!
    if (access !== 0) {
      const earlier = log.eventOf(access)
      const arrival = this.#last[thread]!
      if (arrival === 0) this.addRace(earlier, NOTHING)
      else if (!this.happensBefore(earlier, arrival - 1)) this.addRace(earlier, -2 - (arrival - 1))
    }
    if (event < 0) return
    const release = log.eventOf(latest)
    const base = event * this.stride
    if (this.clocks[base + this.threadOf(release)]! <= release) this.#join(base, release)
  }

  /** The latest event, or the waiting operation asked about, races with an earlier one. */
  addRace(earlier: number, clock: number): void {
    if (this.races === this.racing.length) {
      this.racing = grownTo(this.racing, this.races * 2)
      this.racingClock = grownTo(this.racingClock, this.races * 2)
    }
    this.racing[this.races] = earlier
    this.racingClock[this.races++] = clock
  }

  #join(base: number, earlier: number): void {
    const { clocks, stride } = this
    const from = earlier * stride
    for (let t = 0; t < stride; t++) if (clocks[from + t]! > clocks[base + t]!) clocks[base + t] = clocks[from + t]!
  }

  /** Steps that are no instruction on one word, and all steps of daemons. */
  #pushGenerally(event: number, thread: number, way: number, code: number): void {
    const { session } = this
    const node = this.events[(event << EVENT_SHIFT) + EVENT_NODE]!
    const touched = this.#touched(thread)
    this.rows.length = 0
    if (touched.length > 0) this.#waiting.find(thread, touched)
    const base = event * this.stride
    for (const { key, writes } of touched)
      for (const earlier of this.#log.conflicting(key, writes)) this.#join(base, this.#log.eventOf(earlier))
    if (code === Code.Join) {
      const ended = this.#last[session.nodes.owners[this.#words[session.nodes.field(node, NODE_WORD)]!]!]!
      if (ended !== 0) this.#join(base, ended - 1)
    }
    const olds = touched.map(({ key }) => this.#contentOf(key))
    const unborn = this.#startable(node).filter(({ index }) => this.#words[this.#threadWord[index]!] === 0)
    this.events[(event << EVENT_SHIFT) + EVENT_MARK] = session.world.mark
    const result = session.step(thread, way)
    this.misused = session.image.isMisuse(node, result)
    this.misuse = result
    this.#adapt()
    this.#countAwake()
    touched.forEach(({ key, writes }, i) => this.#log.add(event, key, writes, olds[i]!))
    if (code === Code.Spawn) this.#noteSpawn(event, session.nodes.field(node, NODE_WORD))
    // First, so that an event does not race with itself that looks at the thread it ends.
    this.clocks[event * this.stride + thread] = event + 1
    for (const { index } of unborn)
      if (this.#words[this.#threadWord[index]!] !== 0) this.#noteSpawn(event, this.#threadWord[index]!)
    const started = this.#startedAt(node)
    if (started !== undefined && !this.misused) this.#noteSpawn(event, started.word)
    if (this.rules.isSpecial) {
      this.#applyRules(event, thread, -1)
      this.#waiting.dropCovered(code === Code.Acquire ? session.nodes.field(node, NODE_WORD) : -1)
    }
    this.#last[thread] = event + 1
    this.length = event + 1
  }

  /**
   * Time passes. From here on no thread can be where it was before without that, as if the clock had brought each one
   * there: so nothing after the step races with anything before it.
   */
  #pushTick(event: number): void {
    const { session } = this
    const { mark } = session.world
    const base = event * this.stride
    // The clock's step before has brought along what was before it.
    const first = this.events[(event << EVENT_SHIFT) + EVENT_BEFORE]!
    for (let earlier = first; earlier < event; earlier++)
      this.clocks[base + this.threadOf(earlier)] = Math.max(this.clocks[base + this.threadOf(earlier)]!, earlier + 1)
    this.clocks[base + this.#clock] = event + 1
    this.events[(event << EVENT_SHIFT) + EVENT_MARK] = mark
    session.step(this.#clock, 0)
    this.#adapt()
    for (const [word, content] of session.world.contentsBefore(mark))
      if (word !== this.#threadWord[this.#clock] && !session.threads.deadlines.has(word))
        this.#log.add(event, this.rules.wordKey(word), true, content)
    this.#lastBefore.push(this.#last.slice(0, this.#knownThreads))
    for (let thread = 0; thread < this.#knownThreads; thread++)
      if (this.nodeAt(thread) !== 0) this.#last[thread] = event + 1
    this.length = event + 1
  }

  /** The threads that an operation of the contract may start. */
  #startable(node: number): readonly StartableThread[] {
    if (this.session.nodes.code(node) !== Code.Contract) return NONE
    return this.session.image.operations.get(node)!.starts ?? NONE
  }

  #contentOf(key: number): number {
    const word = this.rules.wordOf(key)
    return word < 0 ? 0 : this.#words[word]!
  }

  #noteSpawn(event: number, word: number): void {
    const child = this.session.nodes.owners[this.#words[word]!]!
    this.#last[child] = event + 1
    if (this.rules.hasStatus) this.#write(event, this.rules.wordKey(word), 0)
  }

  /** Rules that depend on what the step did: which word it wrote, and whether its thread has ended. */
  #applyRules(event: number, thread: number, written: number): void {
    const { rules, session } = this
    if (written >= 0) for (const key of rules.propertyKeys(written)) this.#write(event, key, 0)
    const word = this.#threadWord[thread]!
    if (rules.hasDaemons && !session.threads.all[thread]!.daemon) this.#write(event, rules.lifeKey(word), 0)
    if (!session.world.hasEnded(thread)) return this.#readOwn(event, thread)
    const end = this.#log.count
    // It was alive before.
    if (rules.hasStatus) this.#write(event, rules.wordKey(word), this.nodeOf(event))
    for (const key of rules.propertyKeys(word)) this.#write(event, key, 0)
    this.#log.markEnds(end)
  }

  /** Of a thread that may be killed: so that whoever kills it races with the event. */
  #readOwn(event: number, thread: number): void {
    const key = this.rules.wordKey(this.#threadWord[thread]!)
    if (!this.rules.hasKills || this.session.threads.all[thread]!.process === null) return
    const latest = this.#log.reader[key]!
    if (latest === 0 || this.#log.eventOf(latest) !== event) this.#log.add(event, key, false, 0)
  }

  /** The event writes one more key. */
  #write(event: number, key: number, old: number): void {
    if (this.#log.writesFrom(this.events[(event << EVENT_SHIFT) + EVENT_ACCESSES]!, key)) return
    this.#waiting.keepBefore(key)
    this.#raceWithOthers(event, key)
    this.#log.add(event, key, true, old)
  }

  /** As a writer, but the event may have read the key itself: whether its own thread is alive, say. */
  #raceWithOthers(event: number, key: number): void {
    const log = this.#log
    let hasReaders = false
    for (let reader = log.reader[key]!; reader !== 0;) {
      if (log.eventOf(reader) !== event) {
        this.#raceWith(event, log.eventOf(reader))
        hasReaders = true
      }
      reader = log.records[((reader - 1) << ACCESS_SHIFT) + ACCESS_READER]!
    }
    if (!hasReaders) this.#raceAsReader(event, key)
  }

  /** What a thread's pending operation touches if it steps now; of one that was killed, that which it never performed. */
  #touched(thread: number): Touched[] {
    const { session, rules } = this
    const node = this.nodeAt(thread)
    const code = session.nodes.code(node)
    const writes = new Map<number, boolean>()
    const touch = (key: number, writing: boolean) => writes.set(key, writing || writes.get(key) === true)
    if (code === Code.Contract) {
      const footprint = session.image.operations.get(node)!.footprint(session.world, thread)
      const { deadlines } = session.threads
      for (const word of footprint.reads) rules.meetFootprint(session, word)
      // A thread's deadline is its own, but for the clock.
      for (const word of footprint.reads) if (!deadlines.has(word)) touch(rules.wordKey(word), false)
      for (const word of footprint.writes) if (!deadlines.has(word)) touch(rules.wordKey(word), true)
      for (const word of footprint.writes) this.#touchForVictim(word, touch)
    } else if (code >= Code.Load && code <= Code.Release) {
      const word = session.nodes.field(node, NODE_WORD)
      touch(rules.wordKey(word), this.#instructionWrites(node, this.#words[word]!))
    }
    for (const [key, writing] of Array.from(writes))
      if (writing && rules.wordOf(key) >= 0) for (const rule of rules.propertyKeys(rules.wordOf(key))) touch(rule, true)
    const { daemon, word, process } = session.threads.all[thread]!
    if (rules.hasKills && process !== null) touch(rules.wordKey(word), false)
    if (rules.hasDaemons && !daemon) touch(rules.lifeKey(word), true)
    if (daemon) for (const other of session.threads.all) if (!other.daemon) touch(rules.lifeKey(other.word), false)
    return [...writes].map(([key, writing]) => ({ key, writes: writing }))
  }

  /** Whoever writes the word of a thread that lives ends it. */
  #touchForVictim(word: number, touch: (key: number, writing: boolean) => void): void {
    const { session, rules } = this
    const node = this.#words[word]!
    if (session.layout.kinds[word] !== WordKind.Node || session.nodes.code(node) <= Code.Failed) return
    rules.meetKill()
    const victim = session.nodes.owners[node]!
    if (rules.hasDaemons && !session.threads.all[victim]!.daemon) touch(rules.lifeKey(word), true)
    if (session.nodes.code(node) === Code.Contract) {
      const { reads, writes } = session.image.operations.get(node)!.footprint(session.world, victim)
      for (const other of [...reads, ...writes])
        if (!session.threads.deadlines.has(other)) touch(rules.wordKey(other), true)
    } else if (session.layout.kinds[session.nodes.field(node, NODE_WORD)] !== undefined)
      touch(rules.wordKey(session.nodes.field(node, NODE_WORD)), true)
  }

  /** Whether an instruction writes its word if that holds `content`. */
  #instructionWrites(node: number, content: number): boolean {
    const { nodes } = this.session
    switch (nodes.code(node)) {
      case Code.Load:
        return false
      case Code.CompareExchange:
        return content === nodes.field(node, NODE_A)
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
    this.#adapt()
    return child
  }

  /** Follows what was learnt elsewhere, while no event is on the stack. */
  adapt(): void {
    this.session.rewind()
    this.#adapt()
    this.#countAwake()
  }

  #countAwake(): void {
    const { nodes } = this.session
    this.#awake = 0
    for (let thread = 0; thread < this.#knownThreads; thread++)
      if (thread !== this.#clock && nodes.code(this.#words[this.#threadWord[thread]!]!) > Code.Failed) this.#awake++
  }

  /** Follows what is learnt: threads and words are added. */
  #adapt(): void {
    const { layout, threads, world } = this.session
    if (this.#knownWords !== layout.count) {
      this.rules.meetWords(this.#knownWords)
      this.#knownWords = layout.count
      world.read(layout.count - 1)
      this.#log.cover(this.rules.keyCount(layout.count))
    }
    this.#words = world.words
    if (this.#knownThreads === threads.all.length) return
    this.#order = threads.canonical
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
    if (threads.all.length > this.stride) this.#widen(threads.all.length)
  }

  #widen(threads: number): void {
    const stride = this.length === 0 ? threads : Math.max(threads, this.stride + (this.stride >> 1) + 2)
    const clocks = new Int32Array((this.events.length >> EVENT_SHIFT) * stride)
    const events = Math.min(this.length + 1, this.events.length >> EVENT_SHIFT)
    for (let event = 0; event < events; event++)
      for (let t = 0; t < this.stride; t++) clocks[event * stride + t] = this.clocks[event * this.stride + t]!
    this.rows.forEach((row, i) => (this.rows[i] = grownTo(row, stride)))
    this.clocks = clocks
    this.stride = stride
  }

  #growEvents(): void {
    this.events = grownTo(this.events, this.events.length * 2)
    this.clocks = grownTo(this.clocks, (this.events.length >> EVENT_SHIFT) * this.stride)
  }
}
