import type { TraceResult } from './measure-traces.js'

export interface TraceReport {
  readonly rounds: number
  readonly results: readonly TraceResult[]
}

const HEADER = [
  'program',
  'executions',
  'blocked',
  'steps',
  '÷ length',
  'at most',
  'search ms',
  'cold ms',
  'traces/s',
  'search KiB',
  'learnt KiB',
  'SPIN states',
  'SPIN ms',
  'SPIN KiB',
  'ratio',
  'explore() ms',
]

/** The table, a list of cells for each of its rows. */
export function traceRows({ results }: TraceReport): string[][] {
  return [HEADER, ...results.map((result) => [...ourCells(result), ...theirCells(result)])]
}

function ourCells({ title, counts, work, limit, search, coldMs, tracesPerSecond }: TraceResult): string[] {
  const { executions, blocked, steps, searchBytes, learntBytes } = counts
  const effort = [whole(steps), work.toFixed(3), limit === null ? '-' : limit.toFixed(2)]
  const speed = [ms(search.median), ms(coldMs), whole(Number(tracesPerSecond.toPrecision(3)))]
  return [
    title,
    whole(executions),
    String(blocked ?? '-'),
    ...effort,
    ...speed,
    kibibytes(searchBytes),
    kibibytes(learntBytes),
  ]
}

function theirCells({ spin }: TraceResult): string[] {
  if (spin === null) return ['-', '-', '-', '-', '-']
  const { states, process, bytes, ratio, explore } = spin
  const times = [ms(process.median), kibibytes(bytes), String(Number(ratio.toPrecision(2)))]
  return [whole(states), ...times, explore.complete ? ms(explore.ms) : `${ms(explore.ms)}, stopped`]
}

/** What the columns mean, a sentence a line. */
export function traceLegend({ rounds }: TraceReport): string[] {
  return [
    `Strategy dpor: one execution for each Mazurkiewicz trace. Medians of ${rounds} rounds, a fresh session each.`,
    'The published numbers of executions are asserted, and that none is blocked: no branch is given up after its first steps.',
    '÷ length: steps taken, also again, over the summed lengths of the traces; where it must not exceed a limit, that is asserted.',
    'search: the search alone, warm; a short one is repeated to fill a round. cold: the first search in a new process, once.',
    'search KiB: events and branches that wait, at most, with the outcomes; learnt KiB: the histories of the threads.',
    'SPIN counts states, not traces: what is compared is the time to a complete answer. It keeps only what its processes',
    'still need, with partial-order reduction, -O3 -DSAFETY -DNOCOMP and the table that suited it best; its time is that of',
    'the process, whose start takes some milliseconds, after it was compiled. It runs in turn with the search.',
    'ratio: search over SPIN, the median of the rounds. explore(): all that it does besides (samples, explanations), once.',
  ]
}

export function traceDisagreements({ results }: TraceReport): string[] {
  return results.flatMap(({ disagreements }) => disagreements.map((text) => `WRONG: ${text}`))
}

const whole = (value: number): string => value.toLocaleString('en-US')
const ms = (value: number): string => (value < 100 ? value.toPrecision(2) : whole(Math.round(value)))
const kibibytes = (bytes: number): string => whole(Math.round(bytes / 1024))
