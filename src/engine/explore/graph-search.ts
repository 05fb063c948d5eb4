import { HistoryLimit } from '../errors.js'
import {
  CODE_MASK,
  Code,
  FLAG_DAEMON,
  FLAG_PLAIN,
  FLAG_WRITES,
  MISUSE,
  overflows,
  resulting,
  stored,
} from '../instruction.js'
import {
  NODE_A,
  NODE_B,
  NODE_CHILD,
  NODE_CODE,
  NODE_HASH_1,
  NODE_HASH_2,
  NODE_RESULT,
  NODE_SHIFT,
  NODE_WORD,
} from '../node-table.js'
import type { Session } from '../session.js'
import { LearntProperty } from './learnt-property.js'
import { OutcomeRegistry } from './outcome-registry.js'
import { DROPPED, StateGraph } from './state-graph.js'
import { ROW_WORDS, StateRows } from './state-rows.js'
import { StateSet } from './state-set.js'
import { StateTable } from './state-table.js'

/** Bounds of a search. */
export interface SearchBounds {
  /** States at most. */
  readonly maxStates: number
  /** Bytes at most for everything the search holds. */
  readonly maxMemory: number
}

/** Why a search stopped before it was complete. */
export type StopReason = 'states' | 'memory' | 'history' | 'aborted' | 'first'

/** States in which two threads are about to make conflicting plain accesses to one word. */
export interface RaceStates {
  readonly word: number
  readonly states: StateSet
}

/** A step that misuses an object, by the state it starts from. */
export interface MisuseStep {
  readonly state: number
  readonly thread: number
  readonly message: string
}

