import { explore, type Program } from 'entrelacs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Session } from '../../../../src/engine/session.js'
import { type DporExecution } from '../../support/dpor-executions.js'
import { readsFromExecutions } from '../../support/reads-from-executions.js'
import { SEED } from '../../support/seed.js'
import { countTraces } from '../../support/sleep-sets.js'
import { bodiesOf, ONE_WORD, TWO_WORDS, turnstileProgram } from '../../support/turnstile.js'

/** The class of a schedule as a text: where all writes are told apart, it is the trace. */
function classOf(subject: Program, { schedule }: DporExecution): string {
  const session = new Session(subject)
  const indices = new Map<number, number>()
  let writer = 'nobody'
  const lines = schedule.map(({ thread: path }) => {
    const thread = session.threads.all.find((entry) => entry.path.join() === path.join())!
    const index = indices.get(thread.index) ?? 0
    indices.set(thread.index, index + 1)
    const { writes } = session.image.operations.get(session.node(thread.index))!.footprint(session.world, 0)
    const line = `${thread.code}${index} after ${writer}`
    if (writes.length > 0) writer = `${thread.code}${index}`
    session.step(thread.index, 0)
    return line
  })
  return lines.sort().join('; ')
}

describe('With objects of one’s own that make threads wait', () => {
  test('every class is executed exactly once if operations touch one word', { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(bodiesOf(ONE_WORD, 3), (bodies) => {
        const subject = turnstileProgram(bodies)
        const classes = readsFromExecutions(subject).map((execution) => classOf(subject, execution))
        const { complete, deadlocked } = countTraces(subject)!
        expect(new Set(classes).size, JSON.stringify(bodies)).toBe(classes.length)
        expect(classes).toHaveLength(complete + deadlocked)
      }),
      { seed: SEED, numRuns: Number(process.env['ENTRELACS_RUNS'] ?? 150) },
    )
  })

  test('operations that touch two words are refused', async () => {
    const subject = turnstileProgram([['enterReading'], ['set']])
    await expect(explore(subject, { equivalence: 'reads-from' })).rejects.toMatchObject({
      code: 'usage/reads-from-several-words',
      message:
        'equivalence reads-from cannot explore enterReading on turnstile “turnstile”: it touches more than one word',
    })
    expect(TWO_WORDS).toContain('enterReading')
  })
})
