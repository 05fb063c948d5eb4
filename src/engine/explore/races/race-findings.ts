import { AccessSites } from '../../detect/access-sites.js'
import type { Session } from '../../session.js'
import { racingSteps } from '../confirmation.js'
import { portableSchedule, scheduleHere } from '../dpor/portable-schedule.js'
import type { RaceSummary } from '../explore-report.js'
import { type Finding, sighted } from '../finding.js'
import { leastWithin, shortestPath } from '../least-schedule.js'
import { reduceLocally } from '../local-reduction.js'
import { LabelledGraph } from './labelled-graph.js'
import { type Census, type CensusLimits, type FoundRace, RaceList } from './race-census.js'
import { RacePaths } from './race-paths.js'
import { RaceWatch } from './race-watch.js'

/** More races than this are not explained one by one. */
export const MAX_RACES = 32

// Learning a node together with its place takes some 30 µs, a state some 10.
const MAX_NODES = 30_000
const MAX_STATES = 100_000
const MAX_THREADS = 0x10000

/** Looks for all races of a program, on a session that knows places. */
export type TakeCensus = (session: Session, sites: AccessSites, limits: CensusLimits) => Generator<void, Census>

/** What is known of a program's races. */
export interface RaceFindings {
  /** By threads of the session that knows places. */
  readonly findings: readonly Finding[]
  readonly summary: Omit<RaceSummary, 'shown'>
}

/**
 * All races of a program in which a race has been seen, each with the least schedule that shows it.
 *
 * @param session a fresh one that records places.
 * @param searched that of the search; its present state is lost.
 * @param seen races that the search has seen: one of an object at most.
 */
export function* findRaces(
  session: Session,
  searched: Session,
  seen: readonly Finding[],
  takeCensus: TakeCensus,
  bounds: { readonly maxMemory: number; readonly isStopped: () => boolean },
): Generator<void, RaceFindings> {
  const sites = new AccessSites(session)
  const limits = { ...bounds, maxNodes: MAX_NODES, maxStates: MAX_STATES }
  const census = yield* takeCensus(session, sites, limits)
  const objectOf = ({ sites: [site] }: FoundRace) => session.objectOf(sites.all[site]!.word)?.name
  const covered = new Set(census.races.map(objectOf))
  // An execution may end, or the census be given up, before both accesses have been made.
  const missing = seen.filter(({ subject }) => !covered.has(subject))
  const races = [...census.races, ...racesOf(session, sites, searched, missing)]
  const graph = new LabelledGraph(session, sites)
  const findings: Finding[] = []
  for (const race of races.slice(0, MAX_RACES)) {
    const finding = yield* explain(graph, race, limits)
    if (finding !== null) findings.push(finding)
  }
  return { findings, summary: { found: races.length, complete: census.isComplete } }
}

/** The races that the ends of these schedules show. */
function racesOf(
  session: Session,
  sites: AccessSites,
  searched: Session,
  seen: readonly Finding[],
): readonly FoundRace[] {
  const races = new RaceList(sites)
  for (const finding of seen) {
    const path = finding.endsWithRace === true ? finding.path : [...finding.path, ...racingSteps(searched, finding)]
    const schedule = scheduleHere(session, portableSchedule(searched, path))
    const watch = new RaceWatch(session, sites)
    schedule.forEach(({ thread, way }, i) => {
      watch.before(i, thread)
      session.step(thread, way)
      watch.after(() => schedule.slice(0, i + 1))
    })
    for (const { sites: pair, path: shown } of watch.races.all)
      if (shown?.length === schedule.length) races.add(...pair, shown)
  }
  return races.all
}

/** The least schedule of a race; if that is too much, a good one. */
function* explain(graph: LabelledGraph, race: FoundRace, limits: CensusLimits): Generator<void, Finding | null> {
  const paths = new RacePaths(graph, race.sites)
  const goal = { step: (_state: number, _thread: number, edge: number) => paths.isRace(edge) }
  const isTooLarge = (bytes: number): boolean =>
    limits.isStopped() ||
    paths.stateCount > limits.maxStates ||
    graph.session.nodes.count > 2 * limits.maxNodes ||
    graph.bytes + paths.bytes + bytes > limits.maxMemory
  const least = yield* leastWithin(paths, MAX_THREADS, goal, isTooLarge)
  const found = (path: Finding['path']): Finding => ({ ...sighted('race', race.key, path), endsWithRace: true })
  if (least !== null && least !== 'too large') return { ...found(least.steps), isLeast: true }
  if (race.path !== null) {
    const whole = found(race.path)
    return { ...whole, path: yield* reduceLocally(graph.session, whole, limits.isStopped) }
  }
  const shortest = yield* shortestPath(paths, goal)
  return shortest === null ? null : found(shortest.steps)
}
