import * as Code from '../../code.js'
import { WordKind } from '../../layout.js'
import { NODE_B, NODE_WORD } from '../../node-fields.js'
import type { StartableThread } from '../../operation.js'
import type { ThreadEntry } from '../../thread-registry.js'
import type { AccessLog, Touched } from './access-log.js'
import { ClockSteps } from './clock-steps.js'
import { EVENT_ACCESSES, EVENT_MARK, EVENT_OLD, EVENT_SHIFT } from './event-fields.js'
import type { EventRaces } from './event-races.js'
import type { Execution } from './execution.js'
import type { TraceRules } from './trace-rules.js'
import { WaitingRaces } from './waiting-races.js'

const NONE: readonly StartableThread[] = []

/**
 * Events of an execution that are more than one instruction on one word: operations of the contract, spawns and joins,
 * steps of daemons, and all events where rules say what they touch besides. The slow path.
 */
export class GeneralSteps {
  readonly #execution: Execution
  readonly #races: EventRaces
  readonly #log: AccessLog
  readonly #rules: TraceRules
  readonly #waiting: WaitingRaces
  readonly #clock: ClockSteps

  constructor(execution: Execution) {
    this.#execution = execution
    this.#races = execution.races
    this.#log = execution.log
    this.#rules = execution.rules
    this.#waiting = new WaitingRaces(execution)
    this.#clock = new ClockSteps(execution)
  }

  /** Goes on with an event that `Execution.push` has begun. */
  push(event: number, thread: number, way: number, code: number): void {
    const execution = this.#execution
    const { session } = execution
    const record = event << EVENT_SHIFT
    const node = execution.nodeOf(event)
    execution.events[record + EVENT_ACCESSES] = this.#log.count
    this.#races.ownRow(event, thread)
    if (execution.isClock(thread)) return this.#clock.push(event, thread)
    const touched = this.#touched(thread)
    this.#races.rows.length = 0
    if (touched.length > 0) this.#waiting.find(thread, touched)
    for (const { key, writes } of touched) this.#races.comeAfterAccesses(event, thread, key, writes)
    if (code === Code.Join) {
      const ended = execution.arrivalOf(session.nodes.owners[execution.words[session.nodes.field(node, NODE_WORD)]!]!)
      if (ended !== 0) this.#races.comeAfter(event, thread, ended - 1)
    }
    const olds = touched.map(({ key }) => this.#contentOf(key))
    const unborn = this.#startable(node).filter(({ index }) => execution.nodeAt(index) === 0)
    execution.events[record + EVENT_MARK] = session.world.mark
    const result = session.step(thread, way)
    execution.misused = session.image.isMisuse(node, result)
    execution.misuse = result
    execution.followLearning()
    execution.countAwake()
    touched.forEach(({ key, writes }, i) => this.#log.add(event, key, writes, olds[i]!))
    if (code === Code.Spawn) this.#noteSpawn(event, thread, session.nodes.field(node, NODE_WORD))
    for (const { index } of unborn)
      if (execution.nodeAt(index) !== 0) this.#noteSpawn(event, thread, execution.wordOfThread(index))
    const started = this.#startedAt(node)
    if (started !== undefined && !execution.misused) this.#noteSpawn(event, thread, started.word)
    if (this.#rules.isSpecial) {
      this.#applyRules(event, thread, -1)
      this.#waiting.dropCovered(code === Code.Acquire ? session.nodes.field(node, NODE_WORD) : -1)
    }
    execution.setArrival(thread, event + 1)
    execution.length = event + 1
  }

  /** Takes an event back that was pushed here, and its step. */
  pop(event: number, mark: number): void {
    const execution = this.#execution
    const { nodes, world } = execution.session
    const node = execution.nodeOf(event)
    this.#log.undo(execution.events[(event << EVENT_SHIFT) + EVENT_ACCESSES]!)
    if (execution.isClock(execution.threadOf(event))) this.#clock.pop()
    if (nodes.code(node) === Code.Spawn)
      execution.setArrival(nodes.owners[execution.words[nodes.field(node, NODE_WORD)]!]!, 0)
    // Whom the event has started can have done nothing since.
    for (const { index } of this.#startable(node))
      if (execution.arrivalOf(index) === event + 1) execution.setArrival(index, 0)
    world.undo(mark)
    const started = this.#startedAt(node)
    if (started !== undefined && execution.nodeAt(started.index) === 0) execution.setArrival(started.index, 0)
    execution.countAwake()
  }

  /** Notes what an instruction has touched where rules say that this is more than its word. */
  logInstruction(event: number, thread: number, word: number, writes: boolean): void {
    const execution = this.#execution
    const record = event << EVENT_SHIFT
    const key = this.#rules.wordKey(word)
    execution.events[record + EVENT_ACCESSES] = this.#log.count
    if (writes) this.#races.asWriter(event, thread, key)
    else this.#races.asReader(event, thread, key)
    this.#log.add(event, key, writes, execution.events[record + EVENT_OLD]!)
    this.#applyRules(event, thread, writes ? word : -1)
    this.#waiting.dropCovered(-1)
  }

  /** Finds what keeps the operation a thread is waiting with from happening. */
  raceWaiting(thread: number): void {
    this.#waiting.find(thread, this.#touched(thread))
  }

  /** Whether an event touches something because it ends its thread. */
  endsThread(event: number): boolean {
    return this.#execution.accessesOf(event).some(({ isEnd }) => isEnd)
  }

  /** Whether two events conflict apart from the end of the earlier one's thread; the later one may be a thread's that waits. */
  conflictWithoutEnd(earlier: number, thread: number, later: number): boolean {
    const execution = this.#execution
    const touched = later < execution.length ? execution.accessesOf(later) : this.#touched(thread)
    return execution
      .accessesOf(earlier)
      .some(
        ({ key, writes, isEnd }) => !isEnd && touched.some((other) => other.key === key && (writes || other.writes)),
      )
  }

  /** The threads that an operation of the contract may start. */
  #startable(node: number): readonly StartableThread[] {
    const { nodes, image } = this.#execution.session
    if (nodes.code(node) !== Code.Contract) return NONE
    return image.operations.get(node)!.starts ?? NONE
  }

  /** The first thread of the process that the step at a node starts, if it starts one. */
  #startedAt(node: number): ThreadEntry | undefined {
    const { nodes, image } = this.#execution.session
    return nodes.code(node) === Code.Contract && nodes.field(node, NODE_B) !== 0 ? image.spawnedAt(node) : undefined
  }

  #contentOf(key: number): number {
    const word = this.#rules.wordOf(key)
    return word < 0 ? 0 : this.#execution.words[word]!
  }

