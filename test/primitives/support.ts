import { explore, type program, replay, type ThreadBody } from 'entrelacs'
import { expect } from 'vitest'
import { alone } from '../engine/support/small-programs.js'

type Vocabulary = Parameters<Parameters<typeof program>[2]>[1]

/** What a single thread returns, and what objects show at the end. */
export async function run(declare: (p: Vocabulary) => ThreadBody) {
  const { outcomes, violations, counts } = await explore(alone(declare))
  expect(violations).toEqual([])
  expect(outcomes).toHaveLength(1)
  return { result: outcomes[0]!.results?.['A'], final: outcomes[0]!.final, steps: counts.transitions }
}

/** How the steps of a single thread read in a trace. */
export async function labels(declare: (p: Vocabulary) => ThreadBody): Promise<string[]> {
  const watched = alone((p) => {
    p.finally('shown', () => false)
    return declare(p)
  })
  const { violations } = await explore(watched)
  return replay(watched, violations[0]!.token).steps.map(({ label }) => label)
}
