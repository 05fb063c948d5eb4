import { tuned } from './measure.js'
import type { Spin, Verification } from './spin-verifier.js'
import { summarize, type Summary } from './statistics.js'
import { TraceProcess } from './trace-process.js'
import type { TraceProgram } from './trace-programs.js'
import type { TraceCounts, WholeExploration } from './trace-tasks.js'

export interface TraceResult {
  readonly title: string
  readonly counts: TraceCounts
  /** Steps taken for each step of a trace, and what it must not exceed. */
  readonly work: number
  readonly limit: number | null
  /** The first search in a new process, V8's compiling included: one only. */
  readonly coldMs: number
  readonly search: Summary
  readonly tracesPerSecond: number
  readonly spin: TraceSpinResult | null
  readonly disagreements: readonly string[]
}

export interface TraceSpinResult {
  readonly states: number
  readonly bytes: number
  readonly process: Summary
  /** The search over SPIN's process: the median of what the rounds say, each of which ran both. */
  readonly ratio: number
  /** All that `explore` does, once. */
  readonly explore: WholeExploration
}

export async function measureTraces(
  subject: TraceProgram,
  script: string,
  spin: Spin | null,
  rounds: number,
): Promise<TraceResult> {
  const ours = new TraceProcess(script, subject.title)
  try {
    const coldMs = (await ours.ask('time')).ms
    const counts = await ours.ask('count')
    const { times, against } = await measureTurns(subject, ours, spin, rounds)
    const search = summarize(times)
    return {
      title: subject.title,
      counts,
      work: counts.steps / counts.totalLength,
      limit: subject.limit ?? null,
      coldMs,
      search,
      tracesPerSecond: (1000 * counts.executions) / search.median,
      spin: against,
      disagreements: compareTraces(subject, counts),
    }
  } finally {
    ours.dispose()
  }
}

async function measureTurns(subject: TraceProgram, ours: TraceProcess, spin: Spin | null, rounds: number) {
  const times: number[] = []
  const search = async () => void times.push((await ours.ask('time')).ms)
  if (spin === null || subject.model === undefined) {
    for (let round = 0; round < rounds; round++) await search()
    return { times, against: null }
  }
  const { verifier, hashBits } = tuned(spin.verifier(subject.model, true))
  const theirs: Verification[] = []
  const verify = () => theirs.push(verifier.run(hashBits))
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 1) verify()
    await search()
    if (round % 2 === 0) verify()
  }
  return { times, against: compareTimes(times, theirs, await ours.ask('explore')) }
}

function compareTimes(
  times: readonly number[],
  theirs: readonly Verification[],
  explore: WholeExploration,
): TraceSpinResult {
  const walls = theirs.map(({ wallMs }) => wallMs)
  const ratio = summarize(times.map((ms, round) => ms / walls[round])).median
  return { states: theirs[0].states, bytes: theirs[0].bytes, process: summarize(walls), ratio, explore }
}

function compareTraces(subject: TraceProgram, counts: TraceCounts): string[] {
  const { title, executions, deadlocked = 0, assumeFailed = 0, limit = Infinity } = subject
  const expected = { executions, deadlocked, assumeFailed, blocked: 0 }
  const names = ['executions', 'deadlocked', 'assumeFailed', 'blocked'] as const
  const work = counts.steps / counts.totalLength
  return [
    ...names
      .filter((name) => counts[name] !== expected[name])
      .map((name) => `${title}: ${name} ${counts[name]}, not ${expected[name]}`),
    ...(work <= limit ? [] : [`${title}: ${work.toFixed(3)} steps for each step of a trace, more than ${limit}`]),
  ]
}
