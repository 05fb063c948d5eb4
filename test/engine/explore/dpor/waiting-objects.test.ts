import { explore, type Program } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Session } from '../../../../src/engine/session.js'
import { dporExecutions, type DporExecution } from '../../support/dpor-executions.js'
import { SEED } from '../../support/seed.js'
import { countTraces } from '../../support/sleep-sets.js'
import { bodiesOf, ONE_WORD, TWO_WAITS, TWO_WORDS, turnstileProgram } from '../../support/turnstile.js'

/** The trace of a schedule as a text: of every word its writers in order, and the readers between them. */
function traceOf(subject: Program, { schedule }: DporExecution): string {
  const session = new Session(subject)
  const indices = new Map<number, number>()
  const words = new Map<number, string[][]>()
  for (const { thread: path } of schedule) {
    const thread = session.threads.all.find((entry) => entry.path.join() === path.join())!
    const index = indices.get(thread.index) ?? 0
    indices.set(thread.index, index + 1)
    const { reads, writes } = session.image.operations.get(session.node(thread.index))!.footprint(session.world, 0)
    for (const word of new Set([...reads, ...writes])) {
      const accesses = words.get(word) ?? [[]]
      words.set(word, accesses)
      if (writes.includes(word)) accesses.push([`${thread.code}${index}!`], [])
      else accesses.at(-1)!.push(`${thread.code}${index}`)
    }
    session.step(thread.index, 0)
  }
  return [...words]
    .map(([word, accesses]) => `${word}: ${accesses.map((group) => group.sort().join()).join(' ')}`)
    .sort()
    .join('; ')
}

function tracesOf(subject: Program): number {
  const { complete, deadlocked } = countTraces(subject)!
  return complete + deadlocked
}

describe('With objects of one’s own that make threads wait', () => {
  test('dpor executes every trace exactly once if operations touch one word', () => {
    fc.assert(
      fc.property(bodiesOf(ONE_WORD), (bodies) => {
        const subject = turnstileProgram(bodies)
        expect(dporExecutions(subject)).toHaveLength(tracesOf(subject))
      }),
      { seed: SEED, numRuns: 400 },
    )
  })

  for (const [what, names] of [
    ['touch other words as well', TWO_WORDS],
    ['wait for one word or for another', TWO_WAITS],
  ] as const)
    test(`no trace is missed if operations ${what}, and hardly any is executed twice`, () => {
      const counts = { traces: 0, executions: 0 }
      fc.assert(
        fc.property(bodiesOf(names), (bodies) => {
          const subject = turnstileProgram(bodies)
          const executions = dporExecutions(subject)
          const traces = new Set(executions.map((execution) => traceOf(subject, execution)))
          expect(traces.size).toBe(tracesOf(subject))
          counts.traces += traces.size
          counts.executions += executions.length
        }),
        { seed: SEED, numRuns: 150 },
      )
      expect(counts.executions).toBeLessThan(counts.traces * 1.02)
    })

  test('dpor refuses operations that wait for two words at once', async () => {
    const subject = turnstileProgram([['enter'], ['set'], ['awaitBoth']])

    await expect(explore(subject, { strategy: 'dpor' })).rejects.toMatchObject({
      code: 'usage/waits-for-several-words',
      message: 'strategy dpor cannot explore awaitBoth on turnstile “turnstile”: it waits for what several words hold',
    })
    expect((await explore(subject)).complete).toBe(true)
  })

  test('the number of branches that wait makes no difference', () => {
    fc.assert(
      fc.property(bodiesOf(ONE_WORD, 3), fc.integer({ min: 0, max: 3 }), (bodies, maxWaiting) => {
        const subject = turnstileProgram(bodies)
        const [some, all] = [dporExecutions(subject, maxWaiting), dporExecutions(subject)]
        const traces = (executions: DporExecution[]) => executions.map((one) => traceOf(subject, one)).sort()
        expect(traces(some)).toEqual(traces(all))
      }),
      { seed: SEED, numRuns: 100 },
    )
  })
})
