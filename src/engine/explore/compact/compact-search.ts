import { HistoryLimit } from '../../errors.js'
import * as Code from '../../code.js'
import { CODE_MASK, FLAG_GIVES, FLAG_GUARDED, FLAG_KEEPS, FLAG_LINEAR } from '../../node-head.js'
import { NODE_A, NODE_CODE, NODE_HASH_1, NODE_HASH_2, NODE_WORD } from '../../node-fields.js'
import type { Session } from '../../session.js'
import { findComponents } from '../components.js'
import { type Finding, sighted } from '../finding.js'
import type { SearchBounds, StopReason } from '../graph-search.js'
import type { GraphStep } from '../least-schedule.js'
import { AmpleThreads } from '../reduction/ample-threads.js'
import { StateGraph } from '../state-graph.js'
import { StateTable } from '../state-table.js'
import { Ancestry } from './ancestry.js'
import { PackedRows } from './packed-rows.js'
import { StateSights } from './state-sights.js'

// States and steps between two looks at the clock and the budget: about a millisecond's work.
const STATES_PER_SLICE = 256
const STEPS_PER_SLICE = 1024
// While the graph is asked for cycles, in bytes a state.
const CYCLE_BYTES_PER_STATE = 28

/**
 * Walks as much of the graph of all states as it takes to see everything that can go wrong, breadth first: in each state
 * only the steps of an ample set of threads. Keeps no graph, for nothing is counted: of each state how it was first
 * reached, of two layers their rows; edges only where there may be cycles.
 *
 * When a choice turns out to have been wrong, it begins again with what it has learnt. What was found by then is true and stays.
 */
