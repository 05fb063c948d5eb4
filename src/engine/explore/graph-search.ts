import { HistoryLimit } from '../errors.js'
import * as Code from '../code.js'
import {
  CODE_MASK,
  FLAG_DAEMON,
  FLAG_IDLE,
  FLAG_GIVES,
  FLAG_GUARDED,
  FLAG_KEEPS,
  FLAG_LINEAR,
  FLAG_PLAIN,
  FLAG_PROGRESS,
  FLAG_WRITES,
} from '../node-head.js'
import {
  NODE_A,
  NODE_CODE,
  NODE_HASH_1,
  NODE_HASH_2,
  NODE_SHIFT,
  NODE_WORD,
  SMALL_RESULTS,
  SMALL_RESULTS_SHIFT,
} from '../node-fields.js'
import type { Session } from '../session.js'
import { SMALL_CONTENTS, SMALL_SHIFT } from '../layout.js'
import { LearntProperty } from './learnt-property.js'
import { OutcomeRegistry, type SavedOutcome } from './outcome-registry.js'
import { PlainAccesses, type SavedRace } from './plain-accesses.js'
import { ProgressStates, type SavedProgress } from './progress-states.js'
import { DROPPED, type SavedGraph, StateGraph } from './state-graph.js'
import { ROW_WORDS, type SavedRows, StateRows } from './state-rows.js'
import { type SavedStates, StateSet } from './state-set.js'
import { type SavedTable, StateTable } from './state-table.js'

/** Bounds of a search. */
export interface SearchBounds {
  /** States at most. */
  readonly maxStates: number
  /** Bytes at most for everything the search holds. */
  readonly maxMemory: number
  /** Bytes at most for the part of it that lives in the JavaScript heap, which is smaller than the memory. */
  readonly maxHeap: number
  /** States between two pauses. @default a millisecond's work */
  readonly statesPerSlice?: number
}

/** Why a search stopped before it was complete. */
export type StopReason = 'states' | 'memory' | 'history' | 'aborted' | 'first'

/** A step that misuses an object, by its edge: a thread may misuse it in one of several ways only. */
export interface MisuseStep {
  readonly edge: number
  readonly message: string
}

/** A search as plain data. */
export interface SavedSearch extends SavedGraph, SavedTable {
  readonly outcomes: readonly SavedOutcome[]
  readonly failures: readonly SavedStates[]
  readonly races: readonly SavedRace[]
  readonly misuses: readonly MisuseStep[]
  readonly progress: readonly SavedProgress[]
  readonly currentPages: SavedRows['pages']
  readonly nextPages: SavedRows['pages']
  readonly rows: readonly { readonly count: number; readonly stride: number }[]
  readonly place: {
    readonly depth: number
    readonly cursor: number
    readonly layerStart: number
    readonly words: number
  }
}

// States between two looks at the clock and the budget, fewer if they are large: about a millisecond's work.
const STATES_PER_SLICE = 1024
const WORDS_PER_SLICE = 1 << 14
// Steps on the general path, which is slower, between two such looks.
const GENERAL_STEPS_PER_SLICE = 4096
// Steps that are looked up together, each in eight ints: hashes, row, thread, word, content, thread's word, node.
const BATCH_STEPS = 64
const STEP_SHIFT = 3
const KEEPS_BIT = Math.log2(FLAG_KEEPS)
const GIVES_BIT = Math.log2(FLAG_GIVES)
// Bytes a state that the analyses after the search need: numbers of paths, probabilities, components.
const ANALYSIS_BYTES_PER_STATE = 40

/**
 * Walks the graph of all states, breadth first, one layer of equal schedule length after the other. States are rows of
 * words; only two layers of rows exist at a time. While no history has been merged, a state's length is part of it, so a
 * layer's states can only come from the layer before, and the table of known states starts afresh with each layer.
 */
export class GraphSearch {
  readonly session: Session
  readonly graph = new StateGraph()
  readonly outcomes: OutcomeRegistry
  readonly alwaysFailures: { readonly property: LearntProperty; readonly states: StateSet }[]
  readonly accesses = new PlainAccesses()
  readonly progress = new ProgressStates()
  readonly misuses: MisuseStep[] = []
  stopped: StopReason | null = null
  /** What could not be followed, if that stopped the search. */
  exceeded: HistoryLimit | null = null
  /** The depth of the layer that is being expanded. */
  depth = 0
  readonly #bounds: SearchBounds
  readonly #table = new StateTable()
  #current: StateRows
  #next: StateRows
  readonly #batch = new Int32Array(BATCH_STEPS << STEP_SHIFT)
  // Keeps the early loads of the table from being optimised away.
  #touched = 0
  #generalSteps = 0
  #cursor = 0
  #layerStart = 0
  #order = new Int32Array(0)
  #orderWords = new Int32Array(0)
  #knownThreads = 0
  #hasDaemons = false
  #inspectsStates = false
  // Words up to here have their initial content in all rows.
  #coveredWords = 0

