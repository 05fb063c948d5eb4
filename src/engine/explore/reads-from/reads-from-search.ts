import * as Code from '../../code.js'
import type { Session } from '../../session.js'
import { ClassOutcomes } from './class-outcomes.js'
import { Decision } from './decision.js'
import { BEFORE, type ClassEnd, DECISION, EventGraph, INITIAL, NO_SOURCE, SOURCE, WORD } from './event-graph.js'
import { Going, goingOf, takeableSources } from './going.js'
import { lastWriteChoices } from './last-write-choices.js'
import { type LastWrites, NO_LAST_WRITES } from './last-writes.js'
import { Linearizer } from './linearizer.js'
import type { ReadsFromRules } from './reads-from-rules.js'
import { Witness } from './witness.js'

/** What an execution of a class shows that is wrong with it. */
export type Wrongs = ReturnType<ClassOutcomes['add']>

/** Whom a search tells. */
export interface ReadsFromOptions {
  /** Every class as it is met; `witness` is a schedule of it. */
  readonly onEnd?: (end: ClassEnd, wrongs: Wrongs, witness: Witness) => void
  /** A step that misused its object. */
  readonly onMisuse?: (event: number) => void
  /** Two plain accesses that nothing orders. */
  readonly onDataRace?: (earlier: number, later: number) => void
}

/** One step of a schedule, by the session's thread indices. */
export interface ClassStep {
  readonly thread: number
  readonly way: number
}

// Events added and attempts to put one in a schedule between two pauses: about a millisecond's work.
const WORK_PER_SLICE = 4_000
// What nobody else touches is decided before anything that somebody else may touch.
const PRIVATE_RANK = (Going.Free + Going.Choosing) / 2
const NOBODY = -1
const SEVERAL = -2
// What an event and what the end of a class cost, counted in such attempts.
const WORK_PER_EVENT = 4
const WORK_PER_CLASS = 100

/**
 * One execution for each reads-from class, and none that is given up.
 *
 * Executions are graphs of events that know what they read from (`EventGraph`); a graph stands for all classes that
 * contain it, and any graph that some schedule shows (`Linearizer`) can be extended to an end. From a graph, one event
 * that can happen next is chosen. What depends on nobody is simply added. Otherwise the classes part:
 *
 * - An operation that reads its word happens in all of them: they part by its source, an event with all that it came of
 *   (its number in the `Unfolding`).
 * - An operation that waits for its word may never happen. If the last write lets it go on, it reads that one, or somebody
 *   else changes the word next, or it would happen: the classes part by who does so first, again with all that came
 *   before, and the operation may read only what is written from then on (`Floors`). If an earlier write lets it go on, it
 *   reads that one or goes on waiting.
 *
 * At the end of a complete execution, the words that properties read are read once more, each from any write that may be
 * the last one.
 *
 * So no class is met twice. Sources that are in the graph already are tried one by one. Others show up while the first
 * ones are explored: if a class has `w` as the source, then `w` happens in some execution with another source (or would
 * happen there if it read what the deciding event has taken) without needing the deciding event. So every event that is
 * added is offered to the decisions on its word that it does not need. A source is taken if a schedule shows the graph of
 * the decision together with all that the source needs, read from by the deciding event: that graph is explored in turn.
 *
 * This is the tree of Abdulla et al., “Optimal stateless model checking for reads-from equivalence under sequential
 * consistency” (OOPSLA 2019), on learnt threads, so that what a graph holds is added and taken back without running
 * anything, and with locks that are taken from each other as writes of a word that is always read.
 */
export class ReadsFromSearch {
  readonly session: Session
  readonly rules: ReadsFromRules
  readonly graph: EventGraph
  readonly outcomes: ClassOutcomes
  complete = 0
  deadlocked = 0
  assumeFailed = 0
  /** Events of all executions, those that several have in common once. */
  steps = 0
  /** The length of the longest execution. */
  depth = 0
  isDone = false
  readonly #options: ReadsFromOptions
  readonly #linearizer = new Linearizer()
  readonly #witness = new Witness()
  readonly #decisions: Decision[] = []
  #decisionBytes = 0
  // The classes that the present graph stands for at its end, as far as they have not been met.
  #ends: Generator<LastWrites> | null = null
  readonly #needed: number[] = []
  // By word: who touched it in the first execution.
  #toucher: Int32Array | null = null