export class CompactSearch {
  readonly sights: StateSights
  readonly findings: Finding[] = []
  stateCount = 0
  transitionCount = 0
  /** How often it has begun again. */
  restarts = 0
  /** The depth of the layer that is being expanded. */
  depth = 0
  stopped: StopReason | null = null
  /** What could not be followed, if that stopped the search. */
  exceeded: HistoryLimit | null = null
  /** Some execution was dropped by `assume`. */
  hasDropped = false
  /** Threads can go round in a cycle. */
  isCyclic = false
  /** Pairs of states whose hashes were compared. */
  comparedPairs = 0
  readonly #session: Session
  readonly #bounds: SearchBounds
  readonly #ample: AmpleThreads
  #table = new StateTable()
  #ancestry = new Ancestry()
  // From the first claim on, for cycles.
  #graph: StateGraph | null = null
  #current: PackedRows
  #next: PackedRows
  #cursor = 0
  #layerStart = 0
  // The state that is being expanded.
  #words = new Int32Array(0)
  #wordCount = 0
  #state = 0
  #hash1 = 0
  #hash2 = 0
  #isLoaded = false
  #leadsOn = false
  #steps = 0
  readonly #load = (): void => {
    this.#isLoaded = true
    this.#session.world.load(this.#words, 0, this.#wordCount, this.#hash1, this.#hash2)
  }

  /** @param session whose threads nobody has let go on yet. */
  constructor(session: Session, bounds: SearchBounds) {
    this.#session = session
    this.#bounds = bounds
    this.sights = new StateSights(session, (kind, subject) => {
      this.findings.push(sighted(kind, subject, this.#ancestry.pathTo(this.#state)))
    })
    this.#ample = new AmpleThreads(session, this.sights.always)
    this.#current = new PackedRows(0)
    this.#next = new PackedRows(0)
  }

  /** Memory held by the search and what was learnt, in bytes. */
  get bytes(): number {
    const graph = this.#graph === null ? 0 : this.#graph.bytes + this.stateCount * CYCLE_BYTES_PER_STATE
    return this.keptBytes + graph + this.#ample.bytes + this.#session.bytes + this.sights.bytes
  }

  /** Memory held for the states alone, in bytes. */
  get keptBytes(): number {
    return this.#table.bytes + this.#current.bytes + this.#next.bytes + this.#ancestry.bytes
  }

  /** An estimate of what lives in the JavaScript heap, in bytes. */
  get heapBytes(): number {
    return this.#session.heapBytes + this.sights.heapBytes
  }

  /** Runs to the end or to a bound, yielding every millisecond or so. */
  *run(): Generator<void> {
    this.#begin()
    for (;;) {
      yield
      if (this.stopped !== null) return
      if (this.#table.isCrowded) yield* this.#table.grow()
      if (this.bytes > this.#bounds.maxMemory || this.heapBytes > this.#bounds.maxHeap || this.#table.isFull)
        return this.abort('memory')
      if (this.stateCount > this.#bounds.maxStates) return this.abort('states')
      try {
        yield* this.#session.image.learnWideChoices()
        this.#expandSlice()
      } catch (error) {
        if (!(error instanceof HistoryLimit)) throw error
        this.exceeded = error
        return this.abort('history')
      }
      if (this.#ample.isContradicted) {
        this.restarts++
        this.#begin()
      } else if (this.#cursor === this.#current.count) {
        if (this.#next.count === 0) break
        this.#advanceLayer()
      }
    }
    yield* this.#findCycles()
  }

  /** Ends the search, between two slices. */
  abort(reason: StopReason): void {
    this.stopped ??= reason
  }

  #begin(): void {
    const session = this.#session
    const { world } = session
    session.rewind()
    this.#ample.restart()
    this.#table = new StateTable()
    this.#ancestry = new Ancestry()
    this.#graph = null
    this.#wordCount = session.layout.count
    this.#words = new Int32Array(this.#wordCount)
    for (let word = 0; word < this.#wordCount; word++) this.#words[word] = world.read(word)
    this.#current = new PackedRows(this.#wordCount)
    this.#next = new PackedRows(this.#wordCount)
    this.#current.append(this.#words, world.hash1, world.hash2)
    this.#table.place(world.hash1, world.hash2, 0)
    if (!session.image.hasMerged) this.#table.forgetBefore(1)
    this.stateCount = 1
    this.transitionCount = 0
    this.depth = 0
    this.comparedPairs = 0
    this.hasDropped = false
    this.#cursor = 0
    this.#layerStart = 0
  }

  #advanceLayer(): void {
    const done = this.#current
    this.#current = this.#next
    this.#next = done
    done.clear()
    this.#cursor = 0
    this.#layerStart = this.stateCount - this.#current.count
    this.depth++
    if (this.#session.image.hasMerged) return
    this.comparedPairs += (this.#current.count * (this.#current.count - 1)) / 2
    this.#table.forgetBefore(this.stateCount)
  }

  #expandSlice(): void {
    this.#steps = 0
    for (let left = STATES_PER_SLICE; left > 0 && this.#cursor < this.#current.count; left--) {
      if (this.#steps > STEPS_PER_SLICE || this.stateCount > this.#bounds.maxStates || this.#ample.isContradicted)
        return
      this.#expand(this.#cursor++)
    }
  }

  #expand(row: number): void {
    this.#adaptToLayout()
    this.#state = this.#layerStart + row
    this.#current.read(row, this.#words)
    this.#hash1 = this.#current.hash1(row)
    this.#hash2 = this.#current.hash2(row)
    this.#isLoaded = false
    this.#ancestry.addParent()
    this.#followClaims()
    this.sights.look(this.#words, this.#load)
    if (!this.sights.isAwaited(this.#words, this.#load)) return this.#end(false)
    this.#ample.choose(this.#words, this.#load)
    if (this.#ample.ableCount === 0) {
      if (this.#ample.hasFalseAssumption) this.hasDropped = true
      else this.#end(true)
      return
    }
    this.#takeSteps()
  }

  #end(deadlocked: boolean): void {
    this.#load()
    this.sights.lookAtEnd(deadlocked)
  }

  #takeSteps(): void {
    const ample = this.#ample
    this.#leadsOn = false
    for (let i = 0; i < ample.count; i++) this.#step(ample.threads[i]!)
    if (this.#leadsOn || ample.count === ample.ableCount) return
    // Otherwise the steps of the others might be put off for ever.
    const taken = new Set(ample.threads.subarray(0, ample.count))
    ample.chooseAll()
    for (let i = 0; i < ample.count; i++) if (!taken.has(ample.threads[i]!)) this.#step(ample.threads[i]!)
  }

  /** All steps of a thread: by instructions of a linear form without asking the session. */
  #step(thread: number): void {
    const { nodes, layout, threads } = this.#session
    const words = this.#words
    const threadWord = threads.all[thread]!.word
    const node = words[threadWord]!
    const head = nodes.field(node, NODE_CODE)
    const word = nodes.field(node, NODE_WORD)
    const a = nodes.field(node, NODE_A)
    const old = words[word]!
    const content = (((head & FLAG_KEEPS) === 0 ? 0 : old) + a) | 0
    const child = nodes.next(node, (head & FLAG_GIVES) === 0 ? 0 : old)
    if (child === 0 || !isLinear(head, old, content, a)) return this.#stepGenerally(thread, node)
    let hash1 = this.#hash1 ^ nodes.field(node, NODE_HASH_1) ^ nodes.field(child, NODE_HASH_1)
    let hash2 = this.#hash2 ^ nodes.field(node, NODE_HASH_2) ^ nodes.field(child, NODE_HASH_2)
    if (content !== old) {
      hash1 ^= layout.hash1(word, old) ^ layout.hash1(word, content)
      hash2 ^= layout.hash2(word, old) ^ layout.hash2(word, content)
    }
    this.#steps++
    if (!this.#isNew(hash1, hash2, thread, 0)) return
    words[word] = content
    words[threadWord] = child
    this.#next.append(words, hash1, hash2)
    words[word] = old
    words[threadWord] = node
  }

  #stepGenerally(thread: number, node: number): void {
    const session = this.#session
    if (!this.#isLoaded) this.#load()
    const ways = session.ways(thread)
    for (let way = 0; way < ways; way++) {
      this.#load()
      const result = session.step(thread, way)
      this.#isLoaded = false
      this.#steps += 4
      if (session.image.isMisuse(node, result)) this.#seeMisuse(session.image.misuseText(node, result), { thread, way })
      this.#adaptToLayout()
      const { world } = session
      // A word that has just been added is read for the first time.
      world.read(session.layout.count - 1)
      if (this.#isNew(world.hash1, world.hash2, thread, way)) this.#next.append(world.words, world.hash1, world.hash2)
    }
  }

  #seeMisuse(message: string, step: GraphStep): void {
    const known = this.findings.length
    this.sights.see('misuse', message)
    if (this.findings.length === known) return
    const { path } = this.findings.pop()!
    this.findings.push(sighted('misuse', message, [...path, step]))
  }

  /** Whether the state with that hash, reached by a step, was not known. */
  #isNew(hash1: number, hash2: number, thread: number, way: number): boolean {
    this.transitionCount++
    const known = this.#table.place(hash1, hash2, this.stateCount)
    const target = known < 0 ? this.stateCount : known
    if (target > this.#state) this.#leadsOn = true
    this.#graph?.edges.push(target, thread)
    if (known >= 0) return false
    this.#ancestry.addChild(thread, way)
    this.stateCount++
    return true
  }

  /** No cycle goes through a state that was met before the first claim. */
  #followClaims(): void {
    if (!this.#session.image.hasMerged) return
    if (this.#graph === null) {
      this.#graph = new StateGraph()
      for (let state = 0; state < this.#state; state++) this.#graph.edgeStarts.push(0)
    }
    this.#graph.edgeStarts.push(this.#graph.edgeCount)
  }

  *#findCycles(): Generator<void> {
    if (this.#session.image.hasMerged) this.comparedPairs = (this.stateCount * (this.stateCount - 1)) / 2
    const graph = this.#graph
    if (graph === null) return
    graph.edgeStarts.push(graph.edgeCount)
    graph.stateCount = this.stateCount
    const { isCyclic } = yield* findComponents(graph)
    this.isCyclic = isCyclic.includes(1)
  }

  /** Follows the layout: threads and words are added while threads are learnt. */
  #adaptToLayout(): void {
    const { layout } = this.#session
    const known = this.#wordCount
    if (known === layout.count) return
    this.#wordCount = layout.count
    const words = new Int32Array(layout.count)
    words.set(this.#words)
    const added = Array.from(layout.initial.subarray(known, layout.count))
    words.set(added, known)
    this.#words = words
    this.#current.addWords(added)
    this.#next.addWords(added)
  }
}

/** Whether a step has the linear form in a state; the thread can step. */
function isLinear(head: number, old: number, content: number, a: number): boolean {
  if ((head & FLAG_LINEAR) === 0) return false
  if ((head & FLAG_GUARDED) === 0) return true
  const code = head & CODE_MASK
  if (code === Code.Acquire) return true
  return code === Code.Release ? old !== 0 : content - old === a
}
