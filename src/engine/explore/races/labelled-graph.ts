import { AccessSites } from '../../detect/access-sites.js'
import { labelOfStep, type StepLabel } from '../../detect/step-label.js'
import type { Session } from '../../session.js'
import { pendingFootprint } from '../pending-footprint.js'
import { DROPPED } from '../state-graph.js'
import { StoredStates } from '../stored-states.js'

// Bytes for an edge and for a state apart from its words.
const EDGE_BYTES = 24
const STATE_BYTES = 24

/** A label together with the site of the access, if the step is a plain one (−1 else). */
export interface SiteLabel extends StepLabel {
  readonly site: number
}

/**
 * A program's graph of states whose edges are found when they are asked for, each labelled with what its step does to
 * happens-before: equal labels have equal numbers.
 */
export class LabelledGraph {
  readonly session: Session
  readonly sites: AccessSites
  readonly labels: SiteLabel[] = []
  readonly #states: StoredStates
  readonly #labelNumbers = new Map<string, number>()
  // By state; −1 for one whose edges have not been found.
  readonly #firstEdges: number[] = []
  readonly #endEdges: number[] = []
  // By edge.
  readonly #targets: number[] = []
  readonly #edgeLabels: number[] = []

  /** @param session records places; its present state is lost again and again. */
  constructor(session: Session, sites = new AccessSites(session)) {
    this.session = session
    this.sites = sites
    this.#states = new StoredStates(session)
    session.rewind()
    this.#place()
  }

  get stateCount(): number {
    return this.#states.count
  }

  get bytes(): number {
    return this.#states.bytes + this.stateCount * STATE_BYTES + this.#targets.length * EDGE_BYTES
  }

  firstEdge(state: number): number {
    if (this.#firstEdges[state] === -1) this.#expand(state)
    return this.#firstEdges[state]!
  }

  endEdge(state: number): number {
    if (this.#firstEdges[state] === -1) this.#expand(state)
    return this.#endEdges[state]!
  }

  target(edge: number): number {
    return this.#targets[edge]!
  }

  /** The number of an edge's label. */
  labelOf(edge: number): number {
    return this.#edgeLabels[edge]!
  }

  #expand(state: number): void {
    const { session } = this
    this.#states.load(state)
    this.#firstEdges[state] = this.#targets.length
    const able = session.hasEnded ? [] : session.threads.canonical.filter((thread) => session.ways(thread) > 0)
    for (const thread of able) {
      if (session.assumesFalsehood(thread)) this.#addEdge(DROPPED, this.#numberOf(droppedLabel(thread)))
      else for (let way = 0, ways = session.ways(thread); way < ways; way++) this.#step(state, thread, way)
    }
    this.#endEdges[state] = this.#targets.length
  }

  #step(state: number, thread: number, way: number): void {
    const { session } = this
    const node = session.node(thread)
    const footprint = pendingFootprint(session, thread)
    session.step(thread, way)
    const label = labelOfStep(session, thread, node, footprint)
    this.#addEdge(this.#place(), this.#numberOf(label))
    this.#states.load(state)
  }

  #addEdge(target: number, label: number): void {
    this.#targets.push(target)
    this.#edgeLabels.push(label)
  }

  #numberOf(label: StepLabel): number {
    const site = label.plain === 0 ? -1 : this.sites.of(label.plain)
    const { thread, spawns, acquires, releases } = label
    const key = `${thread} ${site} ${spawns} ${acquires.join()} ${releases.join()}`
    const known = this.#labelNumbers.get(key)
    if (known !== undefined) return known
    const number = this.labels.length
    this.#labelNumbers.set(key, number)
    this.labels.push({ ...label, site })
    return number
  }

  #place(): number {
    const state = this.#states.place()
    if (state === this.#firstEdges.length) {
      this.#firstEdges.push(-1)
      this.#endEdges.push(-1)
    }
    return state
  }
}

function droppedLabel(thread: number): StepLabel {
  return { thread, acquires: [], releases: [], plain: 0, word: -1, writes: false, spawns: -1 }
}
