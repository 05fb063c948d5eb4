import { IntPages } from './int-pages.js'
import { NumberMap } from './number-map.js'
import { DROPPED, type StepGraph } from './state-graph.js'

/** A step of a path through the graph: which thread, by which of its ways. */
export interface GraphStep {
  readonly thread: number
  readonly way: number
}

/** A path through the graph from the initial state. */
export interface GraphPath {
  readonly steps: readonly GraphStep[]
  /** Where it ends. */
  readonly state: number
  /** False if the search for the fewest preemptions did not fit in memory and this is only a shortest path. */
  readonly isLeast: boolean
}

/** What a path is looked for to: a state, or a step out of a state (by the thread that takes it). */
export interface Goal {
  readonly state?: (state: number) => boolean
  readonly step?: (state: number, thread: number, edge: number) => boolean
}

// Costs are pairs (preemptions, steps), compared in this order, in one number.
const PREEMPTION = 2 ** 32
// Cost of a pair from which no path of least cost leads on.
const DEAD_END = Infinity
const SLICE = 2048
// A graph may have to find its edges first.
const SEARCH_SLICE = 128

/**
 * The path to a goal with the fewest preemptions, then the fewest steps, then the first in canonical order; null if there
 * is none.
 *
 * @param threads how many threads there are.
 * @param maxMemory bytes at most; beyond, a path with the fewest steps is returned instead.
 */
export function* leastSchedule(
  graph: StepGraph,
  threads: number,
  goal: Goal,
  maxMemory: number,
): Generator<void, GraphPath | null> {
  const path = yield* leastWithin(graph, threads, goal, (bytes) => bytes > maxMemory)
  return path === 'too large' ? yield* shortestPath(graph, goal) : path
}

/**
 * The same, but given up as soon as `isTooLarge` says so.
 *
 * @param isTooLarge is asked every millisecond or so, and told the bytes that the search holds.
 * @param maxSteps schedules are followed no further; the one that is found may then not be the least of those so long.
 */
export function* leastWithin(
  graph: StepGraph,
  threads: number,
  goal: Goal,
  isTooLarge: (bytes: number) => boolean,
  maxSteps = Infinity,
): Generator<void, GraphPath | null | 'too large'> {
  const search = new LeastSearch(graph, threads, goal)
  const cost = yield* search.findCost(isTooLarge, maxSteps)
  return cost === null || cost === 'too large' ? cost : yield* search.firstPath(cost)
}

/** Dijkstra's algorithm over pairs (state, thread that stepped last), in buckets by preemptions and steps. */
class LeastSearch {
  readonly #graph: StepGraph
  readonly #goal: Goal
  readonly #base: number
  readonly #costs = new NumberMap()

  constructor(graph: StepGraph, threads: number, goal: Goal) {
    this.#graph = graph
    this.#goal = goal
    // The last of the "threads" stands for none: nobody has stepped yet.
    this.#base = threads + 1
  }

