import type { Session } from '../../session.js'
import type { GilAccounts } from '../gil/gil-accounts.js'
import type { ClusterNetwork } from '../cluster/cluster-network.js'
import { addedCounters } from '../memory/memory-counters.js'
import type { MemorySystem } from '../memory/memory-system.js'
import { CoreState } from '../os/os-observer.js'
import { ThreadState } from '../os/thread-state.js'
import type {
  CarriedBytes,
  CoreTimes,
  GilTimes,
  Latency,
  MemoryUse,
  SimulateReport,
  ThreadTimes,
} from '../simulate-report.js'
import type { Histogram } from './histogram.js'
import { IDLE, type RunAccounts, SWITCHING } from './run-accounts.js'
import type { WaitAccounts } from './wait-accounts.js'

/** What has been added up during a run. */
export interface Accounts {
  readonly session: Session
  readonly run: RunAccounts
  readonly waits: WaitAccounts
  /** By node. */
  readonly memories: readonly MemorySystem[]
  /** Null where there is no cluster. */
  readonly network: ClusterNetwork | null
  /** By core, in picoseconds. */
  readonly stalled: Float64Array
  /** Null without an interpreter. */
  readonly gil: GilAccounts | null
}

const NANOSECOND = 1000
const COLUMNS = 100

/** Where the time of a run has gone, for its report. */
export function describeTimes(
  accounts: Accounts,
  cores: number,
  now: number,
): Pick<SimulateReport, 'cores' | 'threads' | 'waits' | 'latencies' | 'memory' | 'network' | 'gil' | 'timeLine'> {
  const { session, run, waits, gil } = accounts
  const { all, canonical } = session.threads
  const threads = canonical.filter((thread) => !all[thread]!.agent && run.hasBegun(thread))
  const places = new Map(threads.map((thread, place) => [thread, place]))
  return {
    cores: Array.from({ length: cores }, (_, core) => coreTimes(accounts, core, now)),
    threads: threads.map((thread) => threadTimes(accounts, thread)),
    waits: [...waits.byName].map(([what, { kind, waits: count, time }]) => ({
      what,
      kind,
      waits: count,
      time: nanoseconds(time),
    })),
    latencies: {
      dispatch: latencyOf(run.dispatch),
      waits: [...waits.byName].map(([what, { latencies }]) => ({ what, ...latencyOf(latencies) })),
      devices: [...waits.devices.byDevice].map(([device, latencies]) => ({ device, ...latencyOf(latencies) })),
    },
    memory: memoryUse(accounts.memories),
    ...(accounts.network === null ? {} : { network: accounts.network.counts }),
    gil: gil === null ? null : gilTimes(gil),
    timeLine: {
      cores: Array.from({ length: cores }, (_, core) =>
        run.coreLine
          .row(core, COLUMNS, now)
          .map((value) =>
            value === SWITCHING ? 'switching' : value === IDLE || value === -1 ? null : (places.get(value) ?? null),
          ),
      ),
      threads: threads.map((thread) => run.threadLine.row(thread, COLUMNS, now).map(stateShown)),
    },
  }
}

function latencyOf(histogram: Histogram): Latency {
  const { count, sum, min, max } = histogram
  const at = (share: number) => nanoseconds(Math.round(histogram.quantile(share)))
  return {
    count,
    mean: count === 0 ? 0 : nanoseconds(Math.round(sum / count)),
    min: nanoseconds(min),
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: nanoseconds(max),
  }
}

export function nanoseconds(picoseconds: number): number {
  return picoseconds / NANOSECOND
}

function coreTimes({ run, stalled }: Accounts, core: number, now: number): CoreTimes {
  const busy = run.coreTime(core, CoreState.Busy)
  const switching = run.coreTime(core, CoreState.Switching)
  // An access that a run's end, or the end of its process, has cut off was stalled for in part.
  const waited = Math.min(busy, stalled[core]!)
  return {
    busy: nanoseconds(busy - waited),
    stalled: nanoseconds(waited),
    switching: nanoseconds(switching),
    idle: nanoseconds(now - busy - switching),
    switches: run.switchesOn(core),
  }
}

function threadTimes({ session, run, waits, gil }: Accounts, thread: number): ThreadTimes {
  const inState = (state: ThreadState) => nanoseconds(run.timeIn(thread, state))
  const { dispatched, preempted, migrated } = run.switchesOf(thread)
  return {
    name: session.threads.all[thread]!.name,
    runnable: inState(ThreadState.Runnable),
    running: inState(ThreadState.Running),
    waiting: inState(ThreadState.Waiting),
    waitingForLocks: nanoseconds(waits.timeOnObjects(thread)),
    ...(gil === null ? {} : { waitingForGil: nanoseconds(gil.of(thread).waited) }),
    dispatched,
    preempted,
    migrated,
  }
}

/** Of all nodes; they have no bus in common. */
function memoryUse(memories: readonly MemorySystem[]): MemoryUse {
  const traffic = memories.map((memory) => memory.traffic())
  const load = ({ bytes, busy }: CarriedBytes): CarriedBytes => ({ bytes, busy: nanoseconds(busy) })
  const { bus } = traffic[0]!
  return {
    total: memories.map((memory) => memory.counters()).reduce(addedCounters),
    cores: memories.flatMap((memory) =>
      Array.from({ length: memory.config.cores }, (_, core) => memory.countersOf(core)),
    ),
    bus: memories.length > 1 || bus === null ? null : load(bus),
    controllers: traffic.flatMap(({ controllers }) => controllers.map(load)),
    links: traffic.flatMap(({ links }) => links.map((link) => ({ from: link.from, to: link.to, ...load(link) }))),
  }
}

function gilTimes(gil: GilAccounts): GilTimes {
  const { total } = gil
  return { ...total, waited: nanoseconds(total.waited) }
}

function stateShown(state: number): 'runnable' | 'running' | 'waiting' | null {
  switch (state) {
    case ThreadState.Runnable:
      return 'runnable'
    case ThreadState.Running:
      return 'running'
    case ThreadState.Waiting:
      return 'waiting'
    default:
      return null
  }
}