  constructor(session: Session, bounds: SearchBounds) {
    this.session = session
    this.#bounds = bounds
    this.outcomes = new OutcomeRegistry(session)
    this.alwaysFailures = session.properties
      .filter((property) => property.when === 'always')
      .map((property) => ({ property: new LearntProperty(property), states: new StateSet() }))
    this.#current = new StateRows(session.layout.count)
    this.#next = new StateRows(session.layout.count)
    this.#enterInitialState()
    this.#coveredWords = session.layout.count
    this.#adaptToLayout()
  }

  /** Memory held by the search and what was learnt, with room for the analyses that follow, in bytes. */
  get bytes(): number {
    let sets = this.accesses.bytes + this.progress.bytes
    for (const { states } of this.alwaysFailures) sets += states.bytes
    return (
      this.#table.bytes +
      this.#current.bytes +
      this.#next.bytes +
      this.graph.bytes +
      this.session.bytes +
      this.outcomes.bytes +
      sets +
      this.graph.stateCount * ANALYSIS_BYTES_PER_STATE
    )
  }

  /** An estimate of what lives in the JavaScript heap, in bytes. */
  get heapBytes(): number {
    let properties = 0
    for (const { property } of this.alwaysFailures) properties += property.bytes
    return this.session.heapBytes + this.outcomes.bytes + this.misuses.length * 120 + properties
  }

