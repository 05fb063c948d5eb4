import { explore, type ExploreReport, type Parameters, type Program } from 'entrelacs'
import { expect } from 'vitest'

/** Explores all states and all traces; both must be complete and find the same outcomes and the same violations. */
export async function exploreBothWays(subject: Program, params: Parameters = {}): Promise<ExploreReport> {
  const graph = await explore(subject, { params })
  const dpor = await explore(subject, { params, strategy: 'dpor' })
  expect([graph.complete, dpor.complete]).toEqual([true, true])
  expect(outcomesOf(dpor)).toEqual(outcomesOf(graph))
  expect(violationsOf(dpor)).toEqual(violationsOf(graph))
  return graph
}

/** The law that a program states holds in all its interleavings. */
export async function expectLawToHold(subject: Program, params: Parameters = {}): Promise<ExploreReport> {
  const report = await exploreBothWays(subject, params)
  expect(report.violations).toEqual([])
  expect(report.verdict).toBe('holds')
  return report
}

/** The law is broken, and both strategies see how: by violations that contain this text. */
export async function expectLawToBeBroken(subject: Program, violation: string): Promise<void> {
  const { violations } = await exploreBothWays(subject)
  expect(violations.map(({ kind, message }) => `${kind}: ${message}`).join('\n')).toContain(violation)
}

function outcomesOf({ outcomes }: ExploreReport): string[] {
  return outcomes
    .map(({ final, results, errors, waiting, holds }) => JSON.stringify({ final, results, errors, waiting, holds }))
    .sort()
}

function violationsOf({ violations }: ExploreReport): string[] {
  return violations.map(({ kind, message, preemptions, steps }) => `${kind} ${message} ${preemptions} ${steps}`).sort()
}
