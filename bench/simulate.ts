import type { Setting } from './setting.js'
import { heapAfter, simulateWalk, type Simulated } from './simulate-workload.js'
import { inTurns, summarize, type Summary } from './statistics.js'

/** How many operations a second the whole simulated computer runs, and what a trace costs. */
export interface SimulateResult {
  readonly operations: number
  readonly off: { readonly wall: Summary; readonly cpu: Summary }
  readonly on: { readonly wall: Summary; readonly cpu: Summary }
  /** Bytes of the heap after a run of a million operations, and after one of ten times as many; without a trace. */
  readonly heap: readonly [number, number]
}

const TITLE = 'simulate'
const OPERATIONS = 1_000_000

/** Null if it is not wanted. */
export function simulateSpeed({ rounds, isWanted, progress }: Setting): SimulateResult | null {
  if (!isWanted(TITLE)) return null
  progress(TITLE)
  const off: Simulated[] = []
  const on: Simulated[] = []
  // The first ones warm up.
  for (const trace of [false, true]) simulateWalk(OPERATIONS / 4, trace)
  inTurns(rounds, [() => off.push(simulateWalk(OPERATIONS, false)), () => on.push(simulateWalk(OPERATIONS, true))])
  const times = (runs: readonly Simulated[]) => ({
    wall: summarize(runs.map(({ wallMs }) => wallMs)),
    cpu: summarize(runs.map(({ cpuMs }) => cpuMs)),
  })
  const heap = [heapAfter(OPERATIONS), heapAfter(10 * OPERATIONS)] as const
  return { operations: OPERATIONS, off: times(off), on: times(on), heap }
}

export function simulateLegend({ heap: [less, more] }: SimulateResult): string {
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
  return `The whole simulated computer, 4 threads on machine laptop that read and write words in their caches. Millions of operations a second, by the clock and by the time of the processor; the aim is 1 without a trace, and less than twice the time with one. The heap holds ${mebibytes(less)} MiB after a million operations without a trace, ${mebibytes(more)} MiB after ten million.`
}

export function simulateRows({ operations, off, on }: SimulateResult): readonly (readonly string[])[] {
  const rate = (ms: number) => (operations / ms / 1000).toFixed(2)
  const row = (title: string, { wall, cpu }: SimulateResult['off']) => [
    title,
    rate(wall.median),
    rate(wall.max),
    rate(wall.min),
    rate(cpu.median),
    (cpu.median / off.cpu.median).toFixed(2),
  ]
  return [
    ['', 'M/s', 'slowest', 'fastest', 'M/s of processor', 'time, ÷ without'],
    row('simulate', off),
    row('simulate, with a trace', on),
  ]
}
