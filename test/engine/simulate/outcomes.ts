import { explore, formatData, type Outcome, type Program } from 'entrelacs'
import type { SimulateReport } from '../../../src/engine/simulate/simulate-report.js'

/** What tells one end of a program from another, on every machine: the same text for the same end. */
export function endOf({ final, results, errors, waiting }: Outcome): string {
  const failures = Object.entries(errors ?? {}).map(([thread, message]) => `${thread}: ${message}`)
  return text(final, results, failures, waiting !== undefined)
}

/** The same of a simulated run that has come to its end. */
export function endOfRun({ final, results, violations, stopped }: SimulateReport): string {
  if (stopped !== null) return `stopped: ${stopped.message}`
  const failures = violations.filter(({ kind }) => kind === 'error' || kind === 'misuse').map(({ message }) => message)
  return text(
    final,
    results,
    failures,
    violations.some(({ kind }) => kind === 'deadlock'),
  )
}

/** All ends of a program with their probabilities; null if they could not all be found. */
export async function endsOf(
  program: Program,
  options: {
    readonly params?: Readonly<Record<string, unknown>>
    readonly twins?: boolean
    readonly maxStates?: number
  },
): Promise<ReadonlyMap<string, number> | null> {
  const report = await explore(program, { maxStates: 300_000, ...options })
  if (!report.complete) return null
  const ends = new Map<string, number>()
  for (const outcome of report.outcomes) {
    const end = endOf(outcome)
    ends.set(end, (ends.get(end) ?? 0) + (outcome.probability ?? 0))
  }
  return ends
}

function text(
  final: Outcome['final'],
  results: Outcome['results'],
  failures: readonly string[],
  isDeadlocked: boolean,
): string {
  const parts = [final, results ?? {}].map((record) => formatData(Object.entries(record).sort()))
  return [...parts, ...[...failures].sort(), ...(isDeadlocked ? ['deadlock'] : [])].join(' | ')
}