// States between two looks at the clock and the budget: about a millisecond's work.
const STATES_PER_SLICE = 1024
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
  readonly races = new Map<number, RaceStates>()
  readonly misuses: MisuseStep[] = []
  stopped: StopReason | null = null
  /** Which thread went on for too long, if that stopped the search. */
  stopMessage = ''
  /** The depth of the layer that is being expanded. */
  depth = 0
  readonly #bounds: SearchBounds
  readonly #table = new StateTable()
  #current: StateRows
  #next: StateRows
  #cursor = 0
  #layerStart = 0
  #order = new Int32Array(0)
  #orderWords = new Int32Array(0)
  #hasDaemons = false
  // Words up to here have their initial content in all rows.
  #coveredWords = 0
  // For races: the state in which a word was last about to be accessed plainly, and whether by a write.
  #plainState = new Int32Array(0)
  #plainWrites = new Uint8Array(0)

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
    let sets = 0
    for (const race of this.races.values()) sets += race.states.bytes
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

  /** Runs to the end or to a bound, yielding every millisecond or so. */
  *run(): Generator<void> {
    for (;;) {
      yield
      if (this.#table.isCrowded) yield* this.#table.grow()
      if (this.bytes > this.#bounds.maxMemory) return this.#stop('memory')
      if (this.graph.stateCount > this.#bounds.maxStates) return this.#stop('states')
      if (!this.#expandSlice()) return
      if (this.#cursor < this.#current.count) continue
      if (this.#next.count === 0) break
      this.#advanceLayer()
    }
    this.graph.edgeStarts.push(this.graph.edgeCount)
  }

  #expandSlice(): boolean {
    try {
      this.#expand(STATES_PER_SLICE)
      return true
    } catch (error) {
      if (!(error instanceof HistoryLimit)) throw error
      this.stopMessage = error.message
      this.#stop('history')
      return false
    }
  }

  /** Ends the search where it stands; states that were not expanded have no edges. */
  #stop(reason: StopReason): void {
    this.stopped = reason
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
    this.#table.place(world.hash1, world.hash2, 0)
    this.graph.stateCount = 1
    this.graph.layerStarts.push(0)
    if (!this.session.image.hasMerged) this.#table.forgetBefore(1)
  }

  /** Follows the layout: threads and words are added while threads are learnt. */
  #adaptToLayout(): void {
    const { layout, threads } = this.session
    this.#order = Int32Array.from(threads.canonical)
    this.#orderWords = Int32Array.from(threads.canonical, (thread) => threads.all[thread]!.word)
    this.#hasDaemons = threads.all.some((thread) => thread.daemon)
    if (this.#plainState.length < layout.count) {
      this.#plainState = new Int32Array(layout.kinds.length).fill(-1)
      this.#plainWrites = new Uint8Array(layout.kinds.length)
    }
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

  /** Expands up to `limit` states of the present layer. The hot path: integers in typed arrays, nothing allocated. */
  #expand(limit: number): void {
    const { session, graph } = this
    const { nodes, layout } = session
    const table = this.#table
    const targets = graph.edgeTargets
    const labels = graph.edgeThreads
    const { maxStates } = this.#bounds
    let current = this.#current
    const next = this.#next
    let fields = nodes.fields
    let order = this.#order
    let orderWords = this.#orderWords
    for (let left = limit; left > 0 && this.#cursor < current.count; left--) {
      if (graph.stateCount > maxStates) return
      const i = this.#cursor++
      const state = this.#layerStart + i
      let row = current.page(i)
      let base = current.base(i) + ROW_WORDS
      const hash1 = row[base - 2]!
      const hash2 = row[base - 1]!
      graph.edgeStarts.push(targets.length)
      for (let p = 0; p < this.alwaysFailures.length; p++) this.#checkAlways(p, state, row, base, hash1, hash2)
      if (this.#hasDaemons && !this.#someoneIsAwaited(row, base)) {
        this.#endAt(state, row, base, hash1, hash2, false)
        continue
      }
      let alive = false
      let stepped = false
      for (let k = 0; k < order.length; k++) {
        const threadWord = orderWords[k]!
        const node = row[base + threadWord]!
        const at = node << NODE_SHIFT
        const head = fields[at + NODE_CODE]!
        const code = head & CODE_MASK
        if (code <= Code.Failed) continue
        if ((head & FLAG_DAEMON) === 0) alive = true
        const thread = order[k]!
        const word = fields[at + NODE_WORD]!
        const old = row[base + word]!
        let ways = 1
        if (code === Code.Acquire) {
          if (old !== 0) continue
        } else if (code >= Code.Join) {
          if (code === Code.Join) {
            if ((fields[(old << NODE_SHIFT) + NODE_CODE]! & CODE_MASK) - 1 > 1 || old === 0) continue
          } else if (code === Code.Choose) {
            ways = fields[at + NODE_A]!
            if (ways > 1) graph.hasWays = true
          } else if (code === Code.Assume) {
            if (fields[at + NODE_A] === 0) {
              stepped = true
              graph.hasDropped = true
              targets.push(DROPPED)
              labels.push(thread)
              continue
            }
          } else if (code === Code.Contract) {
            if (this.#expandContract(thread, node, state, i)) stepped = true
            fields = nodes.fields
            order = this.#order
            orderWords = this.#orderWords
            row = current.page(i)
            base = current.base(i) + ROW_WORDS
            continue
          }
        } else if ((head & FLAG_PLAIN) !== 0) this.#noteAccess(state, word, (head & FLAG_WRITES) !== 0)
        stepped = true
        const a = fields[at + NODE_A]!
        if (code === Code.Add && overflows(old, a)) this.#overflow(row, base, hash1, hash2, node, old)
        if (code === Code.Release && old === 0) this.#noteMisuse(state, thread, node, MISUSE)
        const b = fields[at + NODE_B]!
        for (let way = 0; way < ways; way++) {
          const result = code === Code.Join ? session.joinResult(old) : resulting(code, old, way)
          const content = code === Code.Release && result === MISUSE ? old : stored(code, old, a, b, thread)
          let child = fields[at + NODE_RESULT] === result ? fields[at + NODE_CHILD]! : nodes.next(node, result)
          if (child === 0) {
            child = session.image.resume(node, result)
            if (order.length !== session.threads.all.length || current.stride - ROW_WORDS < layout.count) {
              this.#adaptToLayout()
              current = this.#current
              row = current.page(i)
              base = current.base(i) + ROW_WORDS
              // The loop goes on in the old order: a thread that was just learnt of has not been spawned in this state.
            }
            fields = nodes.fields
          }
          const childAt = child << NODE_SHIFT
          let h1 = hash1 ^ fields[at + NODE_HASH_1]! ^ fields[childAt + NODE_HASH_1]!
          let h2 = hash2 ^ fields[at + NODE_HASH_2]! ^ fields[childAt + NODE_HASH_2]!
          if (content !== old) {
            if (code === Code.Spawn) {
              h1 ^= fields[(content << NODE_SHIFT) + NODE_HASH_1]!
              h2 ^= fields[(content << NODE_SHIFT) + NODE_HASH_2]!
            } else {
              h1 ^= layout.hash1(word, old) ^ layout.hash1(word, content)
              h2 ^= layout.hash2(word, old) ^ layout.hash2(word, content)
            }
          }
          let target = table.place(h1, h2, graph.stateCount)
          if (target < 0) {
            target = graph.stateCount++
            const to = next.append()
            const page = next.page(to)
            const start = next.base(to) + ROW_WORDS
            const width = current.stride - ROW_WORDS
            for (let w = 0; w < width; w++) page[start + w] = row[base + w]!
            page[start - 2] = h1
            page[start - 1] = h2
            page[start + word] = content
            page[start + threadWord] = child
          } else if (target <= state) graph.isTopological = false
          targets.push(target)
          labels.push(thread)
        }
      }
      order = this.#order
      orderWords = this.#orderWords
      if (!stepped) this.#endAt(state, row, base, hash1, hash2, alive)
    }
  }

  /** The general path: an operation that is no instruction answers by its contract, on the session's world. */
  #expandContract(thread: number, node: number, state: number, row: number): boolean {
    const { session, graph } = this
    const load = () => {
      const page = this.#current.page(row)
      const base = this.#current.base(row) + ROW_WORDS
      session.world.load(
        page,
        base,
        Math.min(this.#current.stride - ROW_WORDS, session.layout.count),
        page[base - 2]!,
        page[base - 1]!,
      )
    }
    load()
    const ways = session.ways(thread)
    if (ways > 1) graph.hasWays = true
    for (let way = 0; way < ways; way++) {
      if (way > 0) load()
      const result = session.step(thread, way)
      if (result < 0) this.#noteMisuse(state, thread, node, result)
      this.#adaptToLayout()
      const { world } = session
      let target = this.#table.place(world.hash1, world.hash2, graph.stateCount)
      if (target < 0) {
        target = graph.stateCount++
        const to = this.#next.append()
        const page = this.#next.page(to)
        const start = this.#next.base(to) + ROW_WORDS
        for (let w = 0; w < session.layout.count; w++) page[start + w] = world.read(w)
        for (let w = session.layout.count; w < this.#next.stride - ROW_WORDS; w++) page[start + w] = 0
        page[start - 2] = world.hash1
        page[start - 1] = world.hash2
      } else if (target <= state) graph.isTopological = false
      graph.edgeTargets.push(target)
      graph.edgeThreads.push(thread)
    }
    return ways > 0
  }

  #load(row: Int32Array, base: number, hash1: number, hash2: number): void {
    const { session } = this
    session.world.load(row, base, Math.min(this.#current.stride - ROW_WORDS, session.layout.count), hash1, hash2)
  }

  #checkAlways(index: number, state: number, row: Int32Array, base: number, hash1: number, hash2: number): void {
    const { property, states } = this.alwaysFailures[index]!
    if (!property.holds(this.session, row, base, () => this.#load(row, base, hash1, hash2))) states.add(state)
  }

  #endAt(state: number, row: Int32Array, base: number, hash1: number, hash2: number, deadlocked: boolean): void {
    this.#load(row, base, hash1, hash2)
    this.graph.terminalStates.push(state)
    this.graph.terminalOutcomes.push(this.outcomes.classify(deadlocked))
  }

  #someoneIsAwaited(row: Int32Array, base: number): boolean {
    const { nodes } = this.session
    for (const word of this.#orderWords) {
      const head = nodes.field(row[base + word]!, NODE_CODE)
      if ((head & CODE_MASK) > Code.Failed && (head & FLAG_DAEMON) === 0) return true
    }
    return false
  }

  #noteMisuse(state: number, thread: number, node: number, result: number): void {
    this.misuses.push({ state, thread, message: this.session.image.misuseText(node, result) })
  }

  #noteAccess(state: number, word: number, writes: boolean): void {
    if (this.#plainState[word] === state) {
      if (writes || this.#plainWrites[word] === 1) this.#raceAt(word, state)
      if (writes) this.#plainWrites[word] = 1
      return
    }
    this.#plainState[word] = state
    this.#plainWrites[word] = writes ? 1 : 0
  }

  #raceAt(word: number, state: number): void {
    let race = this.races.get(word)
    if (race === undefined) {
      race = { word, states: new StateSet() }
      this.races.set(word, race)
    }
    race.states.add(state)
  }

  #overflow(row: Int32Array, base: number, hash1: number, hash2: number, node: number, old: number): never {
    this.#load(row, base, hash1, hash2)
    throw this.session.overflowAt(node, old)
  }
}
