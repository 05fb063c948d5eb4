import { HistoryLimit } from '../../errors.js'
import type { Session } from '../../session.js'
import { Dependence } from '../dependence.js'
import type { BoundCounts, BoundKind, ViolationKind } from '../explore-report.js'
import { type Finding, sighted } from '../finding.js'
import type { SearchBounds } from '../graph-search.js'
import { IntPages } from '../int-pages.js'
import type { GraphStep } from '../least-schedule.js'
import type { RaceWatch } from '../races/race-watch.js'
import { StateInspector } from '../state-inspector.js'
import { stepCost } from './schedule-cost.js'
import { packStep, ScheduleTree, threadOf, wayOf } from './schedule-tree.js'
import { TraceTable } from './trace-table.js'
import { TraceWalk } from './trace-walk.js'

/** Why a search stopped before it had seen everything within its bound. */
export type BoundedStop = 'states' | 'memory' | 'history' | 'aborted' | 'first'

interface Sighting {
  readonly kind: ViolationKind
  readonly subject: string
  readonly cost: number
  readonly path: readonly GraphStep[]
}

// Steps between two looks at the clock and the budget: about a millisecond's work.
const SLICE = 128
const SAMPLED_PATHS = 8

/**
 * Explores the traces that some schedule of bounded cost makes, in the order of their costs: everything that costs
 * nothing first, then from where that would have been left for one preemption, and so on. So each trace, and each
 * violation, is met by a schedule of least cost, and one search counts for every bound on the way.
 *
 * Among schedules of equal cost it goes on depth first, on one session that steps and is undone; what costs more is put
 * off as a node in a tree of schedules. Nodes that were put off one after another share most of their schedules.
 */
export class BoundedSearch {
  /** Totals for the bounds that were searched to their end. */
  readonly levels: BoundCounts[] = []
  /** How many traces end in each outcome. */
  outcomeCounts: number[] = []
  executions = 0
  deadlocked = 0
  assumeFailed = 0
  /** Steps taken in all. */
  steps = 0
  stopped: BoundedStop | null = null
  /** What could not be followed, if that stopped the search. */
  exceeded: HistoryLimit | null = null
  /** Nothing would be met for a higher bound that has not been met. */
  isComplete = false
  /** Some maximal executions, to check the program with. */
  readonly paths: GraphStep[][] = []
  readonly #session: Session
  readonly #kind: BoundKind
  readonly #bounds: SearchBounds
  readonly #inspector: StateInspector
  readonly #dependence: Dependence
  readonly #races: RaceWatch
  readonly #sightings = new Map<string, Sighting>()
  #walk: TraceWalk
  #table: TraceTable
  #tree = new ScheduleTree()
  /** By cost: the schedules that were put off. */
  #frontiers: (IntPages | undefined)[] = []
  /** By step of the walk: its node in the tree, or −1. */
  #nodes: number[] = [0]
  // Steps to take from the states along the walk, and where those of each state begin.
  #options: number[] = []
  #starts: number[] = []
  #cost = 0
  #maxCost = 0
  #mustRestart = false
  #work = 0

  /** @param races is shown every step. */
  constructor(session: Session, kind: BoundKind, bounds: SearchBounds, races: RaceWatch) {
    this.#session = session
    this.#races = races
    this.#kind = kind
    this.#bounds = bounds
    this.#inspector = new StateInspector(session)
    this.#dependence = new Dependence(session, this.#inspector.always)
    this.#walk = new TraceWalk(session, this.#dependence)
    this.#table = new TraceTable(kind)
  }

  get outcomes() {
    return this.#inspector.outcomes
  }

  /** How many traces have been met, maximal or not. */
  get traces(): number {
    return this.#table.traces
  }

  /** The bound that is being searched. */
  get bound(): number {
    return this.#cost
  }

  get bytes(): number {
    const frontiers = this.#frontiers.reduce((total, frontier) => total + (frontier?.bytes ?? 0), 0)
    return this.#table.bytes + this.#tree.bytes + frontiers + this.#session.bytes + this.#inspector.bytes
  }

