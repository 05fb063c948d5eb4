import { MILLISECOND } from '../src/engine/simulate/kernel/time.js'
import { schedule, type Scheduled } from './os/scheduling.js'
import type { Setting } from './setting.js'
import { inTurns, summarize, type Summary } from './statistics.js'

/** How many bursts of threads a second the scheduler of the simulated computer deals with: 1 million is the aim. */
export interface SchedulingResult {
  readonly title: string
  readonly bursts: number
  readonly wall: Summary
  readonly cpu: Summary
}

const BURSTS = 1_000_000

const CONTESTANTS = [
  { title: 'os: round-robin, 1 ms', policy: 'round-robin', options: { quantum: MILLISECOND } },
  { title: 'os: cfs', policy: 'cfs', options: {} },
] as const

/** Null if none is wanted. */
export function operatingSystem({ rounds, isWanted, progress }: Setting): readonly SchedulingResult[] | null {
  const wanted = CONTESTANTS.filter(({ title }) => isWanted(title))
  if (wanted.length === 0) return null
  progress('os')
  const times = wanted.map((): Scheduled[] => [])
  // The first ones warm up, and count for nothing else.
  for (const { policy, options } of wanted) schedule(policy, options, BURSTS / 5)
  inTurns(
    rounds,
    wanted.map(
      ({ policy, options }, index) =>
        () =>
          times[index].push(schedule(policy, options, BURSTS)),
    ),
  )
  return wanted.map(({ title }, index) => ({
    title,
    bursts: BURSTS,
    wall: summarize(times[index].map(({ wallMs }) => wallMs)),
    cpu: summarize(times[index].map(({ cpuMs }) => cpuMs)),
  }))
}

export const schedulingLegend =
  'The scheduler of the simulated computer: 64 threads on 4 cores, bursts of 1 µs to 1 ms, a wait after every third. Millions of bursts a second, by the clock and by the time of the processor; the aim is 1.'

export function schedulingRows(results: readonly SchedulingResult[]): readonly (readonly string[])[] {
  const rate = (bursts: number, ms: number) => (bursts / ms / 1000).toFixed(2)
  return [
    ['', 'bursts', 'M/s', 'slowest', 'fastest', 'M/s of processor'],
    ...results.map(({ title, bursts, wall, cpu }) => [
      title,
      String(bursts),
      rate(bursts, wall.median),
      rate(bursts, wall.max),
      rate(bursts, wall.min),
      rate(bursts, cpu.median),
    ]),
  ]
}
