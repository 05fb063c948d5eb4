import { explore, type ExploreReport, type Program } from 'entrelacs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DporSearch } from '../../../../src/engine/explore/dpor/dpor-search.js'
import type { Execution } from '../../../../src/engine/explore/dpor/execution.js'
import { TraceRules } from '../../../../src/engine/explore/dpor/trace-rules.js'
import { Session } from '../../../../src/engine/session.js'
import { anyProcessScript, hasDaemons, programOfProcesses } from '../../support/process-programs.js'
import { SEED } from '../../support/seed.js'

const RUNS = Number(process.env['ENTRELACS_RUNS'] ?? 40)
const MAX_STATES = 1_000

test.each(['free', 'virtual'] as const)(
  'On random programs with processes, dpor shows what the graph shows, and nearly every trace once, in %s time',
  async (time) => {
    const figures = { compared: 0, counted: 0, traces: 0, killing: 0, tracesOfOthers: 0, repeated: 0 }
    await fc.assert(
      fc.asyncProperty(anyProcessScript, async (script) => {
        const subject = programOfProcesses(script, { time })
        const graph = await explore(subject, { maxStates: MAX_STATES })
        if (!graph.complete) return
        const dpor = await explore(subject, { strategy: 'dpor' })
        expect(outcomesOf(dpor)).toEqual(outcomesOf(graph))
        expect(violationsOf(dpor)).toEqual(violationsOf(graph))
        figures.compared++
        if (hasDaemons(script)) return
        const { traces, executions, hasKills } = executeAll(subject)
        // Whoever counts threads looks at their ends: these touch one word more than their threads wait for.
        if (hasKills || JSON.stringify(script).includes('"count"')) {
          if (hasKills) figures.killing++
          figures.tracesOfOthers += traces
          figures.repeated += executions - traces
        } else {
          figures.counted++
          figures.traces += traces
          expect(executions).toBe(traces)
        }
      }),
      { seed: SEED, numRuns: RUNS },
    )
    console.info(JSON.stringify(figures))
    if (RUNS >= 40) expect(Math.min(figures.compared, figures.counted, figures.killing * 4)).toBeGreaterThan(RUNS / 4)
    // A process that is killed is kept waiting by what ends it and by what it waits for.
    expect(figures.repeated).toBeLessThan(0.25 * figures.tracesOfOthers + 5)
  },
  3_600_000,
)

function outcomesOf({ outcomes }: ExploreReport): string[] {
  return outcomes
    .map(({ final, results, errors, waiting, holds }) => JSON.stringify({ final, results, errors, waiting, holds }))
    .sort()
}

function violationsOf({ violations }: ExploreReport): string[] {
  return violations.map(({ kind, message, preemptions, steps }) => `${kind} ${message} ${preemptions} ${steps}`).sort()
}

/** How many executions there are, and how many traces they show: executions in which the same happens before the same. */
function executeAll(subject: Program): { traces: number; executions: number; hasKills: boolean } {
  const session = new Session(subject)
  const rules = new TraceRules(session)
  for (;;) {
    const traces = new Set<string>()
    let executions = 0
    const onEnd = (): void => {
      executions++
      traces.add(traceOf(search.execution))
    }
    const search: DporSearch = new DporSearch(session, rules, { onEnd })
    while (!search.isDone && !rules.isChanged) search.slice()
    if (!rules.isChanged) return { traces: traces.size, executions, hasKills: rules.hasKills }
    rules.isChanged = false
  }
}

function traceOf(execution: Execution): string {
  const counts = new Map<number, number>()
  const names = Array.from({ length: execution.length }, (_, event) => {
    const thread = execution.threadOf(event)
    counts.set(thread, (counts.get(thread) ?? 0) + 1)
    return `${execution.session.threads.all[thread].identity}#${counts.get(thread)}.${execution.wayOf(event)}`
  })
  return names
    .map((name, event) => {
      const before = names.filter((_, earlier) => earlier < event && execution.races.happensBefore(earlier, event))
      return `${name} after ${before.sort().join()}`
    })
    .sort()
    .join('\n')
}
