/* The graph strategy against the verifiers of SPIN, run time only: `spin -a` and gcc are left out.
 *
 * Both sides are processes, run in turn. In ours the first and the third exploration are timed: with V8's compiling and
 * without. Times are reported and never asserted; the counts are asserted.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { contests } from './contests.js'
import { describe, targets } from './describe.js'
import { measure, measureColdStart } from './measure.js'
import { compileOurs, isBuilt } from './our-processes.js'
import { prepareSpin } from './spin-verifier.js'

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, json: { type: 'boolean', default: false } },
})

process.exitCode = main(Number(options.rounds), options.json)

function main(rounds: number, json: boolean): number {
  if (!Number.isInteger(rounds) || rounds < 1) return fail('--rounds takes a number of rounds, 1 or more.')
  if (!isBuilt()) return fail('There is no dist to measure: npm run build')
  const folder = mkdtempSync(join(tmpdir(), 'entrelacs-bench-'))
  const spin = prepareSpin()
  try {
    const script = compileOurs(folder)
    const results = contests
      .filter(({ equal }) => spin !== null || equal)
      .map((contest) => {
        progress(contest.title)
        return measure(contest, script, spin, rounds)
      })
    progress('cold start')
    const coldStart = measureColdStart()
    const report = { node: process.version, spin: spin?.version ?? null, rounds, targets, results, coldStart }
    console.log(json ? JSON.stringify(report, null, 2) : describe(report))
    return results.some(({ disagreements }) => disagreements.length > 0) ? 1 : 0
  } finally {
    spin?.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
}

function fail(text: string): number {
  console.error(text)
  return 1
}

// On the error output, which leaves the other to the report.
function progress(title: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${title}…\n`)
}