  *findCost(isTooLarge: (bytes: number) => boolean, maxSteps: number): Generator<void, number | null | 'too large'> {
    let level: number[][] = [[this.#base - 1]]
    let best: number | null = null
    for (let preemptions = 0; level.length > 0 && best === null; preemptions++) {
      const nextLevel: number[][] = []
      for (let steps = 0; steps < level.length && best === null; steps++) {
        const bucket = level[steps] ?? []
        // The bucket after this one is filled while this one is read; this one is complete.
        for (let i = 0; i < bucket.length; i++) {
          if (i % SEARCH_SLICE === 0) {
            if (isTooLarge(this.#costs.bytes)) return 'too large'
            yield
          }
          const key = bucket[i]!
          if (this.#costs.get(key) !== undefined) continue
          const cost = preemptions * PREEMPTION + steps
          this.#costs.set(key, cost)
          if (this.#isGoal(key)) best = cost
          if (steps >= maxSteps) continue
          this.#forEachStep(key, (next, preempts) => {
            const into = preempts ? nextLevel : level
            ;(into[steps + 1] ??= []).push(next)
          })
        }
        level[steps] = []
        // A step as goal costs one step more than its state.
        if (best === null) best = this.#bestStepGoal(preemptions, steps)
      }
      level = nextLevel
    }
    return best
  }

  *firstPath(cost: number): Generator<void, GraphPath> {
    const path: GraphStep[] = []
    const start = this.#base - 1
    const trail = [{ key: start, edge: this.#graph.firstEdge(0) }]
    for (let work = 1; trail.length > 0; work++) {
      if (work % SLICE === 0) yield
      const here = trail.at(-1)!
      const at = this.#costs.get(here.key)!
      const state = Math.floor(here.key / this.#base)
      if (at === cost && this.#isGoal(here.key)) return { steps: path, state, isLeast: true }
      const descend = this.#nextTight(here, at, cost)
      if (descend === null) {
        this.#costs.set(here.key, DEAD_END)
        trail.pop()
        path.pop()
        continue
      }
      path.push(descend.step)
      if (descend.key === -1) return { steps: path, state, isLeast: true }
      trail.push({ key: descend.key, edge: this.#graph.firstEdge(Math.floor(descend.key / this.#base)) })
    }
    throw new Error('a path of known cost must exist')
  }

  /** The next edge, in canonical order, that lies on a path of least cost; key −1 for a step that is itself the goal. */
  #nextTight(
    here: { readonly key: number; edge: number },
    at: number,
    cost: number,
  ): { key: number; step: GraphStep } | null {
    const graph = this.#graph
    const state = Math.floor(here.key / this.#base)
    const last = here.key % this.#base
    const end = graph.endEdge(state)
    while (here.edge < end) {
      const edge = here.edge++
      const thread = graph.thread(edge)
      const stepCost = at + 1 + (this.#preempts(state, last, thread) ? PREEMPTION : 0)
      const step = { thread, way: wayOf(graph, state, edge) }
      if (stepCost === cost && this.#goal.step?.(state, thread, edge) === true) return { key: -1, step }
      const target = graph.target(edge)
      if (target === DROPPED) continue
      const key = target * this.#base + thread
      if (this.#costs.get(key) === stepCost && stepCost <= cost) return { key, step }
    }
    return null
  }

  #isGoal(key: number): boolean {
    return this.#goal.state?.(Math.floor(key / this.#base)) === true
  }

  readonly #stepGoals: number[] = []

  #bestStepGoal(preemptions: number, steps: number): number | null {
    const here = preemptions * PREEMPTION + steps
    return this.#stepGoals.includes(here) ? here : null
  }

  #preempts(state: number, last: number, thread: number): boolean {
    return last !== this.#base - 1 && last !== thread && canStep(this.#graph, state, last)
  }

  #forEachStep(key: number, visit: (next: number, preempts: boolean) => void): void {
    const graph = this.#graph
    const state = Math.floor(key / this.#base)
    const last = key % this.#base
    const switchPreempts = last !== this.#base - 1 && canStep(graph, state, last)
    const end = graph.endEdge(state)
    for (let edge = graph.firstEdge(state); edge < end; edge++) {
      const target = graph.target(edge)
      const thread = graph.thread(edge)
      const preempts = switchPreempts && thread !== last
      if (this.#goal.step?.(state, thread, edge) === true)
        this.#stepGoals.push(this.#costs.get(key)! + 1 + (preempts ? PREEMPTION : 0))
      if (target !== DROPPED) visit(target * this.#base + thread, preempts)
    }
  }
}

function canStep(graph: StepGraph, state: number, thread: number): boolean {
  const end = graph.endEdge(state)
  for (let edge = graph.firstEdge(state); edge < end; edge++) if (graph.thread(edge) === thread) return true
  return false
}

/** The way an edge stands for: its position among the edges of the same thread. */
export function wayOf(graph: StepGraph, state: number, edge: number): number {
  const thread = graph.thread(edge)
  let way = 0
  for (let e = edge - 1; e >= graph.firstEdge(state) && graph.thread(e) === thread; e--) way++
  return way
}

/** A path with the fewest steps, by breadth-first search with one parent edge a state. */
export function* shortestPath(
  graph: StepGraph,
  goal: Goal,
  from = 0,
  within?: (state: number) => boolean,
): Generator<void, GraphPath | null> {
  const parents = new NumberMap()
  const parentEdges = new NumberMap()
  const queue = new IntPages()
  queue.push(from)
  const pathTo = (state: number, last?: GraphStep): GraphPath => {
    const steps: GraphStep[] = last === undefined ? [] : [last]
    for (let at = state; at !== from; at = parents.get(at)!) {
      const edge = parentEdges.get(at)!
      steps.push({ thread: graph.thread(edge), way: wayOf(graph, parents.get(at)!, edge) })
    }
    return { steps: steps.reverse(), state, isLeast: false }
  }
  for (let i = 0; i < queue.length; i++) {
    if (i % SLICE === 0) yield
    const state = queue.get(i)
    if (goal.state?.(state) === true) return pathTo(state)
    const end = graph.endEdge(state)
    for (let edge = graph.firstEdge(state); edge < end; edge++) {
      const thread = graph.thread(edge)
      if (goal.step?.(state, thread, edge) === true) return pathTo(state, { thread, way: wayOf(graph, state, edge) })
      const target = graph.target(edge)
      if (target === DROPPED || target === from || parents.get(target) !== undefined || within?.(target) === false)
        continue
      parents.set(target, state)
      parentEdges.set(target, edge)
      queue.push(target)
    }
  }
  return null
}
