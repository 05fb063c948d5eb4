import type { Session } from '../session.js'
import type { Finding } from './finding.js'
import { DROPPED, type StepGraph } from './state-graph.js'
import { StateInspector } from './state-inspector.js'
import { ROW_WORDS, StateRows } from './state-rows.js'
import { StateTable } from './state-table.js'

/** Bytes for a state and for an edge, apart from the state's words. */
const STATE_BYTES = 24
const EDGE_BYTES = 16

/**
 * The part of a program's graph of states that somebody looks at: a state's edges are found when they are asked for.
 * Knows which states and steps show one violation.
 */
export class PartialGraph implements StepGraph {
  readonly #session: Session
  readonly #sought: Pick<Finding, 'kind' | 'subject'>
  readonly #inspector: StateInspector
  readonly #table = new StateTable()
  readonly #rows: StateRows
  // By state; −1 for one whose edges have not been found.
  readonly #firstEdges: number[] = []
  readonly #endEdges: number[] = []
  readonly #shows: boolean[] = []
  // By edge.
  readonly #targets: number[] = []
  readonly #threads: number[] = []
  readonly #misuses = new Set<number>()
  // Words up to here have their initial content in all rows.
  #coveredWords: number

  constructor(session: Session, sought: Pick<Finding, 'kind' | 'subject'>) {
    this.#session = session
    this.#sought = sought
    this.#inspector = new StateInspector(session)
    this.#rows = new StateRows(session.layout.count)
    this.#coveredWords = session.layout.count
    session.rewind()
    this.#place()
  }

  get stateCount(): number {
    return this.#rows.count
  }

  get bytes(): number {
    return (
      this.#table.bytes +
      this.#rows.bytes +
      this.#inspector.bytes +
      this.stateCount * STATE_BYTES +
      this.#targets.length * EDGE_BYTES
    )
  }

  firstEdge(state: number): number {
    this.#expand(state)
    return this.#firstEdges[state]!
  }

  endEdge(state: number): number {
    this.#expand(state)
    return this.#endEdges[state]!
  }

  target(edge: number): number {
    return this.#targets[edge]!
  }

  thread(edge: number): number {
    return this.#threads[edge]!
  }

  /** Whether the violation shows in a state. */
  shows(state: number): boolean {
    this.#expand(state)
    return this.#shows[state]!
  }

  /** Whether a step is the misuse that is looked for. */
  isMisuse(edge: number): boolean {
    return this.#misuses.has(edge)
  }

  #expand(state: number): void {
    if (this.#firstEdges[state] !== -1) return
    const session = this.#session
    this.#load(state)
    this.#firstEdges[state] = this.#targets.length
    const { hasEnded } = session
    const able = hasEnded ? [] : session.threads.canonical.filter((thread) => session.ways(thread) > 0)
    this.#shows[state] = this.#isShown(able.length === 0, hasEnded)
    for (const thread of able) {
      if (session.assumesFalsehood(thread)) this.#addEdge(DROPPED, thread)
      else for (let way = 0, ways = session.ways(thread); way < ways; way++) this.#step(state, thread, way)
    }
    this.#endEdges[state] = this.#targets.length
  }

  #step(state: number, thread: number, way: number): void {
    const session = this.#session
    const { kind, subject } = this.#sought
    const node = session.node(thread)
    const result = session.step(thread, way)
    if (kind === 'misuse' && session.image.isMisuse(node, result) && session.image.misuseText(node, result) === subject)
      this.#misuses.add(this.#targets.length)
    this.#addEdge(this.#place(), thread)
    this.#load(state)
  }

  #addEdge(target: number, thread: number): void {
    this.#targets.push(target)
    this.#threads.push(thread)
  }

  #isShown(isOver: boolean, hasEnded: boolean): boolean {
    let isShown = false
    const sight = (kind: string, subject: string): void => {
      if (kind === this.#sought.kind && subject === this.#sought.subject) isShown = true
    }
    this.#inspector.inspect(sight)
    if (isOver) this.#inspector.inspectEnd(!hasEnded, sight)
    return isShown
  }

  /** The number of the session's present state, which is entered if it is new. */
  #place(): number {
    const { world, layout } = this.#session
    this.#adaptToLayout()
    const known = this.#table.place(world.hash1, world.hash2, this.#rows.count)
    if (known >= 0) return known
    const state = this.#rows.append()
    const page = this.#rows.page(state)
    const base = this.#rows.base(state)
    page[base] = world.hash1
    page[base + 1] = world.hash2
    for (let word = 0; word < this.#rows.stride - ROW_WORDS; word++)
      page[base + ROW_WORDS + word] = word < layout.count ? world.read(word) : 0
    this.#firstEdges.push(-1)
    this.#endEdges.push(-1)
    this.#shows.push(false)
    return state
  }

  #load(state: number): void {
    const page = this.#rows.page(state)
    const base = this.#rows.base(state)
    const width = Math.min(this.#rows.stride - ROW_WORDS, this.#session.layout.count)
    this.#session.world.load(page, base + ROW_WORDS, width, page[base]!, page[base + 1]!)
  }

  /** Words are added while threads are learnt. */
  #adaptToLayout(): void {
    const { layout } = this.#session
    if (this.#coveredWords === layout.count) return
    if (this.#rows.stride - ROW_WORDS < layout.count) this.#rows.widen(layout.count + (layout.count >> 2) + 2)
    for (; this.#coveredWords < layout.count; this.#coveredWords++)
      this.#rows.fill(this.#coveredWords, layout.initial[this.#coveredWords]!)
  }
}
