import { HistoryLimit } from '../../errors.js'
import { NumberMap } from '../number-map.js'
import { DROPPED } from '../state-graph.js'
import { LabelledGraph } from './labelled-graph.js'
import { type Census, type CensusLimits, RaceList } from './race-census.js'
import { sampleRaces } from './sampled-races.js'
import type { TakeCensus } from './race-findings.js'
import { NO_REACH, ReachTable } from './reach-table.js'

const SLICE = 256
const STATES = 2 ** 24
// Pairs of a state and a set of what was reached, as a multiple of the states.
const PAIRS_PER_STATE = 8

/**
 * All data races of a program, from its graph of states: for each site, the states are walked together with what the
 * latest access there has reached, and every conflicting access by a thread that has not been reached is a race.
 *
 * If the graph is too large, the races of some random executions, which are most of them as a rule.
 */
export function* stateCensus(graph: LabelledGraph, limits: CensusLimits): Generator<void, Census> {
  const races = new RaceList(graph.sites)
  let isComplete = false
  try {
    isComplete = (yield* expandAll(graph, limits)) && (yield* walkAll(graph, limits, races))
  } catch (error) {
    if (!(error instanceof HistoryLimit)) throw error
  }
  if (isComplete) return { races: races.all, isComplete }
  return yield* sampleRaces(graph.session, graph.sites, limits)
}

/** A census of the graph of states of a session. */
export const stateRaces: TakeCensus = (session, sites, limits) => stateCensus(new LabelledGraph(session, sites), limits)

/** Whether the whole graph fits in the limits. */
function* expandAll(graph: LabelledGraph, limits: CensusLimits): Generator<void, boolean> {
  const { session } = graph
  for (let state = 0; state < graph.stateCount; state++) {
    if (state % SLICE === 0) {
      yield
      if (limits.isStopped() || graph.stateCount > limits.maxStates || session.nodes.count > limits.maxNodes)
        return false
      if (graph.bytes + session.bytes > limits.maxMemory) return false
    }
    graph.firstEdge(state)
  }
  return true
}

function* walkAll(graph: LabelledGraph, limits: CensusLimits, races: RaceList): Generator<void, boolean> {
  const { sites } = graph
  const accesses = edgesBySite(graph)
  let budget = limits.maxStates * PAIRS_PER_STATE
  const reaches = new ReachTable(graph)
  for (let site = 0; site < sites.all.length; site++) {
    const rivals = sites.all.flatMap((_other, other) => (sites.conflict(site, other) ? [other] : []))
    if (rivals.length === 0) continue
    const left = yield* walkFrom(site, rivals, { graph, reaches, races, limits, edges: accesses[site] ?? [] }, budget)
    if (left <= 0) return false
    budget = left
  }
  return true
}

/** The edges that are accesses at each site. */
function edgesBySite(graph: LabelledGraph): number[][] {
  const edges: number[][] = []
  for (let state = 0; state < graph.stateCount; state++)
    for (let edge = graph.firstEdge(state); edge < graph.endEdge(state); edge++) {
      const { site } = graph.labels[graph.labelOf(edge)]!
      if (site >= 0) (edges[site] ??= []).push(edge)
    }
  return edges
}

interface Walk {
  readonly graph: LabelledGraph
  readonly reaches: ReachTable
  readonly races: RaceList
  readonly limits: CensusLimits
  /** The accesses at the site. */
  readonly edges: readonly number[]
}

/** Walks on from every access at a site; returns what is left of the budget. */
function* walkFrom(
  site: number,
  rivals: readonly number[],
  { graph, reaches, races, limits, edges }: Walk,
  budget: number,
): Generator<void, number> {
  const known = new NumberMap()
  const open: number[] = []
  const enter = (state: number, reach: number): void => {
    const key = reach * STATES + state
    if (state === DROPPED || reach === NO_REACH || known.get(key) !== undefined) return
    known.set(key, 1)
    open.push(key)
  }
  for (const edge of edges) enter(graph.target(edge), reaches.of(graph.labelOf(edge)))
  let missing = rivals.filter((other) => !races.has(site, other)).length
  for (let work = 1; missing > 0; work++) {
    const key = open.pop()
    if (key === undefined) break
    if (work % SLICE === 0) {
      yield
      if (limits.isStopped() || known.size > budget || known.bytes + graph.bytes + reaches.bytes > limits.maxMemory)
        return 0
    }
    const reach = Math.floor(key / STATES)
    const state = key % STATES
    for (let edge = graph.firstEdge(state), end = graph.endEdge(state); edge < end; edge++) {
      const number = graph.labelOf(edge)
      const label = graph.labels[number]!
      // The walk goes on from that access anyway.
      if (label.site === site) continue
      if (label.site >= 0 && !reaches.hasThread(reach, label.thread) && graph.sites.conflict(site, label.site))
        if (!races.has(site, label.site)) {
          races.add(site, label.site, null)
          missing--
        }
      enter(graph.target(edge), reaches.after(reach, number))
    }
  }
  return budget - known.size
}