  /** Runs to the end or to a bound, yielding every millisecond or so. */
  *run(): Generator<void> {
    for (;;) {
      yield
      if (this.#table.isCrowded) yield* this.#table.grow()
      if (this.#isOutOfMemory()) return this.#stop('memory')
      if (this.graph.stateCount > this.#bounds.maxStates) return this.#stop('states')
      if (!(yield* this.#learnAhead())) return
      if (!this.#expandSlice()) return
      if (this.#cursor < this.#current.count) continue
      if (this.#next.count === 0) break
      this.#advanceLayer()
    }
    this.graph.edgeStarts.push(this.graph.edgeCount)
    this.graph.isLayered = !this.session.image.hasMerged
  }

  /** Everything that `restore` needs besides what the session has learnt, between two slices. */
  get saved(): SavedSearch {
    const { outcomes } = this
    const current = this.#current.saved
    const next = this.#next.saved
    return {
      ...this.graph.saved(this.#layerStart + this.#cursor),
      outcomes: Array.from({ length: outcomes.count }, (_, index) => outcomes.saved(index)),
      failures: this.alwaysFailures.map(({ states }) => states.saved),
      races: this.accesses.saved,
      misuses: this.misuses,
      progress: this.progress.saved,
      ...this.#table.saved,
      currentPages: current.pages,
      nextPages: next.pages,
      rows: [current, next].map(({ count, stride }) => ({ count, stride })),
      place: { depth: this.depth, cursor: this.#cursor, layerStart: this.#layerStart, words: this.#coveredWords },
    }
  }

  /** Takes up a search that was saved; the session must have learnt what it had learnt then. */
  restore(saved: SavedSearch): void {
    this.graph.restore(saved)
    this.outcomes.restore(saved.outcomes)
    saved.failures.forEach((states, i) => this.alwaysFailures[i]!.states.restore(states))
    this.accesses.restore(saved.races)
    this.progress.restore(saved.progress)
    this.misuses.push(...saved.misuses)
    this.#table.restore(saved)
    this.#current.restore({ pages: saved.currentPages, ...saved.rows[0]! })
    this.#next.restore({ pages: saved.nextPages, ...saved.rows[1]! })
    this.depth = saved.place.depth
    this.#cursor = saved.place.cursor
    this.#layerStart = saved.place.layerStart
    this.#coveredWords = saved.place.words
    this.#knownThreads = 0
    this.#adaptToLayout()
  }

  #isOutOfMemory(): boolean {
    return this.bytes > this.#bounds.maxMemory || this.heapBytes > this.#bounds.maxHeap || this.#table.isFull
  }

  #expandSlice(): boolean {
    try {
      this.#expand(
        this.#bounds.statesPerSlice ??
          Math.max(16, Math.min(STATES_PER_SLICE, Math.floor(WORDS_PER_SLICE / this.#current.stride))),
      )
      return true
    } catch (error) {
      return this.#stopForHistory(error)
    }
  }

  *#learnAhead(): Generator<void, boolean> {
    try {
      yield* this.session.image.learnWideChoices()
      this.#adaptToLayout()
      return true
    } catch (error) {
      return this.#stopForHistory(error)
    }
  }

  #stopForHistory(error: unknown): false {
    if (!(error instanceof HistoryLimit)) throw error
    this.exceeded = error
    this.#stop('history')
    return false
  }

  /** Ends the search where it stands; states that were not expanded have no edges. */
  #stop(reason: StopReason): void {
    this.stopped = reason
    this.graph.isLayered = !this.session.image.hasMerged
    while (this.graph.edgeStarts.length <= this.graph.stateCount) this.graph.edgeStarts.push(this.graph.edgeCount)
  }

  /** Ends the search from outside, between two slices. */
  abort(reason: StopReason): void {
    if (this.stopped === null && this.graph.edgeStarts.length <= this.graph.stateCount) this.#stop(reason)
  }

  #advanceLayer(): void {
    const done = this.#current
    this.#current = this.#next
    this.#next = done
    done.clear()
    this.#cursor = 0
    this.#layerStart = this.graph.stateCount - this.#current.count
    this.graph.layerStarts.push(this.#layerStart)
    this.depth++
    if (!this.session.image.hasMerged) this.#table.forgetBefore(this.graph.stateCount)
  }

  #enterInitialState(): void {
    const { world } = this.session
    const at = this.#current.append()
    const page = this.#current.page(at)
    page[0] = world.hash1
    page[1] = world.hash2
    for (let i = 0; i < this.session.layout.count; i++) page[ROW_WORDS + i] = world.read(i)
    this.graph.stateCount = 1
    this.graph.layerStarts.push(0)
    this.#table.place(world.hash1, world.hash2, 0)
    if (!this.session.image.hasMerged) this.#table.forgetBefore(1)
  }

  /** Follows the layout: threads and words are added while threads are learnt. */
  #adaptToLayout(): void {
    const { layout, threads } = this.session
    if (this.#knownThreads === threads.all.length && this.#coveredWords === layout.count) return
    this.#knownThreads = threads.all.length
    // The clock is asked only where nobody else can step.
    this.#order = Int32Array.from(threads.canonical.filter((thread) => !threads.all[thread]!.agent))
    this.#orderWords = Int32Array.from(this.#order, (thread) => threads.all[thread]!.word)
    this.#hasDaemons = threads.all.some(({ daemon, agent }) => daemon && !agent)
    this.#inspectsStates = this.#hasDaemons || this.alwaysFailures.length > 0
    this.accesses.cover(layout.kinds.length)
    if (this.#current.stride - ROW_WORDS < layout.count) {
      // A few words to spare: spawned threads tend to come in numbers.
      const width = layout.count + (layout.count >> 2) + 2
      this.#current.widen(width)
      this.#next.widen(width)
    }
    for (; this.#coveredWords < layout.count; this.#coveredWords++) {
      this.#current.fill(this.#coveredWords, layout.initial[this.#coveredWords]!)
      this.#next.fill(this.#coveredWords, layout.initial[this.#coveredWords]!)
    }
  }

  /**
   * Expands up to `limit` states of the present layer. The hot path: integers in typed arrays, nothing allocated. Steps
   * are computed into a batch first and looked up together, so that the cache misses of many look-ups overlap.
   */
  #expand(limit: number): void {
    const { graph, accesses } = this
    const { nodes, layout, clockThread } = this.session
    const table = this.#table
    const steps = this.#batch
    // Steps in the batch that have not been placed yet.
    let count = 0
    const { maxStates } = this.#bounds
    const current = this.#current
    let fields = nodes.fields
    let smallChildren = nodes.smallChildren
    let order = this.#order
    let orderWords = this.#orderWords
    let smallHashes = layout.smallHashes
    let touched = this.#touched
    this.#generalSteps = 0
    for (let left = limit; left > 0 && this.#cursor < current.count; left--) {
      if (graph.stateCount > maxStates || this.#generalSteps > GENERAL_STEPS_PER_SLICE) break
      const i = this.#cursor++
      const state = this.#layerStart + i
      let row = current.page(i)
      let base = current.base(i) + ROW_WORDS
      const hash1 = row[base - 2]!
      const hash2 = row[base - 1]!
      graph.edgeStarts.push(graph.edges.length + count)
      if (this.#inspectsStates && !this.#inspect(state, row, base)) continue
      let stepped = false
      for (let k = 0; k < order.length; k++) {
        const threadWord = orderWords[k]!
        const node = row[base + threadWord]!
        const at = node << NODE_SHIFT
        const head = fields[at + NODE_CODE]!
        if ((head & CODE_MASK) <= Code.Failed) continue
        const word = fields[at + NODE_WORD]!
        const old = row[base + word]!
        const a = fields[at + NODE_A]!
        const content = ((old & -((head >> KEEPS_BIT) & 1)) + a) | 0
        const result = old & -((head >> GIVES_BIT) & 1)
        let isGeneral = (head & FLAG_LINEAR) === 0
        if ((head & FLAG_GUARDED) !== 0) {
          const code = head & CODE_MASK
          if (code === Code.Acquire) {
            if (old !== 0) continue
          } else if (code === Code.Release) isGeneral = old === 0
          else isGeneral = content - old !== a
        }
        let child =
          result >>> 0 < SMALL_RESULTS
            ? smallChildren[(node << SMALL_RESULTS_SHIFT) + result]!
            : nodes.next(node, result)
        if (isGeneral || child === 0) {
          this.#placeBatch(count)
          count = 0
          if (this.#stepGenerally(order[k]!, node, state, i)) stepped = true
          // The loop goes on in the old order: a thread that was just learnt of has not been spawned in this state.
          row = current.page(i)
          base = current.base(i) + ROW_WORDS
          fields = nodes.fields
          smallChildren = nodes.smallChildren
          smallHashes = layout.smallHashes
          continue
        }
        stepped = true
        if ((head & FLAG_PLAIN) !== 0) accesses.note(state, word, (head & FLAG_WRITES) !== 0)
        child <<= NODE_SHIFT
        let h1 = hash1 ^ fields[at + NODE_HASH_1]! ^ fields[child + NODE_HASH_1]!
        let h2 = hash2 ^ fields[at + NODE_HASH_2]! ^ fields[child + NODE_HASH_2]!
        const from = (word << SMALL_SHIFT) + 2 * old
        const to = (word << SMALL_SHIFT) + 2 * content
        if ((old | content) >>> 0 < SMALL_CONTENTS && smallHashes[from] !== 0 && smallHashes[to] !== 0) {
          // Where the content stays the same the two cancel: cheaper than a branch that cannot be predicted.
          h1 ^= smallHashes[from]! ^ smallHashes[to]!
          h2 ^= smallHashes[from + 1]! ^ smallHashes[to + 1]!
        } else if (content !== old) {
          h1 ^= layout.hash1(word, old) ^ layout.hash1(word, content)
          h2 ^= layout.hash2(word, old) ^ layout.hash2(word, content)
          layout.learnSmallHashes(word, old, content)
        }
        touched ^= table.touch(h1)
        const entry = count++ << STEP_SHIFT
        steps[entry] = h1
        steps[entry + 1] = h2
        steps[entry + 2] = i
        steps[entry + 3] = order[k]!
        steps[entry + 4] = word
        steps[entry + 5] = content
        steps[entry + 6] = threadWord
        steps[entry + 7] = child >> NODE_SHIFT
        if (count === BATCH_STEPS) {
          this.#placeBatch(count)
          count = 0
        }
      }
      if (!stepped && clockThread !== null) {
        this.#placeBatch(count)
        count = 0
        stepped = this.#stepGenerally(clockThread.index, row[base + clockThread.word]!, state, i)
        row = current.page(i)
        base = current.base(i) + ROW_WORDS
        fields = nodes.fields
        smallChildren = nodes.smallChildren
        smallHashes = layout.smallHashes
      }
      order = this.#order
      orderWords = this.#orderWords
      if (!stepped) this.#endAt(state, row, base, this.#someoneIsAwaited(row, base))
    }
    this.#touched = touched
    this.#placeBatch(count)
  }

  /** Looks up the batch's states, enters those that are new, and records the edges. */
  #placeBatch(count: number): void {
    const { graph } = this
    const table = this.#table
    const { edges } = graph
    const current = this.#current
    const next = this.#next
    const steps = this.#batch
    const { stride } = current
    for (let s = 0; s < count; s++) {
      const entry = s << STEP_SHIFT
      const h1 = steps[entry]!
      const h2 = steps[entry + 1]!
      let target = table.place(h1, h2, graph.stateCount)
      if (target < 0) {
        target = graph.stateCount++
        const i = steps[entry + 2]!
        const row = current.page(i)
        const from = current.base(i)
        const at = next.append()
        const page = next.page(at)
        const to = next.base(at)
        for (let w = ROW_WORDS; w < stride; w++) page[to + w] = row[from + w]!
        page[to] = h1
        page[to + 1] = h2
        page[to + ROW_WORDS + steps[entry + 4]!] = steps[entry + 5]!
        page[to + ROW_WORDS + steps[entry + 6]!] = steps[entry + 7]!
      } else if (target <= this.#layerStart + steps[entry + 2]!) graph.isTopological = false
      edges.push(target, steps[entry + 3]!)
    }
  }

  /**
   * The general path, on the session's world: operations that are no linear instructions, and whatever has to be learnt.
   * Returns whether the thread can step.
   */
  #stepGenerally(thread: number, node: number, state: number, i: number): boolean {
    const { session, graph } = this
    this.#loadRow(i)
    if (session.assumesFalsehood(thread)) {
      graph.hasDropped = true
      graph.edges.push(DROPPED, thread)
      return true
    }
    const head = session.nodes.field(node, NODE_CODE)
    if ((head & FLAG_PLAIN) !== 0)
      this.accesses.note(state, session.nodes.field(node, NODE_WORD), (head & FLAG_WRITES) !== 0)
    if ((head & FLAG_PROGRESS) !== 0) this.progress.note(state, thread)
    const ways = session.ways(thread)
    if (ways > 1) graph.hasWays = true
    this.#generalSteps += ways
    for (let way = 0; way < ways; way++) {
      if (way > 0) this.#loadRow(i)
      const result = session.step(thread, way)
      if (session.image.isMisuse(node, result))
        this.misuses.push({ edge: graph.edgeCount, message: session.image.misuseText(node, result) })
      this.#adaptToLayout()
      const { hash1, hash2 } = session.world
      let target = this.#table.place(hash1, hash2, graph.stateCount)
      if (target < 0) {
        target = graph.stateCount++
        this.#enterWorld()
      } else if (target <= state) graph.isTopological = false
      graph.edges.push(target, thread)
    }
    return ways > 0
  }

  /** Adds the session's present state to the next layer. */
  #enterWorld(): void {
    const { world, layout } = this.session
    const at = this.#next.append()
    const page = this.#next.page(at)
    const base = this.#next.base(at) + ROW_WORDS
    for (let w = 0; w < layout.count; w++) page[base + w] = world.read(w)
    for (let w = layout.count; w < this.#next.stride - ROW_WORDS; w++) page[base + w] = 0
    page[base - 2] = world.hash1
    page[base - 1] = world.hash2
  }

  #loadRow(i: number): void {
    this.#load(this.#current.page(i), this.#current.base(i) + ROW_WORDS)
  }

  #load(row: Int32Array, base: number): void {
    const { session } = this
    const width = Math.min(this.#current.stride - ROW_WORDS, session.layout.count)
    session.world.load(row, base, width, row[base - 2]!, row[base - 1]!)
  }

  /** What must be looked at in every state of some programs; returns whether the state is to be expanded. */
  #inspect(state: number, row: Int32Array, base: number): boolean {
    for (const { property, states } of this.alwaysFailures)
      if (!property.holds(this.session, row, base, () => this.#load(row, base))) states.add(state)
    if (!this.#hasDaemons || this.#someoneIsAwaited(row, base)) return true
    this.#load(row, base)
    if (!this.session.hasEnded) return true
    this.#endAt(state, row, base, false)
    return false
  }

  #endAt(state: number, row: Int32Array, base: number, deadlocked: boolean): void {
    this.#load(row, base)
    this.graph.terminalStates.push(state)
    this.graph.terminalOutcomes.push(this.outcomes.classify(deadlocked))
  }

  #someoneIsAwaited(row: Int32Array, base: number): boolean {
    const { nodes } = this.session
    for (const word of this.#orderWords) {
      const head = nodes.field(row[base + word]!, NODE_CODE)
      if ((head & CODE_MASK) > Code.Failed && (head & (FLAG_DAEMON | FLAG_IDLE)) === 0) return true
    }
    return false
  }
}
