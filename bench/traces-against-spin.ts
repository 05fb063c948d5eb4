/* The dpor strategy, program by program, and the verifiers of SPIN in turn with it where there is a model.
 *
 * Times are reported and never asserted; the numbers of traces are asserted, and how many steps they take.
 */
import type { TraceReport } from './describe-traces.js'
import { measureTraces, type TraceResult } from './measure-traces.js'
import type { Setting } from './setting.js'
import { compileTraceChild } from './trace-process.js'
import { tracePrograms } from './trace-programs.js'

/** Null if no program is wanted. */
export async function tracesAgainstSpin(setting: Setting): Promise<TraceReport | null> {
  const { folder, spin, rounds, isWanted, progress } = setting
  const wanted = tracePrograms.filter(({ title }) => isWanted(title))
  if (wanted.length === 0) return null
  const script = await compileTraceChild(folder)
  const results: TraceResult[] = []
  for (const one of wanted) {
    progress(one.title)
    results.push(await measureTraces(one, script, spin, rounds))
  }
  return { rounds, results }
}