  constructor(session: Session, rules: ReadsFromRules, options: ReadsFromOptions = {}) {
    this.session = session
    this.rules = rules
    this.#options = options
    this.graph = new EventGraph(session, rules)
    this.outcomes = new ClassOutcomes(session, this.graph, this.#linearizer)
  }

  /** Classes that come to an end of the program or to a deadlock. */
  get executions(): number {
    return this.complete + this.deadlocked
  }

  /** Memory held, without what was learnt, in bytes. */
  get bytes(): number {
    const { graph, outcomes } = this
    return graph.bytes + outcomes.bytes + this.#linearizer.bytes + this.#witness.bytes + this.#decisionBytes
  }

  /** The part of it that lives in the JavaScript heap. */
  get heapBytes(): number {
    return this.outcomes.bytes + this.graph.effects.bytes + this.#decisionBytes
  }

  /** Works for a millisecond or so; nothing is left to do once `isDone`. */
  slice(): void {
    const until = this.#work + WORK_PER_SLICE
    while (this.#work < until && !this.isDone && !this.rules.isChanged) {
      if (this.#ends !== null) this.#meetClass()
      else if (!this.#goOn()) this.#end()
    }
    this.#decisionBytes = this.#decisions.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  get #work(): number {
    const classes = this.executions + this.assumeFailed
    return this.#linearizer.work + this.steps * WORK_PER_EVENT + classes * WORK_PER_CLASS
  }

  /** The steps of a schedule of the present execution. */
  scheduleOf(witness: Witness): ClassStep[] {
    return this.#stepsOf([...witness.order.subarray(0, witness.count)])
  }

  /** The steps of some events of the present execution, which include all that any of them needs. */
  scheduleWithin(isWithin: (event: number) => boolean): ClassStep[] {
    return this.#stepsOf([...this.#witness.order.subarray(0, this.#witness.count)].filter(isWithin))
  }

  #stepsOf(events: readonly number[]): ClassStep[] {
    return events.map((event) => ({ thread: this.graph.threadOf(event), way: this.graph.wayOf(event) }))
  }

  /** Adds the next event; returns false if nobody can go on. What is sure to be undisputed goes first, what may not be, last. */
  #goOn(): boolean {
    const { graph } = this
    const { canonical } = this.session.threads
    let chosen = -1
    let kind: Going = Going.Blocked
    let best = Infinity
    for (let i = 0; i < canonical.length && best > Going.Free; i++) {
      const going = goingOf(graph, canonical[i]!)
      const rank = this.#isPrivate(canonical[i]!, going) ? PRIVATE_RANK : going
      if (going === Going.Blocked || rank >= best) continue
      chosen = canonical[i]!
      kind = going
      best = rank
    }
    if (chosen < 0) return false
    if (kind === Going.Free) this.#addFree(chosen)
    else this.#decide(chosen, kind)
    return true
  }

  /** Whether a thread is about to touch a word that nobody else has touched in the first execution. */
  #isPrivate(thread: number, going: Going): boolean {
    if (this.#toucher === null || going <= Going.Choosing) return false
    const word = this.graph.operations.wordAt(this.graph.nodes[thread]!)
    return word < this.#toucher.length && this.#toucher[word] === thread
  }

  /** Notes who has touched which words in the present execution. */
  #noteTouchers(): void {
    const { graph } = this
    const toucher = new Int32Array(this.session.layout.count).fill(NOBODY)
    for (let event = 0; event < graph.length; event++) {
      const word = graph.field(event, WORD)
      if (word < 0) continue
      const thread = graph.threadOf(event)
      toucher[word] = toucher[word] === NOBODY || toucher[word] === thread ? thread : SEVERAL
    }
    this.#toucher = toucher
  }

