import type { Session } from '../session.js'
import { type Components, findComponents } from './components.js'
import { cyclicComponents, fairCycle } from './fairness.js'
import { type GraphPath, type GraphStep, leastSchedule } from './least-schedule.js'
import type { ProgressStates } from './progress-states.js'
import { DROPPED, type StateGraph, type StepGraph } from './state-graph.js'
import { StateSet } from './state-set.js'

/** A fair run that goes round for ever without a thread that has got on before. */
export interface Starvation {
  readonly thread: number
  readonly path: GraphPath
  readonly repeat: readonly GraphStep[]
}

const SLICE = 20_000

/**
 * For each thread that says `progress`, the nearest fair cycle without it, after a first time. States in which
 * the thread is about to say it can be left out as a whole: it is able to step there, so that a cycle through them on
 * which it does not is not fair.
 */
export function* starvations(
  graph: StateGraph,
  session: Session,
  progress: ProgressStates,
  all: Components,
  maxMemory: number,
): Generator<void, Starvation[]> {
  const found: Starvation[] = []
  for (const thread of session.threads.canonical) {
    const states = progress.byThread.get(thread)
    if (states === undefined) continue
    const starvation = yield* new StarvationSearch(graph, session, thread, states, maxMemory).run(all)
    if (starvation !== null) found.push(starvation)
  }
  return found
}

class StarvationSearch {
  readonly #graph: StateGraph
  readonly #session: Session
  readonly #thread: number
  readonly #progress: StateSet
  readonly #maxMemory: number

  constructor(graph: StateGraph, session: Session, thread: number, progress: StateSet, maxMemory: number) {
    this.#graph = graph
    this.#session = session
    this.#thread = thread
    this.#progress = progress
    this.#maxMemory = maxMemory
  }

  *run(all: Components): Generator<void, Starvation | null> {
    const count = this.#session.threads.all.length
    const components = yield* findComponents(this.#graph, this.#progress)
    const cycles = yield* cyclicComponents(this.#graph, components, count)
    const candidates = new Set(cycles.filter(({ isFair }) => isFair).map(({ component }) => component))
    if (candidates.size === 0) return null
    const canStep = yield* this.#componentsWithStepsAhead(all)
    const graph = yield* this.#afterProgress()
    while (candidates.size > 0) {
      const goal = { state: (at: number) => (at & 1) === 1 && candidates.has(components.componentOf[at >> 1]!) }
      const path = yield* leastSchedule(graph, count, goal, this.#maxMemory)
      if (path === null) return null
      const state = path.state >> 1
      // A thread that has ended is not kept waiting.
      if (canStep[all.componentOf[state]!] === 1 || !this.#hasEndedAfter(path)) {
        const repeat = yield* fairCycle(this.#graph, components, state, count)
        return { thread: this.#thread, path: { ...path, state }, repeat }
      }
      candidates.delete(components.componentOf[state]!)
    }
    return null
  }

  /** Components from which the thread can still step. */
  *#componentsWithStepsAhead({ order, componentOf, starts }: Components): Generator<void, Uint8Array> {
    const { edgeStarts, edges } = this.#graph
    const canStep = new Uint8Array(starts.length - 1)
    // A component comes before all that it leads to.
    for (let i = order.length - 1; i >= 0; i--) {
      if (i % SLICE === 0) yield
      const state = order[i]!
      const component = componentOf[state]!
      for (let e = edgeStarts.get(state); e < edgeStarts.get(state + 1) && canStep[component] === 0; e++) {
        const target = edges.target(e)
        if (edges.thread(e) === this.#thread || (target !== DROPPED && canStep[componentOf[target]!] === 1))
          canStep[component] = 1
      }
    }
    return canStep
  }

  *#afterProgress(): Generator<void, AfterProgress> {
    const { edgeStarts, edges, stateCount } = this.#graph
    const saying = new StateSet()
    for (let state = 0; state < stateCount; state++) {
      if (state % SLICE === 0) yield
      if (!this.#progress.has(state)) continue
      for (let e = edgeStarts.get(state); e < edgeStarts.get(state + 1); e++)
        if (edges.thread(e) === this.#thread) saying.add(e)
    }
    return new AfterProgress(this.#graph, saying)
  }

  #hasEndedAfter(path: GraphPath): boolean {
    this.#session.rewind()
    for (const { thread, way } of path.steps) this.#session.step(thread, way)
    return this.#session.world.hasEnded(this.#thread)
  }
}

/** A graph in which states know whether a thread has got on: state 2 s is s before, 2 s + 1 is s after its first time. */
class AfterProgress implements StepGraph {
  readonly #graph: StateGraph
  /** Edges that say so. */
  readonly #saying: StateSet

  constructor(graph: StateGraph, saying: StateSet) {
    this.#graph = graph
    this.#saying = saying
  }

  firstEdge(state: number): number {
    return this.#graph.firstEdge(state >> 1) + this.#offset(state)
  }

  endEdge(state: number): number {
    return this.#graph.endEdge(state >> 1) + this.#offset(state)
  }

  target(edge: number): number {
    const { edgeCount } = this.#graph
    const isAfter = edge >= edgeCount
    const original = isAfter ? edge - edgeCount : edge
    const target = this.#graph.target(original)
    return target === DROPPED ? DROPPED : 2 * target + (isAfter || this.#saying.has(original) ? 1 : 0)
  }

  thread(edge: number): number {
    const { edgeCount } = this.#graph
    return this.#graph.thread(edge >= edgeCount ? edge - edgeCount : edge)
  }

  #offset(state: number): number {
    return (state & 1) * this.#graph.edgeCount
  }
}