  /** What goes wrong: each with a schedule of least cost and, among those, of fewest steps. */
  get findings(): Finding[] {
    const seen = [...this.#sightings.values()].map(({ kind, subject, path }) => sighted(kind, subject, path))
    return [...seen, ...this.#races.findingsBesides(seen)]
  }

  /** Searches all that costs up to `bound`, yielding every millisecond or so. */
  *run(bound: number): Generator<void> {
    this.#maxCost = bound
    try {
      do {
        this.#reset()
        yield* this.#searchUpTo(bound)
      } while (this.#mustRestart)
    } catch (error) {
      if (!(error instanceof HistoryLimit)) throw error
      this.exceeded = error
      this.abort('history')
    }
  }

  /** Ends the search at the next pause. */
  abort(reason: BoundedStop): void {
    this.stopped ??= reason
  }

  /** Makes the session stand where the search does, after somebody else has used it during a pause. */
  restore(): void {
    this.#walk.restore()
  }

  /** Steps turned out to depend on each other that were taken to be independent: what was counted is worth nothing. */
  #reset(): void {
    this.#mustRestart = false
    this.#walk = new TraceWalk(this.#session, this.#dependence)
    this.#table = new TraceTable(this.#kind)
    this.#tree = new ScheduleTree()
    this.#frontiers = []
    this.#nodes = [0]
    this.#options = []
    this.#starts = []
    this.levels.length = 0
    this.outcomeCounts = []
    this.executions = 0
    this.deadlocked = 0
    this.assumeFailed = 0
  }

  *#searchUpTo(bound: number): Generator<void> {
    for (this.#cost = 0; this.#cost <= bound; this.#cost++) {
      const known = this.traces
      yield* this.#searchLevel()
      if (this.stopped !== null || this.#mustRestart) return
      // Later levels may still look at what was put off without meeting anything new.
      if (this.traces > known) this.#addLevel(this.#cost)
      if (this.#cost >= this.#frontiers.length - 1) {
        this.isComplete = true
        return
      }
    }
    this.isComplete = !(yield* this.#hasMore())
    if (!this.isComplete) this.#addLevel(bound)
  }

  /** Enters what is known after a level, and after those before it that have met nothing new. */
  #addLevel(bound: number): void {
    const { executions, deadlocked, assumeFailed } = this
    const before = this.levels.at(-1)
    if (before?.bound === bound) return
    for (let between = this.levels.length; between < bound; between++) this.levels.push({ ...before!, bound: between })
    this.levels.push({ kind: this.#kind, bound, executions, deadlocked, assumeFailed })
  }

  /** Everything of the present cost. */
  *#searchLevel(): Generator<void> {
    const frontier = this.#frontiers[this.#cost]
    this.#frontiers[this.#cost] = undefined
    if (this.#cost === 0) {
      this.#arrive()
      yield* this.#descend()
    }
    for (let i = 0; i < (frontier?.length ?? 0); i++) {
      this.#goTo(frontier!.get(i))
      this.#arrive()
      yield* this.#descend()
      if (this.stopped !== null || this.#mustRestart) return
    }
  }

  /** Whether anything that was put off beyond the bound is of use. */
  *#hasMore(): Generator<void, boolean> {
    for (; this.#cost < this.#frontiers.length; this.#cost++) {
      const frontier = this.#frontiers[this.#cost]
      for (let i = 0; i < (frontier?.length ?? 0); i++) {
        this.#goTo(frontier!.get(i))
        if (this.#enter(this.#able()) !== 'useless') return true
        if (yield* this.#pause()) return true
      }
    }
    return false
  }

  /** All that can be reached at no further cost from where the walk stands and has just arrived. */
  *#descend(): Generator<void> {
    const depth = this.#walk.length
    for (;;) {
      if (yield* this.#pause()) return
      if (this.#options.length > this.#starts.at(-1)!) {
        const step = this.#options.pop()!
        this.#take(step, -1)
        this.#arrive()
        continue
      }
      this.#starts.pop()
      if (this.#walk.length === depth) return
      this.#walk.pop()
      this.#nodes.pop()
    }
  }

  /** Yields now and then; returns whether the search must end or begin again. */
  *#pause(): Generator<void, boolean> {
    if (this.#work++ % SLICE === 0) {
      yield* this.#table.grow()
      yield
      const { maxMemory, maxHeap, maxStates } = this.#bounds
      if (this.bytes > maxMemory || this.#table.isFull) this.abort('memory')
      if (this.#session.heapBytes + this.#inspector.bytes > maxHeap) this.abort('memory')
      if (this.traces > maxStates) this.abort('states')
    }
    return this.stopped !== null || this.#mustRestart
  }

  #take(step: number, node: number): void {
    this.steps++
    const session = this.#session
    const thread = threadOf(step)
    const before = session.node(thread)
    const isWithin = this.#cost <= this.#maxCost
    if (isWithin) this.#races.before(this.#walk.length, thread)
    const result = this.#walk.step(thread, wayOf(step))
    if (isWithin) this.#races.after(() => this.#path())
    this.#nodes.push(node)
    if (session.image.isMisuse(before, result)) this.#sight('misuse', session.image.misuseText(before, result))
  }

  /** Walks to a schedule in the tree: back to where the present one leaves it, and on from there. */
  #goTo(node: number): void {
    const path = this.#tree.pathTo(node)
    let shared = 0
    while (shared < path.length && shared < this.#nodes.length && path[shared] === this.#nodes[shared]) shared++
    while (this.#nodes.length > shared) {
      this.#walk.pop()
      this.#nodes.pop()
    }
    for (let i = shared; i < path.length; i++) this.#take(this.#tree.step(path[i]!), path[i]!)
  }

  /** Who can step now, in canonical order. A thread whose assumption is false waits for ever. */
  #able(): number[] {
    const session = this.#session
    if (session.hasEnded) return []
    return session.threads.canonical.filter((thread) => session.ways(thread) > 0 && !session.assumesFalsehood(thread))
  }

  #enter(able: readonly number[]): 'new' | 'useful' | 'useless' {
    const { hash1, hash2, last } = this.#walk
    return this.#table.enter({ hash1, hash2, last: able.includes(last) ? last : -1, cost: this.#cost, able })
  }

  /** Looks at the state that the walk has come to and decides where to go on from it. */
  #arrive(): void {
    const able = this.#able()
    this.#starts.push(this.#options.length)
    const entered = this.#enter(able)
    if (entered === 'new') this.#inspect(able)
    if (entered === 'useless' || this.#mustRestart) return
    const last = able.indexOf(this.#walk.last)
    for (let i = 0; i < able.length; i++) {
      const cost = stepCost(this.#kind, i, last)
      if (cost > 0) this.#putOff(able[i]!, this.#cost + cost)
    }
    // The last option is taken first.
    for (let i = able.length - 1; i >= 0; i--) {
      if (stepCost(this.#kind, i, last) > 0) continue
      for (let way = this.#session.ways(able[i]!) - 1; way >= 0; way--) this.#options.push(packStep(able[i]!, way))
    }
  }

  #putOff(thread: number, cost: number): void {
    const frontier = (this.#frontiers[cost] ??= new IntPages())
    const here = this.#nodeHere()
    for (let way = 0; way < this.#session.ways(thread); way++)
      frontier.push(this.#tree.add(here, packStep(thread, way)))
  }

  /** The node of the walk's schedule in the tree, which is added if need be. */
  #nodeHere(): number {
    const nodes = this.#nodes
    let known = nodes.length - 1
    while (nodes[known] === -1) known--
    for (let i = known + 1; i < nodes.length; i++) {
      const step = packStep(this.#walk.threads[i - 1]!, this.#walk.ways[i - 1]!)
      nodes[i] = this.#tree.add(nodes[i - 1]!, step)
    }
    return nodes.at(-1)!
  }

  #inspect(able: readonly number[]): void {
    const sight = (kind: ViolationKind, subject: string): void => this.#sight(kind, subject)
    this.#inspector.inspect(sight)
    // At the beginning nothing has been counted that could be wrong.
    if (this.#dependence.refresh() && this.#walk.length > 0) this.#mustRestart = true
    else if (able.length === 0) this.#end(sight)
  }

  #end(sight: (kind: ViolationKind, subject: string) => void): void {
    const session = this.#session
    const { hasEnded } = session
    if (!hasEnded && session.threads.all.some(({ index }) => session.assumesFalsehood(index))) {
      this.assumeFailed++
      return
    }
    this.executions++
    if (!hasEnded) this.deadlocked++
    const outcome = this.#inspector.inspectEnd(!hasEnded, sight)
    this.outcomeCounts[outcome] = (this.outcomeCounts[outcome] ?? 0) + 1
    if (this.paths.length < SAMPLED_PATHS) this.paths.push(this.#path())
  }

  #sight(kind: ViolationKind, subject: string): void {
    if (this.#cost > this.#maxCost) return
    const key = `${kind} ${subject}`
    const known = this.#sightings.get(key)
    if (known !== undefined && (known.cost < this.#cost || known.path.length <= this.#walk.length)) return
    this.#sightings.set(key, { kind, subject, cost: this.#cost, path: this.#path() })
  }

  #path(): GraphStep[] {
    return this.#walk.threads.map((thread, i) => ({ thread, way: this.#walk.ways[i]! }))
  }
}