  #noteSpawn(event: number, thread: number, word: number): void {
    const execution = this.#execution
    execution.setArrival(execution.session.nodes.owners[execution.words[word]!]!, event + 1)
    if (this.#rules.hasStatus) this.#write(event, thread, this.#rules.wordKey(word), 0)
  }

  /** Rules that depend on what the step did: which word it wrote, and whether its thread has ended. */
  #applyRules(event: number, thread: number, written: number): void {
    const rules = this.#rules
    const { session } = this.#execution
    if (written >= 0) for (const key of rules.propertyKeys(written)) this.#write(event, thread, key, 0)
    const { daemon, word } = session.threads.all[thread]!
    if (rules.hasDaemons && !daemon) this.#write(event, thread, rules.lifeKey(word), 0)
    if (!session.world.hasEnded(thread)) return this.#readOwn(event, thread)
    const end = this.#log.count
    // It was alive before.
    if (rules.hasStatus) this.#write(event, thread, rules.wordKey(word), this.#execution.nodeOf(event))
    for (const key of rules.propertyKeys(word)) this.#write(event, thread, key, 0)
    this.#log.markEnds(end)
  }

  /** Of a thread that may be killed: so that whoever kills it races with the event. */
  #readOwn(event: number, thread: number): void {
    const { process, word } = this.#execution.session.threads.all[thread]!
    if (!this.#rules.hasKills || process === null) return
    const key = this.#rules.wordKey(word)
    const latest = this.#log.latest[2 * key + 1]!
    if (latest === 0 || this.#log.eventOf(latest) !== event) this.#log.add(event, key, false, 0)
  }

  /** The event writes one more key. */
  #write(event: number, thread: number, key: number, old: number): void {
    if (this.#log.writesFrom(this.#execution.events[(event << EVENT_SHIFT) + EVENT_ACCESSES]!, key)) return
    this.#waiting.keepBefore(key)
    this.#raceWithOthers(event, thread, key)
    this.#log.add(event, key, true, old)
  }

  /** As a writer, but the event may have read the key itself: whether its own thread is alive, say. */
  #raceWithOthers(event: number, thread: number, key: number): void {
    const log = this.#log
    let hasReaders = false
    for (let reader = log.latest[2 * key + 1]!; reader !== 0; reader = log.readerBefore(reader)) {
      const earlier = log.eventOf(reader)
      if (earlier === event) continue
      this.#races.with(event, thread, earlier)
      hasReaders = true
    }
    if (!hasReaders) this.#races.asReader(event, thread, key)
  }

  /** What a thread's pending operation touches if it steps now; of one that was killed, that which it never performed. */
  #touched(thread: number): Touched[] {
    const execution = this.#execution
    const rules = this.#rules
    const { session } = execution
    const node = execution.pendingAt(thread)
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
      touch(rules.wordKey(word), execution.instructionWrites(node, execution.words[word]!))
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
    const rules = this.#rules
    const { words, session } = this.#execution
    const { nodes, layout } = session
    const node = words[word]!
    if (layout.kinds[word] !== WordKind.Node || nodes.code(node) <= Code.Failed) return
    rules.meetKill()
    const victim = nodes.owners[node]!
    if (rules.hasDaemons && !session.threads.all[victim]!.daemon) touch(rules.lifeKey(word), true)
    if (nodes.code(node) === Code.Contract) {
      const { reads, writes } = session.image.operations.get(node)!.footprint(session.world, victim)
      for (const other of [...reads, ...writes])
        if (!session.threads.deadlines.has(other)) touch(rules.wordKey(other), true)
    } else if (layout.kinds[nodes.field(node, NODE_WORD)] !== undefined)
      touch(rules.wordKey(nodes.field(node, NODE_WORD)), true)
  }
}
