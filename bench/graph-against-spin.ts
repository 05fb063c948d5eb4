/* The graph strategy against the verifiers of SPIN, run time only: `spin -a` and gcc are left out.
 *
 * Both sides are processes, run in turn. In ours the first and the third exploration are timed: with V8's compiling and
 * without. Times are reported and never asserted; the counts are asserted.
 */
import { contests } from './contests.js'
import { targets, type Report } from './describe.js'
import { measure, measureColdStart } from './measure.js'
import { compileOurs } from './our-processes.js'
import type { Setting } from './setting.js'

export interface GraphReport extends Report {
  readonly targets: typeof targets
}

/** Null if no program is wanted. */
export function graphAgainstSpin({ folder, spin, rounds, isWanted, progress }: Setting): GraphReport | null {
  const wanted = contests.filter(({ title, equal }) => isWanted(title) && (spin !== null || equal))
  if (wanted.length === 0) return null
  const script = compileOurs(folder)
  const results = wanted.map((contest) => {
    progress(contest.title)
    return measure(contest, script, spin, rounds)
  })
  progress('cold start')
  const coldStart = measureColdStart()
  return { node: process.version, spin: spin?.version ?? null, rounds, targets, results, coldStart }
}