  #addFree(thread: number): void {
    const event = this.graph.length
    this.graph.add(thread, 0, NO_SOURCE)
    this.#witness.append(event)
    this.#keep(event)
  }

  /** Events from this one on are there to stay: a schedule shows them. */
  #keep(from: number): void {
    const { graph } = this
    for (let event = from; event < graph.length; event++) graph.settle(event)
    for (let event = from; event < graph.length; event++) {
      this.steps++
      this.#observe(event)
    }
    if (graph.length > this.depth) this.depth = graph.length
  }

  #decide(thread: number, kind: Going): void {
    const { graph } = this
    const node = graph.nodes[thread]!
    const options = kind === Going.Choosing ? this.#waysOf(node) : this.#sourcesOf(thread, node, kind)
    this.#decisions.push(new Decision(graph.length, kind, thread, node, options, graph.floors.save(thread)))
    this.#takeNext()
  }

  #waysOf(node: number): number[] {
    return Array.from({ length: this.graph.operations.waysFrom(node, 0) }, (_, way) => [NO_SOURCE, way]).flat()
  }

  /** What an operation may read from, with every way of going on from there: first the write that comes last by default. */
  #sourcesOf(thread: number, node: number, kind: Going): number[] {
    const { graph } = this
    const word = graph.operations.wordAt(node)
    const isTaking = kind === Going.Taking
    const sources = isTaking ? this.#takeable(thread, word) : this.#readable(thread, node, word)
    const options = sources.flatMap((source) =>
      Array.from({ length: graph.operations.waysFrom(node, graph.contentOf(source, word)) }, (_, way) => [
        source,
        way,
      ]).flat(),
    )
    // If the last write lets it go on, it goes on or somebody else changes the word; else it may go on waiting.
    return isTaking && sources[0] !== graph.writers[word]! - 1 ? [...options, NO_SOURCE, 0] : options
  }

  #takeable(thread: number, word: number): number[] {
    const { graph } = this
    if (this.session.nodes.code(graph.nodes[thread]!) === Code.Acquire) return [graph.writers[word]! - 1]
    return takeableSources(graph, thread)
  }

  #readable(thread: number, node: number, word: number): number[] {
    const { graph } = this
    if (graph.writers[word] !== 0 && graph.isChain(word)) return this.#readableInChain(thread, node, word)
    const first = this.#lastWrite(word)
    const sources = [first]
    for (let at = graph.writers[word]!; at !== 0; at = graph.writerBefore(at))
      if (at - 1 !== first && this.#mayReadFrom(thread, node, word, at - 1)) sources.push(at - 1)
    if (first !== INITIAL && this.#mayReadFrom(thread, node, word, INITIAL)) sources.push(INITIAL)
    return sources
  }

  /** The same where each write needs the one before: none from before a write that the thread needs. */
  #readableInChain(thread: number, node: number, word: number): number[] {
    const { graph } = this
    const sources: number[] = []
    for (let at = graph.writers[word]!; ; at = graph.writerBefore(at)) {
      const isFree = !graph.isTaken(at - 1, word) || !graph.operations.writesFrom(node, graph.contentOf(at - 1, word))
      if (isFree) sources.push(at - 1)
      if (at === 0 || graph.isNeededBy(at - 1, graph.latest[thread]!)) return sources
    }
  }

  #lastWrite(word: number): number {
    const { graph } = this
    const { places } = this.#witness
    let last = graph.writers[word]! - 1
    for (let at = graph.writers[word]!; at !== 0; at = graph.writerBefore(at))
      if (places[at - 1]! > places[last]!) last = at - 1
    return last
  }

  /** Whether nothing that is plain to see keeps the next event of a thread from reading from that source. */
  #mayReadFrom(thread: number, node: number, word: number, source: number): boolean {
    const { graph } = this
    if (graph.isTaken(source, word) && graph.operations.writesFrom(node, graph.contentOf(source, word))) return false
    for (let at = graph.writers[word]!; at !== 0; at = graph.writerBefore(at)) {
      const other = at - 1
      if (other === source || !graph.isNeededBy(other, graph.latest[thread]!)) continue
      if (source === INITIAL || graph.needs(other, source)) return false
    }
    return true
  }

  /** Goes on with the latest decision that has something left; without any, the search is done. */
  #takeNext(): void {
    for (let decision = this.#decisions.at(-1); decision !== undefined; decision = this.#decisions.at(-1)) {
      this.#returnTo(decision)
      while (decision.nextOption < decision.options.length) {
        const source = decision.options[decision.nextOption]!
        const way = decision.options[decision.nextOption + 1]!
        decision.nextOption += 2
        if (this.#take(decision, source, way)) return
      }
      while (decision.nextFound < decision.found.length) if (this.#takeFound(decision)) return
      decision.close(this.graph.unfolding)
      this.#decisions.pop()
    }
    this.isDone = true
  }

  /** Takes back all events since a decision, and all changes to the schedule of those before. */
  #returnTo(decision: Decision): void {
    this.#cut(decision.base)
    this.graph.floors.restore(decision.thread, decision.floor)
    if (decision.order === null) this.#witness.cut(decision.base)
    else this.#witness.replace(decision.order, decision.base)
  }

  #cut(length: number): void {
    while (this.graph.length > length) this.graph.remove()
  }

  /** Lets the deciding event happen, reading from an event that is there; returns false if no schedule shows it. */
  #take(decision: Decision, source: number, way: number): boolean {
    const { graph } = this
    if (source === NO_SOURCE && decision.kind === Going.Taking) {
      graph.floors.raise(decision.thread, graph.latest[decision.thread]!, graph.length)
      return true
    }
    graph.add(decision.thread, way, source)
    if (!this.#schedule(decision, source)) return this.#refuse(decision)
    this.#keep(decision.base)
    if (source !== NO_SOURCE) this.#settleOn(decision, decision.base)
    return true
  }

  /** Takes an event that was found later, with all that it needs; returns false if no schedule shows it. */
  #takeFound(decision: Decision): boolean {
    const { graph } = this
    const number = decision.found[decision.nextFound]!
    this.#addWithCauses(number)
    const found = graph.length - 1
    const { places } = graph.unfolding
    if (decision.kind === Going.Taking) {
      decision.nextFound++
      if (!this.#reschedule(decision)) return this.#refuse(decision)
      this.#keep(decision.base)
      graph.floors.raise(decision.thread, graph.latest[decision.thread]!, found)
      return true
    }
    const source = places[number]! - 1
    if (graph.isUnsettled(found)) {
      // What it does is not known yet, and must not be found out unless it can happen.
      if (!this.#reschedule(decision)) {
        decision.nextFound++
        return this.#refuse(decision)
      }
      graph.settle(found)
    }
    const ways = graph.operations.waysFrom(decision.node, graph.contentOf(source, graph.field(source, WORD)))
    const way = decision.nextWay++
    if (way + 1 >= ways) {
      decision.nextWay = 0
      decision.nextFound++
    }
    if (way >= ways) return this.#refuse(decision)
    graph.add(decision.thread, way, source)
    if (!this.#reschedule(decision)) return this.#refuse(decision)
    this.#keep(decision.base)
    this.#settleOn(decision, graph.length - 1)
    return true
  }

  #refuse(decision: Decision): false {
    this.#returnTo(decision)
    return false
  }

  /** Adds an event by its number, after all that it needs and that is not there. */
  #addWithCauses(number: number): void {
    const { graph } = this
    const { befores, sources, places, threads, ways } = graph.unfolding
    const needed = this.#needed
    needed.push(number)
    for (let last = needed.at(-1); last !== undefined; last = needed.at(-1)) {
      const before = befores[last]!
      const source = sources[last]!
      if (places[last] !== 0) needed.pop()
      else if (before !== 0 && places[before] === 0) needed.push(before)
      else if (source !== 0 && places[source] === 0) needed.push(source)
      else {
        needed.pop()
        graph.add(threads[last]!, ways[last]!, places[source]! - 1)
      }
    }
  }

  /** Puts the latest event, which reads from `source`, into the schedule; returns false if that is impossible. */
  #schedule(decision: Decision, source: number): boolean {
    const { graph } = this
    const witness = this.#witness
    const event = decision.base
    const word = graph.field(event, WORD)
    if (source === NO_SOURCE || source === this.#lastWriteBut(word, event)) {
      witness.append(event)
      return true
    }
    const next = graph.writes(event) ? -1 : this.#writeAfter(source, word)
    const before = graph.field(event, BEFORE)
    if (next < 0 || (before !== 0 && witness.places[before - 1]! >= next)) return this.#reschedule(decision)
    this.#saveOrder(decision)
    witness.insert(event, next)
    return true
  }

  /** The last write to a word in the schedule, but for the latest event. */
  #lastWriteBut(word: number, event: number): number {
    const { graph } = this
    const { places } = this.#witness
    let last = INITIAL
    for (let at = graph.writers[word]!; at !== 0; at = graph.writerBefore(at))
      if (at - 1 !== event && (last === INITIAL || places[at - 1]! > places[last]!)) last = at - 1
    return last
  }

  /** The place in the schedule of the write to a word that follows a source; there is one. */
  #writeAfter(source: number, word: number): number {
    const { graph } = this
    const { places, count } = this.#witness
    const from = source === INITIAL ? -1 : places[source]!
    let next = count
    for (let at = graph.writers[word]!; at !== 0; at = graph.writerBefore(at))
      if (places[at - 1]! > from && places[at - 1]! < next) next = places[at - 1]!
    return next
  }

  /** Looks for another schedule of all events there are; returns false if there is none. */
  #reschedule(decision: Decision): boolean {
    const { graph } = this
    const witness = this.#witness
    this.#saveOrder(decision)
    // New events come as late as possible, in their order.
    for (let event = witness.count; event < graph.length; event++) witness.append(event)
    const isPossible = this.#linearizer.find(graph, witness.places, NO_LAST_WRITES)
    if (isPossible) witness.replace(this.#linearizer.order, this.#linearizer.count)
    return isPossible
  }

  #saveOrder(decision: Decision): void {
    decision.order ??= this.#witness.order.slice(0, decision.base)
  }

  /** Tells of what is wrong with a new event, and offers it to the decisions on its word. */
  #observe(event: number): void {
    const { graph } = this
    if (this.#options.onMisuse !== undefined && graph.isMisuse(event)) this.#options.onMisuse(event)
    if (this.#options.onDataRace !== undefined)
      for (const earlier of graph.racesOf(event)) this.#options.onDataRace(earlier, event)
    const word = graph.field(event, WORD)
    if (word < 0) return
    const before = graph.field(event, BEFORE)
    for (let at = graph.decided(word); at !== 0; at = this.#nextDecided(at, before)) {
      const decision = this.#decisionAt(at)
      if (graph.writes(event) && !graph.needs(event, at - 1) && this.#isOffered(decision, at - 1, event))
        decision.find(graph.numberOf(event), graph.unfolding)
      if (graph.field(event, SOURCE) !== NO_SOURCE)
        this.#offerInstead(at - 1, decision, graph.threadOf(event), graph.nodeOf(event), before)
    }
  }

  #decisionAt(decided: number): Decision {
    return this.#decisions[this.graph.field(decided - 1, DECISION) - 1]!
  }

  /** The deciding event on the same word before another one, leaving out what is plainly needed by `latest` as well. */
  #nextDecided(decided: number, latest: number): number {
    if (!this.graph.isNeededBy(decided - 1, latest)) return this.graph.decidedBefore(decided - 1)
    return this.#decisionAt(decided).otherBefore
  }

  /** An event is the deciding one. */
  #settleOn(decision: Decision, event: number): void {
    const { graph } = this
    const previous = graph.decided(graph.field(event, WORD))
    const isOwn = previous !== 0 && graph.threadOf(previous - 1) === decision.thread
    decision.otherBefore = isOwn ? this.#decisionAt(previous).otherBefore : previous
    graph.decide(event, this.#decisions.length - 1)
  }

  /** A reading operation takes any write as its source; one that waits gives way to whoever takes the word that it read last. */
  #isOffered(decision: Decision, decided: number, event: number): boolean {
    if (decision.kind !== Going.Taking) return true
    const source = this.graph.field(decided, SOURCE)
    if (decision.mayWait) return false
    return source === decision.options[0] && this.graph.field(event, SOURCE) === source
  }

  /**
   * Offers what an operation would do if it read what a deciding event has taken, instead of it. Its thread stands at the
   * node after its event `latest` (counted from 1).
   */
  #offerInstead(decided: number, decision: Decision, thread: number, node: number, latest: number): void {
    const { graph } = this
    if (!graph.writes(decided) || graph.isNeededBy(decided, latest)) return
    const source = graph.field(decided, SOURCE)
    const content = graph.contentOf(source, graph.field(decided, WORD))
    const ways = graph.operations.waysFrom(node, content)
    if (ways === 0 || !graph.operations.writesFrom(node, content)) return
    for (let way = 0; way < ways; way++)
      decision.find(graph.numberInstead(thread, latest, source, way), graph.unfolding)
  }

  /** The execution can go no further: operations that wait may have been kept from happening by a decision. */
  #end(): void {
    const { graph } = this
    if (this.#toucher === null) this.#noteTouchers()
    for (const thread of this.session.threads.canonical) {
      const node = graph.nodes[thread]!
      if (this.session.nodes.code(node) === Code.None) continue
      const word = graph.operations.wordAt(node)
      if (word < 0) continue
      const latest = graph.latest[thread]!
      for (let at = graph.decided(word); at !== 0; at = this.#nextDecided(at, latest))
        this.#offerInstead(at - 1, this.#decisionAt(at), thread, node, latest)
    }
    const words = graph.ending === 'complete' ? this.rules.final : []
    this.#ends = lastWriteChoices(graph, this.#linearizer, this.#witness.places, words)
  }

  /** Counts one of the classes of an execution that can go no further; after the last one, goes back. */
  #meetClass(): void {
    const next = this.#ends!.next()
    if (next.done === true) {
      this.#ends = null
      this.#takeNext()
      return
    }
    const end = this.graph.ending
    const witness = this.#witnessOf(next.value)
    const wrongs = end === 'assumeFailed' ? [] : this.outcomes.add(end === 'deadlocked', witness, next.value)
    if (this.rules.isChanged) return
    this[end]++
    this.#options.onEnd?.(end, wrongs, witness)
  }

  #witnessOf(last: LastWrites): Witness {
    if (last.count === 0) return this.#witness
    const witness = new Witness()
    witness.replace(this.#linearizer.order, this.#linearizer.count)
    return witness
  }
}
