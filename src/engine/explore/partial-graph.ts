import type { Session } from '../session.js'
import type { Finding } from './finding.js'
import { DROPPED, type StepGraph } from './state-graph.js'
import { StateInspector } from './state-inspector.js'
import { StoredStates } from './stored-states.js'

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
  readonly #states: StoredStates
  // By state; −1 for one whose edges have not been found.
  readonly #firstEdges: number[] = []
  readonly #endEdges: number[] = []
  readonly #shows: boolean[] = []
  // By edge.
  readonly #targets: number[] = []
  readonly #threads: number[] = []
  readonly #misuses = new Set<number>()

  constructor(session: Session, sought: Pick<Finding, 'kind' | 'subject'>) {
    this.#session = session
    this.#sought = sought
    this.#inspector = new StateInspector(session)
    this.#states = new StoredStates(session)
    session.rewind()
    this.#place()
  }

  get stateCount(): number {
    return this.#states.count
  }

  get bytes(): number {
    return (
      this.#states.bytes + this.#inspector.bytes + this.stateCount * STATE_BYTES + this.#targets.length * EDGE_BYTES
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
    this.#states.load(state)
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
    this.#states.load(state)
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
    const state = this.#states.place()
    if (state < this.#firstEdges.length) return state
    this.#firstEdges.push(-1)
    this.#endEdges.push(-1)
    this.#shows.push(false)
    return state
  }
}
